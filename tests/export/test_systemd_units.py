"""The units of `export systemd`: systemd takes them, and reads in them exactly the words that were meant."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dominocli import errors
from dominocli.export.systemd import command, router_update, unit_name

PROGRAM = "/opt/domino cli/bin/dominocli"
ODD = (
    "/srv/acme",
    "/srv/with space",
    "/srv/100%u",
    "/srv/$HOME/${PATH}",
    "/srv/it's",
    '/srv/a"quote',
    "/srv/back\\slash\\n",
    "/srv/Grüße",
    "/srv/;rm -rf",
    "/srv/-o",
)


def line_of(text: str, key: str) -> str:
    (found,) = [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]
    return found


def words_in(line: str) -> list[str]:
    """Take a command line of a unit apart as systemd.service(5) and systemd.syntax(7) say."""
    words: list[str] = []
    at = 0
    while at < len(line):
        assert line[at] == '"', "every word is quoted"
        at += 1
        word = ""
        while line[at] != '"':
            if line[at] == "\\":
                assert line[at + 1] in '\\"'
                at += 1
            word += line[at]
            at += 1
        at += 1
        assert line[at : at + 1] in ("", " ")
        at += 1
        without = word.replace("%%", "")
        assert "%" not in without
        word = word.replace("%%", "%")
        if words:
            assert "$" not in word.replace("$$", "")
            word = word.replace("$$", "$")
        words.append(word)
    return words


@pytest.mark.parametrize("root", ODD)
def test_systemd_reads_the_words_that_were_meant(root: str) -> None:
    program = "/opt/$HOME/50% off/dominocli"
    service, timer = router_update([program], root, "Hub $1 100%/Acme", "domino")
    flags = ["--no-input", "--quiet", "--directory", root]
    assert words_in(line_of(service.text, "ExecStart")) == [program, "replicate", "--no-recalc", *flags]
    assert words_in(line_of(service.text, "ExecStopPost")) == [program, "recalc", *flags, "--", "Hub $1 100%/Acme"]
    assert line_of(service.text, "User") == "domino"
    assert line_of(timer.text, "Description") == line_of(service.text, "Description")
    assert "100%%/Acme" in line_of(timer.text, "Description")


@pytest.mark.parametrize("root", ["/srv/two\nExecStart=/bin/sh", "/srv/\x1b[2J", "/srv/\u202e"])
def test_what_no_unit_can_hold_is_refused(root: str) -> None:
    with pytest.raises(errors.UsageError, match="no unit can hold"):
        router_update([PROGRAM], root, "Hub/Acme", "domino")
    with pytest.raises(errors.UsageError):
        router_update([PROGRAM], "/srv", f"Hub{root}", "domino")


def test_units_have_names_that_systemd_allows() -> None:
    assert unit_name("Hub01/Acme") == "dominocli-hub01-acme"
    assert unit_name("Größe/Acme") == "dominocli-gr_f6_dfe-acme"
    assert command(["/bin/x"]) == '"/bin/x"'


@pytest.mark.parametrize("program", ['/opt/a"b', "/opt/it's", "/opt/a\\b"])
def test_a_program_that_systemd_does_not_start_is_refused(program: str) -> None:
    with pytest.raises(errors.UsageError, match="starts no program"):
        router_update([program], "/srv/acme", "Hub/Acme", "domino")


@pytest.mark.parametrize("name", ["plain", "with space", "100%u", "$HOME", "${PATH}", "Grüße", ";rm -rf", "-o"])
def test_systemd_finds_no_fault_and_the_program(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        assert not os.environ.get("CI"), "CI needs systemd-analyze"
        pytest.skip("systemd-analyze is not here")
    program = tmp_path / name / "dominocli"
    program.parent.mkdir()
    root = str(tmp_path / name) + '/it\'s "quoted" \\n'
    service, timer = router_update([str(program)], root, "Hub01/Acme", "root")
    for unit in (service, timer):
        (tmp_path / unit.name).write_text(unit.text)
    files = [str(tmp_path / unit.name) for unit in (service, timer)]

    def verify() -> subprocess.CompletedProcess[str]:
        return subprocess.run(["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True)

    # Without the program it says so, so that its silence means something.
    assert "is not executable" in verify().stderr
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = verify()
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_commands_of_the_units_do_what_a_timer_is_for(domain: Any, tmp_path: Path) -> None:
    domain.ok("replica create --all")
    data = domain.data("export systemd --router-update")
    service, timer = data["units"]
    assert (service["name"], timer["name"]) == ("dominocli-mail1-acme.service", "dominocli-mail1-acme.timer")
    for key, code in (("ExecStart", 0), ("ExecStopPost", 0)):
        words = words_in(line_of(service["text"], key))
        done = subprocess.run(words, capture_output=True, text=True, cwd="/", check=False)
        assert done.returncode == code, done
    assert domain.data("route show Mail1/Acme")["table"] == "fresh"
    rows = {row["server"]: row["table"] for row in domain.data("status")["servers"]}
    assert rows["Mail1/Acme"] == "fresh" and rows["Mail2/Acme"] == "missing"


def test_units_are_written_where_asked_and_not_over_others(domain: Any, tmp_path: Path) -> None:
    place = tmp_path / "units"
    domain("export systemd", code=2)
    domain(f"export systemd --router-update --out {place}", code=1)
    place.mkdir()
    domain.ok(f"export systemd --router-update --out {place} --dry-run")
    assert list(place.iterdir()) == []
    said = domain.ok(f"export systemd --router-update --out {place}")
    assert {path.name for path in place.iterdir()} == {"dominocli-mail1-acme.service", "dominocli-mail1-acme.timer"}
    assert "enable --now dominocli-mail1-acme.timer" in said.err
    domain.ok(f"export systemd --router-update --out {place} --no-input")
    other = place / "dominocli-mail1-acme.timer"
    other.write_text("[Timer]\n")
    domain(f"export systemd --router-update --out {place} --no-input", code=2)
    assert other.read_text() == "[Timer]\n"
    domain.ok(f"export systemd --router-update --out {place} --yes")
    shown = domain.ok("export systemd --router-update").out
    assert f"# /etc/systemd/system/{other.name}" in shown and all(
        line in shown.splitlines() for line in other.read_text().splitlines()
    )
