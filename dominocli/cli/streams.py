"""The standard streams as they really are: closed, full, or gone. Nothing heavy is imported here."""

import os
import sys


def open_closed_streams() -> None:
    """Give a closed standard stream the null device, so that no file of ours takes its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


class OutputLost(Exception):
    """Standard output could not be written; the cause is the operating system's error."""


def delivered(text: str = "") -> bool:
    """Write and flush standard output; return False, having said so, where it could not be taken."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
        return True
    except OSError as error:
        give_up(error)
        return False


def give_up(error: BaseException | None) -> None:
    """Say that the output is lost, unless the reader only went away (`| head`), and let nothing try again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        sys.stderr.write(f"error[file]: cannot write the output: {error.strerror}\n")
