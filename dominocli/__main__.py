"""The entry of the program: `--version` and completion are answered before anything heavy is imported."""

import gc
import sys

OBJECTS_BEFORE_COLLECTING = 100_000
"""A short command makes little garbage; looking for it at every 700 objects costs 3 % of its time."""


def main() -> None:
    """Run the command line and exit with its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from dominocli import __version__

        sys.stdout.write(f"dominocli {__version__}\n")
        return
    if arguments[:1] == ["__complete"]:
        from dominocli.cli.complete import complete

        sys.stdout.write("".join(f"{line}\n" for line in complete(arguments[1:])))
        return
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
    from dominocli.cli.app import run

    run(arguments)


if __name__ == "__main__":
    main()
