"""Messages between two processes: one JSON object a line, bounded, and nothing in them trusted.

A question is `{"id": N, "verb": ..., "payload": {...}}`, its answer `{"id": N, "answer": {...}}` or
`{"id": N, "error": {...}}`. Before an answer that takes long come lines `{"id": N, "working": true}`. The first
question is `open`: version, who asks, for which folder.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn

from dominocli import errors
from dominocli.replication.carriers import failures

WIRE = 1
"""The version of what is said before the first verb."""

LONGEST_LINE = 64 << 20
"""In bytes. The longest honest message is far shorter: `get` and `to_wire` bound what they give."""

LONG_VERBS = frozenset(("recalc", "replicate"))
"""Verbs whose answer may wait for other machines: while it does, the asker is told that somebody works on it."""

WORKING_SECONDS = 1.0

Answerer = Callable[[str, dict[str, Any]], dict[str, Any]]

_TOLD: tuple[type[errors.DominoError], ...] = (
    errors.NoReplicaThere,
    errors.AccessRefused,
    errors.ForgedRevision,
    errors.MassDeletion,
    errors.ClockBehind,
    errors.Locked,
    failures.ProtocolFault,
    errors.UnreadableFile,
    errors.JournalUnusable,
    errors.InvalidSettings,
)
_BY_CODE = {kind.code: kind for kind in _TOLD}


def encode(message: Mapping[str, Any], location: str) -> bytes:
    """Return a message as a line; raise `MessageTooLong`."""
    line = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"
    if len(line) > LONGEST_LINE:
        raise failures.MessageTooLong(location=location, limit=LONGEST_LINE)
    return line


def decode(line: bytes, location: str) -> dict[str, Any]:
    """Return the JSON object in some bytes; raise `ProtocolFault` for anything else."""
    message = parse(line, location)
    if not isinstance(message, dict):
        raise failures.ProtocolFault(location=location, reason="no JSON object")
    return message


def parse(content: bytes, location: str) -> Any:
    """Return the JSON value in some bytes; raise `ProtocolFault` for anything else.

    Also for what Python's reader lets pass and nothing here can hold: NaN, and halves of surrogate pairs.
    """
    try:
        text = content.decode()
        value = json.loads(text, parse_constant=_no_constant)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise failures.ProtocolFault(location=location, reason=f"no JSON ({_cause(error)})") from error
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _cause(error: Exception) -> str:
    return "nested too deep" if isinstance(error, RecursionError) else str(error)[:100]


def answer_lines(source: BinaryIO, sink: BinaryIO, answer: Answerer) -> None:
    """Answer the questions that come line by line, until they end.

    A line that is cut off was never asked. What cannot be read as a question is answered by an error; after
    an over-long one nothing further is read, since nobody knows where the next one begins. Whatever else
    `answer` raises is answered by an error without details, which are this machine's alone, and raised.
    """
    here = "the asking side"
    while line := source.readline(LONGEST_LINE + 1):
        if not line.endswith(b"\n"):
            if len(line) > LONGEST_LINE:
                _say(sink, {"id": None, **_error(failures.MessageTooLong(location=here, limit=LONGEST_LINE))})
            return
        number: object = None
        try:
            question = decode(line, here)
            number, verb, payload = question.get("id"), question.get("verb"), question.get("payload")
            if type(number) is not int or not isinstance(verb, str) or not isinstance(payload, dict):
                number = None
                raise failures.ProtocolFault(location=here, reason="a question has id, verb and payload")
            with _working(sink, number, verb):
                given = answer(verb, payload)
            reply = encode({"id": number, "answer": given}, here)
        except errors.DominoError as error:
            _say(sink, {"id": number, **_error(error)})
            continue
        except Exception as error:
            message = (
                error.strerror if isinstance(error, OSError) and error.strerror else "it failed by a bug of its own"
            )
            _say(sink, {"id": number, "error": {"code": "failed", "message": message, "hint": ""}})
            raise
        sink.write(reply)
        sink.flush()


@contextmanager
def _working(sink: BinaryIO, number: int, verb: str) -> Iterator[None]:
    """While the body runs, tell the asker of a long verb every second that it does."""
    if verb not in LONG_VERBS:
        yield
        return
    done = threading.Event()

    def tell() -> None:
        while not done.wait(WORKING_SECONDS):
            try:
                _say(sink, {"id": number, "working": True})
            except (OSError, ValueError):
                # Nobody listens any more, which whoever writes the answer finds out himself.
                return

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def is_working(line: bytes, number: int, location: str) -> bool:
    """Tell whether a line only says that question `number` is being worked on; raise `ProtocolFault`."""
    if len(line) > 200:
        return False
    said = decode(line, location)
    return said.get("working") is True and said.get("id") == number


def _say(sink: BinaryIO, message: Mapping[str, Any]) -> None:
    sink.write(encode(message, ""))
    sink.flush()


def _error(error: errors.DominoError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


def answer_in(line: bytes, number: int, location: str) -> dict[str, Any]:
    """Return the answer to question `number`; raise the error the other side told of, or `ProtocolFault`."""
    reply = decode(line, location)
    error = reply.get("error")
    if isinstance(error, dict) and reply.get("id") in (number, None):
        raise told(error, location)
    answer = reply.get("answer")
    if reply.get("id") != number or not isinstance(answer, dict):
        raise failures.ProtocolFault(location=location, reason="an answer to another question")
    return answer


def told(error: Mapping[str, Any], location: str) -> errors.DominoError:
    """Return an error of the other side as one of ours, with its own words."""
    message, hint = (str(error.get(key, ""))[:1000] for key in ("message", "hint"))
    kind = _BY_CODE.get(str(error.get("code")))
    if kind is None:
        return errors.ReplicaUnreachable(location=location, reason=message, hint=hint)
    same = kind.__new__(kind)
    Exception.__init__(same, message)
    same.message, same.hint, same.file, same.line, same.fields, same.values = message, hint, None, None, (), {}
    return same
