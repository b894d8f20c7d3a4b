"""replicate, recalc, route explain: the procedure of domino.md 1 by the commands themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

EXPLAIN = "route explain ann@mail.other.example --from Mail1/Acme"
RELAY = "connection edit mail2-acme--othernet --smtp-mta-relay-host"


def explained(cli: Any) -> dict[str, Any]:
    data: dict[str, Any] = cli.data(EXPLAIN)
    return data


def reasons(data: dict[str, Any]) -> set[tuple[str, str]]:
    return {(entry["document"], entry["reason"]) for entry in data["not_used"]}


def test_a_change_works_after_replication_and_recalculation(domain: Any) -> None:
    domain.ok("connection delete mail2-acme--othernet")
    domain.ok("domain delete othernet--other-example")
    domain.ok("replica create --all")
    domain.ok("replicate")
    assert explained(domain)["outcome"] == "no-route"
    domain.ok("domain add --domain-type foreign-smtp --internet-domain '*.other.example' --domain-name OtherNet")
    domain.ok(
        "connection add --source-server Mail2/Acme --destination-server all_other_hosts"
        " --destination-domain OtherNet --smtp-mta-relay-host relay.other.example --connect-at-times 00:00-24:00"
    )
    before = domain.data("route explain ann@mail.other.example --from Mail3/Acme")
    assert (before["outcome"], before["hops"][0]["table"], before["hops"][0]["cause"]) == (
        "no-route",
        "stale",
        "not-replicated",
    )
    domain.ok("replicate --no-recalc")
    data = explained(domain)
    assert (data["outcome"], data["hops"][0]["table"], data["hops"][0]["cause"]) == (
        "no-route",
        "stale",
        "not-recalculated",
    )
    domain.ok("recalc")
    data = explained(domain)
    assert data["outcome"] == "smtp-relay"
    first, second = data["hops"]
    assert (first["server"], first["next_hop"], first["protocol"], first["table"]) == (
        "Mail1/Acme",
        "Mail2/Acme",
        "NRPC",
        "fresh",
    )
    assert (second["server"], second["host"], second["protocol"]) == ("Mail2/Acme", "relay.other.example", "SMTP")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ("server edit mail2-acme --routing-tasks mail", "source-server-without-smtp"),
        ("configuration edit default --smtp-outside disabled", "source-server-smtp-outside-disabled"),
    ],
)
def test_a_source_server_that_cannot_send_gives_no_route(replicated: Any, edit: str, reason: str) -> None:
    replicated.ok(edit)
    replicated.ok("replicate")
    data = explained(replicated)
    assert data["outcome"] == "no-route"
    assert reasons(data) == {("connections/mail2-acme--othernet", reason)}


def test_a_blank_relay_is_the_configurations(replicated: Any) -> None:
    replicated.ok(f"{RELAY} ''")
    replicated.ok("replicate")
    assert explained(replicated)["hops"][-1]["host"] == "default.relay.example"


@pytest.mark.parametrize(("short", "method"), [("dns", "dns"), ("hosts", "hosts"), ("both", "dns-then-hosts")])
def test_no_relay_at_all_is_looked_up_as_the_configuration_says(replicated: Any, short: str, method: str) -> None:
    replicated.ok(f"{RELAY} ''")
    replicated.ok(f"configuration edit default --relay-host '' --host-name-lookup {short}")
    replicated.ok("replicate")
    data = explained(replicated)
    assert data["outcome"] == "smtp-mx"
    assert data["lookup"]["name"] == "mail.other.example"


def test_a_configuration_of_its_own_is_not_filled_from_the_default(replicated: Any) -> None:
    replicated.ok(f"{RELAY} ''")
    replicated.ok("configuration add --applies-to Mail2/Acme --smtp-outside enabled")
    replicated.ok("replicate")
    assert explained(replicated)["outcome"] == "smtp-mx"


def test_recalc_of_a_server_elsewhere_is_partly_done(replicated: Any) -> None:
    replicated.ok("server add --server-name Far/Acme --notes-network Office --replica ssh://far/acme")
    outcome = replicated("recalc Far/Acme --json", code=5)
    assert outcome.data["servers"][0]["state"] == "elsewhere"
    assert [row["state"] for row in replicated.data("recalc")["servers"]].count("elsewhere") == 1


def test_recalc_again_changes_nothing(replicated: Any, snapshot: Any) -> None:
    before = snapshot(replicated.folder)
    assert {row["state"] for row in replicated.data("recalc")["servers"]} == {"unchanged"}
    assert snapshot(replicated.folder) == before


def test_tell_router_update_config_recalculates_the_own_server(replicated: Any) -> None:
    replicated.ok("connection edit mail2-acme--othernet --routing-cost 4")
    data = replicated.data("tell router update config")
    assert [(row["server"], row["state"]) for row in data["servers"]] == [("Mail1/Acme", "recalculated")]
    assert "router update config" in replicated("tell router restart", code=2).err


def test_dry_runs_pend_only_with_the_detailed_exit_code(replicated: Any, snapshot: Any) -> None:
    replicated.ok("connection edit mail2-acme--othernet --routing-cost 4")
    before = snapshot(replicated.folder)
    replicated("recalc --dry-run", code=0)
    replicated("recalc --dry-run --detailed-exitcode", code=4)
    replicated("replicate --dry-run", code=0)
    replicated("replicate --dry-run --detailed-exitcode", code=4)
    assert snapshot(replicated.folder) == before


def test_route_show_lists_what_a_table_holds(replicated: Any) -> None:
    data = replicated.data("route show Mail1/Acme")
    assert (data["server"], data["table"]) == ("Mail1/Acme", "fresh")
    assert {row["destination"] for row in data["servers"]} >= {"Mail2/Acme", "Mail3/Acme"}
    assert [row["pattern"] for row in data["internet"]] == ["*.other.example"]
    text = replicated.ok("route show mail1/acme").out
    assert "Mail2/Acme" in text
    assert "*.other.example" in text


def test_explain_of_an_unknown_server_fails(replicated: Any) -> None:
    assert "error[server-unknown]" in replicated("route explain ann@x.example --from Nobody/Acme", code=1).err


def test_reading_commands_change_no_byte_in_a_clone_without_state(replicated: Any, snapshot: Any) -> None:
    import shutil

    clone = replicated.folder / "clone"
    shutil.copytree(replicated.folder / "mail1", clone, ignore=shutil.ignore_patterns(".dominocli"))
    before = snapshot(clone)
    for words in ("connection list", "check", "schedule", "connection show mail2-acme--othernet", "server list"):
        replicated(f"{words} --directory {clone}", code=0)
    replicated(f"{EXPLAIN} --directory {clone}", code=0)
    replicated(f"route show Mail1/Acme --directory {clone}", code=0)
    assert snapshot(clone) == before
    assert not (clone / ".dominocli").exists()


def test_reading_commands_work_while_another_process_holds_the_lock(replicated: Any, snapshot: Any) -> None:
    from dominocli.directory.lock import locked

    before = snapshot(replicated.folder)
    with locked(Path.cwd(), "test"):
        held = snapshot(replicated.folder)
        for words in ("connection list", "check", EXPLAIN, "status", "replicate --dry-run", "recalc --dry-run"):
            replicated(words, code=0)
        assert snapshot(replicated.folder) == held
    assert before.keys() == held.keys()


def test_a_held_lock_names_its_holder_and_exits_6(replicated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dominocli.directory import lock

    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(lock.locked.__wrapped__, "__kwdefaults__", {"wait_seconds": 0.1})
    with lock.locked(Path.cwd(), "replicate"):
        outcome = replicated("connection edit mail2-acme--othernet --routing-cost 4", code=6)
    assert "dominocli replicate (process" in outcome.err


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_at_the_end_of_the_calendar_is_a_usage_error(replicated: Any, at: str) -> None:
    for words in ("route explain ann@other.example", "schedule"):
        assert "error[usage]" in replicated(f"{words} --at {at}", code=2).err


def test_a_domain_without_a_route_has_neither_cost_nor_hops(replicated: Any) -> None:
    for name, through in (("Far", "Farther"), ("Farther", "Far")):
        replicated.ok(
            f"domain add --domain-type non-adjacent --mail-sent-to-domain {name} --route-through-domain {through}"
        )
    replicated.ok("recalc Mail1/Acme")
    rows = {row["domain"]: row for row in replicated.data("route show Mail1/Acme")["domains"]}
    assert (rows["Far"]["cost"], rows["Far"]["hops"]) == (None, None)
