"""Fixtures several parts need: the command line run in this process, and small domains.

The machine's own settings reach no test, and no test depends on luck.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("dominocli", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("dominocli")

OURS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ann Admin",
    "GIT_AUTHOR_EMAIL": "ann@acme.example",
    "GIT_COMMITTER_NAME": "Ann Admin",
    "GIT_COMMITTER_EMAIL": "ann@acme.example",
    "LC_ALL": "C.UTF-8",
}
NOT_OURS = ("DOMINOCLI_DIRECTORY", "DOMINOCLI_NO_INPUT", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TZ")
for _variable in NOT_OURS:
    os.environ.pop(_variable, None)
os.environ.update(OURS)


class Outcome:
    """What one command line gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def envelope(self) -> dict[str, Any]:
        """Return the JSON envelope on stdout."""
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed

    @property
    def data(self) -> Any:
        """Return the envelope's data."""
        return self.envelope["data"]


class CommandLine:
    """Runs command lines in `folder` without a terminal; `ok` also expects exit 0."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, words: str | list[str], *, code: int | None = None) -> Outcome:
        from dominocli.cli.app import invoke, normalized

        arguments = shlex.split(words) if isinstance(words, str) else words
        self._capsys.readouterr()
        returned = invoke(normalized(arguments))
        out, err = self._capsys.readouterr()
        if code is not None:
            assert returned == code, f"dominocli {shlex.join(arguments)}: exit {returned}\n{out}\n{err}"
        return Outcome(returned, out, err)

    def ok(self, words: str | list[str]) -> Outcome:
        """Run a command line that must succeed."""
        return self(words, code=0)

    def data(self, words: str) -> Any:
        """Run a command line with --json that must succeed and return its data."""
        return self.ok(words + " --json").data


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A command line in an empty folder."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, capsys)


@pytest.fixture
def domain(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Three servers of one Notes named network, Mail2 with SMTP; ours is Mail1's replica, each has its folder."""
    cli.ok("init mail1 --domain Acme --server Mail1/Acme")
    monkeypatch.chdir(tmp_path / "mail1")
    for number in (1, 2, 3):
        tasks = "--routing-tasks mail" + (" --routing-tasks smtp" if number == 2 else "")
        replica = tmp_path / f"mail{number}"
        cli.ok(
            f"server add --server-name Mail{number}/Acme {tasks} --notes-network Office"
            f" --replica {replica} --time-zone Europe/Berlin"
        )
    cli.ok("configuration add --applies-to '*' --smtp-outside enabled --relay-host default.relay.example")
    cli.ok("domain add --domain-type foreign-smtp --internet-domain '*.other.example' --domain-name OtherNet")
    cli.ok(
        "connection add --source-server Mail2/Acme --destination-server all_other_hosts"
        " --destination-domain OtherNet --smtp-mta-relay-host relay.other.example --connect-at-times 00:00-24:00"
    )
    cli.folder = tmp_path
    return cli


def every_byte(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, but for the index, which is a cache."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name != "index"}


Snapshot = Callable[[Path], dict[str, bytes]]


@pytest.fixture
def snapshot() -> Snapshot:
    """The function that returns every byte below a folder."""
    return every_byte
