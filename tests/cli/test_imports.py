"""import onetouch and import dxl at the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data" / "hcl-one-touch" / "ots_additional.json"
VALUES = {
    "SERVERSETUP_SERVER_NAME": "Mail9",
    "SERVERSETUP_SERVER_DOMAINNAME": "Acme",
    "SERVERSETUP_SERVER_TITLE": "Ninth",
    "SERVERSETUP_SERVER_IDFILEPATH": "server.id",
    "SERVERSETUP_NETWORK_HOSTNAME": "mail9.acme.example",
    "SERVERSETUP_ORG_ORGNAME": "Acme",
    "SERVERSETUP_ADMIN_CN": "Admin",
    "SERVERSETUP_EXISTINGSERVER_CN": "Mail1",
    "SERVERSETUP_EXISTINGSERVER_HOSTNAMEORIP": "mail1.acme.example",
}

DXL = """<?xml version="1.0" encoding="utf-8"?>
<database xmlns="http://www.lotus.com/dxl" version="11.0" replicaid="0123456789ABCDEF">
<document form="Domain"><noteinfo unid="0123456789ABCDEF0123456789ABCDEF"/>
<item name="Form"><text>Domain</text></item><item name="Type"><text>Domain</text></item>
<item name="AdjacentDomainName"><text>Neighbour</text></item>
<item name="Strange"><text>[red]kept</text></item></document>
<document form="Person"><item name="Form"><text>Person</text></item></document>
</database>
"""


@pytest.fixture
def onetouch() -> str:
    """HCL's One-touch file and values for it, as the words of the command."""
    if not SHARED.exists():
        assert not os.environ.get("CI"), f"CI needs {SHARED.name} beside the checkout"
        pytest.skip(f"{SHARED.name} is not beside this checkout")
    return f"import onetouch {SHARED} " + " ".join(f"--set {name}={value}" for name, value in VALUES.items())


def test_hcls_file_imports_once(domain: Any, onetouch: str, snapshot: Any) -> None:
    data = domain.data(onetouch)
    created = {row["file"] for row in data["created"]}
    assert created == {"connections/mail9-acme--mail1-acme.toml", "servers/mail9-acme.toml"}
    assert data["other_documents"]
    rows = {row["name"]: row for row in domain.data("connection list")["documents"]}
    row = rows["mail9-acme--mail1-acme"]
    assert (row["source_server"], row["destination_server"]) == ("Mail9/Acme", "Mail1/Acme")
    assert (row["connect_at_times"], row["repeat_interval"]) == (["00:00-24:00"], 1)
    before = snapshot(Path.cwd())
    again = domain.data(onetouch)
    assert (again["created"], again["updated"]) == ([], [])
    assert len(again["unchanged"]) == 2
    assert snapshot(Path.cwd()) == before


def test_missing_values_are_all_named_in_one_error(domain: Any, onetouch: str) -> None:
    outcome = domain(onetouch.split(" --set ", 1)[0] + " --set SERVERSETUP_ADMIN_CN=Admin --json", code=2)
    (error,) = outcome.envelope["errors"]
    for name in VALUES:
        assert (name in error["message"] or name in error["fields"]) is (name != "SERVERSETUP_ADMIN_CN"), name


def test_dxl_imports_what_is_ours_and_names_the_rest(domain: Any, tmp_path: Path) -> None:
    export = tmp_path / "names.dxl"
    export.write_text(DXL, encoding="utf-8")
    before = domain.data("domain list")["documents"]
    outcome = domain.ok(f"import dxl {export}")
    assert "Person" in outcome.out
    documents = domain.data("domain list")["documents"]
    assert len(documents) == len(before) + 1
    assert domain.data("domain show neighbour")["document"]["notes_items"]["Strange"] == "[red]kept"
    assert domain.data("domain show neighbour")["document"]["unid"] == "0123456789abcdef" * 2


@pytest.mark.parametrize(
    "evil",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><database>&b;</database>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><database>&x;</database>',
    ],
)
def test_entities_are_refused(domain: Any, tmp_path: Path, evil: str, snapshot: Any) -> None:
    export = tmp_path / "evil.dxl"
    export.write_text(evil, encoding="utf-8")
    before = snapshot(Path.cwd())
    assert "error[syntax]" in domain(f"import dxl {export}", code=1).err
    assert snapshot(Path.cwd()) == before


def test_a_dry_run_of_an_import_writes_nothing(domain: Any, tmp_path: Path, snapshot: Any) -> None:
    export = tmp_path / "names.dxl"
    export.write_text(DXL, encoding="utf-8")
    before = snapshot(Path.cwd())
    assert domain.data(f"import dxl {export} --dry-run")["created"]
    assert snapshot(Path.cwd()) == before
