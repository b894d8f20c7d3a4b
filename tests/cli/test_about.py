"""What the program tells about itself: schemas, topics, rules, assumptions."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dominocli.cli.topics import ENVIRONMENT, EXIT_CODES
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.finding import SEVERITIES
from dominocli.documents.schema import schema_of
from dominocli.errors import ExitCode
from dominocli.routing.assumptions import ASSUMPTIONS

PACKAGE = Path(__file__).parent.parent.parent / "dominocli"

CONNECTION = {
    "form": "Connection",
    "basics": {
        "connection_type": "SMTP",
        "source_server": "Hub01/Acme",
        "destination_server": "all_hosts",
        "destination_domain": "TheInternet",
    },
}


def environment_names() -> set[str]:
    """Return the names of the variables the package reads, as far as they are constant."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if "environ" not in ast.unparse(node) and "getenv" not in ast.unparse(node):
                continue
            if isinstance(node, ast.Call | ast.Subscript | ast.Compare):
                found |= set(re.findall(r"'([A-Z][A-Z_]+)'", ast.unparse(node)))
    return found


def test_topic_environment_names_every_variable_the_program_reads() -> None:
    read = environment_names()
    assert {"DOMINOCLI_DIRECTORY", "NO_COLOR", "TZ"} <= read
    assert read <= {name for name, _ in ENVIRONMENT}


def test_topic_exit_codes_explains_every_exit_code(cli: Any) -> None:
    assert set(EXIT_CODES) == set(ExitCode)
    entries = cli.data("help exit-codes")["entries"]
    assert [entry["name"] for entry in entries] == [str(int(code)) for code in ExitCode]
    assert "partly done" in cli.ok("help exit-codes").out


def test_help_without_a_topic_names_all_of_them(cli: Any) -> None:
    names = [entry["name"] for entry in cli.data("help")["entries"]]
    assert names == ["exit-codes", "environment", "files", "assumptions", "rule"]
    for name in names:
        assert cli.ok(f"help {name}").out.strip()


def test_topic_assumptions_tells_each_of_them(cli: Any) -> None:
    entries = cli.data("help assumptions")["entries"]
    assert {entry["name"]: entry["text"] for entry in entries} == ASSUMPTIONS


@pytest.mark.parametrize("rule", sorted(SEVERITIES))
def test_every_rule_is_explained(cli: Any, rule: str) -> None:
    data = cli.data(f"help rule {rule}")
    assert (data["id"], data["severity"]) == (rule, SEVERITIES[rule])
    assert data["summary"].endswith(".")
    assert len(data["reason"]) > 20
    assert data["assumption"] in ("", *ASSUMPTIONS)
    assert data["reason"] in cli.ok(f"help rule {rule}").out


def test_unknown_rule_suggests_the_nearest_ones(cli: Any) -> None:
    outcome = cli("help rule source-server-without-smpt", code=2)
    assert "no rule 'source-server-without-smpt'" in outcome.err
    assert "source-server-without-smtp" in outcome.err


def test_unknown_topic_and_stray_words_are_refused(cli: Any) -> None:
    assert "no topic 'weather'" in cli("help weather", code=2).err
    assert "takes no" in cli("help files source", code=2).err


@pytest.mark.parametrize("folder", FOLDERS)
def test_schema_of_a_form_is_found_by_each_of_its_names(cli: Any, folder: str) -> None:
    form = form_of(folder)
    for name in (folder, form.noun, form.form):
        printed = json.loads(cli.ok(f"schema {name}").out)
        assert printed == schema_of(form)
        assert cli.data(f"schema {name}") == printed


def test_schema_without_a_form_holds_for_the_documents_of_all_forms(cli: Any) -> None:
    schema = json.loads(cli.ok("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(CONNECTION)
    assert validator.is_valid({"form": "Group", "basics": {"group_name": "Hubs"}})
    assert not validator.is_valid({**CONNECTION, "basics": {**CONNECTION["basics"], "connection_type": "Pigeon"}})
    assert not validator.is_valid({"form": "Group", "basics": {}})


def test_schema_of_an_unknown_form_is_refused(cli: Any) -> None:
    assert "no form is called 'pigeon'" in cli("schema pigeon", code=2).err


def test_completion_comes_as_text_and_in_the_envelope(cli: Any) -> None:
    script = cli.ok("completion zsh").out
    assert script.startswith("#compdef dominocli\n")
    data = cli.data("completion zsh")
    assert data == {"shell": "zsh", "script": script}
    assert "no completion for 'tcsh'" in cli("completion tcsh", code=2).err
