"""route explain by calculated tables, route impact, route show: questions about what would be."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

ANN = "route explain ann@x.other.example --from Mail1/Acme --at 2026-11-24T10:00"
FIRST, SECOND = "connections/mail2-acme--othernet", "connections/mail3-acme--othernet"


def build_ring(cli: Any) -> None:
    """Mail1 leads to Mail2 and Mail3 by Connections, both of which carry OtherNet: Mail2's is the cheaper one."""
    cli.folder.mkdir(exist_ok=True)
    os.chdir(cli.folder)
    cli.ok("init mail1 --domain Acme --server Mail1/Acme")
    os.chdir(cli.folder / "mail1")
    for number in (1, 2, 3):
        cli.ok(
            f"server add --server-name Mail{number}/Acme --routing-tasks mail,smtp --notes-network Office{number}"
            f" --replica {cli.folder / f'mail{number}'} --time-zone Europe/Berlin"
        )
    cli.ok("configuration add --applies-to '*' --smtp-outside enabled")
    cli.ok("domain add --domain-type foreign-smtp --internet-domain '*.other.example' --domain-name OtherNet")
    cli.ok("domain add --domain-type foreign-smtp --internet-domain bücher.example --domain-name BookNet")
    always = "--connect-at-times 00:00-24:00"
    for number in (2, 3):
        cli.ok(
            f"connection add --source-server Mail{number}/Acme --destination-server all_other_hosts {always}"
            f" --destination-domain OtherNet --smtp-mta-relay-host relay{number}.example --routing-cost {number}"
        )
    cli.ok(
        f"connection add --source-server Mail2/Acme --destination-server all_books {always}"
        " --destination-domain BookNet --smtp-mta-relay-host books.example"
    )
    for source, target in (("1", "2"), ("2", "1"), ("1", "3"), ("3", "1")):
        cli.ok(
            f"connection add --connection-type lan --source-server Mail{source}/Acme --source-domain Acme"
            f" --destination-server Mail{target}/Acme --destination-domain Acme --routing-task mail-routing {always}"
        )
    cli.ok(
        "connection add --connection-type lan --source-server Mail3/Acme --source-domain Acme"
        f" --routing-task mail-routing --destination-server Gate/Beta --destination-domain Beta {always}"
    )
    cli.ok("replica create --all")
    cli.ok("replicate")


@pytest.fixture
def ring(clean_environment: None, templates: Any) -> Iterator[Any]:
    """A command line in Mail1's replica of that domain."""
    templates.clear()
    yield templates.restore("ring", build_ring)
    templates.clear()


def way(data: dict[str, Any]) -> list[str]:
    return [hop["server"] for hop in data["hops"]]


def test_what_if_counts_edits_that_are_not_recorded(ring: Any, snapshot: Any) -> None:
    path = ring.folder / "mail1" / f"{FIRST}.toml"
    path.write_text(path.read_text().replace("routing_cost = 2", "routing_cost = 9"))
    before = snapshot(ring.folder)
    assert way(ring.data(ANN)) == ["Mail1/Acme", "Mail2/Acme"]
    data = ring.data(f"{ANN} --what-if")
    assert way(data) == ["Mail1/Acme", "Mail3/Acme"]
    assert {hop["table"] for hop in data["hops"]} == {"calculated"}
    assert (data["what_if"], data["with_it"]) == ({"servers": [], "documents": []}, None)
    assert snapshot(ring.folder) == before
    ring.ok("replicate")
    assert way(ring.data(ANN)) == ["Mail1/Acme", "Mail3/Acme"]


def test_question_about_installed_tables_has_no_what_if(ring: Any) -> None:
    assert not {"what_if", "with_it"} & set(ring.data(ANN))


@pytest.mark.parametrize("name", [FIRST, "mail2-acme--othernet", f"{FIRST}.toml"])
def test_without_a_connection_the_backup_is_shown(ring: Any, name: str, snapshot: Any) -> None:
    before = snapshot(ring.folder)
    data = ring.data(f"{ANN} --without {name}")
    assert data["what_if"] == {"servers": [], "documents": [FIRST]}
    assert (data["outcome"], way(data)) == ("smtp-relay", ["Mail1/Acme", "Mail3/Acme"])
    assert (way(data["with_it"]), data["with_it"]["hops"][0]["cost"]) == (["Mail1/Acme", "Mail2/Acme"], 3)
    text = ring.ok(f"{ANN} --without {name}").out
    assert text.startswith(f"without {FIRST}:\n")
    assert "\n  a backup, instead of: Mail1/Acme -> Mail2/Acme -> relay2.example, cost 3\n" in text
    assert snapshot(ring.folder) == before


@pytest.mark.parametrize("name", ["Mail2/Acme", "cn=mail2/o=acme", "mail2-acme", "servers/mail2-acme"])
def test_a_server_goes_with_its_connections(ring: Any, name: str) -> None:
    data = ring.data(f"{ANN} --without {name}")
    assert data["what_if"] == {
        "servers": ["Mail2/Acme"],
        "documents": [
            "connections/mail1-acme--mail2-acme",
            "connections/mail2-acme--booknet",
            "connections/mail2-acme--mail1-acme",
            FIRST,
            "servers/mail2-acme",
        ],
    }
    assert way(data) == ["Mail1/Acme", "Mail3/Acme"]


def test_a_server_known_from_connections_alone_can_go(ring: Any) -> None:
    data = ring.data("route explain ann@Beta --from Mail1/Acme --without gate/beta")
    assert data["what_if"]["servers"] == ["gate/beta"]
    assert (data["outcome"], data["with_it"]["outcome"]) == ("no-route", "other-domain")


def test_absence_of_a_backup_is_said(ring: Any) -> None:
    text = ring.ok(f"{ANN} --without Mail2/Acme --without {SECOND}").out
    assert "has no route" in text
    assert text.endswith("  no backup; with it: Mail1/Acme -> Mail2/Acme -> relay2.example, cost 3\n")


def test_the_same_way_is_said(ring: Any) -> None:
    assert ring.ok(f"{ANN} --without Mail3/Acme").out.endswith("  the same way as with it\n")


def test_what_had_no_route_before_is_said(ring: Any) -> None:
    assert ring.ok("route explain ann@Nowhere --without Mail3/Acme").out.endswith("  with it, it has no route either\n")
    ring.ok("domain add --domain-type foreign-smtp --internet-domain '*.deep.other.example' --domain-name DeepNet")
    gained = "route explain ann@x.deep.other.example --from Mail1/Acme --without domains/deepnet--deep-other-example"
    text = ring.ok(gained).out
    assert "leaves by SMTP to the relay host" in text
    assert text.endswith("  with it, it has no route\n")


def test_who_is_asked_may_not_be_gone(ring: Any) -> None:
    assert "--from Mail1/Acme is taken away" in ring(f"{ANN} --without mail1/acme", code=2).err
    words = "route explain --to-server Mail2/Acme --without servers/mail2-acme"
    assert "--to-server Mail2/Acme is taken away" in ring(words, code=2).err


def test_what_is_not_there_cannot_be_taken_away(ring: Any) -> None:
    assert "error[not-found]" in ring(f"{ANN} --without connections/nothing", code=1).err
    assert "error[not-found]" in ring("route impact nothing", code=1).err
    ring.ok("connection copy mail2-acme--othernet hub")
    ring.ok("group add --group-name Hub --members Mail1/Acme")
    assert "error[ambiguous]" in ring(f"{ANN} --without hub", code=2).err


def test_impact_is_what_a_recalculation_without_it_changes(ring: Any, snapshot: Any) -> None:
    before = snapshot(ring.folder)
    found = ring.data("route impact mail2-acme--othernet --samples 1000")
    assert (found["documents"], found["servers"]) == ([FIRST], [])
    assert snapshot(ring.folder) == before
    ring.ok("connection delete mail2-acme--othernet --yes")
    ring.ok("replicate --no-recalc")
    rows = ring.data("recalc --dry-run")["servers"]

    def pairs(changed: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
        return {(c["destination"], json.dumps(c["before"]), json.dumps(c["after"])) for c in changed}

    expected = {row["server"]: pairs(row["changed"]) for row in rows if row["changed"]}
    assert set(expected) == {"Mail1/Acme", "Mail2/Acme"}
    assert {row["server"]: pairs(row["changes"]) for row in found["sources"]} == expected


def test_impact_of_a_server_counts_pairs_by_source(ring: Any) -> None:
    data = ring.data("route impact cn=mail2/o=acme")
    assert data["servers"] == ["Mail2/Acme"]
    rows = {row["server"]: row for row in data["sources"]}
    assert set(rows) == {"Mail1/Acme", "Mail3/Acme"}
    assert (data["lost"], data["changed"]) == (
        sum(row["lost"] for row in rows.values()),
        sum(row["changed"] for row in rows.values()),
    )
    text = ring.ok("route impact mail2/acme --samples 1").out
    assert "\nMail1/Acme: 2 routes lost, 2 routes changed\n" in text
    assert "    BookNet: Mail2/Acme (cost 2) -> no route\n    and 3 more\n" in text
    assert text.splitlines()[-1].startswith("2 servers concerned: 4 routes lost")


def test_impact_shows_the_servers_that_lose_most(ring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dominocli.cli.impact.SHOWN", 1)
    text = ring.ok("route impact mail2/acme").out
    assert "\n1 server more: --verbose shows them\n2 servers concerned: " in text
    assert "server more" not in ring.ok("route impact mail2/acme --verbose").out


def test_impact_of_what_nothing_needs_is_none(ring: Any) -> None:
    ring.ok("group add --group-name Pool --members Mail1/Acme")
    assert ring.ok("route impact groups/pool").out == "without groups/pool:\nno route changes\n"


def test_single_points_of_failure_are_listed(ring: Any) -> None:
    data = ring.data("route impact")
    points = {point["removed"]: point for point in data["single_points"]}
    assert points["connections/mail2-acme--booknet"]["kind"] == "document"
    assert points["Mail1/Acme"]["kind"] == "server"
    assert FIRST not in points
    outcome = ring.ok("route impact")
    assert "connections/mail2-acme--booknet\t" in outcome.out
    assert outcome.err == f"{len(points)} single points of failure\n"


def test_internationalised_domain_is_followed_in_either_writing(ring: Any) -> None:
    one = ring.data("route explain ann@bücher.example --from Mail1/Acme")
    two = ring.data("route explain ann@XN--BCHER-KVA.example --from Mail1/Acme")
    assert one["hops"] == two["hops"]
    assert one["hops"][-1]["host"] == "books.example"


def test_explicit_path_is_followed_outermost_domain_first(ring: Any) -> None:
    data = ring.data("route explain ann@Gamma@Beta --from Mail1/Acme")
    assert (data["outcome"], way(data)) == ("other-domain", ["Mail1/Acme", "Mail3/Acme"])
    assert data["hops"][-1]["next_hop"] == "Gate/Beta"
    inside = ring.data("route explain ann@Beta@Acme --from Mail1/Acme")
    assert inside["hops"] == ring.data("route explain ann@Beta --from Mail1/Acme")["hops"]


def test_low_priority_waits_for_the_night(ring: Any) -> None:
    ring.ok(f"connection edit {FIRST} --connect-at-times 08:00-22:00")
    ring.ok("replicate")
    leaves = {
        priority: ring.data(f"{ANN} --priority {priority}")["leaves_at"] for priority in ("HIGH", "normal", "low")
    }
    assert leaves["HIGH"] is None
    assert leaves["normal"] is None
    assert datetime.fromisoformat(leaves["low"]).hour in (0, 1, 2, 3, 4, 5)
    night = ring.data(f"{ANN} --what-if --priority low")
    assert night["leaves_at"] == leaves["low"]


@pytest.mark.parametrize("words", ["--priority urgent", "--message-type html", "--at noon", "--to-server Mail2/Acme"])
def test_wrong_words_are_usage_errors(ring: Any, words: str) -> None:
    assert "error[usage]" in ring(f"{ANN} {words}", code=2).err


def test_message_type_decides_between_smtp_and_nrpc(ring: Any) -> None:
    ring.ok("configuration edit default --smtp-inside mime")
    ring.ok("server edit mail2-acme --smtp-listener-task enabled")
    ring.ok("replicate")
    hops = {kind: ring.data(f"{ANN} --message-type {kind}")["hops"][0]["protocol"] for kind in ("mime", "notes")}
    assert hops == {"mime": "SMTP", "notes": "NRPC"}


def rows_of(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def test_show_exports_one_table(ring: Any) -> None:
    head, *rows = rows_of(ring.ok("route show Mail1/Acme --format tsv").out)
    assert head == ["part", "destination", "domain", "pattern", "next_hop", "host", "cost", "hops", "via", "because"]
    assert {len(row) for row in rows} == {len(head)}
    assert {row[0] for row in rows} == {"servers", "domains", "internet"}
    data = ring.data("route show Mail1/Acme")
    assert len(rows) == sum(len(data[part]) for part in ("servers", "domains", "internet"))
    assert ring.ok("route show Mail1/Acme --format json").envelope["data"] == data


def test_show_exports_without_colours_on_a_terminal_too(ring: Any) -> None:
    plain = ring.ok("route show Mail1/Acme --format tsv").out
    assert ring.ok("route show Mail1/Acme --format tsv --color always").out == plain


def test_show_filters_by_any_field(ring: Any) -> None:
    data = ring.data("route show Mail1/Acme --filter next-hop=MAIL2*")
    assert {row["next_hop"] for part in ("servers", "domains", "internet") for row in data[part]} == {"Mail2/Acme"}
    assert data["not_used"] == []
    both = ring.data("route show Mail1/Acme --filter next_hop=mail2/acme --filter cost=3")
    assert [row["domain"] for row in both["domains"]] == ["OtherNet"]
    assert both["servers"] == []


def test_show_sorts_numbers_by_value_and_blanks_last(ring: Any) -> None:
    ring.ok("connection edit mail1-acme--mail3-acme --routing-cost 10")
    ring.ok("domain add --domain-type foreign-smtp --internet-domain '*.lost.example' --domain-name LostNet")
    ring.ok("replicate")

    def costs(words: str) -> list[int | None]:
        return [row["cost"] for row in ring.data(f"route show Mail1/Acme {words}")["internet"]]

    assert costs("--sort cost") == [*sorted(c for c in costs("") if c is not None), None]
    assert costs("--sort -cost") == [*costs("--sort cost")[-2::-1], None]
    names = [row["destination"] for row in ring.data("route show Mail1/Acme --sort -destination")["servers"]]
    assert names == sorted(names, reverse=True)
    assert [row["cost"] for row in ring.data("route show Mail1/Acme --sort cost")["servers"]] == [1, 10]


@pytest.mark.parametrize("words", ["--filter colour=red", "--filter cost", "--sort colour", "--format xml"])
def test_show_refuses_fields_and_formats_there_are_not(ring: Any, words: str) -> None:
    outcome = ring(f"route show Mail1/Acme {words}", code=2)
    assert "error[usage]" in outcome.err
    assert "hint: " in outcome.err


def test_show_of_a_missing_table_is_empty(ring: Any) -> None:
    ring.ok("server add --server-name New/Acme --notes-network Office")
    data = ring.data("route show New/Acme --sort cost")
    assert (data["table"], data["servers"], data["not_used"]) == ("missing", [], [])


def test_change_far_away_names_the_document_where_it_begins(ring: Any) -> None:
    ring.ok("connection edit mail1-acme--mail2-acme --routing-cost 2")
    ring.ok("replicate --no-recalc")
    rows = {row["server"]: row["changed"] for row in ring.data("recalc --dry-run")["servers"]}
    assert {change["destination"]: change["document"] for change in rows["Mail3/Acme"]} == {
        "Mail2/Acme": "connections/mail1-acme--mail2-acme",
        "BookNet": "connections/mail1-acme--mail2-acme",
        "bücher.example": "connections/mail1-acme--mail2-acme",
    }
    order = [change["destination"] for change in rows["Mail1/Acme"]]
    assert order == ["Mail2/Acme", "BookNet", "OtherNet", "*.other.example", "bücher.example"]


def test_group_that_stands_as_source_goes_as_a_document(ring: Any) -> None:
    ring.ok("group add --group-name Hubs --members Mail1/Acme,Mail3/Acme")
    always = "--connect-at-times 00:00-24:00"
    ring.ok(
        f"connection add --source-server Hubs --destination-server all_hosts {always} --name hubs--x"
        " --destination-domain OtherNet --smtp-mta-relay-host relay9.example"
    )
    for name in ("Hubs", "groups/hubs"):
        data = ring.data(f"{ANN} --without {name}")
        assert data["what_if"] == {"servers": [], "documents": ["groups/hubs"]}
    assert ring.data("route impact hubs")["servers"] == []


def two_of_one_pair(ring: Any) -> str:
    """Two Connections from Mail1 to Mail2, of which the first is open all day; the question about them."""
    ring.ok("connection copy mail1-acme--mail2-acme zlate")
    ring.ok("connection edit zlate --connect-at-times 20:00-21:00")
    return "route explain --to-server Mail2/Acme --from Mail1/Acme --at 2026-11-24T10:00 --without"


def test_other_connection_of_the_same_pair_is_not_the_same_way(ring: Any) -> None:
    asked = two_of_one_pair(ring)
    first = "connections/mail1-acme--mail2-acme"
    told = ring.ok(f"{asked} mail1-acme--mail2-acme").out.splitlines()[-1]
    assert told == f"  a backup, instead of: Mail1/Acme -> Mail2/Acme, cost 1, via {first}, leaving at once"
    assert ring.ok(f"{asked} zlate").out.endswith("  the same way as with it\n")


def test_backup_by_other_servers_tells_when_mail_would_have_left(ring: Any) -> None:
    ring.ok("connection edit mail1-acme--mail3-acme --connect-at-times 20:00-21:00")
    told = ring.ok(f"{ANN} --without {FIRST}").out.splitlines()[-1]
    assert told.endswith(" -> relay2.example, cost 3, leaving at once")


def test_mail_that_was_local_has_no_backup_outside(ring: Any) -> None:
    ring.ok("domain add --domain-type global --global-domain-name G --local-primary-internet-domain h.other.example")
    told = ring.ok(f"{ANN.replace('ann@x', 'ann@h')} --without domains/g").out.splitlines()[-1]
    assert told == "  no backup, it leaves by SMTP to the relay host; with it, it is local mail: Mail1/Acme, cost 0"


def test_routes_that_look_the_same_in_short_are_told_with_what_differs(ring: Any) -> None:
    two_of_one_pair(ring)
    ring.ok("replicate")
    ring.ok("connection delete mail1-acme--mail2-acme --yes")
    ring.ok("replicate --no-recalc")
    first, second = "connections/mail1-acme--mail2-acme", "connections/zlate"
    line = f"    Mail2/Acme: Mail2/Acme (cost 1, via {first}) -> Mail2/Acme (cost 1, via {second})"
    assert any(shown.startswith(line) for shown in ring.ok("recalc --dry-run").out.splitlines())


def behind(cli: Any) -> dict[str, str]:
    """Replicate: the document behind each change in the own server's table."""
    (own,) = cli.data("replicate")["own_recalc"]
    return {change["destination"]: change["document"] for change in own["changed"]}


def test_replicate_names_what_was_edited_and_not_what_carries_the_mail_now(ring: Any) -> None:
    ring.ok("server edit mail3-acme --server-title Third")
    ring.ok("server edit mail2-acme --routing-tasks mail")
    assert behind(ring) == dict.fromkeys(
        ("BookNet", "OtherNet", "*.other.example", "bücher.example"), "servers/mail2-acme"
    )
    ring.ok("server edit mail2-acme --routing-tasks mail,smtp")
    ring.ok("server edit mail3-acme --server-title Three")
    ring.ok("replicate --no-recalc")
    rows = {row["server"]: row["changed"] for row in ring.data("recalc")["servers"]}
    assert {change["document"] for change in rows["Mail1/Acme"]} == {"servers/mail2-acme"}
    (ring.folder / "mail1" / "servers" / "mail2-acme.toml").unlink()
    ring.ok("server edit mail3-acme --server-title Last")
    found = behind(ring)
    assert (len(found) > 1, set(found.values())) == (True, {"servers/mail2-acme"})


def test_impact_tells_of_internet_mail_no_pattern_decides_about(ring: Any) -> None:
    ring.ok("domain add --domain-type global --global-domain-name World --local-primary-internet-domain our.example")
    ring.ok("configuration edit default --smart-host smart.example")
    text = ring.ok("route impact domains/world").out
    assert (
        "\nMail1/Acme: 1 route changed\n    our.example: here, else smart.example (cost 0) -> the Internet (cost 0)\n"
        in text
    )
    data = ring.data("route impact configurations/default")
    changes = {row["server"]: {c["destination"]: c["after"] for c in row["changes"]} for row in data["sources"]}
    assert changes["Mail2/Acme"]["other Internet domains"] is None
    ring.ok("replicate")
    ring.ok("configuration edit default --smtp-outside disabled")
    assert (
        "    other Internet domains: the Internet (cost 0) -> no route  (configurations/default)\n"
        in ring.ok("plan").out
    )
