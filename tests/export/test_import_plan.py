"""Imports against a directory: what is created, updated, left alone, refused and said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_builder import Importer, as_item, note

from dominocli.documents.connection import Connection
from dominocli.documents.document import Document
from dominocli.documents.domain import Domain
from dominocli.documents.group import Group
from dominocli.documents.server import Server
from dominocli.export.dxl import read_dxl
from dominocli.export.notes import Item, Note

U1, U2, U3 = "1" * 32, "2" * 32, "3" * 32


def server(name: str, **items: Any) -> Note:
    return note(Form="Server", Type="Server", ServerName=name, **items)


def connection(source: str, destination: str, **items: Any) -> Note:
    return note(Form="local", Type="Connection", Source=source, Destination=destination, **items)


def names(documents: Any) -> list[str]:
    return [document.name for document in documents]


def test_unid_of_the_export_becomes_ours(importer: Any, dxl: Any) -> None:
    data = dxl(("AB" * 16, "Server", {"Type": "Server", "ServerName": "CN=Hub01/O=Acme"}))
    plan = importer.run(read_dxl(data, file="names.dxl"))
    (created,) = plan.report.created
    assert created.unid == "ab" * 16 and created.file == "servers/hub01-acme.toml"
    assert created.origin == ("line 5",)
    assert importer.plan(read_dxl(data, file="names.dxl")).changes == []


def test_update_by_unid_keeps_comments_order_and_what_the_file_does_not_say(importer: Any) -> None:
    before = (
        f'# the hub\r\nunid = "{U1}"\r\nform = "Server"\r\n\r\n[basics]\r\n'
        'routing_tasks = ["SMTP Mail Routing"] # checked\r\n'
        'server_name = "Hub01/Acme"\r\nserver_title = "old"\r\nown_key = 1\r\n'
    )
    importer.texts["servers/our-hub.toml"] = before
    plan = importer.run([note(unid=U1, Form="Server", ServerName="CN=Hub01/O=Acme", ServerTitle="new", Odd="x")])
    (updated,) = plan.report.updated
    assert updated.fields == ("basics.server_title", "notes_items.Odd")
    after = before.replace('"old"', '"new"') + '\r\n[notes_items]\r\nOdd = "x"\r\n'
    assert importer.texts["servers/our-hub.toml"] == after


def test_server_of_that_name_is_updated_and_keeps_its_unid(importer: Any) -> None:
    importer.texts["servers/hub.toml"] = f'unid = "{U1}"\n[basics]\nserver_name = "HUB01/Acme"\n'
    plan = importer.run([note(unid=U2, Form="Server", ServerName="CN=HUB01/O=Acme", ServerTitle="Hub")])
    assert names(plan.report.updated) == ["hub"]
    assert importer.view.documents(Server)[0].unid == U1
    assert any(f"keeps its unid {U1}" in message for message in plan.report.messages)


def test_value_already_in_force_is_not_written_out(importer: Any) -> None:
    importer.run([connection("A/X", "B/X", ConnectionType="0")])
    before = dict(importer.texts)
    importer.texts["connections/c.toml"] = (
        '[basics]\nconnection_type = "Local Area Network"\nsource_server = "C/X"\ndestination_server = "D/X"\n'
    )
    plan = importer.run([connection("C/X", "D/X", ConnectionType="0", RepTask="1", Cost=1)])
    assert names(plan.report.unchanged) == ["c"] and plan.changes == []
    assert before.items() <= importer.texts.items()


def test_imported_value_makes_a_field_known(importer: Any) -> None:
    importer.run([server("A/X")])
    assert importer.view.documents(Server)[0].is_unknown("server_title")
    plan = importer.run([server("A/X", ServerTitle="")])
    (document,) = importer.view.documents(Server)
    assert not document.is_unknown("server_title") and document.is_unknown("routing_tasks")
    assert "unknown" in plan.report.updated[0].fields


def test_absent_items_are_unknown_and_never_take_a_value_away(importer: Any) -> None:
    importer.run([connection("A/X", "B/X", ConnectionType="0", Cost=7)])
    plan = importer.run([connection("A/X", "B/X", ConnectionType="0")])
    assert plan.changes == [] and importer.view.documents(Connection)[0].routing_cost == 7


def test_two_connections_of_one_pair_get_names_of_their_own(importer: Any) -> None:
    notes = [
        note(unid=u, Form="local", Type="Connection", Source="A/X", Destination="B/X", Cost=c)
        for u, c in ((U1, 1), (U2, 2))
    ]
    importer.run(notes)
    assert names(importer.view.documents(Connection)) == ["a-x--b-x", "a-x--b-x-2"]
    assert importer.plan(notes).changes == [] and importer.plan(notes[::-1]).changes == []


def test_connection_with_a_unid_is_not_taken_for_another_one(importer: Any) -> None:
    importer.run([connection("A/X", "B/X", ConnectionType="0", Cost=3)])
    same = note(unid=U1, Form="local", Type="Connection", Source="A/X", Destination="B/X", ConnectionType="0", Cost=3)
    assert importer.plan([same]).changes == []
    other = same._replace(items={**same.items, "Cost": as_item(4)}, unid=U2)
    assert names(importer.plan([other]).report.created) == ["a-x--b-x-2"]


def test_connection_without_a_unid_updates_the_one_of_its_ends(importer: Any) -> None:
    importer.run([connection("A/X", "B/X", ConnectionType="0", Cost=3)])
    plan = importer.run([connection("CN=a/O=x", "B/X", ConnectionType="0", Cost=4)])
    assert names(plan.report.updated) == ["a-x--b-x"] and len(importer.texts) == 1
    other_ports = connection("A/X", "B/X", ConnectionType="0", PortName="LAN1")
    importer.run([connection("A/X", "B/X", PortName="TCPIP")])
    assert names(importer.plan([other_ports]).report.created) == ["a-x--b-x-2"]


def test_documents_given_twice_stay_two(importer: Any) -> None:
    twice = [server("A/X"), server("A/X")]
    importer.run(twice)
    assert names(importer.view.documents(Server)) == ["a-x", "a-x-2"]
    assert importer.plan(twice).changes == []


def test_unid_given_twice_is_used_once(importer: Any) -> None:
    twice = [note(unid=U1, Form="Group", ListName=name) for name in ("G", "H")]
    importer.run(twice)
    assert sorted(document.unid == U1 for document in importer.view.documents(Group)) == [False, True]
    assert importer.plan(twice).changes == []


def test_unid_of_another_form_is_not_taken_over(importer: Any) -> None:
    importer.texts["groups/g.toml"] = f'unid = "{U1}"\n[basics]\ngroup_name = "G"\n'
    plan = importer.run([note(unid=U1, Form="Server", ServerName="A/X")])
    assert plan.report.created[0].unid != U1


def test_update_goes_to_the_document_that_has_what_it_looks_for(importer: Any) -> None:
    importer.run([server("A/X", Color="red"), server("B/X", Color="blue")])
    plan = importer.run([note(sought={"Type": "Server", "Color": "blue"}, ServerTitle="Blue")])
    assert names(plan.report.updated) == ["b-x"] and plan.report.created == []


def test_update_of_a_document_the_same_file_creates(importer: Any) -> None:
    notes = [server("A/X"), note(sought={"Type": "Server", "ServerName": "CN=A/O=X"}, ServerTitle="T")]
    plan = importer.run(notes)
    assert names(plan.report.created) == ["a-x"] and len(plan.changes) == 1
    assert importer.view.documents(Server)[0].server_title == "T"
    assert importer.plan(notes).changes == []


def test_update_that_finds_several_takes_the_first_and_says_so(importer: Any) -> None:
    importer.run([server("A/X"), server("B/X")])
    plan = importer.run([note(sought={"Type": "Server"}, Odd="1")])
    assert names(plan.report.updated) == ["a-x"]
    assert any("also found: servers/b-x" in message for message in plan.report.messages)


def test_update_that_says_nothing_about_whom_is_refused(importer: Any) -> None:
    plan = importer.plan([note(sought={"Type": "Server"}, Odd="1")])
    assert plan.changes == []
    assert plan.report.as_json()["refused"] == [
        {"origin": "here", "form": "Server", "reason": "it does not say whom it is about"}
    ]


def test_file_that_cannot_be_read_is_never_passed_by(importer: Any) -> None:
    importer.texts["servers/a-x.toml"] = "torn ="
    plan = importer.plan([server("A/X"), server("B/X")])
    assert [change.file for change in plan.changes] == ["servers/b-x.toml"]
    assert "cannot be read; mend it" in plan.report.refused[0][2]


def test_names_of_other_files_are_not_taken(importer: Any) -> None:
    importer.texts["connections/A-X--B-X.toml"] = '[basics]\nsource_server = "other"\n'
    importer.run([connection("A/X", "B/X")])
    assert "connections/a-x--b-x-2.toml" in importer.texts


def test_longest_names_leave_room_for_a_number(importer: Any) -> None:
    notes = [connection("a" * 300, "b" * 300, Cost=cost) for cost in (1, 2)]
    plan = importer.run(notes)
    assert all(len(document.name.encode()) <= 200 for document in plan.report.created)
    assert len(importer.texts) == 2


def test_replication_conflicts_are_counted_not_imported(importer: Any) -> None:
    plan = importer.plan([note(**{"Form": "Server", "ServerName": "A/X", "$Conflict": ""})])
    assert plan.changes == [] and plan.report.other_documents == {("names.nsf", "Server (conflict)"): 1}


def test_disabled_connection_keeps_its_times(importer: Any) -> None:
    times = Item("datetime", (("T080000,00", "T220000,00"),))
    importer.run([connection("A/X", "B/X", ConnectionType="0", Enabled="0", Schedule=times, Interval=7)])
    (document,) = importer.view.documents(Connection)
    assert document.connect_at_times == ("08:00-22:00",) and document.repeat_interval == 7
    assert not document.is_scheduled


def test_blank_items_are_known_to_be_blank(importer: Any) -> None:
    notes = [
        connection("A/X", "B/X", ConnectionType="0", PortName="", Tasks="", Schedule=Item("datetime", (), many=True))
    ]
    plan = importer.run(notes)
    (document,) = importer.view.documents(Connection)
    assert document.use_ports == () and document.connect_at_times == () and document.routing_task == "-None-"
    assert [finding.id for finding in plan.findings] == ["schedule-empty"]
    assert importer.plan(notes).changes == []


def test_unknown_fields_of_a_connection_are_no_fault(importer: Any) -> None:
    plan = importer.run([connection("A/X", "B/X")])
    assert plan.findings == []
    (document,) = importer.view.documents(Connection)
    assert {"connection_type", "routing_task", "destination_domain", "routing_cost"} <= document.unknown


def test_code_a_user_decoded_by_hand_stays(importer: Any) -> None:
    notes = [connection("A/X", "all_hosts", ConnectionType="5", DestinationDomain="TheInternet")]
    importer.run(notes)
    (file,) = importer.texts
    text = importer.texts[file].replace('"connection_type", ', "")
    importer.texts[file] = text.replace("[basics]", '[basics]\nconnection_type = "SMTP"')
    assert importer.view.documents(Connection)[0].is_smtp
    assert importer.plan(notes).changes == []


def test_domain_type_told_by_hand_reads_the_kept_name(importer: Any) -> None:
    notes = [note(unid=U1, Form="Domain", Type="Domain", DomainType="9", DomainName="TheInternet")]
    importer.run(notes)
    (file,) = importer.texts
    assert file == "domains/domain--theinternet.toml"
    importer.texts[file] = (
        importer.texts[file].replace('"domain_type"', "") + '\n[basics]\ndomain_type = "Foreign SMTP Domain"\n'
    )
    importer.run(notes)
    (document,) = importer.view.documents(Domain)
    assert document.domain_name == "TheInternet"
    assert importer.plan(notes).changes == []


def test_guessed_domain_type_gives_way_to_a_known_one(importer: Any) -> None:
    notes = [note(unid=U1, Form="Domain", DomainType="9", DomainName="Far", NextDomain="Near")]
    importer.run(notes)
    (file,) = importer.texts
    importer.texts[file] = importer.texts[file].replace('"Non-adjacent Domain"', '"Adjacent Domain"')
    importer.run(notes)
    assert importer.view.documents(Domain)[0].domain_type == "Adjacent Domain"


HOSTILE = [
    "../../x",
    "/etc/passwd",
    "..",
    "a\x1b[2J",
    "[red]x",
    "a\nb",
    "-rf",
    ".hidden",
    "\ud800",
    "con",
    "é" * 400,
    'a"b',
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_inside_and_harmless(name: str, importer: Any) -> None:
    plan = importer.run([server(name), connection(name, name), note(**{"Form": "Group", "ListName": "G", name: name})])
    for file, text in importer.texts.items():
        folder, _, base = file.partition("/")
        assert folder in ("servers", "connections", "groups")
        assert "/" not in base and not base.startswith((".", "-")) and len(base.encode()) < 210
        assert all(line.isprintable() for line in text.splitlines())
    assert all(message.isprintable() for message in plan.report.messages)
    assert importer.plan([note(**{"Form": "Group", "ListName": "G", name: name})]).changes == []


def test_control_characters_become_visible_escapes_and_are_said(importer: Any) -> None:
    notes = [server("A/X", Comments="one\ntwo", Odd=["\x1b[2J", "b"])]
    plan = importer.run(notes)
    (document,) = importer.view.documents(Server)
    assert document.notes_items == {"Comments": "one\\ntwo", "Odd": ["\\x1b[2J", "b"]}
    said = "\n".join(plan.report.messages)
    assert "item Odd held control characters" in said and "item Comments held control characters" in said
    assert importer.plan(notes).changes == []


def test_mixed_items_come_back_from_the_file(importer: Any) -> None:
    times = Item("datetime", ("T080000,00", ("T090000,00", "T100000,00")), many=True)
    importer.run([server("A/X", When=times, Text="a", **{"$Odd Name.x": 1.5, "Last": ["a"]})])
    assert importer.view.documents(Server)[0].notes_items == {
        "When": {"type": "datetime", "value": ["T080000,00", ["T090000,00", "T100000,00"]]},
        "Text": "a",
        "$Odd Name.x": 1.5,
        "Last": ["a"],
    }


def test_items_that_are_not_kept_are_named(importer: Any) -> None:
    plan = importer.run([server("A/X", Body=Item("opaque", ("rich text",)), AdminPassword="hunter2")])
    assert importer.view.documents(Server)[0].notes_items == {}
    assert sorted(plan.report.messages)[:2] == [
        "servers/a-x: item AdminPassword is not kept: secrets do not belong into documents",
        "servers/a-x: item Body is not kept: it is rich text",
    ]


def test_document_over_a_mebibyte_is_refused_alone(importer: Any) -> None:
    plan = importer.run([server("A/X", Big="x" * (1 << 20)), server("B/X")])
    assert [change.file for change in plan.changes] == ["servers/b-x.toml"]
    assert "over 1 MiB" in plan.report.refused[0][2]
    big = "x" * 900_000
    importer.run([server("B/X", Big=big)])
    assert importer.view.documents(Server)[0].notes_items == {"Big": big}


def test_file_that_takes_no_change_is_refused_alone(importer: Any) -> None:
    importer.texts["servers/a-x.toml"] = 'notes_items = 3\n[basics]\nserver_name = "A/X"\n'
    plan = importer.plan([server("A/X", Odd="1")])
    assert plan.changes == [] and "notes_items is no table" in plan.report.refused[0][2]


def test_file_that_vanished_is_refused_alone(importer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    importer.run([server("A/X")])
    view = importer.view
    monkeypatch.setattr(type(view), "text", lambda self, file: None)
    plan = importer.plan([server("A/X", Odd="1")])
    assert plan.changes == [] and "its file has gone" in plan.report.refused[0][2]


def test_report_is_json_with_every_part(importer: Any) -> None:
    report = importer.run([server("A/X", Odd="1", Port_0="A", NetName_0="N"), note(Form="Person")]).report.as_json()
    assert {"created", "updated", "unchanged", "unknown_items", "other_documents"} <= report.keys()
    assert report["unknown_items"] == [{"document": "servers/a-x", "items": ["Odd"]}]
    assert report["other_documents"] == [{"database": "names.nsf", "form": "Person", "count": 1}]
    assert report["messages"] == ["read by item names or codes nobody could verify: Server: NetName_0, Server: Port_0"]


def test_large_export_of_mostly_persons_is_read_lean(importer: Any, dxl: Any) -> None:
    people = [(f"{n:032X}", "Person", {"Type": "Person", "LastName": "x" * 50}) for n in range(2000)]
    hubs = [(f"{n:032X}", "Server", {"Type": "Server", "ServerName": f"CN=S{n}/O=X"}) for n in range(9000, 9050)]
    data = dxl(*people, *hubs)
    plan = importer.run(read_dxl(data, file="x"))
    assert len(plan.changes) == 50 and plan.report.other_documents == {("names.nsf", "Person"): 2000}
    assert importer.plan(read_dxl(data, file="x")).changes == []


WORDS = st.sampled_from(["A/X", "CN=A/O=X", "b/x", "C", "", "*", "TheInternet", "a\nb"])
CODES = st.sampled_from(["", "0", "1", "2", "3", "9", "SMTP", "Foreign SMTP Domain", "Global Domain"])
CONNECTION_ITEMS = (
    *("Source", "Destination", "SourceDomain", "DestinationDomain", "ConnectionType", "RepTask", "Tasks"),
    *("Enabled", "Cost", "PortName"),
)
OTHER_ITEMS = (
    *("ServerName", "UseAsDefault", "Ports", "Network", "DomainType", "DomainName", "NextDomain"),
    *("AdjacentDomainName", "ListName", "Members", "GroupType", "Odd"),
)
ITEM_NAMES = (*CONNECTION_ITEMS, *OTHER_ITEMS)
NOTES = st.builds(
    lambda form, items, unid: note(unid=unid, **{"Form": form, **items}),
    st.sampled_from(["local", "Domain", "Server", "ServerConfig", "Group"]),
    st.dictionaries(st.sampled_from(ITEM_NAMES), WORDS | CODES | st.lists(WORDS, max_size=2), max_size=8),
    st.sampled_from(["", U1, U2, U3]),
)


@settings(max_examples=150)
@given(st.lists(NOTES, max_size=6), st.lists(NOTES, max_size=3))
def test_second_import_changes_nothing(notes: list[Note], before: list[Note]) -> None:
    importer = Importer()
    importer.run(before)
    importer.run(notes)
    for document in _documents(importer):
        assert document.problems_read == ()
    assert importer.plan(notes).changes == []


def _documents(importer: Any) -> list[Document]:
    return [d for form in (Connection, Domain, Server, Group) for d in importer.view.documents(form)]
