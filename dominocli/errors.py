"""What can go wrong, one class each: code, message, hint and exit code sit on the class.

The command line renders every `DominoError` in the one error form; anything else that is
raised is a bug (exit 70). Messages say what and where, hints say the next command.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar


def command_line(words: str, *values: str) -> str:
    """Return a command for a hint: `dominocli WORDS VALUES`, what is no plain word quoted for the shell.

    Values come from replicated documents, and hints are copied into shells.
    """
    import shlex

    return " ".join(("dominocli", words, *map(shlex.quote, values)))


class ExitCode(IntEnum):
    """The exit codes of every command; they are part of the public interface."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FINDINGS = 3
    PENDING = 4
    PARTLY = 5
    LOCKED = 6
    BUG = 70
    CANCELLED = 130


class DominoError(Exception):
    """An expected failure. Keyword values fill the templates of message and hint.

    `file` and `line` (1-based) say where, `fields` names the fields concerned.
    """

    code: str = "failed"
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    template: ClassVar[str] = "{reason}"
    hint_template: ClassVar[str] = ""

    def __init__(
        self,
        *,
        file: str | None = None,
        line: int | None = None,
        fields: tuple[str, ...] = (),
        hint: str | None = None,
        **values: object,
    ) -> None:
        self.file = file
        self.line = line
        self.fields = fields
        self.values = values
        self.message = self.template.format(**values)
        self.hint = self.hint_template.format(**values) if hint is None else hint
        super().__init__(self.message)

    def as_json(self) -> dict[str, object]:
        """Return the error as it stands in the JSON envelope."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "file": self.file,
            "line": self.line,
            "fields": list(self.fields),
        }


class SeveralErrors(DominoError):
    """Several failures of one command, shown together; the exit code is that of the first."""

    code = "several"

    def __init__(self, errors: list[DominoError]) -> None:
        self.errors = errors
        super().__init__(reason="; ".join(error.message for error in errors))


class UsageError(DominoError):
    """The words of the command line do not go together."""

    code = "usage"
    exit_code = ExitCode.USAGE


class MissingFlags(UsageError):
    """Required fields were neither given nor could be asked for; all of them are named."""

    code = "missing-flags"
    template = "missing: {flags}"
    hint_template = "give them as flags, or run the command on a terminal to be asked"


class DocumentProblem(DominoError):
    """One rule of a document alone is broken; the error's code is the rule's id."""

    exit_code = ExitCode.USAGE

    def __init__(
        self, rule: str, message: str, hint: str, *, key: str, file: str | None = None, line: int | None = None
    ) -> None:
        self.code = rule
        super().__init__(reason=message, hint=hint, fields=(key,), file=file, line=line)


class StrictFindings(DominoError):
    """`--strict`: findings across documents (`documents.finding.Finding`) refuse the save."""

    code = "strict"
    exit_code = ExitCode.FINDINGS
    template = "not saved: {count} finding(s) and --strict was given"
    hint_template = "mend the findings, or save without --strict"

    def __init__(self, findings: Sequence[object]) -> None:
        self.findings = findings
        super().__init__(count=len(findings))


class FileNamesNotUtf8(DominoError):
    """Documents are named in UTF-8: read in another encoding, their names would look like other documents."""

    code = "encoding"
    template = "file names are read as {encoding} here, not as UTF-8"
    hint_template = "choose a UTF-8 locale, or set PYTHONUTF8=1"


class NoDirectory(DominoError):
    """No directory.toml here or in any folder above."""

    code = "no-directory"
    template = "no directory.toml in {where} or in any folder above it"
    hint_template = "dominocli init DIR --domain NAME --server SERVER, or give --directory DIR"


class NotAReplica(DominoError):
    """The folder holds a directory but no replica identity on this machine."""

    code = "no-replica"
    template = "{where} is not a replica on this machine"

    def __init__(self, *, where: str) -> None:
        super().__init__(where=where, hint=command_line("init", where, "--server") + " SERVER makes it that server's")


class DirectoryExists(DominoError):
    """`init` on a folder that already is a directory."""

    code = "directory-exists"
    template = "{where} already holds a directory"
    hint_template = "choose another folder, or work in this one with --directory {where}"


class InvalidSettings(DominoError):
    """directory.toml or replica.toml cannot be used."""

    code = "invalid-settings"
    template = "{reason}"


class UnreadableFile(DominoError):
    """The operating system refused to read or write a file."""

    code = "file"
    template = "cannot {action} {path}: {reason}"


class SyntaxFault(DominoError):
    """A text that is not the TOML, JSON or XML it should be."""

    code = "syntax"
    template = "{reason}"


class DocumentNotFound(DominoError):
    """No document of that name."""

    code = "not-found"
    template = "no {what} named {name}"
    hint_template = "{suggestion}"


class DocumentAmbiguous(DominoError):
    """A name without its folder that several forms share."""

    code = "ambiguous"
    exit_code = ExitCode.USAGE
    template = "{name} names several documents: {choices}"
    hint_template = "give one of them with its folder"


class DocumentExists(DominoError):
    """`add` under a name that holds other values."""

    code = "exists"
    template = "{document} already exists with other values"
    hint_template = "change it: {edit}; or replace it: --replace; or keep both: --name NAME"


class DocumentUnusable(DominoError):
    """The file of the document cannot be read as a document."""

    code = "unusable"
    template = "{document} cannot be read: {reason}"
    hint_template = "mend the file, then run dominocli check"


class DocumentReferred(DominoError):
    """Others refer to the document that would go."""

    code = "referred"
    template = "{document} is referred to by {referrers}"
    hint_template = "follow with --cascade, or change them first"


class NotConfirmed(DominoError):
    """A question that needs a yes, where nobody can be asked."""

    code = "not-confirmed"
    exit_code = ExitCode.USAGE
    template = "{question} needs a confirmation"
    hint_template = "give --yes"


class Cancelled(DominoError):
    """The person at the keyboard stopped; nothing was written."""

    code = "cancelled"
    exit_code = ExitCode.CANCELLED
    template = "cancelled, nothing was written"


class Stopped(DominoError):
    """The program was stopped outside of a question; whether something was written by then, nobody can say."""

    code = "stopped"
    exit_code = ExitCode.CANCELLED
    template = "stopped; what was written until then stays, and every file is whole"
    hint_template = "the same command again does the rest"


class Locked(DominoError):
    """Another process holds the directory."""

    code = "locked"
    exit_code = ExitCode.LOCKED
    template = "the directory is in use by {holder}"
    hint_template = "try again when it has finished"


class ServerUnknown(DominoError):
    """A server without a Server document."""

    code = "server-unknown"
    template = "no Server document for {server}"
    hint_template = "{suggestion}"


class Bug(DominoError):
    """Something nobody expected: a defect of this program."""

    code = "bug"
    exit_code = ExitCode.BUG
    template = "this is a bug ({kind}); its traceback is {where}"
    hint_template = "report it with that text; --debug shows it here"


class ChangedMeanwhile(DominoError):
    """A file is no longer what the command saw when it began; nothing was written."""

    code = "changed-meanwhile"
    template = "{path} was changed meanwhile; nothing was written"
    hint_template = "look at it, then give the command again"


class UnidInUse(DominoError):
    """A new file gives the unid of another document, or none."""

    code = "unid-in-use"
    template = "{path} has no unid of its own; nothing was written"
    hint_template = "give every new document a new unid"


class MassDeletion(DominoError):
    """More than half of the documents are gone: rather an unmounted folder than a wish."""

    code = "mass-deletion"
    template = "{gone} of {count} documents are missing in {where}; nothing was taken for deleted"
    hint_template = "restore the files, or confirm with --allow-mass-delete"


class ClockBehind(DominoError):
    """This machine's clock is far behind the last time it recorded itself."""

    code = "clock-behind"
    template = "the clock of this machine is {hours} hours behind the last change recorded here"
    hint_template = (
        "set the clock; if it is right now and was ahead then, replicate with a server on another machine that has "
        "the same time, or move .dominocli/state.sqlite away: it is rebuilt from the other replicas"
    )


class CarrierUnavailable(DominoError):
    """A replica location that no carrier is known for, or none can do this with."""

    code = "carrier-unavailable"
    template = "{location}: this cannot be done by {scheme}"
    hint_template = "a Replica is an absolute path, ssh://user@host/path or couchdb+https://host/database"


class ReplicaUnreachable(DominoError):
    """A server's replica that does not answer now."""

    code = "unreachable"
    exit_code = ExitCode.PARTLY
    template = "the replica at {location} cannot be reached: {reason}"


class NoReplicaThere(DominoError):
    """Nothing, or another directory, where a server's replica should be; nothing is ever written there."""

    code = "no-replica-there"
    exit_code = ExitCode.PARTLY
    template = "{location} is no replica of this directory: {reason}"
    hint_template = "is the folder mounted? else: dominocli replica create SERVER"


class AccessRefused(DominoError):
    """The other replica gives this server no access."""

    code = "access-refused"
    exit_code = ExitCode.PARTLY
    template = "{server} gives {peer} no access"
    hint_template = "the access table is [access] in the other server's .dominocli/replica.toml"


class OtherDirectory(DominoError):
    """A folder that holds another directory, or other files."""

    code = "other-directory"
    template = "{where} {reason}; nothing was written"
    hint_template = "give an empty folder, or one that does not exist"


class ForgedRevision(DominoError):
    """A revision that is not what its id says."""

    code = "forged-revision"
    template = "a revision of {what} was refused: {reason}"
    hint_template = "it was not taken; look after the server that sent it"


class JournalUnusable(DominoError):
    """The journal of this replica cannot be read."""

    code = "journal"
    template = "the journal {path} cannot be used: {reason}"
    hint_template = "move it away: it is rebuilt from the other replicas"


class RevisionNotFound(DominoError):
    """No such revision, or its text was purged."""

    code = "revision-not-found"
    template = "no text is kept of revision {rev} of {document}"
    hint_template = "dominocli history {document}"


class MissingValues(UsageError):
    """Placeholders of a setup file without a value; all of them are named."""

    code = "missing-values"
    template = "no value for: {names}"
    hint_template = "give each one: {flags}"


class PlanOutdated(DominoError):
    """The directory or a replica is no longer what a plan was made from; nothing was written."""

    code = "plan-outdated"
    template = "{path} was made from another state: {differences}; nothing was written"
    hint_template = "look at a new one: {command}"


class JournalNewer(DominoError):
    """The journal of this replica has tables of a version that came after this program."""

    code = "journal-newer"
    template = "the journal {path} was written by a newer dominocli"
    hint_template = "upgrade dominocli on this machine; the journal is sound"
