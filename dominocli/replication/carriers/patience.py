"""How long carriers to other machines wait for an answer."""

from __future__ import annotations

import os

from dominocli import errors

TIMEOUT_VARIABLE = "DOMINOCLI_TIMEOUT"
ANSWER_SECONDS = 120
"""How long an answer may take (D): the far side may have to read a whole directory before it says hello."""


def answer_seconds() -> float:
    """Return how long an answer may take: the variable DOMINOCLI_TIMEOUT, in seconds; raise `UsageError`."""
    given = os.environ.get(TIMEOUT_VARIABLE, "")
    try:
        seconds = float(given) if given else float(ANSWER_SECONDS)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 86400:
        hint = f"for instance {TIMEOUT_VARIABLE}=60"
        raise errors.UsageError(reason=f"{TIMEOUT_VARIABLE}={given!r} is no number of seconds", hint=hint)
    return seconds
