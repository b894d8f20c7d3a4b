"""A proxy between two machines that cuts after so many bytes, or takes questions and swallows their answers."""

from __future__ import annotations

import contextlib
import os
import random
import select
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from edited_apart import FAR, Apart
from replication_domain import Domain

from dominocli.directory.settings import read_settings
from dominocli.replication.carriers import http
from dominocli.replication.carriers.couch_setup import prepare

SEED = int(os.environ.get("DOMINOCLI_TEST_SEED", "20261125"))
CUTS = 4
ASKED, ANSWERED = 0, 1
UNLIMITED = 1 << 60


class Proxy:
    """Passes bytes on to a port until its budget of one direction is spent: then every connection is cut, for good.

    Of answers that means: what was asked has been done on the other side, and nobody hears of it.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.passed = [0, 0]
        self.direction, self.budget = ANSWERED, UNLIMITED
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _listen(self) -> None:
        while not self._ended.is_set():
            if select.select([self._listener], [], [], 0.02)[0]:
                thread = threading.Thread(target=self._carry, args=(self._listener.accept()[0],), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self._port)) as far:
            ends = (near, far)
            while not self._ended.is_set():
                for source in select.select(ends, [], [], 0.02)[0]:
                    direction = ANSWERED if source is far else ASKED
                    with contextlib.suppress(OSError):
                        if self._passes(direction, source, ends[1 - ends.index(source)]):
                            continue
                    return

    def _passes(self, direction: int, source: socket.socket, target: socket.socket) -> bool:
        """Pass on what is there, as far as it may; tell whether the connection goes on."""
        data = source.recv(1 << 16)
        allowed = self.budget - self.passed[direction] if direction == self.direction else len(data)
        target.sendall(data[: max(0, allowed)])
        self.passed[direction] += len(data)
        return bool(data) and len(data) <= allowed


@pytest.fixture
def apart(tmp_path: Path) -> Apart:
    return Apart(Domain(tmp_path / "domain", ("Hub/Acme", FAR)), tmp_path)


@contextlib.contextmanager
def between(port: int, direction: int = ANSWERED, budget: int = UNLIMITED) -> Iterator[Proxy]:
    proxy = Proxy(port)
    proxy.direction, proxy.budget = direction, budget
    try:
        yield proxy
    finally:
        proxy.close()


def cuts(chance: random.Random, passed: list[int]) -> list[tuple[int, int]]:
    """Return directions and the bytes after which each is cut; answers may be swallowed from the first byte on."""
    found = [(ANSWERED, 0)]
    for direction in (ASKED, ANSWERED):
        found += [(direction, chance.randrange(passed[direction])) for _ in range(CUTS)]
    return found


def test_ssh_cut_anywhere_ends_as_if_it_had_not_been(apart: Apart, ssh: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOMINOCLI_SSH", f"{ssh.ssh} -o HostKeyAlias=[127.0.0.1]:{ssh.port}")
    straight = ssh.location(apart.domain.root(1))

    def through(proxy: Proxy) -> str:
        return straight.replace(f":{ssh.port}/", f":{proxy.port}/")

    apart.lay_out()
    with between(ssh.port) as proxy:
        assert apart.replicate(0, through(proxy)).identical
    expected = apart.end()
    assert len(expected[1]) == 1
    for direction, budget in cuts(random.Random(SEED), proxy.passed):
        told = f"seed {SEED}: direction {direction} cut after {budget} bytes"
        apart.lay_out()
        with between(ssh.port, direction, budget) as cut:
            assert apart.replicate(0, through(cut)).servers[0].state == "unreachable", told
        assert apart.replicate(0, straight).identical, told
        assert apart.end() == expected, told


def test_a_couchdb_cut_anywhere_ends_as_if_it_had_not_been(
    apart: Apart, couch: Any, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "FIRST_PAUSE", 0.001)
    place = urlsplit(couch.address)
    if place.scheme != "http" or place.hostname != "127.0.0.1" or place.port is None:
        pytest.skip("the proxy goes to plain http on this machine alone")
    port = place.port
    name = database.rpartition("/")[2]

    def anew() -> None:
        apart.lay_out()
        couch.ask("DELETE", name)
        prepare(database, read_settings(apart.domain.hub), dry_run=False)

    def through(proxy: Proxy) -> str:
        return database.replace(f":{port}/", f":{proxy.port}/")

    def meet() -> None:
        for at in (0, 1, 0):
            assert apart.replicate(at, database).servers[0].state == "done"

    anew()
    passed: list[list[int]] = []
    for at in (0, 1):
        with between(port) as proxy:
            assert apart.replicate(at, through(proxy)).identical
        passed.append(proxy.passed)
    meet()
    expected = apart.end()
    assert len(expected[1]) == 1
    chance = random.Random(SEED)
    # The first replica is cut while it pushes everything, the second while it pulls as well.
    for first, second in zip(cuts(chance, passed[0]), cuts(chance, passed[1]), strict=True):
        told = f"seed {SEED}: cut at (direction, bytes) {first}, then {second}"
        anew()
        for at, (direction, budget) in enumerate((first, second)):
            with between(port, direction, budget) as cut:
                assert apart.replicate(at, through(cut)).servers[0].state == "unreachable", told
            assert apart.replicate(at, database).servers[0].state == "done", told
        meet()
        assert apart.end() == expected, told
