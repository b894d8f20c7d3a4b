from __future__ import annotations

import random
import shlex
from collections.abc import Callable
from typing import Any

import pytest
from test_picker import CREATE_DOMAIN, CREATE_RECORD, RECORD, in_the_record, new_record_answers
from test_walk import EVERY_KIND, SMTP_ANSWERS
from wizard_script import BACK, ENTER, STOP, PlainRenderer, Ran, ScriptedAsker, run, sample_view, view_of

from dominocli import errors
from dominocli.directory.view import View, find
from dominocli.directory.writer import new_text
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.connection import DIAL_UP, Connection
from dominocli.documents.document import Document
from dominocli.documents.domain import FOREIGN_SMTP, Domain
from dominocli.documents.finding import WARNING, Finding
from dominocli.documents.group import Group
from dominocli.documents.server import Port, Server
from dominocli.wizard.asker import ConfirmQuestion
from dominocli.wizard.flow import equivalent_command, offer_replication

SAVE, EDIT_FIELD, EDIT_TAB = "Save & Close", "Edit a field...", "Edit a tab..."


def obey(argv: list[str]) -> Document:
    """Return the document a command line describes, read by the declarations of the fields alone."""
    assert (argv[0], argv[2]) == ("dominocli", "add")
    form = next(form_of(folder) for folder in FOLDERS if form_of(folder).noun == argv[1])
    by_flag = {field.flag: field for field in form.fields.values()}
    texts: dict[str, list[str]] = {}
    name, rest = "", argv[3:]
    while rest:
        flag = rest.pop(0)
        if "=" in flag and flag.startswith("--"):
            flag, _, value = flag.partition("=")
        else:
            value = rest.pop(0)
            assert not value.startswith("-")
        if flag == "--name":
            name = value
        else:
            texts.setdefault(by_flag[flag].key, []).append(value)
    values = {key: form.fields[key].parse_all(given) for key, given in texts.items()}
    document = form(name, values).with_defaults()
    return document.with_values({}, name=name or document.default_name("Acme"))


def without_unid(document: Document) -> str:
    return new_text(document).partition("\n")[2]


def assert_commands_write_the_same(ran: Ran) -> None:
    for reviewed in ran.renderer.reviews[-1].documents:
        obeyed = obey(shlex.split(reviewed.command))
        assert obeyed.file == reviewed.document.file
        assert new_text(obeyed) == without_unid(reviewed.document), reviewed.command


@pytest.mark.parametrize(("form", "answers"), EVERY_KIND)
def test_the_command_of_the_review_writes_the_same_file(form: type[Document], answers: dict[str, Any]) -> None:
    assert_commands_write_the_same(run(form, answers))


def test_the_commands_of_several_documents_stand_records_first() -> None:
    renderer = PlainRenderer()
    ran = run(Connection, new_record_answers(renderer), renderer=renderer)
    assert_commands_write_the_same(ran)
    files = [reviewed.document.file for reviewed in renderer.reviews[-1].documents]
    assert files == ["connections/mail1-acme--isp2.toml", "connections/mail1-acme--theinternet.toml"]
    assert [draft.document.file for draft in ran.decision.drafts] == files


def test_the_command_names_required_and_other_than_default_values_only() -> None:
    ran = run(Connection, SMTP_ANSWERS)
    assert ran.command == (
        "dominocli connection add --connection-type SMTP --source-server Hub01/Acme "
        "--destination-server all_internal_hosts --destination-domain TheInternet"
    )


RANDOM_TEXTS = ("a b", "it's", 'say "x"', "$HOME", "*", "x;y", "[red]", "ünïcode", "--flag", "-x", "\\", "`id`")


def _random_value(field: Any, document: Document, draw: random.Random) -> Any:
    if field.keywords:
        values = [keyword.value for keyword in field.keywords]
        return tuple(v for v in values if draw.random() < 0.5) if field.repeats else draw.choice(values)
    kind = type(field).__name__
    samples: dict[str, Callable[[], str]] = {
        "Text": lambda: draw.choice(RANDOM_TEXTS),
        "TextList": lambda: draw.choice(["", "TCPIP, LAN0", "a b; c", "-x"]),
        "FileList": lambda: draw.choice(["", "names.nsf; mail/", "a b", "-x"]),
        "ServerName": lambda: draw.choice(["Hub 1/Acme", "O'Neil/Acme", "*/Acme", "CN=A/O=B"]),
        "NameList": lambda: draw.choice(["", "Admin/Acme, Ann O'Neil/Acme"]),
        "DomainName": lambda: draw.choice(["Acme", "-odd", "The'Net"]),
        "DomainNameList": lambda: draw.choice(["", "Acme, Other"]),
        "InternetPattern": lambda: draw.choice(["*.*", "*.acme.com", "*", "*acme.com"]),
        "InternetDomain": lambda: "acme.com",
        "InternetDomainList": lambda: draw.choice(["", "*.acme.com, acme.de"]),
        "RelayHost": lambda: draw.choice(["", "relay.acme.com", "[192.0.2.1]", "2001:db8::1"]),
        "TimeZone": lambda: draw.choice(["", "Europe/Berlin"]),
        "Integer": lambda: draw.choice(["", str(draw.randint(field.minimum, field.maximum))]),
        "Times": lambda: draw.choice(["09:00", "08:00-12:00, 13:00", "22:00-06:00"]),
        "TimeRanges": lambda: draw.choice(["00:00-06:00", "22:00-06:00, 12:00-13:00"]),
        "Days": lambda: draw.choice(["Mon-Fri", "Sun", "Mon, Wed"]),
        "Ports": lambda: "",
    }
    if kind == "Ports":
        return (Port("TCPIP", "Net 1", "10.0.0.1", "TCP", False), Port("LAN0", "Net'2", "", "SPX"))[
            : draw.randint(0, 2)
        ]
    return field.parse_all([samples[kind]()])


@pytest.mark.parametrize("seed", range(150))
def test_the_command_writes_the_same_file_whatever_the_values(seed: int) -> None:
    draw = random.Random(seed)
    form = form_of(draw.choice(FOLDERS))
    document = form("")
    for field in form.fields.values():
        if field.shown(document) and (draw.random() < 0.6 or field.required(document)):
            document = document.with_values({field.key: _random_value(field, document, draw)})
    name = "my own" if draw.random() < 0.3 else document.default_name("Acme")
    document = document.with_defaults().with_values({}, name=name)
    argv = equivalent_command(document, "Acme")
    assert shlex.split(shlex.join(argv)) == argv
    obeyed = obey(list(argv))
    assert new_text(obeyed) == new_text(document), f"seed {seed}: {argv}"
    assert obeyed.name == document.name, f"seed {seed}: {argv}"


def test_the_command_of_an_edit_names_what_changed() -> None:
    before = sample_view().documents(Connection)[0]
    answers = {"Phone number": "", "Routing task": "-None-", "Repeat interval of": "30"}
    ran = run(Connection, answers, replacing=before)
    assert ran.command == (
        "dominocli connection edit hub01-acme--isp --phone-number '' --routing-task=-None- --repeat-interval 30"
    )


def _without(answers: dict[str, Any], key: str) -> dict[str, Any]:
    return {label: answer for label, answer in answers.items() if label != key}


def test_the_command_of_an_edit_leaves_what_the_change_hid_to_edit() -> None:
    before = Connection(
        "x",
        {"source_server": "Hub01/Acme", "destination_server": "p", "destination_domain": "TheInternet"}
        | {"connect_via": DIAL_UP, "dial_using_connection_record": "hub01-acme--isp", "routing_cost": 5},
    )
    ran = run(Connection, {"Connect via": "Direct connection"}, replacing=before)
    assert ran.command == "dominocli connection edit x --connect-via 'Direct connection'"


def test_the_command_leaves_out_what_is_unknown() -> None:
    unknown = frozenset({"routing_tasks", "server_title"})
    server = Server("mail9-acme", {"server_name": "Mail9/Acme"}, unknown=unknown)
    assert equivalent_command(server, "Acme") == ["dominocli", "server", "add", "--server-name", "Mail9/Acme"]
    reviewed = run(Server, {}, view=view_of(server), replacing=server).renderer.reviews[-1].documents[-1]
    shown = {field.label: field for tab in reviewed.tabs for field in tab.fields}
    assert shown["Routing tasks"].value == "(unknown)"
    assert not shown["Routing tasks"].is_changed


def test_the_review_shows_the_tabs_with_changed_defaults_marked() -> None:
    ran = run(Connection, {**SMTP_ANSWERS, "Repeat interval of": "30", "Days of week": "Mon-Fri"})
    reviewed = ran.renderer.reviews[-1].documents[-1]
    assert [tab.label for tab in reviewed.tabs] == [
        "Basics",
        "Replication/Routing",
        "Schedule",
        "Comments / Administration",
    ]
    changed = {field.label: field.value for tab in reviewed.tabs for field in tab.fields if field.is_changed}
    assert changed == {
        "Source server": "Hub01/Acme",
        "Destination server": "all_internal_hosts",
        "Destination domain": "TheInternet",
        "Repeat interval of": "30",
        "Days of week": "Mon-Fri",
    }
    assert reviewed.document.file == "connections/hub01-acme--theinternet.toml"


def test_the_findings_are_those_of_each_document_in_a_view_that_holds_them_all() -> None:
    def findings(view: View, document: Document) -> list[Finding]:
        held = find(view, document.path)
        assert held is not None
        assert held.unid == document.unid
        return [Finding("schedule-disabled", WARNING, document.path, f"{len(view.documents(Connection))} connections")]

    renderer = PlainRenderer()
    run(Connection, new_record_answers(renderer), renderer=renderer, findings=findings)
    messages = [finding.message for reviewed in renderer.reviews[-1].documents for finding in reviewed.findings]
    assert messages == ["3 connections", "3 connections"]


def test_a_field_is_edited_from_the_review() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": [EDIT_FIELD, SAVE], "Which field?": "Routing cost", "Routing cost": [ENTER, "8"]},
    )
    assert ran.document.get("routing_cost") == 8
    assert len(ran.renderer.reviews) == 2


def test_a_tab_is_edited_from_the_review() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": [EDIT_TAB, SAVE], "Which tab?": "Schedule", "Schedule": [ENTER, "Disabled"]},
    )
    assert ran.document.get("schedule") == "Disabled"
    assert "connect_at_times" not in ran.document.values
    assert ran.asker.labels[-3:] == ["Which tab?", "Schedule", "What now?"]


def test_an_edit_that_shows_fields_has_them_asked() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": [EDIT_FIELD, SAVE], "Which field?": "Connection type"}
        | {"Connection type": [ENTER, "Local Area Network"], "Source domain": "Acme"},
    )
    asked = ran.asker.labels[ran.asker.labels.index("Which field?") :]
    assert asked[:4] == ["Which field?", "Connection type", "Source domain", "Use the port(s)"]
    assert ran.document.name == "hub01-acme--all-internal-hosts"


def test_leaving_an_edit_leads_back_to_the_review_unchanged() -> None:
    menus = [EDIT_FIELD, EDIT_FIELD, EDIT_TAB, SAVE]
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": menus, "Which field?": [BACK, "Comments"], "Comments": [ENTER, BACK]}
        | {"Which tab?": BACK},
    )
    assert len(ran.renderer.reviews) == 1


def test_going_back_from_the_review_asks_the_last_fields_again() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": [BACK, SAVE], "Administrators": [ENTER, BACK, "Ann/Acme"]}
        | {"Owners": [ENTER, "Bob/Acme"]},
    )
    assert ran.document.get("owners") == ("Bob/Acme",)
    assert ran.document.get("administrators") == ("Ann/Acme",)
    assert ran.document.get("source_server") == "Hub01/Acme"


def test_going_back_from_the_review_after_an_edit_of_a_given_field() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": [EDIT_FIELD, BACK, SAVE], "Which field?": "Routing cost", "Routing cost": "4"},
        {"routing_cost": 3},
    )
    assert ran.document.get("routing_cost") == 4
    assert ran.asker.labels[-3:] == ["What now?", "Administrators", "What now?"]


def test_the_name_is_derived_and_can_be_edited() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": [EDIT_FIELD, SAVE], "Which field?": "Name of the document"}
        | {"Name of the document": ["../x", "to the internet"]},
    )
    assert ran.document.file == "connections/to the internet.toml"
    assert ran.command.endswith("--name 'to the internet'")
    assert "Name of the document" not in run(Connection, SMTP_ANSWERS).asker.labels


def test_a_name_given_is_not_derived() -> None:
    assert run(Connection, SMTP_ANSWERS, name="own").document.name == "own"


def test_a_name_taken_by_other_values_is_asked_for_before_saving() -> None:
    answers = {"Domain type": FOREIGN_SMTP, "Internet domain": "*.*", "Domain name": "TheInternet"}
    same = run(Domain, answers)
    assert same.document.name == "theinternet"
    other = run(Domain, {**answers, "Comments": "mine", "What now?": [SAVE, SAVE]})
    assert other.document.name == "theinternet-2"
    assert "domains/theinternet already exists with other values." in other.renderer.warnings


def test_a_name_taken_by_a_file_that_cannot_be_read_is_taken() -> None:
    from dominocli.directory.view import MemoryView

    view = MemoryView({"groups/hubs.toml": "= broken"}, base=sample_view())
    ran = run(Group, {"Group name": "Hubs", "What now?": [SAVE, SAVE]}, view=view)
    assert ran.document.name == "hubs-2"


def test_a_name_that_cannot_be_a_files_is_asked_for_before_saving() -> None:
    ran = run(Group, {"Group name": "Hubs", "What now?": [SAVE, SAVE], "Name of the document": "hubs"}, name="../hubs")
    assert ran.document.name == "hubs"


def test_where_it_may_a_document_replaces_the_one_of_its_name() -> None:
    answers = {"Domain type": FOREIGN_SMTP, "Internet domain": "*.*", "Domain name": "TheInternet", "Comments": "mine"}
    draft = run(Domain, answers, may_replace=True).decision.drafts[-1]
    assert draft.replaces is not None
    assert draft.replaces.path == draft.document.path == "domains/theinternet"


def test_cancel_saves_nothing() -> None:
    for answer in ("Cancel", STOP):
        with pytest.raises(errors.Cancelled):
            run(Connection, {**SMTP_ANSWERS, "What now?": answer})


def test_saving_asks_again_what_is_wrong_in_the_values_given() -> None:
    given = {"connect_at_times": (), "destination_server": ""}
    ran = run(
        Connection,
        {**_without(SMTP_ANSWERS, "Destination server"), "What now?": [SAVE, SAVE]}
        | {"Connect at times": "09:00", "Destination server": "p"},
        given,
    )
    assert ran.document.problems() == []
    assert any("Destination server is blank" in warning for warning in ran.renderer.warnings)


def test_leaving_the_questions_about_what_is_wrong_leads_back_to_the_review() -> None:
    with pytest.raises(errors.Cancelled):
        run(
            Connection,
            {**_without(SMTP_ANSWERS, "Destination server"), "What now?": [SAVE, "Cancel"]}
            | {"Destination server": BACK},
            {"destination_server": ""},
        )


def test_a_new_record_is_edited_from_the_review_and_followed() -> None:
    renderer = PlainRenderer()
    answers = new_record_answers(renderer)
    first = answers["Destination server"]

    def destination(question: Any) -> Any:
        return "ISP3" if renderer.reviews else first(question)

    answers |= {
        "Destination server": destination,
        "What now?": ["Edit connections/mail1-acme--isp2...", SAVE],
        "Phone number": [ENTER, "555 9"],
    }
    ran = run(Connection, answers, renderer=renderer)
    record, document = ran.documents
    assert (record.name, record.get("phone_number")) == ("mail1-acme--isp3", "555 9")
    assert document.get("dial_using_connection_record") == "mail1-acme--isp3"


def test_a_new_domain_is_edited_from_the_review_and_followed() -> None:
    answers = {
        **SMTP_ANSWERS,
        "Destination domain": CREATE_DOMAIN,
        "Internet domain": ["*.a.example", "*.b.example"],
        "Domain name": ["A", "B"],
        "What now?": ["Edit domains/a--a-example...", SAVE],
    }
    domain, document = run(Connection, answers).documents
    assert domain.name == "b--b-example"
    assert document.get("destination_domain") == "B"
    assert document.name == "hub01-acme--b"


def test_leaving_the_edit_of_a_new_document_keeps_it() -> None:
    answers = {
        **SMTP_ANSWERS,
        "Destination domain": CREATE_DOMAIN,
        "Internet domain": ["*.a.example", BACK, "*.*"],
        "Domain name": ["A", "TheInternet"],
        "Name of the document": BACK,
        "Comments": [ENTER, ENTER, "mine"],
        "What now?": ["Edit domains/a--a-example...", "Edit domains/a--a-example...", SAVE],
    }
    ran = run(Connection, answers)
    domain, document = ran.documents
    assert (domain.name, domain.get("domain_name")) == ("a--a-example", "A")
    assert document.get("destination_domain") == "A"


def test_a_new_document_keeps_the_name_it_was_given() -> None:
    renderer = PlainRenderer()
    answers = new_record_answers(renderer) | {
        "Source server": lambda _: "Hub01/Acme",
        "Destination server": lambda question: question.default or ("ISP" if in_the_record(renderer) else "p"),
        RECORD: [CREATE_RECORD],
        "Name of the document": "line two",
        "What now?": ["Edit connections/line two...", SAVE],
        "Phone number": ["1", "2"],
    }
    record, document = run(Connection, answers, renderer=renderer).documents
    assert (record.name, record.get("phone_number")) == ("line two", "2")
    assert document.get("dial_using_connection_record") == "line two"


def test_replication_is_offered_with_the_servers_named() -> None:
    asker = ScriptedAsker({})
    assert offer_replication(asker, ["Hub01/Acme", "Mail\x1b1/Acme"])
    assert asker.labels == ["Replicate to all servers and recalculate now? (Hub01/Acme, Mail\\x1b1/Acme)"]
    asker = ScriptedAsker({})
    offer_replication(asker, [f"Mail{n}/Acme" for n in range(20)])
    assert asker.labels[0].endswith("Mail7/Acme and 12 more)")


def test_leaving_the_offer_to_replicate_means_no() -> None:
    class Leaving(ScriptedAsker):
        def confirm(self, question: ConfirmQuestion) -> bool:
            raise self.error

        error: BaseException = KeyboardInterrupt()

    label = "Replicate to all servers and recalculate now? (Hub01/Acme)"
    for answer in (False, BACK, STOP):
        assert not offer_replication(ScriptedAsker({label: answer}), ["Hub01/Acme"])
    assert not offer_replication(Leaving({}), ["Hub01/Acme"])
