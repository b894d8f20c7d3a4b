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


def merged(cli: Any, base: str, ours: str, theirs: str, path: str = "groups/a.toml", code: int = 0) -> str:
    """Return what the driver makes of three texts."""
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        Path(name).write_text(text, encoding="utf-8")
    cli(f"merge-driver base ours theirs {path}", code=code)
    return Path("ours").read_text(encoding="utf-8")


GROUP = 'unid = "00000000000000000000000000000001"\n\n[basics]\ngroup_name = "A"\ndescription = "x"\n\n\n\n\n# end\n'


@pytest.mark.parametrize("broken", ["base", "ours", "theirs"])
def test_a_version_that_is_no_toml_is_never_passed_over(cli: Any, broken: str) -> None:
    texts = {"base": GROUP, "ours": GROUP.replace('"x"', '"y"'), "theirs": GROUP.replace('"x"', '"z"')}
    texts[broken] = texts[broken].replace("description", "= description")
    text = merged(cli, **texts, code=1)
    assert "<<<<<<< ours\n" in text
    assert '"y"' in text and '"z"' in text


def test_our_version_that_is_no_toml_is_not_taken_for_a_merge(cli: Any) -> None:
    theirs = GROUP.replace("# end", "# why it ends")
    text = merged(cli, GROUP, GROUP.replace("# end", "= end"), theirs, code=1)
    assert "<<<<<<< ours\n" in text
    assert "= end" in text and "# why it ends" in text


def test_a_comment_of_theirs_is_kept(cli: Any) -> None:
    theirs = GROUP.replace("# end", "# why it ends")
    assert merged(cli, GROUP, GROUP.replace('"x"', '"y"'), theirs) == theirs.replace('"x"', '"y"')
    theirs = GROUP.replace('"A"\n', '"A"\n# the comment\n')
    assert merged(cli, GROUP, GROUP.replace('"x"', '"y"'), theirs) == theirs.replace('"x"', '"y"')


def test_comments_of_both_sides_in_one_place_are_left_to_a_human(cli: Any) -> None:
    text = merged(cli, GROUP, GROUP.replace('"x"', '"x"  # ours'), GROUP.replace('"x"', '"x"  # theirs'), code=1)
    assert "# ours" in text and "# theirs" in text


def test_a_comment_that_both_sides_add_in_different_places_needs_no_human(cli: Any) -> None:
    text = merged(cli, GROUP, "# ours\n" + GROUP, GROUP.replace("# end", "# theirs"))
    assert text == "# ours\n" + GROUP.replace("# end", "# theirs")


@pytest.mark.parametrize("path", ["notes/a.toml", "a.toml", "groups/a.txt"])
def test_a_file_that_is_no_document_is_merged_by_lines(cli: Any, path: str) -> None:
    assert merged(cli, "a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", path) == "A\nb\nc\nd\nE\n"
    assert "<<<<<<<" in merged(cli, "a\n", "b\n", "c\n", path, code=1)
