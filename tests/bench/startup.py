"""Start-up: how long the shortest commands take, against Python itself and other command lines."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.bench.measure import Measured, Row, Target, environment, medians, rows

TITLE = "Start-up (a directory of 30 documents)"
BASE = "python -c pass"
PEER = "octodns-sync --help"
NEEDS = ("octodns",)

FAST = (Target(BASE, 1.8),)
READING = (Target(BASE, 9), Target(PEER, 0.7))
TARGETS = {
    "dominocli --version": FAST,
    "dominocli __complete connections": FAST,
    "dominocli __complete server": FAST,
    "dominocli connection list": READING,
    "dominocli connection show": READING,
    "dominocli --help": (Target(BASE, 11),),
}


def sample(dominocli: Path, folder: Path) -> Path:
    """Make a directory of 30 documents by the program itself and return it."""

    def call(*arguments: str, where: Path) -> None:
        subprocess.run([dominocli, *arguments], cwd=where, env=environment(), check=True, capture_output=True)

    root = folder / "acme"
    call("init", "acme", "--domain", "Acme", "--server", "Hub01/Acme", where=folder)
    for number in range(1, 11):
        server = f"Hub{number:02}/Acme"
        call("server", "add", "--server-name", server, "--routing-tasks", "mail", "--routing-tasks", "smtp", where=root)
        pattern, domain = f"*.partner{number}.example", f"Partner{number}"
        call("domain", "add", "--domain-type", "foreign-smtp", "--internet-domain", pattern, "--domain-name", domain,
             where=root)  # fmt: skip
        call("connection", "add", "--source-server", server, "--destination-server", f"all_partner{number}_hosts",
             "--destination-domain", domain, "--name", f"partner{number}", where=root)  # fmt: skip
    return root


def run(binaries: Path, folder: Path, rounds: int) -> list[Row]:
    """Measure with the programs of a virtual environment; peers that are not installed are left out."""
    root = sample(binaries / "dominocli", folder)
    lines = [
        Measured(BASE, [str(binaries / "python"), "-c", "pass"], root),
        *(
            Measured(name, [str(binaries / "dominocli"), *arguments], root)
            for name, arguments in {
                "dominocli --version": ["--version"],
                "dominocli __complete connections": ["__complete", "connections", "p"],
                "dominocli __complete server": ["__complete", "server", "Hub"],
                "dominocli connection list": ["connection", "list"],
                "dominocli connection show": ["connection", "show", "partner1"],
                "dominocli --help": ["--help"],
            }.items()
        ),
        Measured("pip --version", [str(binaries / "pip"), "--version"], root),
    ]
    if (binaries / "octodns-sync").exists():
        lines.append(Measured(PEER, [str(binaries / "octodns-sync"), "--help"], root))
    return rows(medians(lines, rounds), BASE, TARGETS)
