"""The program: a lazy table of commands, and the boundary where every error becomes an exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from dominocli import errors
from dominocli.cli.streams import OutputLost, delivered, give_up
from dominocli.cli.table import words_of
from dominocli.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

VALUE_FLAGS = ("--directory", "--color")
LEADING_FLAGS = frozenset(
    ("--json", "--dry-run", "--no-input", "--yes", "-y", "--quiet", "-q", "--verbose", "-v", "--debug")
) | {"--detailed-exitcode"}


def run(arguments: list[str]) -> int:
    """Run one command line, deliver what it wrote, and return its exit code (ux.md, exit codes)."""
    encoding = sys.getfilesystemencoding()
    try:
        if encoding.lower().replace("-", "") == "utf8":
            code = int(invoke(normalized(arguments)))
        else:
            code = _report(arguments, errors.FileNamesNotUtf8(encoding=encoding))
    except OutputLost as lost:
        give_up(lost.__cause__)
        code = int(ExitCode.FAILED)
    else:
        code = code if delivered() else int(ExitCode.FAILED)
    return code


def invoke(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error is reported, none leaves."""
    import typer

    try:
        from dominocli.cli.lazy import application

        returned = application().main(args=arguments, prog_name="dominocli", standalone_mode=False)
        if returned == ExitCode.CANCELLED:
            return _report(arguments, errors.Stopped())
        return returned if isinstance(returned, int) else 0
    except errors.DominoError as error:
        return _report(arguments, error)
    except typer.TyperException as error:
        return _usage(arguments, error)
    except (KeyboardInterrupt, typer.Abort):
        return _report(arguments, errors.Stopped())
    except OutputLost:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        where = str(error.filename or "a file")
        return _report(arguments, errors.UnreadableFile(action="use", path=where, reason=reason, file=where))
    except Exception as error:  # noqa: BLE001 - the boundary: whatever else is raised is a bug
        return _bug(arguments, error)


def normalized(arguments: list[str]) -> list[str]:
    """Return the arguments with common flags that stand before the command moved behind it."""
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if argument in LEADING_FLAGS or argument.startswith(tuple(f"{flag}=" for flag in VALUE_FLAGS)):
            at += 1
        elif argument in VALUE_FLAGS and at + 1 < len(arguments):
            at += 2
        else:
            break
    if at == len(arguments) or arguments[at].startswith("-"):
        return arguments
    leading, rest = arguments[:at], arguments[at:]
    words = len(words_of(rest).split())
    return [*rest[:words], *leading, *rest[words:]]


def _report(arguments: Sequence[str], error: errors.DominoError) -> int:
    from dominocli.cli.output import Output

    failures = error.errors if isinstance(error, errors.SeveralErrors) else [error]
    output = Output()
    if "--json" in arguments:
        findings = [finding for failure in failures for finding in getattr(failure, "findings", ())]
        output.envelope(words_of(list(arguments)), None, findings, failures)
    else:
        for failure in failures:
            output.error(failure)
            for finding in getattr(failure, "findings", ()):
                output.finding(finding)
    return int(failures[0].exit_code)


def _usage(arguments: list[str], error: Any) -> int:
    """Report what typer refused; a command without its sub-command gets the help, on stderr."""
    words = words_of(arguments)
    if type(error).__name__ == "NoArgsIsHelpError" and "--json" not in arguments:
        sys.stderr.write(error.format_message() + "\n")
        return int(error.exit_code)
    hint = f"dominocli {words} --help" if words else "dominocli --help"
    message = error.format_message() if type(error).__name__ != "NoArgsIsHelpError" else "a sub-command is missing"
    failure = errors.UsageError(reason=message.rstrip("."), hint=hint)
    return _report(arguments, failure)


def _bug(arguments: list[str], error: Exception) -> int:
    import tempfile
    import traceback

    trace = "".join(traceback.format_exception(error))
    if "--debug" in arguments:
        sys.stderr.write(trace)
        where = "above"
    else:
        with tempfile.NamedTemporaryFile("w", prefix="dominocli-bug-", suffix=".txt", delete=False) as file:
            file.write(trace)
            where = file.name
    _report(arguments, errors.Bug(kind=type(error).__name__, where=where))
    return int(ExitCode.BUG)
