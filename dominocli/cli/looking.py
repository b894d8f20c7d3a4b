"""Where the directory is, and which commands look at all of it: asked before anything heavy is imported."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LOOKING = frozenset(
    ("check", "plan", "pull", "push", "recalc", "replicate", "route explain", "route impact", "route show", "status")
)
"""Commands that look at the whole directory before they do anything else with it."""


def begin_looking(arguments: Sequence[str]) -> None:
    """Let a second process look ahead, where the command line will look at all of a large directory.

    What it asks for is a guess: the command itself says where it works, and does without if it was wrong.
    """
    if not {arguments[0] if arguments else "", " ".join(arguments[:2])} & LOOKING:
        return
    root = nearest_root(_given(arguments))
    if root is not None:
        from dominocli.directory.ahead import begin

        begin(root)


def _given(arguments: Sequence[str]) -> str:
    """Return what follows `--directory`, "" for nothing."""
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--directory":
            return value if equals else "".join(arguments[at + 1 : at + 2])
    return ""


def nearest_root(given: str = "") -> str | None:
    """Return the folder of the directory a command works in, None for none.

    That is the one `given` or named by the environment, else the nearest one upwards that holds directory.toml.
    """
    given = given or os.environ.get("DOMINOCLI_DIRECTORY", "")
    try:
        folder = given or os.getcwd()
    except OSError:  # the folder is gone
        return None
    while not os.path.isfile(f"{folder}/directory.toml"):
        parent = os.path.dirname(folder)
        if given or parent == folder:
            return None
        folder = parent
    return folder
