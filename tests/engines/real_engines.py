"""Starts real programs for the tests: an sshd and a pouchdb-server, each on a loopback port of its own."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
POUCHDB = ROOT / ".cache/engines/node_modules/pouchdb-server/bin/pouchdb-server"
ADMIN, PASSWORD = "admin", "s3cret: for tests"
START_SECONDS = 60.0


def missing(what: str) -> None:
    """Skip the test whose engine is not here, or fail it where all of them must be."""
    reason = f"{what} is not installed: make real-parts"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def running(command: list[str], folder: Path, is_up: Callable[[], bool], **options: Any) -> Iterator[None]:
    """Run a program until the block ends; fail with what it said if it does not come up."""
    log = folder / "log.txt"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL, **options)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not is_up():
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(20)


class Couch:
    """A CouchDB as its administrator sees it."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self.address = address
        self.user = user
        self.password = password

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request and return the JSON of its reply, whatever its status."""
        import base64

        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/{path}", content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def location(self, database: str) -> str:
        """Return a database's address as a Replica."""
        return f"couchdb+{self.address}/{database}"

    def add_user(self, name: str, password: str, *roles: str) -> None:
        """Make a user with roles."""
        body = {"_id": f"org.couchdb.user:{name}", "name": name, "type": "user", "roles": list(roles)}
        self.ask("PUT", f"_users/org.couchdb.user:{name}", {**body, "password": password})


@contextlib.contextmanager
def couchdb(folder: Path) -> Iterator[Couch]:
    """Give the CouchDB of DOMINOCLI_TEST_COUCHDB_URL (http://user:password@host:port), else a pouchdb-server."""
    from urllib.parse import unquote, urlsplit

    if given := os.environ.get("DOMINOCLI_TEST_COUCHDB_URL"):
        parts = urlsplit(given)
        netloc = parts.netloc.rpartition("@")[2]
        address = parts._replace(netloc=netloc).geturl().rstrip("/")
        yield Couch(address, unquote(parts.username or ""), unquote(parts.password or ""))
        return
    node = shutil.which("node")
    if node is None or not POUCHDB.exists():
        missing("pouchdb-server")
    assert node is not None
    port = free_port()
    (folder / "config.json").write_text(json.dumps({"admins": {ADMIN: PASSWORD}, "couchdb": {"uuid": "0" * 32}}))
    couch = Couch(f"http://127.0.0.1:{port}", ADMIN, PASSWORD)

    def is_up() -> bool:
        try:
            return "version" in couch.ask("GET", "")
        except OSError:
            return False

    command = [node, "--unhandled-rejections=warn", str(POUCHDB), "--in-memory", "--host", "127.0.0.1"]
    with running([*command, "--port", str(port), "--no-stdout-logs"], folder, is_up):
        yield couch


class Sshd:
    """An sshd that lets the tests in, as whoever runs them. `ssh` is what DOMINOCLI_SSH has to be."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.ssh = shlex.join(["ssh", "-F", str(folder / "client")])

    def location(self, path: Path) -> str:
        """Return a folder's address as a Replica."""
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"

    def allow(self, options: str = "") -> None:
        """Let the one key in, with these options of authorized_keys."""
        key = (self.folder / "key.pub").read_text()
        (self.folder / "authorized_keys").write_text(f"{options} {key}".lstrip())

    @property
    def program(self) -> str:
        """Return the dominocli that sessions find."""
        return str(self.folder / "bin/dominocli")


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """Run an sshd with keys and configuration of its own."""
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if program is None or shutil.which("ssh") is None:
        missing("openssh-server")
    assert program is not None
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    for name in ("key", "host"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    port = free_port()
    (folder / "bin").mkdir()
    script = folder / "bin/dominocli"
    script.write_text(f'#!/bin/sh\nexport PYTHONPATH={ROOT}\nexec {sys.executable} -m dominocli "$@"\n')
    script.chmod(0o755)
    (folder / "server").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nPasswordAuthentication no\n"
        f"KbdInteractiveAuthentication no\nPermitRootLogin yes\nPrintMotd no\nMaxStartups 100\n"
        f"SetEnv PATH={folder}/bin:/usr/local/bin:/usr/bin:/bin\n"
    )
    host = (folder / "host.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host}")
    (folder / "client").write_text(
        f"Host *\n  IdentityFile {folder}/key\n  IdentitiesOnly yes\n  UserKnownHostsFile {folder}/known_hosts\n"
        "  GlobalKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n  IdentityAgent none\n"
    )
    server = Sshd(folder, port)
    server.allow()

    def is_up() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    with running([program, "-D", "-e", "-f", str(folder / "server")], folder, is_up):
        yield server
