"""git merges documents field by field, by the driver that `init` names in .gitattributes."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

CONNECTION = Path("connections/mail2-acme--othernet.toml")


def git(*arguments: str, code: int = 0) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    finished = subprocess.run(
        ["git", *identity, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    assert finished.returncode == code, finished.stdout + finished.stderr
    return finished.stdout


def replaced(old: str, new: str, message: str) -> None:
    text = CONNECTION.read_text(encoding="utf-8")
    assert old in text
    CONNECTION.write_text(text.replace(old, new), encoding="utf-8")
    git("commit", "-qam", message)


@pytest.fixture
def repository(domain: Any) -> Any:
    """The directory under git, with the driver set up and two branches that start alike."""
    git("init", "-q")
    git("config", "merge.dominocli.driver", f'"{sys.executable}" -m dominocli merge-driver %O %A %B %P')
    git("add", ".")
    git("commit", "-qm", "start")
    git("branch", "theirs")
    return domain


def test_neighbouring_fields_merge_that_lines_would_not(repository: Any) -> None:
    replaced("routing_cost = 1\n", "routing_cost = 3  # ours\n", "cost")
    git("checkout", "-q", "theirs")
    replaced("route_at_once_if = 5", "route_at_once_if = 9", "threshold")
    git("checkout", "-q", "main")
    git("merge", "-q", "theirs")
    table = tomllib.loads(CONNECTION.read_text(encoding="utf-8"))["replication_routing"]
    assert (table["routing_cost"], table["route_at_once_if"]) == (3, 9)
    assert "# ours" in CONNECTION.read_text(encoding="utf-8")


def test_the_same_field_leaves_markers_and_a_finding(repository: Any) -> None:
    replaced("routing_cost = 1\n", "routing_cost = 3\n", "ours")
    git("checkout", "-q", "theirs")
    replaced("routing_cost = 1\n", "routing_cost = 4\n", "theirs")
    git("checkout", "-q", "main")
    git("merge", "-q", "theirs", code=1)
    text = CONNECTION.read_text(encoding="utf-8")
    assert "<<<<<<< ours\n" in text
    assert "routing_cost = 3\n" in text
    assert "routing_cost = 4\n" in text
    findings = repository("check --json", code=3).envelope["findings"]
    assert [(f["id"], f["file"]) for f in findings if f["id"] == "syntax"] == [("syntax", str(CONNECTION))]


def test_init_tells_git_which_files_are_merged_by_field(domain: Any) -> None:
    assert "/connections/*.toml merge=dominocli\n" in Path(".gitattributes").read_text(encoding="utf-8")
