"""The transcripts of the README are what the program says: every ```console block is replayed.

DOMINOCLI_UPDATE_GOLDEN=1 writes what the program says now into the README, to be reviewed in the diff.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
SHOWN_FOLDER = "/srv/domino"


def normal(text: str) -> str:
    """Return the text without what differs from run to run."""
    return re.sub(r"fingerprint [0-9a-f]{12}", "fingerprint 3f1c9a0b7d52", text)


def commands(block: str) -> list[str]:
    joined = block.replace("\\\n", "")
    return [line[2:] for line in joined.split("\n") if line.startswith("$ ")]


def replay(block: str, cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the block with what its commands say now."""
    said = []
    shown = re.split(r"^(?=\$ )", block, flags=re.M)
    for part in filter(None, shown):
        written = part[: len(part.replace("\\\n", "\0\0").split("\n", 1)[0].replace("\0\0", "\\\n"))]
        (command,) = commands(written + "\n")
        words = shlex.split(command.replace(SHOWN_FOLDER, str(tmp_path)))
        if words[0] == "cd":
            monkeypatch.chdir(tmp_path / words[1] if not words[1].startswith("/") else words[1])
            said.append(written + "\n")
            continue
        assert words[0] == "dominocli", command
        outcome = cli(words[1:])
        said.append(f"{written}\n{outcome.out.replace(str(tmp_path), SHOWN_FOLDER)}")
    return "".join(said)


def test_the_transcripts_are_what_the_program_says(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = README.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    assert sum(len(commands(block)) for block in blocks) >= 8, "the README lost its transcript"
    said = text
    for block in blocks:
        said = said.replace(block, replay(block, cli, tmp_path, monkeypatch))
    if os.environ.get("DOMINOCLI_UPDATE_GOLDEN"):
        README.write_text(normal(said), encoding="utf-8")
    else:
        assert normal(said) == normal(text)


def test_the_readme_names_the_two_commands() -> None:
    text = README.read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text
