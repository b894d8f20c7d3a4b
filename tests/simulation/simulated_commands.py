"""Commands that people give on simulated servers beside replicating, and what they mean for the ledger."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import simulated_hands as hands_module
from simulated_hands import parses, tokens
from simulated_server import Server

from dominocli.directory.text import text_hash
from dominocli.replication import history
from dominocli.replication.record import FileChange, save_held
from dominocli.replication.replica import Replica
from dominocli.replication.revision import LIVE

if TYPE_CHECKING:
    from simulation import Simulation

LEVELS = ("Reader", "Author", "Editor", "No Access")


def set_access(simulation: Simulation, server: Server) -> None:
    """The access table is given, or taken away."""
    others = [other.name for other in simulation.servers if other is not server]
    table = {name: (simulation.chance.choice(LEVELS), simulation.chance.random() < 0.6) for name in others}
    server.identity = server.identity._replace(access=simulation.chance.choice([None, table]))
    simulation.say(f"  {server.identity.access}")


def purge(simulation: Simulation, server: Server) -> None:
    """Time passes, and the texts of old deletions go."""
    simulation.now += 100 * 86_400.0 if simulation.chance.random() < 0.3 else 0.0
    for one in simulation.servers if simulation.chance.random() < 0.5 else [server]:
        simulation.ours = one.disk
        simulation.guarded(one, partial(purge_one, simulation, one))


def purge_one(simulation: Simulation, server: Server) -> None:
    """Purge one server."""
    digests = server.disk.database.execute("SELECT digest FROM texts").fetchall()
    simulation.ledger.forgotten.update(digest for (digest,) in digests)
    simulation.say(f"  {server.name} {history.purge(server.root, clock=server.clock)}")


def save(simulation: Simulation, server: Server) -> None:
    """A command changes, renames, removes or makes documents, all or nothing."""
    simulation.ours = server.disk
    simulation.busy = simulation.chance.choice([0.0, 0.0, 0.05])
    contents = [(f, c) for f, c in server.disk.contents().items() if hands_module._UNID.search(c) and parses(c)]
    changes: list[FileChange] = []
    gone: set[str] = set()
    new: set[str] = set()
    for file, content in simulation.chance.sample(contents, min(len(contents), simulation.chance.randrange(1, 3))):
        base, text = text_hash(content), content.decode()
        what = simulation.chance.random()
        if what < 0.2:
            changes.append(FileChange(file, None, base))
            gone |= tokens(content)
            continue
        if held := sorted(tokens(content)):
            old, token = simulation.chance.choice(held), f"t{simulation.ledger.count + 1}"
            simulation.ledger.count += 1
            text = text.replace(f'"{old}"', f'"{token}"')
            gone.add(old)
            new.add(token)
        to = f"groups/n{simulation.chance.randrange(hands_module.NAMES)}.toml"
        if what < 0.5 and to not in server.disk.names and all(to != change.file for change in changes):
            changes += [FileChange(file, None, base), FileChange(to, text, None)]
            simulation.ledger.moved(text.encode())
        else:
            changes.append(FileChange(file, text, base))
    simulation.say(f"save at {server.name} {[(c.file, sorted(tokens((c.text or '').encode()))) for c in changes]}")
    replica = Replica.open(server.root, server.clock)
    try:
        if changes and replica.adopted:
            with replica.held("save"):
                save_held(replica, changes)
    finally:
        replica.close()
        written = bool(new & server.recorded()) or not new
        if written:
            simulation.ledger.born |= new
            simulation.ledger.replaced |= gone
        simulation.say(f"  {'done' if written else 'not done'}")


def undelete(simulation: Simulation, server: Server) -> None:
    """A command gives a document one of its older texts again."""
    rows = server.disk.database.execute(
        "SELECT file, rev, digest, unid FROM revisions WHERE kind = ? ORDER BY unid, rev", (LIVE,)
    ).fetchall()
    if not rows or not server.journal().fact("adopted"):
        return
    file, rev, digest, unid = simulation.chance.choice(rows)
    simulation.ours = server.disk
    simulation.say(f"  {file} {rev[:10]}")
    text = (server.journal().text(digest) or "").encode()

    def go() -> None:
        simulation.faulty = True
        history.undelete(server.root, file.removesuffix(".toml"), rev, clock=server.clock)

    seen = server.journal().seen(unid)
    given = f'unid = "{unid}"'.encode()
    places = {file, seen.file if seen is not None else file}
    now = [c for f, c in server.disk.contents().items() if given in c or f in places]
    # What a stop left in a swap file is recorded first, and stands in the history then.
    now += [inode.data for name, inode in server.disk.names.items() if name.endswith(f"/swap/{unid}")]
    winner = server.journal().winner(unid)
    now.append((server.journal().text(winner.digest if winner is not None else "") or "").encode())
    simulation.ledger.revived(text)
    simulation.ledger.moved(given)  # it lives anew: that merges with edits as a new name does
    simulation.guarded(server, go)
    if server.journal().text(digest) is not None:
        simulation.ledger.replaced |= set().union(*map(tokens, now)) - tokens(text)
