"""Standard streams that are closed, full, gone or not UTF-8: no traceback, no invalid JSON, no lost news."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = f'"{sys.executable}" -m dominocli'


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        ["bash", "-c", line.replace("dominocli", PROGRAM, 1)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": paths, **environment},
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_bug(domain: Any, closed: str) -> None:
    finished = shell(f"dominocli connection edit mail2-acme--othernet --routing-cost 3 {closed}")
    assert (finished.returncode, b"Traceback" in finished.stderr) == (0, False), finished.stderr
    assert domain.data("connection show mail2-acme--othernet")["document"]["replication_routing"]["routing_cost"] == 3


@pytest.mark.parametrize(
    "words", ["--version", "connection list", "connection list --json", "__complete connections ''"]
)
def test_a_full_device_is_told_in_one_line(domain: Any, words: str) -> None:
    finished = shell(f"dominocli {words} > /dev/full")
    assert finished.returncode == 1
    lines = [line for line in finished.stderr.decode().splitlines() if not line.endswith("Connection document")]
    assert lines == ["error[file]: cannot write the output: No space left on device"]


@pytest.mark.parametrize("words", ["--version", "--help", "connection list", "__complete documents ''"])
def test_a_reader_that_goes_away_is_no_error_text(domain: Any, words: str) -> None:
    finished = shell(f"dominocli {words} --quiet | true" if words == "connection list" else f"dominocli {words} | true")
    assert finished.stderr == b""


def test_json_is_valid_where_stdout_is_not_utf8(domain: Any) -> None:
    domain.ok(["group", "add", "--group-name", "Größe"])
    finished = shell("dominocli group list --json", PYTHONIOENCODING="latin-1")
    assert json.loads(finished.stdout)["data"]["documents"][0]["group_name"] == "Größe"


def test_file_names_in_another_encoding_are_refused(domain: Any) -> None:
    variables = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONUNBUFFERED": ""}
    finished = shell("dominocli replicate", **variables)
    assert finished.returncode == 1
    assert b"error[encoding]" in finished.stderr
    finished = shell("dominocli replicate --json", **variables)
    assert finished.returncode == 1
    assert json.loads(finished.stdout)["errors"][0]["code"] == "encoding"
