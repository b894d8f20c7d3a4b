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
    root = nearest_root(named_root(_flag(arguments)))
    if root is not None:
        from dominocli.directory.ahead import begin

        begin(root)


def _flag(arguments: Sequence[str]) -> str:
    """Return what follows `--directory`, "" for nothing."""
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--directory":
            return value if equals else "".join(arguments[at + 1 : at + 2])
    return ""


def named_root(flag: str = "") -> str:
    """Return the folder that `--directory` names, else the one the environment names, "" for none."""
    return flag or os.environ.get("DOMINOCLI_DIRECTORY", "")


def nearest_root(named: str) -> str | None:
    """Return the folder a command works in: the one named, else the nearest one upwards; None for no directory."""
    try:
        folder = named or os.getcwd()
    except OSError:  # the folder is gone
        return None
    while not os.path.isfile(f"{folder}/directory.toml"):
        parent = os.path.dirname(folder)
        if named or parent == folder:
            return None
        folder = parent
    return folder
