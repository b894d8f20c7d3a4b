"""The one Configuration that applies, and what is told of those that cannot be used."""

from __future__ import annotations

import pytest
from routing_builder import Builder

from dominocli.routing.explain import Explanation

BROKEN = ("maximum_hop_count = 3", "maximum_hop_count = 0")


def passed_over(found: Explanation) -> list[tuple[str, str]]:
    """Return the Configuration documents an answer tells not to be used, and why."""
    return [(e["document"], e["reason"]) for e in found.not_used if e["document"].startswith("configurations/")]


def damage(builder: Builder, document: str) -> None:
    """Give a Configuration a value out of range."""
    file = f"{document}.toml"
    builder.texts[file] = builder.texts[file].replace(*BROKEN)


def own(builder: Builder, applies_to: str) -> str:
    """Add a Configuration that cannot be used."""
    document = builder.configuration(applies_to, name="broken", maximum_hop_count=3)
    damage(builder, document)
    return document


@pytest.mark.parametrize("applies_to", ["Mail2/Acme", "CN=Mail2/O=Acme", "Hubs"])
def test_configuration_that_cannot_be_used_is_told_where_another_decided(example: Builder, applies_to: str) -> None:
    example.group("Hubs", ["Mail2/Acme"])
    document = own(example, applies_to)
    found = example.explain("x@foo.org", "Mail2/Acme")
    assert found.hops[0]["because"] == "configurations/default"
    assert passed_over(found) == [(document, "value-invalid")]
    assert "configuration-not-used" in found.assumptions
    assert passed_over(example.to_server("Mail1/Acme", "Mail2/Acme")) == [(document, "value-invalid")]
    assert passed_over(example.explain("x@Acme", "Mail2/Acme")) == []
    assert passed_over(example.explain("x@Acme", "Mail1/Acme")) == []
    elsewhere = example.to_server("Mail3/Acme", "Mail1/Acme")
    assert (passed_over(elsewhere), elsewhere.assumptions) == ([], [])


def test_configuration_of_lower_rank_is_not_told(example: Builder) -> None:
    example.configuration("Mail2/Acme", name="own")
    own(example, "*")
    assert passed_over(example.explain("x@foo.org", "Mail2/Acme")) == []


def test_source_server_that_may_not_send_outside_for_want_of_its_configuration(example: Builder) -> None:
    example.configuration(name="default", smtp_outside="Disabled")
    document = own(example, "Mail2/Acme")
    found = example.explain("ann@mail.other.example", "Mail1/Acme")
    assert found.outcome == "no-route"
    assert passed_over(found) == [(document, "value-invalid")]
    assert "configuration-not-used" in found.assumptions


def test_file_that_does_not_parse_may_be_any_servers_configuration(example: Builder) -> None:
    example.texts["configurations/torn.toml"] = "[basics\n"
    found = example.explain("x@foo.org", "Mail2/Acme")
    assert passed_over(found) == [("configurations/torn", "syntax")]
    assert "configuration-not-used" in found.assumptions
    example.configuration("Mail2/Acme", name="own")
    assert passed_over(example.explain("x@foo.org", "Mail2/Acme")) == []


def test_ambiguous_configuration_is_told(example: Builder) -> None:
    second = example.configuration(name="zz", relay_host="zz.example")
    found = example.explain("x@foo.org", "Mail2/Acme")
    assert passed_over(found) == [(second, "configuration-ambiguous")]
    assert "configuration-not-used" not in found.assumptions
    assert passed_over(example.explain("x@Acme", "Mail2/Acme")) == []


def test_smart_host_may_stand_in_a_configuration_that_cannot_be_used(example: Builder) -> None:
    example.domain("Global Domain", "g", {"global_domain_name": "G", "local_primary_internet_domain": "acme.com"})
    document = own(example, "Mail2/Acme")
    assert passed_over(example.explain("x@acme.com", "Mail2/Acme")) == [(document, "value-invalid")]


def test_low_priority_range_may_stand_in_a_configuration_that_cannot_be_used(example: Builder) -> None:
    document = own(example, "Mail2/Acme")
    example.connection(
        "out",
        "Local Area Network",
        source_server="Mail2/Acme",
        source_domain="Acme",
        destination_server="X/Beta",
        destination_domain="Beta",
    )
    assert passed_over(example.explain("x@Beta", "Mail2/Acme")) == []
    assert passed_over(example.explain("x@Beta", "Mail2/Acme", priority="low")) == [(document, "value-invalid")]


def test_hop_count_may_stand_in_a_configuration_that_cannot_be_used(example: Builder) -> None:
    for name in ("Near", "Far"):
        example.server(f"{name}/Acme", [])
    example.lan("Mail1/Acme", "Near/Acme")
    example.lan("Near/Acme", "Far/Acme")
    example.configuration(name="default", maximum_hop_count=1)
    document = own(example, "Near/Acme")
    found = example.to_server("Far/Acme", "Mail1/Acme")
    assert (found.outcome, found.assumptions) == ("loop", ["configuration-not-used"])
    assert passed_over(found) == [(document, "value-invalid")]
