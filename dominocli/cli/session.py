"""What one command was asked, and the directory it works in."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dominocli import errors
from dominocli.cli.looking import named_root, nearest_root
from dominocli.cli.output import Output

if TYPE_CHECKING:
    from dominocli.directory.reader import Directory
    from dominocli.directory.settings import ReplicaSettings
    from dominocli.wizard.asker import Asker


EARLIEST_YEAR, LATEST_YEAR = 1900, 9000
UTC_NAMES = ("UTC", "Etc/UTC")
"""The zone of most servers: no table of zones is wanted for it."""


class Flags(NamedTuple):
    """The flags every command takes."""

    json: bool = False
    dry_run: bool = False
    no_input: bool = False
    yes: bool = False
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    directory: str = ""
    color: str = "auto"
    detailed_exitcode: bool = False


class Session:
    """One run of one command. `command` is its words, `connection add`.

    `updates_index` says whether looking at the directory may renew its index: not in a dry run, and not
    while somebody is asked, since stopping must leave every byte as it was.
    """

    def __init__(self, command: str, flags: Flags) -> None:
        self.command = command
        self.flags = flags
        self.updates_index = not flags.dry_run
        self.out = Output(color=flags.color, quiet=flags.quiet, verbose=flags.verbose)

    @cached_property
    def root(self) -> Path:
        """Return the folder of the directory; raise `NoDirectory`."""
        named = named_root(self.flags.directory)
        found = nearest_root(named)
        if found is not None:
            return Path(found).absolute()
        if named:
            where = str(Path(named).absolute())
            raise errors.NoDirectory(where=where, hint="dominocli init DIR --domain NAME --server SERVER")
        raise errors.NoDirectory(where=str(Path.cwd()))

    @cached_property
    def directory(self) -> Directory:
        """Return the directory as it is now."""
        from dominocli.directory.reader import look

        return look(self.root, update_index=self.updates_index)

    @cached_property
    def servers(self) -> Directory:
        """Return the directory with its Server documents at least: all that most questions about replicas need."""
        if "directory" in self.__dict__:
            return self.directory
        from dominocli.directory.reader import look

        return look(self.root, update_index=False, folders=("servers",))

    def look(self) -> None:
        """Look at the whole directory now, where it is wanted later anyway: the servers are looked at with it."""
        assert self.directory

    def forget_directory(self, now: Directory | None = None) -> None:
        """Look again at the next use, or take what was seen just now: this command has changed the files."""
        self.__dict__.pop("directory", None)
        self.__dict__.pop("servers", None)
        if now is not None:
            self.__dict__["directory"] = now

    @cached_property
    def replica(self) -> ReplicaSettings | None:
        """Return whose replica the folder is, None for a folder without one (a fresh clone)."""
        from dominocli.directory.settings import read_replica

        return read_replica(self.root)

    @property
    def can_ask(self) -> bool:
        """Tell whether somebody can be asked: two terminals, and no `--no-input`."""
        refused = self.flags.no_input or os.environ.get("DOMINOCLI_NO_INPUT", "") not in ("", "0")
        return not refused and sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def asker(self) -> Asker:
        """Return who asks on this terminal: with prompts, or by lines where it can do no more."""
        from dominocli.wizard.terminal import open_asker

        return open_asker(color=self.flags.color != "never")

    def now(self) -> datetime:
        """Return this moment, in this machine's zone."""
        return datetime.now(machine_zone())

    def moment(self, text: str) -> datetime:
        """Return the moment of an `--at` flag, now if it is blank; raise `UsageError`.

        Only years that leave room for schedules in every zone before and after them are taken (D).
        """
        if not text:
            return self.now()
        try:
            moment = datetime.fromisoformat(text.strip())
            if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
                raise ValueError
        except ValueError:
            hint = "write it like 2026-11-24T10:00 or 2026-11-24T10:00:00+01:00"
            raise errors.UsageError(reason=f"--at cannot be {text!r}", hint=hint) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=machine_zone())

    def confirm(self, question: str) -> None:
        """Ask for a yes; raise `NotConfirmed` where nobody can be asked, `Cancelled` on a no."""
        if self.flags.yes or self.flags.dry_run:
            return
        if not self.can_ask:
            raise errors.NotConfirmed(question=question)
        from dominocli.wizard.asker import Back, ConfirmQuestion

        try:
            is_sure = self.asker.confirm(ConfirmQuestion(question, default=False))
        except Back:
            is_sure = False
        if not is_sure:
            raise errors.Cancelled


def machine_zone() -> tzinfo:
    """Return this machine's zone; UTC where it cannot be told."""
    named = os.environ.get("TZ", "").lstrip(":")
    if not named:
        named = os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    if named in ("", *UTC_NAMES):
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
