"""Fixtures of the routing tests."""

from __future__ import annotations

import pytest
from routing_builder import Builder


@pytest.fixture
def acme() -> Builder:
    """An empty directory of the domain Acme."""
    return Builder()


@pytest.fixture
def example() -> Builder:
    """Mail1 and Mail3 without SMTP, Mail2 with, in one network; *.other.example leaves at Mail2 by a relay."""
    builder = Builder()
    builder.server("Mail1/Acme")
    builder.server("Mail2/Acme", smtp=True)
    builder.server("Mail3/Acme")
    builder.configuration(name="default")
    builder.pattern("*.other.example", "OtherNet", "othernet")
    builder.smtp("Mail2/Acme", "OtherNet", smtp_mta_relay_host="relay.other.example")
    return builder
