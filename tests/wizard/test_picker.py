from __future__ import annotations

from typing import Any

import pytest
from wizard_script import BACK, ENTER, STOP, PlainRenderer, Question, Ran, run, sample_view, view_of

from dominocli import errors
from dominocli.documents.connection import DIAL_UP, LAN, NETWORK_DIALUP, SMTP, Connection
from dominocli.documents.domain import FOREIGN, FOREIGN_SMTP, Domain
from dominocli.documents.server import Server
from dominocli.wizard import picker
from dominocli.wizard.asker import ChoiceQuestion, TextQuestion

RECORD = "Dial using connection record"
CREATE_RECORD = "Create a Network Dialup Connection..."
CREATE_DOMAIN = "Create a Foreign SMTP Domain document..."
BASIC = {"Destination server": "placeholder", "Destination domain": "TheInternet"}


def dial_up(record: Any, **more: Any) -> dict[str, Any]:
    return {"Source server": "Hub01/Acme", "Connect via": DIAL_UP, RECORD: record, **BASIC, **more}


def question_of(ran: Ran, label: str, number: int = 0) -> ChoiceQuestion:
    found = [question for question in ran.asker.asked if question.label == label]
    question = found[number]
    assert isinstance(question, ChoiceQuestion)
    return question


def in_the_record(renderer: PlainRenderer) -> bool:
    return renderer.headings[-1].startswith(NETWORK_DIALUP)


def new_record_answers(renderer: PlainRenderer) -> dict[str, Any]:
    """Return answers for an SMTP Connection whose record is created, which fit however often they are asked."""

    def destination(question: TextQuestion) -> str:
        return question.default or ("ISP2" if in_the_record(renderer) else "placeholder")

    def domain(question: Question) -> Any:
        if in_the_record(renderer):
            assert isinstance(question, TextQuestion)
            return question.default or "Provider"
        return "TheInternet"

    return {
        "Source server": lambda _: "Mail1/Acme",
        "Connect via": lambda _: DIAL_UP,
        RECORD: lambda question: question.default or CREATE_RECORD,
        "Destination server": destination,
        "Destination domain": domain,
    }


def test_the_record_picker_is_a_table_that_begins_with_create() -> None:
    ran = run(Connection, dial_up("hub01-acme--isp"))
    question = question_of(ran, RECORD)
    assert question.headings == ("Record", "Source", "Destination", "Phone number", "Service type")
    assert [option.cells for option in question.options] == [
        (CREATE_RECORD,),
        ("hub01-acme--isp", "Hub01/Acme", "ISP", "555 1234", "Microsoft DUN"),
        ("Show details of a record...",),
    ]


def test_the_record_of_the_source_server_is_offered_first() -> None:
    assert question_of(run(Connection, dial_up(ENTER)), RECORD).default == "hub01-acme--isp"


def test_details_of_a_record_are_shown_and_lead_back_to_the_picker() -> None:
    answers = dial_up(["Show details of a record...", "hub01-acme--isp"], **{"Details of": "hub01-acme--isp"})
    ran = run(Connection, answers)
    assert [document.name for document in ran.renderer.documents] == ["hub01-acme--isp"]
    answers = dial_up(["Show details of a record...", "hub01-acme--isp"], **{"Details of": BACK})
    assert run(Connection, answers).renderer.documents == []


def test_a_record_that_is_not_there_can_be_kept() -> None:
    before = Connection(
        "x",
        {
            "source_server": "Mail1/Acme",
            "connect_via": DIAL_UP,
            "dial_using_connection_record": "elsewhere",
            "destination_server": "p",
            "destination_domain": "TheInternet",
        },
    )
    ran = run(Connection, {}, replacing=before)
    assert ran.document.get("dial_using_connection_record") == "elsewhere"
    assert any("no such record here" in option.cells[0] for option in question_of(ran, RECORD).options)


def test_a_record_is_created_in_the_picker_and_chosen() -> None:
    renderer = PlainRenderer()
    ran = run(Connection, new_record_answers(renderer), renderer=renderer)
    record, document = ran.documents
    assert (record.name, record.get("connection_type")) == ("mail1-acme--isp2", NETWORK_DIALUP)
    assert document.get("dial_using_connection_record") == "mail1-acme--isp2"
    assert record.get("source_server") == "Mail1/Acme"
    assert record.unid != document.unid
    assert record.problems() == []
    assert "Network Dialup: 2/5 Network Dialup" in renderer.headings
    assert (
        renderer.headings[renderer.headings.index("Network Dialup: 5/5 Comments / Administration") + 1] == "1/4 Basics"
    )


def test_a_server_cannot_be_asked_for_its_type_in_a_record() -> None:
    renderer = PlainRenderer()
    ran = run(Connection, new_record_answers(renderer), renderer=renderer)
    assert ran.asker.labels.count("Connection type") == 1


def test_going_back_at_any_question_over_the_nested_walk_leads_to_the_same_documents() -> None:
    first = PlainRenderer()
    expected = run(Connection, new_record_answers(first), renderer=first)
    for number in range(1, len(expected.asker.asked)):
        renderer = PlainRenderer()
        ran = run(Connection, new_record_answers(renderer), renderer=renderer, back_at=number)
        assert [d.values for d in ran.documents] == [d.values for d in expected.documents], f"back at {number}"


def test_stopping_at_any_question_of_the_nested_walk_cancels() -> None:
    first = PlainRenderer()
    count = len(run(Connection, new_record_answers(first), renderer=first).asker.asked)
    for number in range(count):
        renderer = PlainRenderer()
        with pytest.raises(errors.Cancelled):
            run(Connection, new_record_answers(renderer), renderer=renderer, stop_at=number)


def test_leaving_the_first_field_of_a_new_record_leads_back_to_the_picker() -> None:
    answers = dial_up([CREATE_RECORD, "hub01-acme--isp"]) | {"Source server": ["Hub01/Acme", BACK]}
    ran = run(Connection, answers)
    assert len(ran.documents) == 1
    assert ran.asker.labels[3:6] == [RECORD, "Source server", RECORD]


def test_a_created_record_is_not_saved_if_another_is_chosen_after_all() -> None:
    renderer = PlainRenderer()
    answers = new_record_answers(renderer)
    answers[RECORD] = [CREATE_RECORD, "hub01-acme--isp"]
    answers["Destination server"] = ["ISP2", BACK, "placeholder"]
    ran = run(Connection, answers, renderer=renderer)
    assert [document.name for document in ran.documents] == ["mail1-acme--theinternet"]
    offered = [option.value for option in question_of(ran, RECORD, 1).options]
    assert "mail1-acme--isp2" in offered
    assert [d.document.name for d in renderer.reviews[-1].documents] == ["mail1-acme--theinternet"]


def test_a_record_whose_name_is_taken_by_other_values_gets_another() -> None:
    renderer = PlainRenderer()
    answers = new_record_answers(renderer) | {
        "Source server": lambda _: "Hub01/Acme",
        "Destination server": lambda question: question.default or ("ISP" if in_the_record(renderer) else "p"),
        RECORD: [CREATE_RECORD],
    }
    ran = run(Connection, answers, renderer=renderer)
    assert ran.documents[0].name == "hub01-acme--isp-2"
    assert ran.document.get("dial_using_connection_record") == "hub01-acme--isp-2"


def test_going_back_from_the_name_of_a_record_leads_to_its_last_field() -> None:
    renderer = PlainRenderer()
    answers = new_record_answers(renderer) | {
        "Source server": lambda _: "Hub01/Acme",
        "Destination server": lambda question: question.default or ("ISP" if in_the_record(renderer) else "p"),
        RECORD: [CREATE_RECORD],
        "Name of the document": [BACK, "../x", "hub01-acme--isp", "other"],
    }
    ran = run(Connection, answers, renderer=renderer)
    at = ran.asker.labels.index("Name of the document")
    assert ran.asker.labels[at + 1 : at + 3] == ["Administrators", "Name of the document"]
    assert ran.documents[0].name == "other"
    assert len(ran.asker.refused["Name of the document"]) == 2


def test_a_record_that_exists_with_the_same_values_is_chosen_not_written() -> None:
    renderer = PlainRenderer()
    answers = new_record_answers(renderer) | {
        "Source server": lambda _: "Hub01/Acme",
        "Destination server": lambda question: question.default or ("ISP" if in_the_record(renderer) else "p"),
        "Phone number": "555 1234",
        RECORD: [CREATE_RECORD],
    }
    ran = run(Connection, answers, renderer=renderer)
    assert len(ran.documents) == 1
    assert ran.document.get("dial_using_connection_record") == "hub01-acme--isp"


def test_virtual_domains_are_offered_with_their_patterns() -> None:
    ran = run(Connection, {"Source server": "Hub01/Acme", **BASIC})
    question = question_of(ran, "Destination domain")
    assert [option.cells for option in question.options] == [
        (CREATE_DOMAIN,),
        ("TheInternet", "*.*"),
        ("Another domain...",),
    ]
    assert ran.renderer.warnings == []


def test_a_foreign_smtp_domain_is_created_and_its_domain_chosen() -> None:
    answers = {
        "Source server": "Hub01/Acme",
        **BASIC,
        "Destination domain": CREATE_DOMAIN,
        "Internet domain": "*.partner.example",
        "Domain name": "Partner",
    }
    ran = run(Connection, answers)
    domain, document = ran.documents
    assert (domain.name, domain.get("domain_type")) == ("partner--partner-example", FOREIGN_SMTP)
    assert document.get("destination_domain") == "Partner"
    assert "Domain type" not in ran.asker.labels


def test_leaving_the_first_field_of_a_new_domain_leads_back_to_the_picker() -> None:
    answers = {
        "Source server": "Hub01/Acme",
        **BASIC,
        "Destination domain": [CREATE_DOMAIN, "TheInternet"],
        "Internet domain": BACK,
    }
    assert run(Connection, answers).document.get("destination_domain") == "TheInternet"


def test_another_domain_can_be_typed_with_a_warning_and_left_for_the_list() -> None:
    answers = {
        "Source server": "Hub01/Acme",
        **BASIC,
        "Destination domain": ["Another domain...", BACK, "Another domain...", "with.dot", "Elsewhere"],
    }
    ran = run(Connection, answers)
    assert ran.document.get("destination_domain") == "Elsewhere"
    assert len(ran.asker.refused["Destination domain"]) == 1
    assert [w for w in ran.renderer.warnings if "No Foreign SMTP Domain document leads to Elsewhere" in w]


def test_a_typed_domain_is_offered_again_and_seeds_a_new_document() -> None:
    answers = {
        "Source server": "Hub01/Acme",
        **BASIC,
        "Destination domain": ["Another domain...", "Partner", CREATE_DOMAIN],
        "SMTP MTA relay host": [BACK, ENTER],
        "Internet domain": "*.partner.example",
    }
    ran = run(Connection, answers)
    assert question_of(ran, "Destination domain", 2).default == picker.OTHER
    assert ran.documents[0].get("domain_name") == "Partner"


def test_without_foreign_smtp_domains_creating_one_is_offered_first() -> None:
    view = view_of(Domain("fax", {"domain_type": FOREIGN, "foreign_domain_name": "Fax"}, unid="1" * 32))
    answers = {"Source server": "Hub01/Acme", "Destination server": "p", "Internet domain": "*.*", "Domain name": "Net"}
    ran = run(Connection, answers, view=view)
    assert ran.document.get("destination_domain") == "Net"


def test_the_source_server_of_smtp_is_shown_with_what_it_lacks() -> None:
    ran = run(Connection, {"Source server": "Mail1/Acme", **BASIC})
    question = question_of(ran, "Source server")
    assert question.headings == ("Server", "Lacks")
    assert [option.cells for option in question.options] == [
        ("Hub01/Acme", ""),
        ("Mail1/Acme", "no SMTP Mail Routing"),
        ("Another name...",),
    ]
    assert ran.renderer.warnings == [
        "Mail1/Acme has no SMTP Mail Routing: it cannot send this mail until that is changed."
    ]


def test_with_many_servers_what_is_lacking_is_said_when_one_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picker, "MANY_SERVERS", 1)
    ran = run(Connection, {"Source server": "Mail1/Acme", **BASIC})
    assert question_of(ran, "Source server").headings == ("Server",)
    assert len(ran.renderer.warnings) == 1


def test_another_source_server_can_be_typed_with_a_warning() -> None:
    ran = run(Connection, {"Source server": ["Another name...", BACK, "Another name...", "CN=New/O=Acme"], **BASIC})
    assert ran.document.get("source_server") == "New/Acme"
    assert any("No Server document for" in warning for warning in ran.renderer.warnings)


def test_a_server_typed_before_is_offered_again() -> None:
    answers = {"Source server": ["Another name...", "New/Acme"], "Connect via": [BACK, ENTER], **BASIC}
    ran = run(Connection, answers)
    assert ran.document.get("source_server") == "New/Acme"


def test_the_source_of_a_notes_connection_is_not_judged_by_smtp() -> None:
    answers = {"Source server": "Mail1/Acme", "Destination server": "Far/Other", "Destination domain": "Other"}
    ran = run(Connection, {"Connection type": LAN, **answers})
    assert question_of(ran, "Source server").headings == ("Server",)
    assert ran.renderer.warnings == []


def test_a_server_that_need_not_be_named_may_be_none() -> None:
    answers = {"Connection type": "Passthru Server", "Source server": "Mail1/Acme", "Destination server": "Far/Other"}
    ran = run(Connection, {**answers, "Destination domain": "Other"})
    assert ran.document.get("passthru_server") == ""


def test_without_server_documents_the_name_is_typed() -> None:
    view = view_of()
    with pytest.raises(errors.Cancelled):
        run(Connection, {"Source server": STOP}, view=view)
    answers = {
        "Source server": [BACK, "Hub/Acme"],
        "Destination server": "p",
        "Destination domain": ["Another domain...", "Net"],
    }
    ran = run(Connection, answers, view=view)
    assert ran.asker.labels[:3] == ["Connection type", "Source server", "Connection type"]
    assert ran.document.get("connection_type") == SMTP


def test_a_record_with_an_escape_in_its_name_is_shown_literally_and_refused() -> None:
    hostile = Connection(
        "a\x1b[31m",
        {"connection_type": NETWORK_DIALUP, "source_server": "Hub01/Acme", "destination_server": "ISP"},
        unid="9" * 32,
    )
    hub = Server("hub01-acme", {"server_name": "Hub01/Acme"}, unid="8" * 32)
    answers = dial_up([hostile.name, "hub--ok"]) | {"Destination domain": ["Another domain...", "TheInternet"]}
    good = Connection("hub--ok", hostile.values, unid="7" * 32)
    ran = run(Connection, answers, view=view_of(hostile, hub, good))
    shown = [cell for option in question_of(ran, RECORD).options for cell in option.cells]
    assert all(cell.isprintable() for cell in shown)
    assert ran.document.get("dial_using_connection_record") == "hub--ok"
    assert any("control character" in warning for warning in ran.renderer.warnings)


def test_a_created_record_goes_when_the_connection_becomes_one_that_needs_none() -> None:
    renderer = PlainRenderer()
    answers = new_record_answers(renderer)
    domain = answers["Destination domain"]
    answers |= {
        "What now?": ["Edit a field...", "Save & Close"],
        "Which field?": "Connection type",
        "Connection type": [ENTER, LAN],
        "Destination domain": lambda question: question.default if renderer.reviews else domain(question),
    }
    ran = run(Connection, answers, renderer=renderer)
    assert [document.name for document in ran.documents] == ["mail1-acme--placeholder"]


def test_the_directory_itself_stays_as_it_was() -> None:
    view = sample_view()
    before = view.fingerprint()
    renderer = PlainRenderer()
    run(Connection, new_record_answers(renderer), renderer=renderer, view=view)
    assert view.fingerprint() == before
