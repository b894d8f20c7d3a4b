"""`demo`: a sample domain, built by the very commands it prints."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from dominocli import errors
from dominocli.cli.output import Output
from dominocli.cli.result import Result
from dominocli.cli.session import Session
from dominocli.errors import ExitCode

AT = "2026-11-24T10:00:00+01:00"
"""The moment the explanations are asked for, so that everybody reads the same answers."""

STEPS = (
    (
        "A directory, which is the replica of Hub01",
        ("init hub01 --domain Acme --server Hub01/Acme --title 'Directory of Acme'",),
    ),
    (
        "Head office: Hub01 speaks SMTP, Mail1 and Mail2 do not",
        (
            "server add --server-name Hub01/Acme --routing-tasks mail --routing-tasks smtp --replica hub01"
            " --notes-network 'Head Office' --fully-qualified-internet-host-name hub01.acme.example"
            " --time-zone Europe/Berlin",
            "server add --server-name Mail1/Acme --replica mail1 --notes-network 'Head Office'"
            " --time-zone Europe/Berlin",
            "server add --server-name Mail2/Acme --replica mail2 --notes-network 'Head Office'"
            " --time-zone Europe/Berlin",
            "configuration add --applies-to '*' --smtp-outside enabled",
        ),
    ),
    (
        "The branch: three servers of a second network, reached by dial-up",
        (
            "server add --server-name Branch1/Acme --replica branch1 --notes-network Branch --time-zone Europe/Berlin",
            "server add --server-name Branch2/Acme --replica branch2 --notes-network Branch --time-zone Europe/Berlin",
            "server add --server-name Branch3/Acme --replica branch3 --notes-network Branch --time-zone Europe/Berlin",
            "connection add --connection-type network-dialup --source-server Hub01/Acme --source-domain Acme"
            " --destination-server Branch1/Acme --destination-domain Acme --phone-number '555 0100'",
            "connection add --connection-type network-dialup --source-server Branch1/Acme --source-domain Acme"
            " --destination-server Hub01/Acme --destination-domain Acme --phone-number '555 0199'",
        ),
    ),
    (
        "Mail to the Internet leaves through Hub01, to the partner by another relay",
        (
            "domain add --domain-type foreign-smtp --internet-domain '*.*' --domain-name TheInternet",
            "domain add --domain-type foreign-smtp --internet-domain '*.partner.example' --domain-name PartnerNet",
            "connection add --source-server Hub01/Acme --destination-server all_internet_hosts"
            " --destination-domain TheInternet --smtp-mta-relay-host relay.acme.example",
            "connection add --source-server Hub01/Acme --destination-server all_partner_hosts"
            " --destination-domain PartnerNet --smtp-mta-relay-host gate.partner.example",
            "domain add --domain-type global --global-domain-name Acme --domino-domains Acme"
            " --local-primary-internet-domain acme.example",
        ),
    ),
    (
        "A neighbouring Notes domain, and one behind it",
        (
            "connection add --connection-type lan --source-server Hub01/Acme --source-domain Acme"
            " --destination-server Gate01/Neighbour --destination-domain Neighbour",
            "domain add --domain-type non-adjacent --mail-sent-to-domain FarAway --route-through-domain Neighbour",
        ),
    ),
    ("What holds between the documents", ("check", "connection list")),
    ("A replica of every server, then replicate and recalculate", ("replica create --all", "replicate")),
)

EXPLANATIONS = (
    ("to the Internet, by the relay", f"route explain ann@example.org --from Branch2/Acme --at {AT}"),
    ("to the partner, by the other relay", f"route explain bob@sales.partner.example --from Mail1/Acme --at {AT}"),
    ("to ourselves", f"route explain carl@acme.example --from Mail1/Acme --at {AT}"),
    ("to the domain behind the neighbour", f"route explain dora@FarAway --from Mail2/Acme --at {AT}"),
    ("to a Notes domain nobody reaches", f"route explain eve@Nowhere --from Mail1/Acme --at {AT}"),
)

RELAY = "hub01-acme--theinternet"
CONFLICT = (
    f"connection edit {RELAY} --smtp-mta-relay-host relay2.acme.example",
    f"connection edit {RELAY} --smtp-mta-relay-host relay3.acme.example --directory ../mail1",
)


def demo(
    session: Session,
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="A new or empty folder.")] = "dominocli-demo",
) -> Result:
    """Build a sample domain in DIR, replicate, recalculate, explain five addresses and keep a conflict."""
    root = Path(folder).absolute()
    if root.exists() and any(root.iterdir()):
        raise errors.UsageError(reason=f"{folder} is not empty", hint="give another folder for the demo")
    root.mkdir(parents=True, exist_ok=True)
    before = Path.cwd()
    os.environ.pop("DOMINOCLI_DIRECTORY", None)
    out = session.out
    try:
        os.chdir(root)
        for title, commands in STEPS:
            _heading(out, title)
            for words in commands:
                _run(out, _absolute_replicas(words, root))
                if words.startswith("init "):
                    os.chdir(root / "hub01")
        for title, words in EXPLANATIONS:
            _heading(out, f"Mail {title}")
            _run(out, words)
        _heading(out, "The same field changed on two servers: replication keeps both versions")
        for words in CONFLICT:
            _run(out, words)
        _run(out, "replicate", expected=ExitCode.PARTLY)
        _run(out, "conflicts list")
    finally:
        os.chdir(before)

    def show(out: Output) -> None:
        out.line()
        out.line(f"The domain lies in {root}; look around with: cd {shlex.quote(str(root / 'hub01'))}", "good")

    return Result({"folder": str(root)}, show)


def _absolute_replicas(words: str, root: Path) -> str:
    """Return the command with `--replica NAME` beside the other replicas, not inside this one."""
    head, flag, tail = words.partition("--replica ")
    if not flag:
        return words
    name, _, rest = tail.partition(" ")
    return f"{head}{flag}{shlex.quote(str(root / name))} {rest}".rstrip()


def _heading(out: Output, title: str) -> None:
    out.line()
    out.line(f"# {title}", "heading")


def _run(out: Output, words: str, *, expected: ExitCode = ExitCode.DONE) -> None:
    from dominocli.cli.app import invoke

    out.line(f"$ dominocli {words}", "dim")
    out.flush()
    code = invoke([*shlex.split(words), "--no-input"])
    if code != expected:
        raise errors.DominoError(reason=f"dominocli {words} ended with exit code {code}, not {int(expected)}")
    if expected:
        out.line(f"(exit code {code}: something is left to do)", "dim")
