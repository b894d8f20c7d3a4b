"""Every rule on a directory that breaks it and on one that comes close and does not."""

from typing import NamedTuple

import pytest
from check_samples import (
    WORKING,
    Files,
    doc,
    foreign_smtp,
    global_domain,
    group,
    joined,
    lan,
    non_adjacent,
    outside,
    record,
    replication,
    server,
    smtp,
    view_of,
)

from dominocli.checks.registry import RULES, check_documents, run_checks
from dominocli.directory.view import find
from dominocli.documents.finding import SEVERITIES, Finding
from dominocli.documents.server import Port

A, B, C = "Hub01/Acme", "Mail1/Acme", "Mail2/Acme"
TWO = joined(server(A), server(B))
TWO_IN_NET = joined(server(A, network="Net"), server(B, network="Net"))
DIALLED = {"connect_via": "Dial-up connection", "dial_using_connection_record": "isp"}
UNID = "ab" * 16


class Sample(NamedTuple):
    """A rule, a directory that is fine by it, one that is not, and the document and field to blame there."""

    rule: str
    good: Files
    bad: Files
    document: str
    field: str
    severity: str = ""
    """Given where it is not that of the rule."""


def raw(path: str, text: str) -> Files:
    return {f"{path}.toml": text}


CHAIN = joined(*(group(f"G{n}", f"G{n + 1}") for n in range(22)))
SAMPLES = [
    # --- routing does not use it -------------------------------------------------------------------
    Sample(
        "source-server-unknown", WORKING, joined(WORKING, smtp(source_server=C)), "connections/out", "source_server"
    ),
    Sample(
        "source-server-unknown",
        joined(TWO, lan("a", A, B)),
        joined(TWO, group("All", A), replication("g", "All", B)),
        "connections/g",
        "source_server",
        "info",
    ),
    Sample(
        "source-server-unknown",
        joined(TWO, lan("a", A, B)),
        joined(TWO, lan("half", "X/Beta", A, source_domain="Beta")),
        "connections/half",
        "source_server",
        "info",
    ),
    Sample(
        "source-server-other-domain",
        joined(TWO, lan("a", A, B)),
        joined(server(A), server(B, domain_name="Beta"), lan("a", B, A)),
        "connections/a",
        "source_server",
    ),
    Sample(
        "source-server-without-smtp", WORKING, joined(WORKING, server("Hub01/Acme")), "connections/out", "source_server"
    ),
    Sample(
        "source-server-smtp-outside-disabled",
        joined(WORKING, outside(A), outside(smtp_outside="Disabled")),
        joined(WORKING, outside(A, smtp_outside="Disabled")),
        "connections/out",
        "source_server",
    ),
    Sample(
        "virtual-domain-unconnected",
        joined(TWO, foreign_smtp(domain="Beta"), lan("b", A, "X/Beta", destination_domain="Beta")),
        joined(TWO, foreign_smtp()),
        "domains/theinternet",
        "domain_name",
    ),
    Sample(
        "dial-up-record-not-found",
        joined(WORKING, record(), smtp(**DIALLED)),
        joined(WORKING, smtp(**DIALLED)),
        "connections/out",
        "dial_using_connection_record",
    ),
    Sample(
        "dial-up-record-wrong-type",
        joined(WORKING, record(), smtp(**DIALLED)),
        joined(WORKING, server(B), replication("isp", A, B), smtp(**DIALLED)),
        "connections/out",
        "dial_using_connection_record",
    ),
    Sample(
        "dial-up-record-of-neither-end",
        joined(WORKING, server(B), record("isp", B, A), smtp(**DIALLED)),
        joined(WORKING, server(B), record("isp", B, C), smtp(**DIALLED)),
        "connections/out",
        "dial_using_connection_record",
    ),
    Sample(
        "pattern-duplicate",
        joined(
            WORKING,
            foreign_smtp("z", "*.b.com"),
            foreign_smtp("y", "b.com", "Other"),
            smtp("o", destination_domain="Other"),
        ),
        joined(
            WORKING,
            foreign_smtp("a", "*.b.com"),
            foreign_smtp("z", "*.B.com", "Other"),
            smtp("o", destination_domain="Other", destination_server="others"),
        ),
        "domains/z",
        "internet_domain",
    ),
    Sample(
        "pattern-redundant",
        joined(WORKING, foreign_smtp("z", "*")),
        joined(WORKING, foreign_smtp("z")),
        "domains/z",
        "internet_domain",
    ),
    Sample(
        "pattern-shadowed",
        joined(WORKING, global_domain()),
        joined(WORKING, global_domain(alternate_internet_domain_aliases=("*.b.com",)), foreign_smtp("z", "x.b.com")),
        "domains/z",
        "internet_domain",
    ),
    Sample(
        "server-duplicate",
        TWO,
        joined(TWO, doc("servers/z", server_name="hub01/ACME", replica="/z")),
        "servers/z",
        "server_name",
    ),
    Sample(
        "configuration-ambiguous",
        joined(server(A), group("G", A), group("H", A), outside("G"), outside("H"), outside(A)),
        joined(server(A), group("G", A), group("H", A), outside("G"), outside("H")),
        "configurations/h",
        "applies_to",
    ),
    Sample(
        "second-pull-connection",
        joined(
            TWO, lan("a", A, B, router_type="Pull Push"), lan("b", A, B, router_type="Pull Push", schedule="Disabled")
        ),
        joined(TWO, lan("a", A, B, router_type="Pull Push"), lan("b", A, B, router_type="Pull Only")),
        "connections/b",
        "router_type",
    ),
    Sample(
        "domain-route-redundant",
        joined(WORKING, non_adjacent("a", "Far", "Near"), non_adjacent("b", "Away", "Near")),
        joined(WORKING, non_adjacent("a", "Far", "Near"), non_adjacent("b", "FAR", "Other")),
        "domains/b",
        "mail_sent_to_domain",
    ),
    Sample(
        "destination-server-other-domain",
        joined(TWO, lan("a", A, B)),
        joined(TWO, lan("a", A, B, destination_domain="Other")),
        "connections/a",
        "destination_domain",
    ),
    Sample("schedule-disabled", WORKING, joined(WORKING, smtp(schedule="Disabled")), "connections/out", "schedule"),
    Sample(
        "routing-task-none", WORKING, joined(WORKING, smtp(routing_task="-None-")), "connections/out", "routing_task"
    ),
    Sample(
        "destination-server-is-a-group",
        joined(TWO, lan("a", A, B)),
        joined(TWO, group("All", A, B), lan("a", A, "All")),
        "connections/a",
        "destination_server",
    ),
    # --- a document alone -----------------------------------------------------------------------------
    Sample(
        "destination-server-blank",
        WORKING,
        joined(WORKING, smtp(destination_server="")),
        "connections/out",
        "destination_server",
    ),
    Sample(
        "dial-up-record-missing",
        joined(WORKING, record(), smtp(**DIALLED)),
        joined(WORKING, smtp(connect_via="Dial-up connection")),
        "connections/out",
        "dial_using_connection_record",
    ),
    Sample(
        "dial-up-record-on-direct",
        joined(WORKING, record(), smtp(**DIALLED)),
        joined(
            WORKING,
            raw(
                "connections/out",
                smtp()["connections/out.toml"].replace(
                    "\n[basics]\n", "\n[basics]\ndial_using_connection_record = 'isp'\n"
                ),
            ),
        ),
        "connections/out",
        "dial_using_connection_record",
    ),
    Sample(
        "schedule-empty",
        joined(WORKING, smtp(connect_at_times=(), schedule="Disabled")),
        joined(WORKING, smtp(connect_at_times=())),
        "connections/out",
        "connect_at_times",
    ),
    Sample("schedule-never", WORKING, joined(WORKING, smtp(days_of_week=())), "connections/out", "days_of_week"),
    Sample(
        "control-character",
        raw("groups/g", '[basics]\ngroup_name = "a b"\n'),
        raw("groups/g", '[basics]\ngroup_name = "a\\u001Bb"\n'),
        "groups/g",
        "group_name",
    ),
    Sample(
        "relay-host-invalid",
        joined(WORKING, smtp(smtp_mta_relay_host="fe80::1")),
        joined(WORKING, smtp(smtp_mta_relay_host="relay:25")),
        "connections/out",
        "smtp_mta_relay_host",
    ),
    Sample(
        "value-missing",
        replication("a", A, B, destination_domain="", source_domain=""),
        lan("a", A, B, source_domain=""),
        "connections/a",
        "source_domain",
    ),
    Sample(
        "value-invalid",
        raw("groups/g", '[basics]\ngroup_name = "g"\ngroup_type = "servers ONLY"\n'),
        raw("groups/g", '[basics]\ngroup_name = "g"\ngroup_type = "Friends"\n'),
        "groups/g",
        "group_type",
    ),
    Sample(
        "pattern-without-dot",
        joined(foreign_smtp(), foreign_smtp("any", "*")),
        foreign_smtp(pattern="TheInternet"),
        "domains/theinternet",
        "internet_domain",
    ),
    Sample("pattern-invalid", foreign_smtp(), foreign_smtp(pattern="a*.com"), "domains/theinternet", "internet_domain"),
    Sample("domain-name-invalid", foreign_smtp(), foreign_smtp(domain="a.b"), "domains/theinternet", "domain_name"),
    Sample("time-zone-invalid", server(A, time_zone="UTC"), server(A, time_zone="Mars"), "servers/hub01", "time_zone"),
    Sample(
        "unknown-key",
        raw("groups/g", '[basics]\ngroup_name = "g"\n[notes_items]\nListOwner = "x"\n'),
        raw("groups/g", '[basics]\ngroup_name = "g"\n[administration]\ncoments = "x"\n'),
        "groups/g",
        "administration.coments",
    ),
    Sample(
        "value-unknown",
        server(A, unknown=("server_title",), server_title="known again"),
        server(A, unknown=("routing_tasks", "server_title")),
        "servers/hub01",
        "unknown",
    ),
    Sample(
        "name-not-hierarchical",
        joined(WORKING, server("Fax", domain_name="Beta"), group("All", A), replication("r", A, "All")),
        server("Hub01"),
        "servers/hub01",
        "server_name",
    ),
    Sample(
        "name-not-hierarchical",
        joined(TWO, lan("a", A, "Far", destination_domain="Beta")),
        joined(TWO, lan("a", A, "Mail1"), lan("b", B, A)),
        "connections/a",
        "destination_server",
    ),
    # --- files ------------------------------------------------------------------------------------------
    Sample("syntax", server(A), joined(server(A), raw("groups/g", "group_name = G\n")), "groups/g", ""),
    Sample(
        "unid-duplicate",
        joined(raw("groups/a", f'unid = "{UNID}"\n'), raw("groups/b", "")),
        joined(raw("groups/a", f'unid = "{UNID}"\n'), raw("servers/b", f'unid = "{UNID}"\n')),
        "servers/b",
        "unid",
    ),
    Sample(
        "path-clash",
        joined(group("a"), doc("servers/A", server_name=A)),
        joined(raw("groups/M\u00fcller", "form = 'Group'\n"), raw("groups/mu\u0308ller", "form = 'Group'\n")),
        "groups/m\u00fcller".replace("\u00fc", "u\u0308"),
        "",
    ),
    Sample(
        "conflict-unresolved",
        doc("groups/a", group_name="A"),
        joined(raw("groups/a", f'unid = "{UNID}"\n'), doc("groups/a.conflict-1", raw=f'\n[conflict]\nof = "{UNID}"\n')),
        "groups/a.conflict-1",
        "conflict",
    ),
    # --- placeholders and virtual domains -----------------------------------------------------------------
    Sample(
        "destination-server-is-a-server",
        joined(WORKING, server(B, domain_name="Beta")),
        joined(WORKING, server(B), smtp(destination_server="mail1")),
        "connections/out",
        "destination_server",
    ),
    Sample(
        "destination-server-is-a-server",
        WORKING,
        joined(WORKING, server(B, cluster_name="Cluster1"), smtp(destination_server="CLUSTER1")),
        "connections/out",
        "destination_server",
    ),
    Sample(
        "destination-server-is-a-server",
        joined(WORKING, group("All", A), replication("r", "All", A), smtp(destination_server="All")),
        joined(WORKING, lan("x", A, "Far/Beta", destination_domain="Beta"), smtp(destination_server="Far")),
        "connections/out",
        "destination_server",
    ),
    Sample(
        "destination-server-shared",
        joined(WORKING, smtp("second"), smtp("z", destination_domain="Other", schedule="Disabled")),
        joined(WORKING, smtp("z", destination_domain="Other")),
        "connections/z",
        "destination_server",
    ),
    Sample(
        "destination-domain-unknown",
        joined(WORKING, smtp("z", destination_domain="theINTERNET")),
        joined(WORKING, smtp("z", destination_domain="Internet")),
        "connections/z",
        "destination_domain",
    ),
    Sample(
        "destination-domain-unknown",
        joined(
            WORKING, foreign_smtp("b", "b.com", None, unknown=("domain_name",)), smtp("z", destination_domain="Other")
        ),
        joined(WORKING, foreign_smtp("b", "other"), smtp("z", destination_domain="Other", destination_server="o")),
        "connections/z",
        "destination_domain",
    ),
    Sample(
        "virtual-domain-is-real",
        joined(TWO, foreign_smtp(domain="Beta"), lan("b", A, "X/Beta", destination_domain="Beta")),
        joined(TWO, foreign_smtp(domain="ACME")),
        "domains/theinternet",
        "domain_name",
    ),
    Sample(
        "virtual-domain-is-real",
        joined(TWO, foreign_smtp(domain="Beta"), non_adjacent("beta", "Beta", "Gamma")),
        joined(TWO, foreign_smtp(domain="Mail1")),
        "domains/theinternet",
        "domain_name",
    ),
    Sample(
        "virtual-domain-is-real",
        WORKING,
        joined(WORKING, lan("b", A, "X/TheInternet", destination_domain="TheInternet")),
        "domains/theinternet",
        "domain_name",
    ),
    Sample(
        "domain-case-differs",
        WORKING,
        joined(WORKING, smtp("z", destination_domain="theinternet")),
        "connections/z",
        "destination_domain",
    ),
    Sample(
        "domain-case-differs",
        server(A, domain_name="Acme"),
        server(A, domain_name="ACME"),
        "servers/hub01",
        "domain_name",
    ),
    Sample(
        "source-server-without-dns",
        joined(WORKING, outside(relay_host="r", host_name_lookup="Local lookup only"), smtp(smtp_mta_relay_host="")),
        joined(WORKING, outside(host_name_lookup="Local lookup only"), smtp(smtp_mta_relay_host="")),
        "connections/out",
        "source_server",
    ),
    Sample(
        "source-server-without-dns",
        joined(WORKING, smtp(smtp_mta_relay_host="")),
        joined(WORKING, outside(A, host_name_lookup="Local lookup only"), smtp(smtp_mta_relay_host="")),
        "connections/out",
        "source_server",
    ),
    Sample(
        "source-server-without-dns",
        joined(
            WORKING,
            outside(unknown=("relay_host",), host_name_lookup="Local lookup only"),
            smtp(smtp_mta_relay_host=""),
        ),
        joined(
            WORKING,
            outside(smtp_inside="All messages", host_name_lookup="Local lookup only"),
            smtp(smtp_mta_relay_host=""),
        ),
        "connections/out",
        "source_server",
    ),
    # --- between servers --------------------------------------------------------------------------------------
    Sample(
        "connection-delays-network",
        joined(TWO_IN_NET, lan("a", A, B, connect_at_times=("00:00-24:00",), repeat_interval=1)),
        joined(TWO_IN_NET, lan("a", A, B)),
        "connections/a",
        "connect_at_times",
    ),
    Sample(
        "connection-delays-network",
        joined(TWO_IN_NET, replication("a", A, B), lan("b", A, B, schedule="Disabled")),
        joined(TWO_IN_NET, lan("a", A, B, replication_task="Enabled")),
        "connections/a",
        "connect_at_times",
        "info",
    ),
    Sample(
        "connection-delays-network",
        joined(server(A, network="Net"), server(B, network="Net2"), lan("a", A, B), lan("b", B, A)),
        joined(TWO_IN_NET, lan("a", A, B, days_of_week=("Mon",), connect_at_times=("00:00-24:00",), repeat_interval=5)),
        "connections/a",
        "connect_at_times",
    ),
    Sample(
        "connection-without-pair",
        joined(TWO, server(C), lan("a", A, B), lan("b", B, C), lan("c", C, A)),
        joined(TWO, server(C), lan("a", A, B), lan("b", B, A), lan("c", A, C)),
        "connections/c",
        "destination_server",
    ),
    Sample(
        "connection-without-pair",
        joined(TWO, lan("a", A, B, router_type="Pull Push")),
        joined(TWO, lan("a", A, B)),
        "connections/a",
        "destination_server",
    ),
    Sample(
        "connection-without-pair",
        joined(
            server(A, network="Net"),
            server(B, ports=(Port("TCPIP", "Net"), Port("LAN1", "Far"))),
            server(C, network="Far"),
            lan("a", A, C),
            lan("x", A, "X/Beta", destination_domain="Beta"),
        ),
        joined(server(A), lan("a", A, "Missspelt/Acme")),
        "connections/a",
        "destination_server",
    ),
    Sample(
        "connection-without-pair",
        joined(TWO, lan("a", A, B, routing_cost=2), lan("b", A, A), lan("c", B, A)),
        joined(TWO, lan("a", A, B, routing_cost=2), lan("b", A, B)),
        "connections/b",
        "destination_server",
    ),
    Sample(
        "pull-pull-with-cluster",
        joined(server(A, cluster_name="C1"), replication("r", A, "C1")),
        joined(server(A, cluster_name="C1"), replication("r", A, "C1", replication_type="Pull-Pull")),
        "connections/r",
        "replication_type",
    ),
    Sample(
        "replication-scheduled-twice",
        joined(
            TWO,
            replication("a", A, B, connect_at_times=("08:00-12:00",)),
            replication("b", B, A, connect_at_times=("12:00-18:00",)),
        ),
        joined(TWO, replication("a", A, B), replication("b", B, A)),
        "connections/b",
        "replication_task",
    ),
    Sample(
        "replication-scheduled-twice",
        joined(
            TWO,
            replication("a", A, B, files_to_replicate=("names.nsf", "mail/")),
            replication("b", B, A, files_to_replicate=("mail2",)),
        ),
        joined(
            TWO,
            replication("a", A, B, files_to_replicate=("names.nsf", "mail/")),
            replication("b", B, A, files_to_replicate=("Mail\\ann.nsf",)),
        ),
        "connections/b",
        "replication_task",
    ),
    Sample(
        "replication-scheduled-twice",
        joined(
            TWO,
            replication("a", A, B, replication_type="Push-only"),
            replication("b", B, A, replication_type="Push-only"),
        ),
        joined(
            TWO,
            replication("a", A, B, replication_type="Push-only"),
            replication("b", B, A, replication_type="Pull-only"),
        ),
        "connections/b",
        "replication_task",
    ),
    Sample(
        "replication-scheduled-twice",
        joined(server(A), server(B, time_zone="Asia/Tokyo"), replication("a", A, B), replication("b", B, A)),
        joined(TWO, replication("a", A, B), replication("b", B, A, replication_type="Pull-Pull")),
        "connections/b",
        "replication_task",
    ),
    Sample(
        "replication-scheduled-twice",
        joined(TWO, replication("a", A, B), replication("b", A, B), replication("c", B, A, schedule="Disabled")),
        joined(TWO, replication("a", A, B, schedule="Disabled"), replication("b", A, B), replication("c", B, A)),
        "connections/c",
        "replication_task",
    ),
    Sample(
        "server-without-replica",
        joined(server(A), server(B, replica="", domain_name="Beta")),
        server(A, replica=""),
        "servers/hub01",
        "replica",
    ),
    # --- groups and what Domino reads late ----------------------------------------------------------------------
    Sample(
        "group-loop",
        joined(group("A", "C"), group("B", "A", "C"), group("C", A)),
        joined(group("B", "D"), group("D", "E", "B"), group("E", A)),
        "groups/b",
        "members",
    ),
    Sample("group-loop", group("A", "B"), group("A", "a"), "groups/a", "members"),
    Sample("group-loop", joined(*(group(f"G{n}", f"G{n + 1}") for n in range(21))), CHAIN, "groups/g0", "members"),
    Sample("global-domain-changed", foreign_smtp(), global_domain(), "domains/global", "domain_type"),
]
ids = [f"{sample.rule}-{number}" for number, sample in enumerate(SAMPLES)]


def findings(sample: Sample, files: Files) -> list[Finding]:
    view = view_of(files)
    if sample.rule == "global-domain-changed":  # a directory alone does not show what changed: a save does
        found = check_documents(view, [d for file in files if (d := find(view, file.removesuffix(".toml")))])
    else:
        found = run_checks(view)
    return [finding for finding in found if finding.id == sample.rule]


def test_every_rule_has_a_sample() -> None:
    assert {sample.rule for sample in SAMPLES} == set(SEVERITIES) == set(RULES)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_a_directory_that_keeps_the_rule_has_no_such_finding(sample: Sample) -> None:
    assert findings(sample, sample.good) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_a_directory_that_breaks_the_rule_has_one_finding_at_the_right_place(sample: Sample) -> None:
    (finding,) = findings(sample, sample.bad)
    assert (finding.document, finding.field) == (sample.document, sample.field)
    assert finding.severity == (sample.severity or SEVERITIES[sample.rule])
    assert finding.file == sample.document + ".toml"
    assert finding.message
    assert finding.message.isprintable()
    if finding.field and sample.rule != "conflict-unresolved":
        assert finding.line


@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_no_rule_is_said_twice_of_one_field(sample: Sample) -> None:
    found = run_checks(view_of(sample.bad))
    places = [(finding.id, finding.document, finding.field) for finding in found]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
def test_saving_the_document_to_blame_says_so(sample: Sample) -> None:
    view = view_of(sample.bad)
    document = find(view, sample.document) or next((c for c in view.conflicts() if c.path == sample.document), None)
    if document is None:
        assert sample.rule == "syntax"  # no such document is ever saved
        return
    found = check_documents(view, [document])
    assert sample.rule in {finding.id for finding in found if finding.document == sample.document}


def test_two_files_of_one_unid_are_told_without_guessing_which_is_the_copy() -> None:
    files = joined(raw("groups/original", f'unid = "{UNID}"\n'), raw("groups/copy", f'unid = "{UNID}"\n'))
    (finding,) = [f for f in run_checks(view_of(files)) if f.id == "unid-duplicate"]
    assert "groups/copy.toml has the unid" in finding.message
    assert finding.hint == "take the unid line out of whichever of the two is the copy; it gets one of its own"


def test_the_complete_procedure_has_no_finding() -> None:
    assert run_checks(view_of(WORKING)) == []
