"""The demo: a whole domain by commands, five explanations, and a conflict that is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def test_demo_builds_explains_and_keeps_a_conflict(cli: Any, tmp_path: Path) -> None:
    outcome = cli.ok("demo sample")
    for outcome_name in ("smtp-relay", "local", "other-domain", "no-route"):
        assert f"({outcome_name})" in outcome.out
    assert outcome.out.count("$ dominocli route explain") == 5
    assert "relay.acme.example" in outcome.out
    assert "gate.partner.example" in outcome.out
    assert "all 6 replicas identical" in outcome.out
    assert "conflict kept as" in outcome.out
    folders = [tmp_path / "sample" / name for name in ("hub01", "mail1", "mail2", "branch1", "branch2", "branch3")]
    contents = [
        {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("[!.]*/*.toml")} for folder in folders
    ]
    assert all(content == contents[0] for content in contents)
    conflicts = [name for name in contents[0] if ".conflict-" in name]
    assert len(conflicts) == 1


def test_demo_refuses_a_folder_with_something_in_it(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "mine").write_text("keep", encoding="utf-8")
    assert "not empty" in cli("demo sample", code=2).err
    assert (tmp_path / "sample" / "mine").read_text(encoding="utf-8") == "keep"


@pytest.mark.parametrize("relay", ["relay2.acme.example", "relay3.acme.example"])
def test_both_versions_of_the_conflict_are_there(cli: Any, tmp_path: Path, relay: str) -> None:
    cli.ok("demo sample")
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "sample" / "mail2" / "connections").iterdir()]
    assert sum(relay in text for text in texts) == 1
