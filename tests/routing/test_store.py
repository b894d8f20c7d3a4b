"""Tables on disk: what was written is read, and a damaged table is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from routing_builder import Builder

from dominocli import errors
from dominocli.routing.layout import Damaged, Table, pack
from dominocli.routing.store import install, installed, table_file


def stored(root: Path, server: str) -> Path:
    """Return the path of a server's table."""
    return root / ".dominocli" / "routing" / table_file(server)


@pytest.fixture
def replica(example: Builder, tmp_path: Path) -> Path:
    """The replica of Mail1 with its table in force."""
    root = example.write(tmp_path / "mail1", "Mail1/Acme")
    install(root, example.table("Mail1/Acme"))
    return root


def test_table_is_read_as_it_was_written(example: Builder, replica: Path) -> None:
    table = installed(replica, "CN=MAIL1/O=Acme")
    assert table is not None
    assert table.data == example.table("Mail1/Acme").data
    assert [path.name for path in stored(replica, "Mail1/Acme").parent.iterdir()] == [table_file("Mail1/Acme")]
    assert installed(replica, "Mail2/Acme") is None


def test_every_damaged_byte_makes_it_missing(replica: Path) -> None:
    path = stored(replica, "Mail1/Acme")
    whole = path.read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 0x41
        with pytest.raises(Damaged):
            Table(bytes(damaged))
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        assert installed(replica, "Mail1/Acme") is None, length
    path.write_bytes(whole + b"\n")
    assert installed(replica, "Mail1/Acme") is None
    path.write_bytes(whole)
    assert installed(replica, "Mail1/Acme") is not None


def test_whole_file_that_is_no_table_is_damaged() -> None:
    for sections in ([b"[]"] * 14, [b"{}"] * 14, [b"\xff"] * 14):
        with pytest.raises(Damaged):
            Table(pack(sections))


def test_another_servers_table_under_this_name_is_missing(replica: Path) -> None:
    stored(replica, "Mail1/Acme").rename(stored(replica, "Mail2/Acme"))
    assert installed(replica, "Mail2/Acme") is None


def test_folder_or_link_in_place_of_a_table_is_missing(replica: Path, tmp_path: Path) -> None:
    path = stored(replica, "Mail1/Acme")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert installed(replica, "Mail1/Acme") is None
    path.unlink()
    path.mkdir()
    assert installed(replica, "Mail1/Acme") is None


def test_nothing_is_made_where_there_is_no_state_folder(example: Builder, tmp_path: Path) -> None:
    with pytest.raises(errors.NotAReplica):
        install(tmp_path, example.table("Mail1/Acme"))
    assert list(tmp_path.iterdir()) == []


def test_table_that_cannot_be_written_leaves_the_old_one(example: Builder, replica: Path) -> None:
    before = stored(replica, "Mail1/Acme").read_bytes()
    example.configuration(name="default", relay_host="new.example")
    folder = stored(replica, "Mail1/Acme").parent
    moved = folder.rename(folder.with_name("aside"))
    folder.symlink_to(moved)
    with pytest.raises(errors.UnreadableFile):
        install(replica, example.table("Mail1/Acme"))
    assert [path.read_bytes() for path in moved.iterdir()] == [before]


def test_failing_write_takes_its_temporary_file_away(
    example: Builder, replica: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored(replica, "Mail1/Acme").read_bytes()

    def refuse(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dominocli.routing.store.os.fsync", refuse)
    with pytest.raises(errors.UnreadableFile, match="No space left"):
        install(replica, example.table("Mail1/Acme"))
    assert [path.read_bytes() for path in stored(replica, "Mail1/Acme").parent.iterdir()] == [before]


def test_names_of_tables_never_meet() -> None:
    names = ["A/B", "A-B", "a/b", "Ä/B", "../../x", "", "\udc80", "*"]
    assert len({table_file(name) for name in names}) == len(names) - 1
    assert all("/" not in table_file(name) and not table_file(name).startswith(".") for name in names)


def test_settings_and_own_fields_are_kept(example: Builder) -> None:
    example.configuration(name="default", low_priority_range=["01:00-02:00"], maximum_hop_count=9)
    table = example.table("Mail2/Acme")
    assert (table.server, table.domain, table.zone, table.smtp) == ("Mail2/Acme", "Acme", "Europe/Berlin", True)
    assert table.settings == example.network.nodes[1].settings
    assert (table.settings.low_priority_range, table.settings.maximum_hop_count) == (("01:00-02:00",), 9)
    assert len(table.fingerprint) == len(table.digest) == 64
    assert table.time == "2026-11-24T12:00:00+01:00"
