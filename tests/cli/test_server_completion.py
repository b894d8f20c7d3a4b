"""Completion of server names: from the index where it is current, from the documents where it is not."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

import dominocli.cli.complete as completing
from dominocli.cli.complete import WORTH_THE_INDEX, complete
from dominocli.directory.reader import look
from dominocli.directory.stat_values import CLOCK_TICK_NS


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A replica of as many servers as are worth the index, which is written; what is read after that is in `read`."""
    servers = tmp_path / "servers"
    for folder in (servers, tmp_path / "groups", tmp_path / ".dominocli"):
        folder.mkdir()
    (tmp_path / "directory.toml").write_text('replica_id = "11111111111111111111111111111111"\ndomain = "Acme"\n')
    (tmp_path / "groups" / "servers.toml").write_text('[basics]\ngroup_name = "Servers"\n')
    for number in range(WORTH_THE_INDEX):
        (servers / f"s{number:02}.toml").write_text(f"[basics]\nserver_name = 'Hub{number:02}/Acme'\n")
    (servers / "s07.toml").write_text('[basics]\nserver_name = "\u00c4mt \\\\ \\"7\\"/Acme"\n')
    (servers / "s08.toml").write_text("[basics]\nserver_title = 'server_name = none'\n")
    time.sleep(4 * CLOCK_TICK_NS / 1e9)  # files as new as the index are read again
    look(tmp_path, worth=0)
    monkeypatch.setenv("DOMINOCLI_DIRECTORY", str(tmp_path))
    return tmp_path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the Server documents that completion reads."""
    files: list[str] = []

    text_of = completing._text

    def noted(path: str) -> str:
        files.append(Path(path).stem)
        return text_of(path)

    monkeypatch.setattr(completing, "_text", noted)
    return files


def test_completion_reads_no_server_document_that_the_index_knows(many: Path, read: list[str]) -> None:
    names = [f"Hub{number:02}/Acme" for number in range(WORTH_THE_INDEX) if number not in (7, 8)]
    assert complete(["server", ""]) == [*names, 'Ämt \\ "7"/Acme']
    assert read == []
    assert complete(["server", "hub09"]) == ["Hub09/Acme"]
    assert complete(["server", "ÄMT"]) == ['Ämt \\ "7"/Acme']


def test_completion_reads_changed_and_new_server_documents(many: Path, read: list[str]) -> None:
    servers = many / "servers"
    (servers / "s10.toml").write_text("[basics]\nserver_name = 'Hub99/Acme'\n")  # of the same size
    (servers / "new.toml").write_text("[basics]\nserver_name = 'New/Acme'\n")
    (servers / "s11.toml").unlink()
    found = complete(["server", ""])
    assert {"Hub99/Acme", "New/Acme", "Hub12/Acme"} <= set(found)
    assert not {"Hub10/Acme", "Hub11/Acme"} & set(found)
    assert sorted(read) == ["new", "s10"]


@pytest.mark.parametrize("file", ["index", "index.values"])
@pytest.mark.parametrize("damage", ["byte", "cut", "empty", "gone", "pipe"])
def test_damaged_index_costs_completion_a_reading_and_no_answer(
    many: Path, read: list[str], file: str, damage: str
) -> None:
    whole = complete(["server", ""])
    path = many / ".dominocli" / file
    data = bytearray(path.read_bytes())
    path.unlink()
    data[data.index(b"Hub20") if file == "index.values" else -1] ^= 1
    if damage == "pipe":
        os.mkfifo(path)
    elif damage != "gone":
        path.write_bytes({"byte": data, "cut": data[: len(data) // 2], "empty": b""}[damage])
    assert complete(["server", ""]) == whole
    if (file, damage) == ("index.values", "byte"):
        assert read == ["s20"]
    elif (file, damage) == ("index.values", "cut"):
        assert 0 < len(read) < WORTH_THE_INDEX
    else:
        assert len(read) == WORTH_THE_INDEX
