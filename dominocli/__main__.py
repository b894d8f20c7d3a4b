"""The entry of the program: `--version` and completion are answered before anything heavy is imported."""

import gc
import os
import sys

from dominocli.cli.streams import delivered, open_closed_streams

OBJECTS_BEFORE_COLLECTING = 5_000_000
"""A command makes little garbage, and what a large directory holds is none: looking for it costs up to a tenth."""


CANCELLED = 130


def main() -> None:
    """Run the command line and end the process with its exit code; ^C before it runs is no traceback."""
    try:
        code = _run()
    except KeyboardInterrupt:
        code = CANCELLED
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        code = code or 1  # what went wrong could not be told
    # All is written and closed; to take everything in memory apart as well would cost a tenth of the time.
    os._exit(code)


def _run() -> int:
    open_closed_streams()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from dominocli import __version__

        text = f"dominocli {__version__}\n"
    elif arguments[:1] == ["__complete"]:
        from dominocli.cli.complete import complete

        text = "".join(f"{line}\n" for line in complete(arguments[1:]))
    else:
        from dominocli.cli.looking import begin_looking

        begin_looking(arguments)

        from dominocli.cli.app import run

        return run(arguments)
    return 0 if delivered(text) else 1


if __name__ == "__main__":
    main()
