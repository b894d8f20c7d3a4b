"""The rules' explanations, the order of findings, and what a save concerns."""

import pytest
from check_samples import (
    SETTINGS,
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
    smtp_server,
    view_of,
)

from dominocli.checks.registry import RULES, changed_global_domains, check_documents, run_checks
from dominocli.checks.related import CONCERNS
from dominocli.directory.view import MemoryView, find
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.finding import SEVERITIES
from dominocli.documents.group import Group
from dominocli.routing.assumptions import ASSUMPTIONS


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_is_explained(rule: object) -> None:
    explained = RULES[rule.id]  # type: ignore[attr-defined]
    assert explained.severity == SEVERITIES[explained.id]
    assert explained.summary.endswith(".")
    assert explained.summary.count(". ") == 0
    assert len(explained.reason) > 60
    assert "(D)" not in explained.reason
    if explained.assumption:
        assert explained.assumption in ASSUMPTIONS
        assert f"see {explained.assumption} in dominocli help assumptions" in explained.reason


def test_the_rules_a_form_takes_part_in_are_rules() -> None:
    assert set(CONCERNS) == {form_of(folder) for folder in FOLDERS}
    assert set().union(*CONCERNS.values()) <= set(RULES)


def test_findings_are_sorted_by_file_line_and_id() -> None:
    files = {
        "servers/b.toml": '[basics]\nodd = 1\nserver_name = "B"\ncolour = 1\n',
        "connections/z.toml": "broken",
        "groups/a.toml": 'form = "Group"\n',
    }
    found = run_checks(view_of(files))
    assert [(f.file, f.line, f.id) for f in found] == [
        ("connections/z.toml", 1, "syntax"),
        ("groups/a.toml", None, "value-missing"),
        ("servers/b.toml", 1, "server-without-replica"),
        ("servers/b.toml", 2, "unknown-key"),
        ("servers/b.toml", 3, "name-not-hierarchical"),
        ("servers/b.toml", 4, "unknown-key"),
    ]


def test_a_problem_of_the_document_is_said_once_although_routing_says_it_too() -> None:
    found = run_checks(view_of(joined(WORKING, smtp(destination_server=""))))
    assert [f.id for f in found] == ["destination-server-blank"]


def test_a_conflict_document_is_not_checked_beyond_that_it_is_one() -> None:
    conflict = {"groups/a.conflict-1.toml": 'odd = 1\n[conflict]\nof = "gone"\n'}
    (finding,) = run_checks(view_of(conflict))
    assert (finding.id, finding.line) == ("conflict-unresolved", 3)
    assert "a document that was deleted" in finding.message


# --- unknown keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "field", "hint"),
    [
        ("connections/c", "[basics]\nsorce_server = 'A'\n", "basics.sorce_server", "did you mean source_server?"),
        (
            "connections/c",
            "[basics]\nrouting_cost = 1\n",
            "basics.routing_cost",
            "routing_cost belongs in [replication_routing]",
        ),
        ("connections/c", "routing_cost = 1\n", "routing_cost", "routing_cost belongs in [replication_routing]"),
        (
            "connections/c",
            "[basics]\nroute_cost = 1\n",
            "basics.route_cost",
            "did you mean routing_cost in [replication_routing]?",
        ),
        ("connections/c", "[schedule]\ndays-of-week = 'Mon'\n", "schedule.days-of-week", "did you mean days_of_week?"),
        ("connections/c", "[Schedule]\n", "Schedule", "did you mean the tab [schedule]?"),
        (
            "connections/c",
            "[replication-routing]\n",
            "replication-routing",
            "did you mean the tab [replication_routing]?",
        ),
        ("connections/c", "schedule = 'Enabled'\n", "schedule", "write it as [schedule] with its fields below"),
        (
            "configurations/c",
            "[router_smtp]\nsmtp_used_when_sending_messages_outside_of_the_local_internet_domain = 1\n",
            "router_smtp.smtp_used_when_sending_messages_outside_of_the_local_internet_domain",
            "did you mean smtp_outside?",
        ),
        (
            "servers/s",
            "[ports.TCPIP]\nnetwork = 'N'\n",
            "ports.TCPIP.network",
            "a port has notes_network, net_address, protocol, enabled",
        ),
        (
            "groups/g",
            '[basics]\n"\\u001b[2J" = 1\n',
            "basics.\\x1b[2J",
            "the fields of the form: dominocli schema group",
        ),
    ],
)
def test_an_unknown_key_gets_a_suggestion_and_its_line(path: str, text: str, field: str, hint: str) -> None:
    view = view_of({f"{path}.toml": "\n" + text})
    (finding,) = [f for f in run_checks(view) if f.id == "unknown-key"]
    assert (finding.field, finding.hint) == (field, hint)
    assert finding.line in (2, 3)
    assert finding.message.isprintable()


# --- what a save concerns --------------------------------------------------------------------------------------


def said_on_saving(files: Files, *paths: str) -> set[tuple[str, str]]:
    view = view_of(files)
    documents = [find(view, path) for path in paths]
    return {(f.document, f.id) for f in check_documents(view, [d for d in documents if d is not None])}


A, B = "Hub01/Acme", "Mail1/Acme"
OUT = "connections/out"


@pytest.mark.parametrize(
    ("files", "saved", "said"),
    [
        (joined(WORKING, server(A)), "servers/hub01", {(OUT, "source-server-without-smtp")}),
        (
            joined(WORKING, outside(A, smtp_outside="Disabled")),
            "configurations/hub01",
            {(OUT, "source-server-smtp-outside-disabled")},
        ),
        (
            joined(WORKING, outside(smtp_outside="Disabled")),
            "configurations/default",
            {(OUT, "source-server-smtp-outside-disabled")},
        ),
        (joined(WORKING, foreign_smtp(domain="THEINTERNET")), "domains/theinternet", {(OUT, "domain-case-differs")}),
        (
            joined(WORKING, foreign_smtp("z")),
            "domains/theinternet",
            {("domains/z", "pattern-redundant")},
        ),
        (
            joined(WORKING, global_domain(), foreign_smtp("z", "acme.com")),
            "domains/global",
            {("domains/z", "pattern-shadowed"), ("domains/global", "global-domain-changed")},
        ),
        (
            joined(WORKING, server(B, cluster_name="C1"), smtp(destination_server="C1")),
            "servers/mail1",
            {(OUT, "destination-server-is-a-server")},
        ),
        (
            joined(WORKING, server("TheInternet/Acme")),
            "servers/theinternet",
            {("domains/theinternet", "virtual-domain-is-real")},
        ),
        (joined(WORKING, smtp("z", destination_domain="Other")), OUT, {("connections/z", "destination-server-shared")}),
        (
            joined(
                WORKING,
                server(B),
                record("isp", B, "X/Y"),
                smtp(connect_via="Dial-up connection", dial_using_connection_record="isp"),
            ),
            "connections/isp",
            {(OUT, "dial-up-record-of-neither-end"), ("connections/isp", "routing-task-none")},
        ),
        (
            joined(server(A), server(B), replication("a", A, B), replication("b", B, A)),
            "connections/a",
            {("connections/b", "replication-scheduled-twice"), ("connections/a", "routing-task-none")},
        ),
        (
            joined(server(A), server(B), lan("a", A, B)),
            "servers/mail1",
            {("connections/a", "connection-without-pair")},
        ),
        (
            joined(server(A), server(B), doc("servers/z", server_name=B, replica="/z")),
            "servers/mail1",
            {("servers/z", "server-duplicate")},
        ),
        (
            joined(server(A), group("G", A), group("H", A), outside("G"), outside("H")),
            "groups/h",
            {("configurations/h", "configuration-ambiguous")},
        ),
        (joined(group("A", "B"), group("B", "A")), "groups/b", {("groups/a", "group-loop")}),
        (
            joined(
                {"groups/a.toml": 'unid = "' + "ab" * 16 + '"\n[basics]\ngroup_name = "A"\n'},
                {"groups/b.toml": 'unid = "' + "ab" * 16 + '"\n'},
            ),
            "groups/a",
            {("groups/b", "unid-duplicate")},
        ),
    ],
)
def test_a_save_tells_what_it_does_to_other_documents(files: Files, saved: str, said: set[tuple[str, str]]) -> None:
    assert said_on_saving(files, saved) == said


DIAL = {"connect_via": "Dial-up connection", "dial_using_connection_record": "isp"}
GATEWAY = doc("domains/fax", domain_type="Foreign Domain", foreign_domain_name="Fax", gateway_server_name=A)
OWN_AND_DEFAULT = joined(WORKING, outside(smtp_outside="Disabled"), outside(A))
IN_A_GROUP = joined(WORKING, outside(smtp_outside="Disabled"), outside("G"), group("G", "H"), group("H", A))


@pytest.mark.parametrize(
    ("files", "change", "broken"),
    [
        (WORKING, smtp_server("HubX/Acme") | {"servers/hub01.toml": None}, {(OUT, "source-server-unknown")}),
        (WORKING, doc("servers/hub01", server_name="HubX/Acme", replica="/x"), {(OUT, "source-server-unknown")}),
        (WORKING, {"servers/hub01.toml": None}, {(OUT, "source-server-unknown")}),
        (WORKING, {f"{OUT}.toml": None}, {("domains/theinternet", "virtual-domain-unconnected")}),
        (
            WORKING,
            smtp(destination_domain="Other"),
            {("domains/theinternet", "virtual-domain-unconnected"), (OUT, "destination-domain-unknown")},
        ),
        (
            joined(WORKING, smtp("z", destination_domain="Z", destination_server="z"), foreign_smtp("z", "z.com", "Z")),
            foreign_smtp("z", "z.com", "TheInternet"),
            {("connections/z", "destination-domain-unknown")},
        ),
        (WORKING, {"domains/theinternet.toml": None}, {(OUT, "destination-domain-unknown")}),
        (
            joined(WORKING, foreign_smtp("fax", "fax.com", "Fax"), GATEWAY),
            {"domains/fax.toml": None, "domains/x.toml": foreign_smtp("x", "fax.com", "Fax")["domains/x.toml"]},
            {("domains/x", "virtual-domain-unconnected")},
        ),
        (
            joined(WORKING, foreign_smtp("x", "fax.com", "Fax"), GATEWAY),
            {"domains/fax.toml": None},
            {("domains/x", "virtual-domain-unconnected")},
        ),
        (
            joined(WORKING, foreign_smtp("x", "far.com", "Far"), non_adjacent("far", "Far", "Near")),
            non_adjacent("far", "Away", "Near"),
            {("domains/x", "virtual-domain-unconnected")},
        ),
        (
            joined(WORKING, record(), smtp(**DIAL)),
            {"connections/isp.toml": None},
            {(OUT, "dial-up-record-not-found")},
        ),
        (
            joined(WORKING, record(), smtp(**DIAL)),
            {"connections/isp.toml": None, **record("line")},
            {(OUT, "dial-up-record-not-found")},
        ),
        (OWN_AND_DEFAULT, {"configurations/hub01.toml": None}, {(OUT, "source-server-smtp-outside-disabled")}),
        (OWN_AND_DEFAULT, outside("Mail1/Acme") | {"configurations/hub01.toml": None}, None),
        (WORKING, {"configurations/default.toml": None}, {(OUT, "source-server-smtp-outside-disabled")}),
        (
            WORKING,
            {"configurations/default.toml": outside(B)["configurations/mail1.toml"]},
            {(OUT, "source-server-smtp-outside-disabled")},
        ),
        (IN_A_GROUP, group("H", B), {(OUT, "source-server-smtp-outside-disabled")}),
        (IN_A_GROUP, {"groups/h.toml": None}, {(OUT, "source-server-smtp-outside-disabled")}),
        (IN_A_GROUP, group("G"), {(OUT, "source-server-smtp-outside-disabled")}),
        (
            IN_A_GROUP,
            {"groups/g.toml": None, "configurations/g.toml": None},
            {(OUT, "source-server-smtp-outside-disabled")},
        ),
        (
            joined(server(A), server(B), lan("a", A, B), lan("b", B, A)),
            {"connections/b.toml": None},
            {("connections/a", "connection-without-pair")},
        ),
        (
            joined(server(A), server(B), lan("a", A, B)),
            group("Mail1/Acme") | {"servers/mail1.toml": None},
            {("connections/a", "destination-server-is-a-group")},
        ),
    ],
)
def test_a_save_tells_what_it_breaks_of_what_the_documents_said_before(
    files: Files, change: dict[str, str | None], broken: set[tuple[str, str]] | None
) -> None:
    before = view_of(files)
    after = MemoryView(change, base=before)
    paths = [file.removesuffix(".toml") for file in change]
    was, now = ([d for path in paths if (d := find(view, path))] for view in (before, after))
    told = {(f.document, f.id) for f in check_documents(after, now, was)}
    old, new = ({(f.document, f.id) for f in run_checks(view)} for view in (before, after))
    assert broken is None or broken <= new - old
    assert new - old <= told
    assert told <= new


def test_a_group_says_nothing_of_servers_with_a_configuration_of_their_own() -> None:
    own = joined(WORKING, outside(A, smtp_outside="Disabled"), outside("G"), group("G", A))
    assert said_on_saving(own, "groups/g", "configurations/g") == set()


def test_a_configuration_that_goes_says_nothing_of_servers_with_one_of_their_own() -> None:
    files = joined(WORKING, outside(A, smtp_outside="Disabled"))
    before = view_of(files)
    default = find(before, "configurations/default")
    assert default is not None
    after = MemoryView({default.file: None}, base=before)
    assert check_documents(after, [], [default]) == []


def test_a_save_tells_nothing_of_documents_it_does_not_concern() -> None:
    elsewhere = joined(
        WORKING,
        server(B, replica="", unknown=("server_title",)),
        smtp("lost", source_server="Gone/Acme", destination_server="lost", destination_domain="Other"),
        {"groups/broken.toml": "x", "groups/c.conflict-1.toml": '[conflict]\nof = "x"\n', "servers/MAIL1.toml": ""},
    )
    for path in (OUT, "servers/hub01", "configurations/default", "domains/theinternet"):
        assert said_on_saving(elsewhere, path) == set()


def test_a_save_of_both_tells_each_once() -> None:
    files = joined(WORKING, server(A, replica=""))
    assert said_on_saving(files, OUT, "servers/hub01") == {
        (OUT, "source-server-without-smtp"),
        ("servers/hub01", "server-without-replica"),
    }


def test_a_save_of_a_document_with_a_conflict_reminds_of_it() -> None:
    unid = "ab" * 16
    files = {
        "groups/a.toml": f'unid = "{unid}"\n[basics]\ngroup_name = "A"\n',
        "groups/a.conflict-1.toml": f'[conflict]\nof = "{unid}"\n',
    }
    view = view_of(files)
    for document in (*view.documents(Group), *view.conflicts()):
        (finding,) = check_documents(view, [document])
        assert (finding.id, finding.document) == ("conflict-unresolved", "groups/a.conflict-1")
        assert "groups/a," in finding.message


def test_a_form_without_relations_and_blank_groups_do_no_harm() -> None:
    view = MemoryView(dict.fromkeys(("groups/a.toml", "groups/b.toml"), 'form = "Group"\n'), settings=SETTINGS)
    found = check_documents(view, view.documents(Group))
    assert {f.id for f in found} == {"value-missing"}


def test_a_changed_global_domain_is_told_apart_from_an_old_one() -> None:
    before = view_of(joined(WORKING, global_domain()))
    same = MemoryView(foreign_smtp("x", "b.com"), base=before)
    other = MemoryView(global_domain("acme.org"), base=before)
    assert changed_global_domains(before, same) == []
    (finding,) = changed_global_domains(before, other)
    assert (finding.id, finding.document, finding.severity) == ("global-domain-changed", "domains/global", "info")
    assert len(changed_global_domains(view_of(WORKING), before)) == 1


def test_a_smtp_server_of_two_names_is_fine() -> None:
    assert run_checks(view_of(joined(WORKING, smtp_server("Hub02/Acme"), smtp("b", source_server="Hub02/Acme")))) == []


def test_many_unknown_keys_of_one_document_are_counted_and_not_listed() -> None:
    view = view_of({"groups/g.toml": '[basics]\ngroup_name = "g"\n' + "".join(f"key{n} = 1\n" for n in range(100))})
    found = [finding for finding in run_checks(view) if finding.id == "unknown-key"]
    assert len(found) == 21
    assert found[-1].message.startswith("and 80 more keys")
    assert found[-1].line == 23


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("TheInternt", "did you mean TheInternet?"),
        ("TheInternets", "did you mean TheInternet?"),
        ("TheInternat", "did you mean TheInternet?"),
        ("hTeInternet", "did you mean TheInternet?"),
        ("Else", "dominocli domain add --domain-type foreign-smtp --internet-domain '*.*' --domain-name Else"),
        ("a;b", "dominocli domain add --domain-type foreign-smtp --internet-domain '*.*' --domain-name 'a;b'"),
    ],
)
def test_an_unknown_destination_domain_gets_a_suggestion(written: str, hint: str) -> None:
    found = run_checks(view_of(joined(WORKING, smtp("z", destination_domain=written, destination_server="z"))))
    assert [f.hint for f in found if f.id == "destination-domain-unknown"] == [hint]


def test_a_hint_quotes_what_a_replicated_document_says() -> None:
    files = joined(server(A), server("$(reboot)/Acme"), lan("a", A, "$(reboot)/Acme"))
    (finding,) = [f for f in run_checks(view_of(files)) if f.id == "connection-without-pair"]
    assert "--source-server '$(reboot)/Acme' --destination-server Hub01/Acme" in finding.hint


def test_a_record_named_in_another_case_is_not_found_and_its_spelling_offered() -> None:
    dialled = {"connect_via": "Dial-up connection", "dial_using_connection_record": "ISP"}
    found = run_checks(view_of(joined(WORKING, record("isp"), smtp(**dialled))))
    assert [f.hint for f in found if f.id == "dial-up-record-not-found"] == ["did you mean isp?"]
