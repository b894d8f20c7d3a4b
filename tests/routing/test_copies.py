"""Copies of tables on other machines: kept apart from the tables in force, and never a damaged one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dominocli.directory.reader import look
from dominocli.directory.settings import Settings
from dominocli.replication import replicas
from dominocli.routing.copies import copy_of, keep_copy, kept_copy
from dominocli.routing.recalc import recalculate
from dominocli.routing.sources import InstalledTables
from dominocli.routing.store import installed, table_file

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
SERVER = "Mail1/Acme"
AS_OF = "2026-11-24T10:00:00+00:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "here"
    replicas.init(folder, Settings("ab" * 16, "Acme", "Acme"), SERVER)
    (folder / "servers").mkdir()
    (folder / "servers/mail1-acme.toml").write_text(
        f'unid = "{"1" * 32}"\nform = "Server"\n\n[basics]\nserver_name = "{SERVER}"\n'
    )
    return folder


def table_data(root: Path) -> bytes:
    recalculate(root, [SERVER], dry_run=False, now=NOW)
    table = installed(root, SERVER)
    assert table is not None
    return table.data


def test_a_copy_comes_back_as_it_was_kept_and_is_no_table_in_force(root: Path) -> None:
    data = table_data(root)
    (root / ".dominocli/routing" / table_file(SERVER)).unlink()
    assert kept_copy(root, SERVER) is None
    keep_copy(root, SERVER, copy_of(SERVER, data, "f" * 64, AS_OF))
    copy = kept_copy(root, SERVER)
    assert copy is not None and copy.table is not None
    assert (copy.table.data, copy.replica, copy.as_of) == (data, "f" * 64, AS_OF)
    assert installed(root, SERVER) is None
    assert kept_copy(root, "Mail2/Acme") is None


def test_what_is_no_table_of_this_server_is_none(root: Path) -> None:
    data = table_data(root)
    for server, content in ((SERVER, b""), (SERVER, b"x" * 500), (SERVER, data[:-1]), ("Mail2/Acme", data)):
        assert copy_of(server, content, "f" * 64, AS_OF).table is None
    keep_copy(root, SERVER, copy_of(SERVER, b"", "f" * 64, AS_OF))
    copy = kept_copy(root, SERVER)
    assert copy is not None and copy.table is None


def test_a_copy_damaged_anywhere_is_none(root: Path) -> None:
    keep_copy(root, SERVER, copy_of(SERVER, table_data(root), "f" * 64, AS_OF))
    (path,) = (root / ".dominocli/routing").glob("*.copy")
    whole = path.read_bytes()
    for position in range(0, len(whole), 37):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert kept_copy(root, SERVER) is None, position


def test_the_freshness_of_a_copy_is_told_by_what_its_replica_had_then(root: Path) -> None:
    data = table_data(root)
    view = look(root, update_index=False)
    own = view.fingerprint()

    def found(replica: str) -> tuple[str, str | None, str | None]:
        keep_copy(root, SERVER, copy_of(SERVER, data, replica, AS_OF))
        answer = InstalledTables(root, view, lambda server: None).look_up(SERVER)
        return (*answer.freshness, answer.as_of)

    assert found(own) == ("fresh", None, AS_OF)
    (root / "servers/mail1-acme.toml").write_text((root / "servers/mail1-acme.toml").read_text() + "# edited\n")
    view = look(root, update_index=False)
    assert found(own) == ("stale", "not-replicated", AS_OF)
    assert found("e" * 64) == ("stale", "not-recalculated", AS_OF)
