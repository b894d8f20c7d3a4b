"""What must hold in every history: after each stop, after each replication, and at the end (replication.md 9)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from simulated_hands import SKELETON, parses, skeleton, tokens
from simulated_mishaps import renew
from simulated_server import Broken, Server

from dominocli.directory.text import text_hash
from dominocli.directory.view import derived_unid
from dominocli.replication.compare import active, leaves
from dominocli.replication.record import record
from dominocli.replication.replica import Replica
from dominocli.replication.resolve import resolve

if TYPE_CHECKING:
    from simulation import Simulation

    from dominocli.replication.report import ReplicationReport


def require(holds: object, message: str) -> None:
    """Raise `Broken` where an invariant does not hold."""
    if not holds:
        raise Broken(message)


def check_files(simulation: Simulation, server: Server) -> None:
    """I5: each file is as a hand or a revision left it, also where a program was stopped."""
    journal = server.journal()
    unfinished = {id(inode) for _, inode, _ in simulation.hands.unfinished}
    for name in server.disk.documents():
        inode = server.disk.names[name]
        digest = text_hash(inode.data)
        whole = inode.data in simulation.ledger.written or journal.text(digest) is not None
        whole = whole or digest in simulation.ledger.forgotten
        require(whole or id(inode) in unfinished, f"{name} of {server.name} is neither old nor new: {inode.data!r}")


def check_report(simulation: Simulation, server: Server, report: ReplicationReport) -> None:
    """I10: what was refused is named and pending, and is not there; without a fault every server answers."""
    for line, peer in zip(report.servers, (simulation.server_at(s.location) for s in report.servers), strict=True):
        twins = peer.identity.instance == server.identity.instance
        require(not twins or line.state != "done", "a copy replicated with its original")
        if simulation.faulty or twins:
            continue
        allowed = all(s.identity.access is None for s in (server, peer)) and "taken for deleted" not in line.reason
        require(not allowed or line.state == "done", f"{peer.name} failed for no reason: {line.state} {line.reason}")
        if line.state != "done" or sum(s.identity.instance == peer.identity.instance for s in simulation.servers) > 1:
            continue
        pending = server.journal().refused(f"push {peer.identity.instance}")
        tree_of = peer.journal().tree
        named = {entry[1] for entry in line.refused}
        kept = {rev for _, rev, _ in pending + server.journal().refused(f"pull {peer.identity.instance}")}
        require(named <= kept, f"refused and not pending: {named - kept}")
        for unid, rev, _ in pending:
            if rev not in named:
                continue  # of a run before, when this one did not push
            leading = next((leaf for leaf in active(tree_of(unid)) if leaf.rev == rev), None)
            # What follows from other revisions alone, the target may have made itself.
            text = "" if leading is None else peer.journal().text(leading.digest) or ""
            made = leading is None or leading.into or "[conflict]" in text
            require(made, f"{rev} was refused and is there")
    simulation.counts["conflicts"] += len(report.conflicts)
    simulation.counts["merged"] += len(report.merged)
    simulation.counts["refused"] += sum(len(line.refused) for line in report.servers)


def check_end(simulation: Simulation) -> None:
    """Let everything settle, then check I1 to I4, I6 to I9, I11 and I14."""
    _heal(simulation)
    at = simulation.chance.choice(simulation.servers)
    others = [server for server in simulation.servers if server is not at]
    simulation.say(f"the last replication, at {at.name}")
    report = simulation.replicate(at, others)
    failed = [f"{line.server}: {line.reason}" for line in report.servers if line.state != "done"]
    require(not failed, f"the last replication failed: {failed}")
    _check_equal(simulation)
    require(report.identical, "the replicas are equal and the report does not say so")
    _check_kept(simulation)
    _check_trees(simulation)
    _check_quiet(simulation)
    last = simulation.chance.choice([_check_checkpoints, _check_new_replica])
    last(simulation)


def _heal(simulation: Simulation) -> None:
    """End every disturbance; hands put right what they tore themselves."""
    simulation.hands.finish()
    for server in simulation.servers:
        server.skew = 0.0
        renew(simulation, server)
        server.identity = server.identity._replace(access=None)
    for server in simulation.servers:
        replica = Replica.open(server.root, server.clock)
        for _ in range(2):
            if replica.adopted:
                record(replica, command="replicate", allow_mass_delete=True)
            simulation.hands.tell_apart(server.disk)
        replica.close()
        journal = server.journal()

        def before(name: str, journal=journal) -> bytes | None:  # type: ignore[no-untyped-def]
            seen = journal.seen(journal.seen_at(name))
            text = journal.text(seen.digest) if seen is not None else None
            return None if text is None else text.encode()

        simulation.hands.mend(server.disk, before)
        for seen in journal.all_seen().values():
            if seen.file and seen.file not in server.disk.names:
                # What a torn file was, where it stands under another name now, went with it.
                simulation.ledger.replaced |= tokens((journal.text(seen.digest) or "").encode())


def _check_equal(simulation: Simulation) -> None:
    """I2: equal but for line ends."""
    first, *others = simulation.servers
    wanted = {name: text_hash(data) for name, data in first.disk.contents().items()}
    for server in others:
        held = {name: text_hash(data) for name, data in server.disk.contents().items()}
        differing = sorted(name for name in wanted.keys() | held.keys() if wanted.get(name) != held.get(name))
        require(not differing, f"diverged: {first.name} and {server.name} differ in {differing}")


def _check_kept(simulation: Simulation) -> None:
    """I1, I4, I11, and no swap file left."""
    ledger = simulation.ledger
    # Two saves within one exchange may leave a half-written file aside, which the program names.
    aside = {t for s in simulation.servers for n, i in s.disk.names.items() if ".kept-" in n for t in tokens(i.data)}
    for server in simulation.servers:
        contents = server.disk.contents()
        held = aside.union(*map(tokens, contents.values()))
        lost = ledger.expected() - held
        require(not lost, f"lost: {sorted(lost)} at {server.name}")
        for name, content in contents.items():
            require(parses(content), f"{name} of {server.name} does not parse")
            require(not ledger.ghost(content), f"ghost: {name} of {server.name} was deleted as it is")
            if ledger.torn.intersection(re.findall(rb'"([0-9a-f]{32})"', content)) or len(tokens(content)) < 2:
                continue
            require(skeleton(content) == SKELETON, f"{name} of {server.name} lost its style: {content!r}")
            require(content.count(b"\r\n") in (0, content.count(b"\n")), f"{name} mixes line ends")
        left = [n for n in server.disk.names if n.startswith(".dominocli/swap/") and ".kept-" not in n]
        require(not left, f"swap files left at {server.name}: {left}")


def _check_trees(simulation: Simulation) -> None:
    """I6 to I8: the same leaves everywhere, nothing left to resolve, one conflict document an edit."""
    of_all = []
    for server in simulation.servers:
        journal = server.journal()
        rows = server.disk.database.execute("SELECT DISTINCT unid FROM revisions ORDER BY unid").fetchall()
        trees = {unid: journal.tree(unid) for (unid,) in rows}
        of_all.append({unid: [leaf.rev for leaf in leaves(tree)] for unid, tree in trees.items()})
        for tree in trees.values():
            made = resolve(tree, journal.text, merge_conflicts=simulation.settings.merge_conflicts).made
            require(not made, "a document is not resolved")
        require(not journal.intents(), f"a file does not follow its winner at {server.name}")
    require(all(found == of_all[0] for found in of_all), "diverged: leaves differ")
    losers: dict[str, list[str]] = {}
    for content in simulation.servers[0].disk.contents().values():
        given, lost = (re.search(rb'\n?%s = "([^"]+)"' % key, content) for key in (b"unid", b"\nrev"))
        if given and lost:
            losers.setdefault(lost[1].decode(), []).append(given[1].decode())
    for rev, unids in losers.items():
        originals = [unid for unid in unids if not _took_over(simulation, unid, rev)] if len(unids) > 1 else unids
        originals = [unid for unid in originals if not _is_copy(simulation, unid)] if len(originals) > 1 else originals
        require(len(originals) <= 1, "two conflict documents for one edit")


def _took_over(simulation: Simulation, unid: str, rev: str) -> bool:
    """Tell whether a document was another one before a hand put the text of a conflict document over its file."""
    began = simulation.servers[0].disk.database.execute(
        "SELECT t.text FROM revisions r JOIN texts t ON t.digest = r.digest WHERE r.unid = ? AND r.parent = ''", (unid,)
    )
    return any(f'rev = "{rev}"' not in text for (text,) in began)


def _is_copy(simulation: Simulation, unid: str) -> bool:
    """Tell whether a document has its unid because it was a file beside that of another with the same one.

    So it is told, and a copied conflict document names the edit that its original names.
    """
    digests = {text_hash(content) for content in simulation.ledger.written} | simulation.ledger.forgotten
    files: set[str] = set()
    for server in simulation.servers:
        database = server.disk.database
        digests.update(digest for (digest,) in database.execute("SELECT digest FROM texts"))
        files.update(
            file for (file,) in database.execute("SELECT file FROM revisions WHERE unid = ? AND parent = ''", (unid,))
        )
    derive = partial(derived_unid, simulation.settings.replica_id)
    for file in files:
        for text in (file, *(f"{file}\n{digest}" for digest in digests)):
            made = derive(text)
            if unid in (made, derive(made), derive(derive(made))):
                return True
    return False


def _check_quiet(simulation: Simulation) -> None:
    """I3 and I14: another round moves, writes and says nothing."""
    before = [_whole(server) for server in simulation.servers]
    at = simulation.chance.choice(simulation.servers)
    others = [server for server in simulation.servers if server is not at]
    simulation.replicate(at, others)
    changed = [_whole(server) for server in simulation.servers]
    require([files for files, _ in before] == [files for files, _ in changed], "not quiescent: files change")
    require([seq for _, seq in before] == [seq for _, seq in changed], "not quiescent: revisions are made")
    report = simulation.replicate(at, others)
    require(not (report.conflicts or report.merged or report.undone or report.closed), "not quiescent: it resolves")
    for line in report.servers:
        moved = [line.pulled.added, line.pulled.updated, line.pulled.deleted]
        moved += [line.pushed.added, line.pushed.updated, line.pushed.deleted]
        require(not any(moved), "not quiescent: documents move")
        require(line.bytes_sent == 0, "not quiescent: texts are sent")
    quiet = {"hello": 1, "changes": 1, "checkpoint_get": 2, "fingerprint": 1}
    require(simulation.wire.messages == quiet, f"not quiescent: {simulation.wire.messages}")


def _whole(server: Server) -> tuple[dict[str, bytes], int]:
    return {name: inode.data for name, inode in server.disk.names.items()}, server.journal().last_seq()


def _check_checkpoints(simulation: Simulation) -> None:
    """I9: checkpoints that are missing on some sides cost messages and nothing else."""
    before = [_whole(server) for server in simulation.servers]
    for server in simulation.servers:
        if simulation.chance.random() < 0.5:
            server.disk.database.execute("DELETE FROM checkpoints")
    at = simulation.chance.choice(simulation.servers)
    simulation.replicate(at, [server for server in simulation.servers if server is not at])
    require(before == [_whole(server) for server in simulation.servers], "a missing checkpoint changes files")


def _check_new_replica(simulation: Simulation) -> None:
    """I6: who learns everything at once becomes equal to those who learnt it bit by bit."""
    known = simulation.chance.choice(simulation.servers)
    server = Server(len(simulation.servers), simulation.new_id, simulation.tick)
    simulation.servers.append(server)
    simulation.add(server, exchanges=True)
    simulation.replicate(server, [known])
    _check_equal(simulation)
    _check_trees(simulation)
