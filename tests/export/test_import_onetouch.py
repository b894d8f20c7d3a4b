"""One-touch setup JSON: HCL's own file, placeholders, and hostile files."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from dominocli import errors
from dominocli.documents.connection import Connection
from dominocli.documents.server import Server
from dominocli.export.notes import Item, Note
from dominocli.export.onetouch import read_onetouch

SETUP_FILE = Path(__file__).parents[2].parent / "shared/data/hcl-one-touch/ots_additional.json"
VALUES = {
    "SERVERSETUP_SERVER_NAME": "Mail2",
    "SERVERSETUP_SERVER_DOMAINNAME": "Acme",
    "SERVERSETUP_SERVER_TITLE": "Mail",
    "SERVERSETUP_SERVER_IDFILEPATH": "/local/server.id",
    "SERVERSETUP_NETWORK_HOSTNAME": "mail2.acme.com",
    "SERVERSETUP_ORG_ORGNAME": "Acme",
    "SERVERSETUP_ADMIN_CN": "Ann Admin",
    "SERVERSETUP_EXISTINGSERVER_CN": "Hub01",
    "SERVERSETUP_EXISTINGSERVER_HOSTNAMEORIP": "hub01.acme.com",
}


@pytest.fixture
def setup_text() -> str:
    if not SETUP_FILE.exists():
        reason = f"HCL's setup file is not at {SETUP_FILE}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return SETUP_FILE.read_text(encoding="utf-8")


def setup(*documents: Any, path: str = "names.nsf") -> str:
    return json.dumps({"appConfiguration": {"databases": [{"filePath": path, "documents": list(documents)}]}})


def server(**items: Any) -> dict[str, Any]:
    return {"action": "create", "items": {"Form": "Server", "Type": "Server", **items}}


def read(text: str, **values: str) -> list[Note]:
    return read_onetouch(text, values, file="setup.json")


def refusal(text: str, **values: str) -> errors.DominoError:
    with pytest.raises(errors.DominoError) as caught:
        read(text, **values)
    assert caught.value.message.isprintable()
    return caught.value


def test_hcls_file_gives_its_connection_as_domino_would_have_it(setup_text: str, importer: Any) -> None:
    importer.run(read(setup_text, **VALUES))
    (connection,) = importer.view.documents(Connection)
    assert connection.name == "mail2-acme--hub01-acme"
    assert connection.values == {
        "connection_type": "Local Area Network",
        "source_server": "Mail2/Acme",
        "source_domain": "Acme",
        "destination_server": "Hub01/Acme",
        "destination_domain": "Acme",
        "use_ports": ("TCPIP",),
        "optional_network_address": "hub01.acme.com",
        "replication_task": "Enabled",
        "files_to_replicate": ("names.nsf", "admin4.nsf"),
        "connect_at_times": ("00:00-24:00",),
        "repeat_interval": 1,
    }
    assert connection.notes_items == {"ConnectionRecordFirst": "1"}
    assert {"routing_task", "schedule", "usage_priority", "routing_cost"} <= connection.unknown
    assert connection.problems() == []


def test_hcls_file_creates_the_server_its_update_looks_for_and_says_so(setup_text: str, importer: Any) -> None:
    plan = importer.run(read(setup_text, **VALUES))
    (document,) = importer.view.documents(Server)
    assert document.values == {"server_name": "Mail2/Acme"}
    assert document.is_unknown("routing_tasks") and document.is_unknown("ports")
    assert document.notes_items["FullAdmin"] == ["LocalDomainAdmins", "LocalDomainServers"]
    assert document.notes_items["TRANSLOG_MaxSize"] == 1024 and document.notes_items["DAOSMinObjSize"] == "256000"
    assert any("created from what was looked for" in message for message in plan.report.messages)


def test_hcls_other_documents_are_counted_and_named(setup_text: str, importer: Any) -> None:
    report = importer.run(read(setup_text, **VALUES)).report.as_json()
    assert report["other_documents"] == [
        {"database": "domcfg.nsf", "form": "LoginMap", "count": 1},
        {"database": "iwaredir.nsf", "form": "AutoLogin", "count": 1},
        {"database": "names.nsf", "form": "Program", "count": 1},
    ]


def test_importing_hcls_file_again_changes_nothing(setup_text: str, importer: Any) -> None:
    importer.run(read(setup_text, **VALUES))
    again = importer.plan(read(setup_text, **VALUES))
    assert again.changes == []
    assert [document.form for document in again.report.unchanged] == ["Server", "Connection"]


def test_missing_values_are_all_listed_in_one_error(setup_text: str) -> None:
    error = refusal(setup_text, SERVERSETUP_SERVER_NAME="Mail2")
    assert isinstance(error, errors.MissingValues)
    assert set(error.fields) == VALUES.keys() - {"SERVERSETUP_SERVER_NAME"}
    assert all(f"--set {name}=" in error.hint for name in error.fields)
    assert error.exit_code == errors.ExitCode.USAGE and error.file == "setup.json"


def test_placeholders_of_the_file_are_those_the_tests_give(setup_text: str) -> None:
    assert set(re.findall(r"\{\{ (\w+) \}\}", setup_text)) == VALUES.keys()


def test_value_of_a_placeholder_is_not_looked_at_again() -> None:
    (note,) = read(setup(server(ServerName="{{A}}/{{ B }}")), A="{{ C }}", B='x", "y')
    assert note.items["ServerName"] == Item("text", ('{{ C }}/x", "y',))


def test_placeholder_in_the_name_of_an_item_is_taken_as_it_is(importer: Any) -> None:
    importer.run(read(setup(server(**{"ServerName": "Hub01/Acme", "{{ NAME }}": "1"}))))
    assert importer.view.documents(Server)[0].notes_items == {"{{ NAME }}": "1"}


def test_kinds_of_values() -> None:
    values = {
        "Text": "a",
        "Number": 2.5,
        "Texts": ["a", "b"],
        "Empty": [],
        "Numbers": [1, 2],
        "Time": {"type": "datetime", "value": "T080000,00"},
        "Times": {"type": "datetime", "value": ["T080000,00", ["T090000,00", "T100000,00"]]},
        "Typed": {"type": "names", "value": "CN=a"},
        "Count": {"type": "number", "value": [3]},
    }
    (note,) = read(setup({"items": values}))
    assert note.items == {
        "Text": Item("text", ("a",)),
        "Number": Item("number", (2.5,)),
        "Texts": Item("text", ("a", "b"), many=True),
        "Empty": Item("text", (), many=True),
        "Numbers": Item("number", (1, 2), many=True),
        "Time": Item("datetime", ("T080000,00",)),
        "Times": Item("datetime", ("T080000,00", ("T090000,00", "T100000,00")), many=True),
        "Typed": Item("text", ("CN=a",)),
        "Count": Item("number", (3,), many=True),
    }
    assert note.action == "create" and note.unid == ""


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        ["a", 1],
        {"a": 1},
        {"type": "datetime", "value": [["T080000,00"]]},
        {"type": "richtext", "value": ""},
    ],
)
def test_value_no_item_can_have_is_named_and_not_kept(value: Any, importer: Any) -> None:
    plan = importer.run(read(setup(server(ServerName="Hub01/Acme", Odd=value))))
    assert importer.view.documents(Server)[0].notes_items == {}
    assert any("item Odd is not kept" in message for message in plan.report.messages)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[]", "no One-touch setup file"),
        ('{"a": 1}', "no One-touch setup file"),
        ('{"serverSetup": {}, "serverSetup": {}}', '"serverSetup" is given twice'),
        ('{"serverSetup": NaN}', "NaN is no JSON number"),
        ('{"serverSetup": ' + "9" * 5000 + "}", "absurd number"),
        ('{"serverSetup": ' + "[" * 100_000, "nested too deeply"),
        ('{"serverSetup": ' + "[" * 80 + "]" * 80 + "}", "nested deeper than 64"),
        ('{"appConfiguration": []}', "must be an object"),
        ('{"appConfiguration": {"databases": {}}}', "databases must be a list"),
        ('{"appConfiguration": {"databases": [1]}}', "databases[0]: must be an object"),
        ('{"appConfiguration": {"databases": [{}]}}', "filePath must be a text"),
        (setup({"action": "delete", "items": {}}), 'not "delete"'),
        (setup({"action": "update", "items": {}}), "findDocument"),
        (setup({"items": []}), "items must be an object"),
    ],
)
def test_what_is_no_setup_file_is_refused(text: str, said: str) -> None:
    error = refusal(text)
    assert error.code == "syntax" and error.file == "setup.json"
    assert said in error.message


def test_file_without_documents_gives_none() -> None:
    assert read('\ufeff{"serverSetup": {}}') == []
    assert read('{"appConfiguration": {}}') == []


def test_file_over_16_mib_is_refused() -> None:
    assert "16 MiB" in refusal('{"serverSetup": "' + "x" * (16 << 20) + '"}').message


def test_syntax_error_names_its_line() -> None:
    error = refusal('{\n"serverSetup": }')
    assert error.line == 2 and "column" in error.message


def test_all_faults_come_together() -> None:
    error = refusal(setup({"action": "delete"}, 7, {"items": 1}))
    assert isinstance(error, errors.SeveralErrors) and len(error.errors) == 3


def test_database_of_another_name_is_not_names_nsf(importer: Any) -> None:
    for path in ("mail/names.nsf", "../../names.nsf", "names.nsf\x1b[2J", "n" * 500):
        plan = importer.run(read(setup(server(ServerName="Hub01/Acme"), path=path)))
        assert plan.changes == []
        ((database, form),) = plan.report.other_documents
        assert form == "Server" and database.isprintable() and len(database) < 120
    assert len(importer.run(read(setup(server(ServerName="Hub01/Acme"), path="Names.NSF"))).changes) == 1
