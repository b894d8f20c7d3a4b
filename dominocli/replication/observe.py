"""Observing: which document files a hand changed, by comparing them with what was last seen (replication.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from dominocli.documents.finding import ERROR, WARNING, Finding

CREATED, CHANGED, DELETED, RENAMED = "created", "changed", "deleted", "renamed"


class Seen(NamedTuple):
    """What a document's file last held: the rev, the file ("" for none) and the text hash on disk."""

    rev: str
    file: str
    digest: str


class FileLike(Protocol):
    """What observing needs to know of a file: path, text hash, the unid it gives or "", whether it parses."""

    @property
    def file(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def unid(self) -> str: ...
    @property
    def fault(self) -> object: ...


class Edit(NamedTuple):
    """One hand edit: CREATED, CHANGED, DELETED or RENAMED (perhaps changed too). `file` is the path now
    (of a deletion: before), `before` the path last seen, "" for none."""

    unid: str
    kind: str
    file: str
    before: str

    def as_json(self) -> dict[str, object]:
        """Return the edit as `status` shows it."""
        return self._asdict()


class Observation(NamedTuple):
    """What a look found. `left_alone` names the files that nothing is done about, `findings` says why and
    what else should be known; `documents` counts what was seen before. `fresh`: no journal tells yet what
    this replica's files held, so nothing can be called an edit."""

    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
    left_alone: frozenset[str]
    documents: int
    fresh: bool = False

    @property
    def mass_deletion(self) -> int:
        """Return how many documents vanished if that is more than half of at least 10, else 0."""
        gone = sum(edit.kind == DELETED for edit in self.edits)
        return gone if self.documents >= 10 and gone * 2 > self.documents else 0

    def as_json(self) -> dict[str, object]:
        """Return the observation as `status` shows it."""
        return {"edits": [edit.as_json() for edit in self.edits], "left_alone": sorted(self.left_alone)}


def observe(files: Iterable[FileLike], seen: Mapping[str, Seen], derive: Callable[[str], str]) -> Observation:
    """Return the hand edits in `files` since `seen`; `derive` makes a unid from a text.

    A file belongs to the document last seen at its path with its content, else to that whose unid it
    gives, else (no unid, or one that another file keeps) to that last seen at its path, else it is new. A
    document that a file names which does not parse is neither changed nor deleted. While one that is nobody's
    names none, any document that is missing may be that one, renamed and then torn: its deletion waits until the
    file is mended or gone (D).
    """
    at = {entry.file: unid for unid, entry in seen.items() if entry.file}
    found: dict[str, FileLike] = {}
    claims: dict[str, list[FileLike]] = {}
    unreadable: list[FileLike] = []
    for file in files:
        holder = at.get(file.file, "")
        if file.fault is not None:
            unreadable.append(file)
        elif holder and seen[holder].digest == file.digest:
            found[holder] = file
        else:
            unid = file.unid or holder or derive(file.file)
            claims.setdefault(unid, []).append(file)
    findings: list[Finding] = []
    torn = frozenset(file.file for file in unreadable)
    left_alone = set(torn)
    unclear: set[str] = set()
    named = {file.file: getattr(file.fault, "unid", "") for file in unreadable}
    nameless = sorted(file for file, unid in named.items() if not unid and file not in at)
    elsewhere = frozenset(named.values())

    def resident(file: str) -> str:
        holder = at.get(file, "")
        return "" if nameless or holder in elsewhere or holder in claims or holder in found else holder

    for unid, claimants in sorted(claims.items()):
        _settle(unid, claimants, found, seen, findings, unclear, derive, torn, resident)
        if unid in unclear:
            left_alone.update(file.file for file in claimants)
    unclear.update(elsewhere)
    edits = _edits(found, seen, left_alone, unclear)
    if nameless and (waiting := [edit.file for edit in edits if edit.kind == DELETED]):
        edits = [edit for edit in edits if edit.kind != DELETED]
        findings += [_waiting(file, waiting) for file in nameless]
    documents = sum(1 for entry in seen.values() if entry.file)
    return Observation(tuple(edits), tuple(findings), frozenset(left_alone), documents)


def _settle(
    unid: str,
    claimants: list[FileLike],
    found: dict[str, FileLike],
    seen: Mapping[str, Seen],
    findings: list[Finding],
    unclear: set[str],
    derive: Callable[[str], str],
    torn: frozenset[str],
    resident: Callable[[str], str],
) -> None:
    """Decide which of the files with one unid keeps it: that at the path last seen, unless another alone gives it.

    Another one is the document last seen at its path (`resident`), say a copy edited again before its own unid
    was put in; else it is new.
    """
    home = seen[unid].file if unid in seen else ""
    keeper = found.get(unid) or next((file for file in claimants if file.file == home), None)
    givers = [file for file in claimants if file.unid == unid]
    if len(givers) == 1 and (keeper is None or (unid not in found and not keeper.unid)):
        keeper = givers[0]
    # While its file lies there torn, a file that gives no unid at all is no document moved from there.
    is_torn = home in torn and not givers and unid not in found
    if keeper is None and len(claimants) > 1 and not is_torn:
        unclear.add(unid)
        for file in claimants:
            others = ", ".join(other.file for other in claimants if other is not file)
            findings.append(_finding(file, ERROR, f"the unid {unid} is also that of {others}", "remove one unid line"))
        return
    keeper = keeper or claimants[0]
    if not is_torn:
        found[unid] = keeper
    for file in claimants:
        if file is keeper and not is_torn:
            continue
        other = resident(file.file)
        if not other:
            other = derive(f"{file.file}\n{file.digest}")
            while other in found or other in seen:
                # An older copy of the same content has it: it would be taken for moved, and its edits for lost.
                other = derive(other)
        found[other] = file
        if file.unid:
            message = f"the unid is that of {keeper.file}, so this file gets one of its own"
            findings.append(_finding(file, WARNING, message, ""))


def _finding(file: FileLike, severity: str, message: str, hint: str) -> Finding:
    return Finding("unid-duplicate", severity, file.file.removesuffix(".toml"), message, hint, file.file, None, "unid")


def _waiting(file: str, waiting: list[str]) -> Finding:
    missing = ", ".join(waiting[:3]) + (f" and {len(waiting) - 3} more" if len(waiting) > 3 else "")
    message = f"this file may be one that is missing and was renamed; until it is mended or gone, {missing} waits"
    return Finding("syntax", WARNING, file.removesuffix(".toml"), message, "", file)


def _edits(
    found: Mapping[str, FileLike], seen: Mapping[str, Seen], left_alone: set[str], unclear: set[str]
) -> list[Edit]:
    edits = []
    for unid, file in found.items():
        before = seen.get(unid)
        if before is None or not before.file:
            edits.append(Edit(unid, CREATED, file.file, ""))
        elif before.file != file.file:
            edits.append(Edit(unid, RENAMED, file.file, before.file))
        elif before.digest != file.digest:
            edits.append(Edit(unid, CHANGED, file.file, file.file))
    for unid, entry in seen.items():
        if entry.file and unid not in found and unid not in unclear and entry.file not in left_alone:
            edits.append(Edit(unid, DELETED, entry.file, entry.file))
    return sorted(edits, key=lambda edit: (edit.file, edit.unid))
