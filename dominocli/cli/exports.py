"""`export systemd`: what this directory means to other programs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dominocli import errors
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.session import Session

if TYPE_CHECKING:
    from dominocli.export.systemd import Unit

WHERE = "/etc/systemd/system"


def systemd(
    session: Session,
    router_update: Annotated[
        bool, typer.Option("--router-update", help="Replicate and recalculate every five minutes.")
    ] = False,
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help=f"Write the units there, for instance {WHERE}.")
    ] = "",
) -> Result:
    """Write the systemd service and timer that keep this replica's server up to date, as Domino's Router does.

    They run as the owner of the replica's folder, with that user's ssh keys and netrc.
    """
    from dominocli.export.systemd import router_update as units_of

    if not router_update:
        raise errors.MissingFlags(flags="--router-update", fields=("router_update",))
    if session.replica is None:
        raise errors.NotAReplica(where=str(session.root))
    root = session.root.absolute()
    units = units_of(_program(), str(root), session.replica.server, _owner(root))
    if out:
        _write(session, Path(out), units)

    def show(written: Output) -> None:
        for unit in units:
            if out:
                verb = "would be written" if session.flags.dry_run else "written"
                written.line(f"{verb}: {Path(out) / unit.name}", "good")
                continue
            written.line(f"# {WHERE}/{unit.name}", "dim")
            for line in unit.text.splitlines():
                written.line(line)
        service, timer = units
        written.note(f"next: systemctl daemon-reload && systemctl enable --now {timer.name}")
        written.note(f"then: systemctl start {service.name}; journalctl -u {service.name}")

    return Result({"units": [unit._asdict() for unit in units]}, show)


def _write(session: Session, folder: Path, units: tuple[Unit, ...]) -> None:
    from dominocli.directory.writer import write_files

    if not folder.is_dir():
        raise errors.UnreadableFile(action="write into", path=str(folder), reason="no such folder", file=str(folder))
    others = [str(folder / unit.name) for unit in units if _is_another(folder / unit.name, unit.text)]
    if others:
        session.confirm(f"Overwrite {' and '.join(others)}?")
    if not session.flags.dry_run:
        write_files(folder.absolute(), {unit.name: unit.text for unit in units})


def _is_another(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() != text.encode()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise errors.UnreadableFile(action="read", path=str(path), reason=error.strerror, file=str(path)) from error


def _program() -> list[str]:
    """Return the words that call this very program, whatever PATH a timer has."""
    called = Path(sys.argv[0]).absolute()
    for path in (called, Path(sys.executable).with_name("dominocli")):
        if path.name == "dominocli" and os.access(path, os.X_OK):
            return [str(path)]
    return [sys.executable, "-m", "dominocli"]


def _owner(root: Path) -> str:
    import pwd

    number = root.stat().st_uid
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
    return name if name.isascii() and name.replace("-", "").replace("_", "").isalnum() else str(number)
