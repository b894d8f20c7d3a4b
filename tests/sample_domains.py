"""The command line run in this process, and the domains that tests start from, built by it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any


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
    """Runs command lines in the current folder without a terminal; `folder` holds all replicas of a domain."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, words: str | list[str], *, code: int | None = None) -> Outcome:
        from dominocli.cli.app import invoke, normalized

        arguments = shlex.split(words) if isinstance(words, str) else words
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            returned = invoke(normalized(arguments))
        outcome = Outcome(returned, out.getvalue(), err.getvalue())
        if code is not None:
            assert returned == code, f"dominocli {shlex.join(arguments)}: {returned}\n{outcome.out}\n{outcome.err}"
        return outcome

    def ok(self, words: str | list[str]) -> Outcome:
        """Run a command line that must succeed."""
        return self(words, code=0)

    def data(self, words: str) -> Any:
        """Run a command line with --json that must succeed and return its data."""
        return self.ok(words + " --json").data


class Templates:
    """Domains built once a session at one place, then copied back there for each test: commands are slow,
    and a Server document names its replica by an absolute path."""

    def __init__(self, folder: Path) -> None:
        self._stored = folder / "stored"
        self.place = folder / "domain"

    def restore(self, name: str, build: Callable[[CommandLine], None]) -> CommandLine:
        """Put the domain called `name` in place, building it if this is the first time."""
        stored = self._stored / name
        line = CommandLine(self.place)
        if not stored.exists():
            build(line)
            shutil.copytree(self.place, stored, symlinks=True)
        else:
            self.clear()
            shutil.copytree(stored, self.place, symlinks=True)
        os.chdir(self.place / "mail1")
        return line

    def clear(self) -> None:
        """Take away what a test left."""
        shutil.rmtree(self.place, ignore_errors=True)


def build_domain(cli: CommandLine) -> None:
    """Three servers of one Notes named network, Mail2 with SMTP; the current folder becomes Mail1's replica."""
    cli.folder.mkdir(exist_ok=True)
    os.chdir(cli.folder)
    cli.ok("init mail1 --domain Acme --server Mail1/Acme")
    os.chdir(cli.folder / "mail1")
    for number in (1, 2, 3):
        tasks = "mail,smtp" if number == 2 else "mail"
        cli.ok(
            f"server add --server-name Mail{number}/Acme --routing-tasks {tasks} --notes-network Office"
            f" --replica {cli.folder / f'mail{number}'} --time-zone Europe/Berlin"
        )
    cli.ok("configuration add --applies-to '*' --smtp-outside enabled --relay-host default.relay.example")
    cli.ok("domain add --domain-type foreign-smtp --internet-domain '*.other.example' --domain-name OtherNet")
    cli.ok(
        "connection add --source-server Mail2/Acme --destination-server all_other_hosts"
        " --destination-domain OtherNet --smtp-mta-relay-host relay.other.example --connect-at-times 00:00-24:00"
    )


def build_replicated(cli: CommandLine) -> None:
    """The same with a replica and a fresh table at every server."""
    build_domain(cli)
    cli.ok("replica create --all")
    cli.ok("replicate")


def every_byte(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, but for the index, which is a cache."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    cache = ("index", "index.changes", "index.values")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.name not in cache}


Snapshot = Callable[[Path], dict[str, bytes]]
