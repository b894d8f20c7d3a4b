"""Directories of many documents of 1 KiB and 27 keys, and their replicas, for measuring."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from tests.bench.measure import environment

OWN = "Hub01/Acme"

_CONNECTION = """\
unid = "{unid}"
form = "Connection"

[basics]
connection_type = "Local Area Network"
source_server = "Hub01/Acme"
source_domain = "Acme"
destination_server = "Mail{number:06}/Acme"
destination_domain = "Acme"
use_ports = ["TCPIP"]
usage_priority = "Normal"
optional_network_address = "mail{number:06}.acme.example"

[replication_routing]
replication_task = "Enabled"
replicate_databases_of = "Low & Medium & High"
replication_type = "Pull-Push"
files_to_replicate = ["names.nsf", "admin4.nsf"]
replication_time_limit = 60
routing_task = "-None-"
route_at_once_if = 5
routing_cost = {cost}
router_type = "Push Only"

[schedule]
schedule = "Enabled"
connect_at_times = ["08:00-22:00"]
repeat_interval = 360
days_of_week = ["Mon", "Tue", "Wed", "Thu", "Fri"]

[administration]
comments = "{comment}"
owners = ["Ann Admin/Acme"]
administrators = ["LocalDomainAdmins"]
"""
_SERVER = """unid = "{unid}"
form = "Server"

[basics]
server_name = "{server}"
replica = "{replica}"
routing_tasks = ["Mail Routing"]
"""


def connection_text(number: int, comment: str = "one of many like it, made for measuring") -> str:
    """Return the text of a Connection document."""
    unid = hashlib.sha256(f"connection {number}".encode()).hexdigest()[:32]
    return _CONNECTION.format(unid=unid, number=number, cost=number % 10 + 1, comment=comment)


def connection_file(root: Path, number: int) -> Path:
    """Return the file of a Connection document."""
    return root / "connections" / f"c{number:06}.toml"


def call(dominocli: Path, root: Path, *arguments: str, exits: tuple[int, ...] = (0,)) -> str:
    """Run dominocli in a directory and return what it says; raise `RuntimeError` where its exit code is another."""
    done = subprocess.run(
        [dominocli, *arguments], cwd=root, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode not in exits:
        raise RuntimeError(f"dominocli {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def directory(dominocli: Path, folder: Path, count: int, replicas: int = 0) -> Path:
    """Make a directory with so many Connections in a new folder, replicated with so many others, and return it."""
    folder.mkdir()
    root = folder / "acme"
    call(dominocli, folder, "init", "acme", "--domain", "Acme", "--server", OWN)
    (root / "connections").mkdir()
    (root / "servers").mkdir()
    for number in range(count):
        connection_file(root, number).write_text(connection_text(number), encoding="utf-8")
    servers = {OWN: root, **{f"Mail{number}/Acme": folder / f"mail{number}" for number in range(replicas)}}
    for server, place in servers.items():
        unid = hashlib.sha256(server.encode()).hexdigest()[:32]
        text = _SERVER.format(unid=unid, server=server, replica=place)
        (root / "servers" / f"{server.partition('/')[0].lower()}.toml").write_text(text, encoding="utf-8")
    for server in list(servers)[1:]:
        call(dominocli, root, "replica", "create", server)
    call(dominocli, root, "replicate", "--no-recalc")
    call(dominocli, root, "replicate", "--no-recalc")
    return root


def edit(root: Path, count: int) -> None:
    """Change so many Connections, each time to something they never held."""
    comment = os.urandom(8).hex()
    for number in range(count):
        connection_file(root, number).write_text(connection_text(number, comment), encoding="utf-8")


_LAN = """unid = "{unid}"
form = "Connection"

[basics]
connection_type = "Local Area Network"
source_server = "{source}"
source_domain = "Acme"
destination_server = "{destination}"
destination_domain = "Acme"
use_ports = ["TCPIP"]

[replication_routing]
routing_task = "Mail Routing"
routing_cost = {cost}

[schedule]
schedule = "Enabled"
connect_at_times = ["00:00-23:59"]
repeat_interval = 5
"""


def hub_domain(dominocli: Path, folder: Path, servers: int, hubs: int = 100) -> Path:
    """Make the directory of a domain of hubs in a ring, each of the other servers at two of them, with the table
    of the first hub, and return it: a Server document each and about three Connections."""
    folder.mkdir()
    root = folder / "acme"
    names = [f"Hub{number:05}/Acme" for number in range(hubs)]
    names += [f"Mail{number:05}/Acme" for number in range(hubs, servers)]
    call(dominocli, folder, "init", "acme", "--domain", "Acme", "--server", names[0])
    (root / "connections").mkdir()
    (root / "servers").mkdir()
    ways = [(names[at], names[(at + step) % hubs], 1) for at in range(hubs) for step in (1, hubs - 1)]
    for at in range(hubs, servers):
        first, second = names[at % hubs], names[(at + 1) % hubs]
        ways += [(names[at], first, 1), (first, names[at], 1), (names[at], second, 3)]
    for at, name in enumerate(names):
        unid = hashlib.sha256(name.encode()).hexdigest()[:32]
        text = _SERVER.format(unid=unid, server=name, replica=root if at == 0 else "")
        (root / "servers" / f"{at:05}.toml").write_text(text, encoding="utf-8")
    for at, (source, destination, cost) in enumerate(ways):
        unid = hashlib.sha256(f"way {at}".encode()).hexdigest()[:32]
        text = _LAN.format(unid=unid, source=source, destination=destination, cost=cost)
        (root / "connections" / f"{at:06}.toml").write_text(text, encoding="utf-8")
    call(dominocli, root, "recalc", names[0])
    return root
