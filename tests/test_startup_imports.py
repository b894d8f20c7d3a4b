"""What a short command may not import: start-up is mostly imports (performance.md 1)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENTRY = "from dominocli.__main__ import main; main()"
HEAVY = frozenset({"rich", "questionary", "prompt_toolkit", "tomlkit", "urllib3", "sqlite3", "asyncio", "xml", "ssl"})
NOT_FOR_READING = frozenset({"json", "secrets", "socket", "http", "multiprocessing", "concurrent", "tempfile"})
NOT_FOR_COMPLETING = frozenset(
    {"typer", "argparse", "re", "typing", "inspect", "dataclasses", "enum", "pathlib", "tomli", "json"}
)
LIGHT = frozenset(f"dominocli.{name}" for name in ("__main__", "cli", "cli.streams", "cli.complete", "cli.looking"))
OUR_OTHERS = ("dominocli.wizard", "dominocli.replication", "dominocli.export")


def imported(arguments: list[str], folder: Path, *, without_site: bool = False) -> set[str]:
    """Return every module a command line imports, as `-X importtime` tells them."""
    options = ["-S"] if without_site else []
    command = [sys.executable, *options, "-X", "importtime", "-c", ENTRY, *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert len(lines) > 10
    return {line.rpartition("|")[2].strip() for line in lines[1:]}


def tops(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a Server document and a Connection document."""
    root = tmp_path_factory.mktemp("startup") / "acme"
    (root / "connections").mkdir(parents=True)
    (root / "servers").mkdir()
    (root / "directory.toml").write_text('replica_id = "11111111111111111111111111111111"\ndomain = "Acme"\n')
    (root / "servers" / "hub01-acme.toml").write_text(
        'form = "Server"\n[basics]\nserver_name = "Hub01/Acme"\nrouting_tasks = ["SMTP Mail Routing"]\n'
    )
    (root / "connections" / "relay.toml").write_text(
        'form = "Connection"\n[basics]\nsource_server = "Hub01/Acme"\ndestination_server = "all_hosts"\n'
        'destination_domain = "TheInternet"\n'
    )
    return root


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["__complete", "connections", ""],
        ["__complete", "documents", "con"],
        ["__complete", "server", "hub"],
        ["__complete", "server", "CN=h"],
    ],
    ids=" ".join,
)
def test_version_and_completion_import_next_to_nothing(arguments: list[str], directory: Path) -> None:
    modules = imported(arguments, directory, without_site=True)
    assert not tops(modules) & (HEAVY | NOT_FOR_READING | NOT_FOR_COMPLETING)
    ours = {module for module in modules if module.startswith("dominocli.")}
    assert ours <= LIGHT | {"dominocli.names", "dominocli.labels"}


def test_completion_of_many_servers_imports_only_the_index(directory: Path, tmp_path: Path) -> None:
    shutil.copytree(directory, tmp_path / "acme")
    root = tmp_path / "acme"
    (root / ".dominocli").mkdir()
    for number in range(80):
        (root / "servers" / f"s{number}.toml").write_text(f'[basics]\nserver_name = "S{number}/Acme"\n')
    imported(["server", "list"], root)
    assert (root / ".dominocli" / "index").exists()
    modules = imported(["__complete", "server", "S"], root, without_site=True)
    ours = {module for module in modules if module.startswith("dominocli.")}
    assert ours == LIGHT | {"dominocli.directory", "dominocli.directory.index_sections"}
    assert not tops(modules) & (HEAVY | NOT_FOR_READING | NOT_FOR_COMPLETING)


@pytest.mark.parametrize(
    "arguments",
    [["connection", "list"], ["connection", "show", "relay"], ["server", "list"], ["server", "show", "hub01-acme"]],
    ids=" ".join,
)
def test_reading_commands_import_only_what_reads(arguments: list[str], directory: Path) -> None:
    modules = imported(arguments, directory)
    assert "dominocli.directory.reader" in modules
    assert not tops(modules) & (HEAVY | NOT_FOR_READING)
    assert not {module for module in modules if module.startswith(OUR_OTHERS)}


@pytest.mark.parametrize("arguments", [["--help"], ["connection", "--help"], ["connection", "add", "--help"]])
def test_help_imports_no_renderer_and_no_directory(arguments: list[str], directory: Path) -> None:
    modules = imported(arguments, directory)
    assert not tops(modules) & HEAVY
    assert "dominocli.directory.reader" not in modules


def test_json_is_imported_for_json(directory: Path) -> None:
    assert "json" in imported(["connection", "show", "relay", "--json"], directory)
