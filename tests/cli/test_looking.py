"""Which command lines look ahead, and where."""

from pathlib import Path

import pytest

from dominocli import errors
from dominocli.cli.looking import LOOKING, begin_looking
from dominocli.cli.session import Flags, Session
from dominocli.cli.table import words_of


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The roots begun with, seen from inside a directory."""
    folder = tmp_path / "acme" / "connections"
    folder.mkdir(parents=True)
    for name in ("acme", "other"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "directory.toml").write_text("")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("DOMINOCLI_DIRECTORY", raising=False)
    roots: list[str] = []
    monkeypatch.setattr("dominocli.directory.ahead.begin", roots.append)
    return roots


def test_every_command_that_looks_ahead_exists() -> None:
    assert all(words_of(command.split()) == command for command in LOOKING)


@pytest.mark.parametrize("line", ["status", "route explain ann@example.org --from Hub01/Acme", "replicate Hub01/Acme"])
def test_a_command_that_looks_at_all_begins_with_the_nearest_directory(begun: list[str], line: str) -> None:
    begin_looking(line.split())
    assert [Path(root).name for root in begun] == ["acme"]


@pytest.mark.parametrize("line", ["", "--help", "connection show hub", "route", "export systemd", "demo"])
def test_others_do_not(begun: list[str], line: str) -> None:
    begin_looking(line.split())
    assert not begun


def test_the_directory_may_be_named(begun: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = str(tmp_path / "other")
    begin_looking(["status", "--directory", other])
    begin_looking(["status", f"--directory={other}"])
    monkeypatch.setenv("DOMINOCLI_DIRECTORY", other)
    begin_looking(["status"])
    assert begun == [other] * 3
    begin_looking(["status", "--directory", str(tmp_path / "nowhere")])
    begin_looking(["status", "--directory"])
    assert begun == [other] * 4


def test_where_there_is_no_directory_nothing_begins(
    begun: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    begin_looking(["status"])
    gone.rmdir()
    begin_looking(["status"])
    assert not begun


def test_the_directory_is_found_from_any_folder_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOMINOCLI_DIRECTORY", raising=False)
    (tmp_path / "directory.toml").touch()
    deep = tmp_path / "connections/a/b"
    deep.mkdir(parents=True)
    for folder in (deep, tmp_path):
        monkeypatch.chdir(folder)
        assert Session("status", Flags()).root == tmp_path
    monkeypatch.chdir(tmp_path.parent)
    assert Session("status", Flags(directory=f"{tmp_path.name}/")).root == tmp_path


def test_no_directory_above_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOMINOCLI_DIRECTORY", raising=False)
    monkeypatch.chdir(tmp_path)
    for named in ("", str(tmp_path)):
        with pytest.raises(errors.NoDirectory) as caught:
            assert Session("status", Flags(directory=named)).root
        assert str(tmp_path) in caught.value.message
        assert "dominocli init" in (caught.value.hint or "")
