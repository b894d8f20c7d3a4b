"""Fixtures several parts need: the command line run in this process, and domains built once and copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_domains import CommandLine, Snapshot, Templates, build_domain, build_replicated, every_byte

OUR_VARIABLES = ("DOMINOCLI_DIRECTORY", "DOMINOCLI_NO_INPUT", "NO_COLOR", "FORCE_COLOR")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The domains of this session."""
    return Templates(tmp_path_factory.mktemp("domains"))


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without our variables, in a zone of its own, in an empty folder."""
    for variable in OUR_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cli(clean_environment: None, tmp_path: Path) -> CommandLine:
    """A command line in an empty folder."""
    return CommandLine(tmp_path)


@pytest.fixture
def domain(clean_environment: None, templates: Templates) -> Iterator[CommandLine]:
    """A command line in Mail1's replica of `build_domain`; the other replicas do not exist yet."""
    templates.clear()
    yield templates.restore("domain", build_domain)
    templates.clear()


@pytest.fixture
def replicated(clean_environment: None, templates: Templates) -> Iterator[CommandLine]:
    """A command line in Mail1's replica of `build_replicated`."""
    templates.clear()
    yield templates.restore("replicated", build_replicated)
    templates.clear()


@pytest.fixture
def snapshot() -> Snapshot:
    """The function that returns every byte below a folder."""
    return every_byte
