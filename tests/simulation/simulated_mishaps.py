"""What befalls the disks of replicas, and what it costs: power lost, backups, clones, copies, odd clocks.

Each takes the simulation and the server it happens at, and says in the ledger what nobody can know any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import simulated_hands as hands_module
from simulated_disk import Inode
from simulated_hands import parses, tokens
from simulated_server import Server, empty_journal, is_known, knows_deletion

from dominocli.directory.settings import ReplicaSettings
from dominocli.directory.text import text_hash
from dominocli.replication.revision import DELETED

if TYPE_CHECKING:
    from simulation import Simulation


def write_back(simulation: Simulation, server: Server) -> None:
    """The kernel makes everything durable, as it does in time."""
    server.disk.write_back()


def outage(simulation: Simulation, server: Server) -> None:
    """The power goes while no program works."""
    lose_power(simulation, server)


def lose_power(simulation: Simulation, server: Server) -> None:
    """Take what was not durable from a disk, and note what nobody can know any more."""
    simulation.counts["outages"] += 1
    simulation.say(f"  power lost at {server.name}")
    disk = server.disk
    before = server.held().union(*(tokens(content) for d, _, content in simulation.hands.unfinished if d is disk))
    simulation.hands.unfinished = [entry for entry in simulation.hands.unfinished if entry[0] is not disk]
    disk.index = simulation.index_chance.choice([disk.index, disk.index_before, None])
    disk.index_before = disk.index
    journal = server.journal()
    for name, held, durable in disk.lose_power(simulation.chance):
        inode = disk.names[name]
        simulation.ledger.written.add(inode.data)
        if inode.data not in (held, durable):
            simulation.ledger.torn.update(hands_module._UNID.findall(held))
        is_cut = parses(inode.data) and inode.data not in (held, durable)
        if is_cut or not (name.startswith(".") or is_known(journal, name, held)):
            # Cut short it is still a text, or nobody can know any more which document it was.
            left = tokens(inode.data) if parses(inode.data) else set()
            simulation.ledger.replaced |= (tokens(held) | tokens(durable or b"")) - left
    simulation.ledger.excused |= before - server.held() - known_elsewhere(simulation, server)
    for content in disk.contents().values():
        found = hands_module._UNID.search(content)
        winner = journal.winner(found[1].decode()) if found else None
        recorded = journal.text(text_hash(content)) is not None
        if winner is None or winner.kind != DELETED or not recorded:
            simulation.ledger.revived(content)


def known_elsewhere(simulation: Simulation, server: Server) -> set[str]:
    """Return every token that another server holds."""
    return set().union(*(other.held() for other in simulation.servers if other is not server))


def commit(simulation: Simulation, server: Server) -> None:
    """A hand keeps the files as they are, as git does."""
    simulation.commits.append({name: data for name, data in server.disk.contents().items() if parses(data)})


def back_up(simulation: Simulation, server: Server) -> None:
    """A backup of the whole folder is taken."""
    server.backups.append((server.disk.image(), server.identity))


def restore(simulation: Simulation, server: Server) -> None:
    """A backup comes back: all of it, or the state folder alone."""
    if not server.backups:
        return
    image, identity = simulation.chance.choice(server.backups)
    files = simulation.chance.random() < 0.75
    simulation.say(f"  files too: {files}")
    with losing(simulation, server):
        simulation.ledger.written |= set(image.files.values() if files else server.disk.contents().values())
        server.disk.restore(image, files=files)
        server.identity = identity
    if not files:
        # Files that are older than the state, as those of a clone can be, look as if a hand had checked them out.
        seen = {seen.file for seen in server.journal().all_seen().values() if seen.file}
        known = set().union(*(seen_at(simulation, server, file) for file in seen))
        simulation.ledger.replaced |= known.difference(*map(tokens, server.disk.contents().values()))


@contextmanager
def losing(simulation: Simulation, server: Server) -> Iterator[None]:
    """Note in the ledger what goes with what a server's disk held."""
    simulation.hands.unfinished = [entry for entry in simulation.hands.unfinished if entry[0] is not server.disk]
    yield
    remaining = server.held() | known_elsewhere(simulation, server)
    simulation.ledger.excused |= simulation.ledger.expected() - remaining
    journals = [other.journal() for other in simulation.servers]
    for unid, held in list(simulation.ledger.deleted):
        if not any(knows_deletion(journal, unid, held) for journal in journals):
            simulation.ledger.deleted.discard((unid, held))


def files_to_take(simulation: Simulation) -> dict[str, bytes]:
    """Return the files of a clone or a checkout, the content by name."""
    contents = simulation.chance.choice(simulation.servers).disk.contents()
    taken = {name: data for name, data in contents.items() if parses(data)}
    if simulation.commits and simulation.chance.random() < 0.6:
        taken = simulation.chance.choice(simulation.commits)
    simulation.ledger.written |= set(taken.values())
    doubled(simulation, taken.values())
    return taken


def doubled(simulation: Simulation, contents: Iterable[bytes]) -> None:
    """Note that contents are in two places now: what not everybody has recorded is an edit of its own there."""
    journals = [server.journal() for server in simulation.servers]
    for content in contents:
        if any(journal.text(text_hash(content)) is None for journal in journals):
            simulation.ledger.revived(content)


def check_out(simulation: Simulation, server: Server) -> None:
    """A hand gives every file the content of another moment, as git does."""
    disk = server.disk
    wanted = files_to_take(simulation)
    for name, content in disk.contents().items():
        if wanted.get(name) != content:
            simulation.ledger.replaced |= tokens(content) if parses(content) else seen_at(simulation, server, name)
            disk.change((name, None))
    for name, content in wanted.items():
        if name not in disk.names:
            simulation.ledger.revived(content)
            found = hands_module._UNID.search(content)
            seen = server.journal().seen(found[1].decode()) if found else None
            if seen is not None and (not seen.file or seen.digest != text_hash(content)):
                # It lives anew, or says again what it said once: merged with an edit, that outlives a deletion.
                simulation.ledger.moved(content)
            disk.change((name, Inode(content)))


def seen_at(simulation: Simulation, server: Server, name: str) -> set[str]:
    """Return the tokens that a server last saw in a file."""
    journal = server.journal()
    seen = journal.seen(journal.seen_at(name))
    return set() if seen is None else set(tokens((journal.text(seen.digest) or "").encode()))


def clone(simulation: Simulation, server: Server) -> None:
    """The server gets a new disk with a clone of the files, and no journal."""
    wanted = files_to_take(simulation)
    with losing(simulation, server):
        server.disk.names = {name: Inode(content, durable=True) for name, content in wanted.items()}
        server.disk.kept = dict(server.disk.names)
        server.disk.pending.clear()
        server.disk.index = server.disk.index_before = None
        server.disk.database.deserialize(empty_journal())
        server.identity = ReplicaSettings(simulation.new_id(), server.name, {}, {}, None)


def copy(simulation: Simulation, server: Server) -> None:
    """The whole folder of another server is copied here, with its identity."""
    source = simulation.chance.choice(simulation.servers)
    if source is server:
        renew(simulation, server)
        return
    with losing(simulation, server):
        server.disk.restore(source.disk.image())
        server.identity = source.identity
    doubled(simulation, server.disk.contents().values())


def renew(simulation: Simulation, server: Server) -> None:
    """A copy gets an identity of its own."""
    twins = [other for other in simulation.servers if other.identity.instance == server.identity.instance]
    if len(twins) > 1 or server.identity.server != server.name:
        simulation.say(f"  {server.name} gets an identity of its own")
        server.identity = ReplicaSettings(simulation.new_id(), server.name, {}, {}, None)


def set_clock(simulation: Simulation, server: Server) -> None:
    """The clock is set, up to an hour wrong."""
    server.skew = simulation.chance.choice([0.0, -3600.0, -30.0, 30.0, 3600.0])


def damage_checkpoints(simulation: Simulation, server: Server) -> None:
    """The checkpoints are lost, or name a session nobody knows."""
    database = server.disk.database
    if simulation.chance.random() < 0.5:
        database.execute("DELETE FROM checkpoints")
    else:
        odd = json.dumps([{"session": simulation.new_id(), "seq": 7}])
        database.execute("UPDATE checkpoints SET history = ?", (odd,))
