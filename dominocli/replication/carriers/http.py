"""Requests to one CouchDB: bounded in time, size and number of tries, every way of failing told apart."""

from __future__ import annotations

import base64
import email.utils
import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from dominocli import errors
from dominocli.replication.carriers import failures
from dominocli.replication.carriers.credentials import credentials_for
from dominocli.replication.carriers.location import couch_location
from dominocli.replication.carriers.wire import LONGEST_LINE, parse

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

CONNECT_SECONDS = 10.0
TRIES = 5
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the second try, doubled before each further one; a server's own Retry-After counts instead."""

_BUSY = frozenset({429, 500, 502, 503, 504})
_CHUNK = 1 << 16


class Reply(NamedTuple):
    """What a CouchDB said: status, JSON body, and its clock in seconds (0.0 where it tells none)."""

    status: int
    body: Any
    clock: float

    @property
    def reason(self) -> str:
        """Return why it refused, in its words."""
        words = self.body if isinstance(self.body, dict) else {}
        said = ": ".join(str(words[key])[:300] for key in ("error", "reason") if words.get(key))
        return f"HTTP {self.status}" + (f" ({said})" if said else "")


class CouchHttp:
    """Requests to the database at a location, one at a time. `answer_seconds` bounds each single try;
    `bytes_sent` counts the bodies of requests and replies."""

    def __init__(self, location: str, answer_seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
        import ssl

        import urllib3

        self.location = location
        self.bytes_sent = 0
        self._place = couch_location(location)
        self._answer_seconds = answer_seconds
        self._sleep = sleep
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if (known := credentials_for(self._place.host)) is not None:
            token = base64.b64encode(f"{known.user}:{known.password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, answer_seconds), read=answer_seconds)
        context = ssl.create_default_context() if self._place.address.startswith("https:") else None
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False, timeout=timeout, ssl_context=context)

    def close(self) -> None:
        """End the connection."""
        self._pool.clear()

    def is_couchdb(self) -> bool:
        """Tell whether this is CouchDB itself, not another server that speaks its protocol."""
        welcome = self.call("GET", "..").body
        return isinstance(welcome, dict) and "couchdb" in welcome

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send a request for a path below the database (`..`: the server itself) and return the reply.

        Its status may be any but these: 401 `CredentialsRefused`, 403 `NoRight`, redirections and what stays busy
        `ReplicaUnreachable`. Every request may be repeated, so one that a busy server refused is.
        """
        pause = FIRST_PAUSE
        waited = 0.0
        for attempt in range(1, TRIES + 1):
            reply, wanted = self._try(method, path, body, last=attempt == TRIES)
            if reply is not None and reply.status not in _BUSY:
                return self._checked(reply)
            wait = pause if wanted is None else wanted
            if attempt == TRIES or waited + wait > self._answer_seconds:
                assert reply is not None
                raise errors.ReplicaUnreachable(location=self.location, reason=f"{reply.reason}, {attempt} times")
            self._sleep(min(wait, LONGEST_PAUSE))
            waited += min(wait, LONGEST_PAUSE)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    def _try(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, last: bool
    ) -> tuple[Reply | None, float | None]:
        """Return a reply and how long its server wants us to wait, None in it for a connection that was cut."""
        import urllib3

        deadline = time.monotonic() + self._answer_seconds
        headers = dict(self._headers)
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
            headers["Content-Type"] = "application/json"
            self.bytes_sent += len(content)
        url = f"{self._place.address}/" if path == ".." else f"{self._place.url}{'/' if path else ''}{path}"
        try:
            response = self._pool.request(
                method, url, body=content, headers=headers, redirect=False, preload_content=False
            )
            return self._read(response, deadline), _retry_after(response.headers.get("Retry-After"))
        except urllib3.exceptions.SSLError as error:
            raise failures.TlsFailed(location=self.location, reason=_words(error)) from error
        except urllib3.exceptions.NewConnectionError as error:
            # Before time-outs, of which it is one to urllib3.
            self._unreachable(_words(error), error)
        except (urllib3.exceptions.TimeoutError, TimeoutError) as error:
            self._unreachable(f"no answer within {self._answer_seconds:.0f} seconds", error)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if last:
                self._unreachable(f"the connection was cut ({_words(error)})", error)
            return None, None

    def _read(self, response: BaseHTTPResponse, deadline: float) -> Reply:
        received = bytearray()
        while chunk := response.read1(_CHUNK):
            received += chunk
            self.bytes_sent += len(chunk)
            if len(received) > LONGEST_LINE:
                response.close()
                raise failures.MessageTooLong(location=self.location, limit=LONGEST_LINE)
            if time.monotonic() > deadline:
                response.close()
                raise TimeoutError
        response.release_conn()
        if response.length_remaining:
            raise OSError("the answer is not whole")
        date = email.utils.parsedate_tz(response.headers.get("Date"))
        clock = float(email.utils.mktime_tz(date)) if date is not None else 0.0
        if response.status >= 300 and not response.headers.get("Content-Type", "").startswith(
            ("application/json", "text/plain")
        ):
            return Reply(response.status, None, clock)
        try:
            return Reply(response.status, parse(bytes(received), self.location), clock)
        except failures.ProtocolFault:
            if response.status < 300:
                raise
            return Reply(response.status, None, clock)

    def _checked(self, reply: Reply) -> Reply:
        if reply.status == 401:
            raise failures.CredentialsRefused(location=self.location, reason=reply.reason)
        if reply.status == 403:
            raise failures.NoRight(location=self.location, reason=reply.reason)
        if 300 <= reply.status < 400:
            self._unreachable(f"{reply.reason}: it sends us elsewhere; give the final address as the Replica", None)
        return reply

    def _unreachable(self, reason: str, cause: BaseException | None) -> NoReturn:
        raise errors.ReplicaUnreachable(location=self.location, reason=reason) from cause


def _retry_after(text: str | None) -> float | None:
    """Return the seconds of a Retry-After that gives seconds; a date counts as none (D)."""
    if text is None or not text.strip().isascii() or not text.strip().isdigit():
        return None
    return float(text.strip()[:6])


def _words(error: BaseException) -> str:
    """Return what a library says, without the names of its objects."""
    text = str(error.args[-1] if error.args and isinstance(error.args[-1], str) else error)
    return text.rpartition("object at 0x")[2].partition(">: ")[2] or text
