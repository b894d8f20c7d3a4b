"""systemd units that do for a server's host what Domino's Router does by itself: notice changes, within minutes.

A unit file has a language of its own: `%` and `$` mean something in it, and so do quotes and line ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dominocli import errors
from dominocli.names import control_character, slug

EVERY = "5min"
"""As often as Domino's Router looks for changes (design.md 4)."""

SERVICE = """\
# Written by dominocli export systemd --router-update; do so again rather than edit it, or use systemctl edit.
[Unit]
Description={description}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
ExecStart={replicate}
# Also where a server was not reached: what arrived counts at once.
ExecStopPost={recalc}
NoNewPrivileges=yes
TimeoutStartSec=1h
"""

TIMER = """\
# Written by dominocli export systemd --router-update; do so again rather than edit it, or use systemctl edit.
[Unit]
Description={description}

[Timer]
OnBootSec=1min
OnUnitInactiveSec={every}
RandomizedDelaySec=30s

[Install]
WantedBy=timers.target
"""


class Unit(NamedTuple):
    """One unit: its file's name and text."""

    name: str
    text: str


def router_update(program: Sequence[str], root: str, server: str, user: str) -> tuple[Unit, Unit]:
    """Return the service that replicates the replica in `root` and recalculates its server's table, and its timer.

    `program` are the words that call dominocli, the first an absolute path; `user` is a login name or number.
    Raises `UsageError` for what no unit can hold.
    """
    common = ["--no-input", "--quiet", "--directory", root]
    name = unit_name(server)
    what = _specifiers(f"dominocli of {server}: replicate and recalculate its routing table")
    service = SERVICE.format(
        description=what,
        user=_specifiers(user),
        replicate=command([*program, "replicate", "--no-recalc", *common]),
        recalc=command([*program, "recalc", *common, "--", server]),
    )
    return Unit(f"{name}.service", service), Unit(f"{name}.timer", TIMER.format(description=what, every=EVERY))


def unit_name(server: str) -> str:
    """Return the name of a server's units, of the letters that systemd allows in one."""
    return "dominocli-" + "".join(c if c.isascii() else f"_{ord(c):x}" for c in slug(server))


def command(words: Sequence[str]) -> str:
    """Return words as a command line of a unit, which systemd takes apart into the same words; raise `UsageError`."""
    program, *arguments = words
    if any(mark in program for mark in "\"'\\"):
        raise errors.UsageError(reason=f"systemd starts no program named {program}", hint="install dominocli elsewhere")
    # Of the program alone, systemd takes `$` for what it is.
    return " ".join([_quoted(program), *(_quoted(word).replace("$", "$$") for word in arguments)])


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_specifiers(escaped)}"'


def _specifiers(text: str) -> str:
    if found := control_character(text):
        raise errors.UsageError(reason=f"no unit can hold {text!r}: {found}", hint="move the folder, or rename it")
    return text.replace("%", "%%")
