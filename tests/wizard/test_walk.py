from __future__ import annotations

from typing import Any

import pytest
from wizard_script import BACK, ENTER, PlainRenderer, run, sample_view, view_of

from dominocli import errors
from dominocli.directory.writer import new_text
from dominocli.documents import FOLDERS, form_of
from dominocli.documents.configuration import Configuration
from dominocli.documents.connection import DIAL_UP, LAN, NETWORK_DIALUP, PASSTHRU, SMTP, Connection
from dominocli.documents.document import Document
from dominocli.documents.domain import ADJACENT, FOREIGN, FOREIGN_SMTP, GLOBAL, NON_ADJACENT, Domain
from dominocli.documents.group import Group
from dominocli.documents.server import Server

SMTP_ANSWERS = {
    "Source server": "Hub01/Acme",
    "Destination server": "all_internal_hosts",
    "Destination domain": "TheInternet",
}
DIAL_UP_ANSWERS = {**SMTP_ANSWERS, "Connect via": DIAL_UP, "Dial using connection record": "hub01-acme--isp"}
NOTES_ANSWERS = {
    "Source server": "Hub01/Acme",
    "Source domain": "Acme",
    "Destination server": "Far/Other",
    "Destination domain": "Other",
}
EVERY_KIND: list[tuple[type[Document], dict[str, Any]]] = [
    (Connection, SMTP_ANSWERS),
    (Connection, DIAL_UP_ANSWERS),
    (Connection, {**NOTES_ANSWERS, "Connection type": LAN}),
    (Connection, {**NOTES_ANSWERS, "Connection type": NETWORK_DIALUP}),
    (Connection, {**NOTES_ANSWERS, "Connection type": PASSTHRU, "Use passthru server or hunt group": "Mail1/Acme"}),
    (Domain, {"Domain type": FOREIGN_SMTP, "Internet domain": "*.acme.com", "Domain name": "Virtual"}),
    (Domain, {"Domain type": FOREIGN, "Foreign domain name": "Fax", "Gateway server name": "Mail1/Acme"}),
    (Domain, {"Domain type": ADJACENT, "Adjacent domain name": "Other"}),
    (Domain, {"Domain type": NON_ADJACENT, "Mail sent to domain": "Far", "Route through domain": "Other"}),
    (
        Domain,
        {"Domain type": GLOBAL, "Global domain name": "All", "Local primary Internet domain": "acme.com"},
    ),
    (Server, {"Server name": "Mail9/Acme", "Ports": lambda question: "No port"}),
    (Configuration, {"Applies to": "Mail9/Acme"}),
    (Group, {"Group name": "Hubs"}),
]


@pytest.mark.parametrize(("form", "answers"), EVERY_KIND)
def test_every_field_of_the_form_is_asked_once_in_the_order_of_the_tabs(
    form: type[Document], answers: dict[str, Any]
) -> None:
    ran = run(form, answers)
    expected = [field.label for field in ran.document.shown_fields()]
    assert ran.asker.labels == [*expected, "What now?"]


def test_every_field_of_every_form_is_reachable() -> None:
    asked: set[tuple[str, str]] = set()
    for form, answers in EVERY_KIND:
        asked |= {(form.folder, label) for label in run(form, answers).asker.labels}
    declared = {(folder, field.label) for folder in FOLDERS for field in form_of(folder).fields.values()}
    assert declared - asked == set()


@pytest.mark.parametrize(("form", "answers"), EVERY_KIND)
def test_stopping_at_any_question_cancels(form: type[Document], answers: dict[str, Any]) -> None:
    count = len(run(form, answers).asker.asked)
    for number in range(count):
        with pytest.raises(errors.Cancelled):
            run(form, answers, stop_at=number)


@pytest.mark.parametrize(("form", "answers"), EVERY_KIND)
def test_going_back_at_any_question_keeps_the_answers(form: type[Document], answers: dict[str, Any]) -> None:
    straight = run(form, answers)
    for number in range(1, len(straight.asker.asked)):
        ran = run(form, answers, back_at=number)
        assert ran.document.values == straight.document.values, f"back at question {number}"
        labels = ran.asker.labels
        assert labels[number + 1] == labels[number - 1], f"back at question {number}"


@pytest.mark.parametrize(("form", "answers"), EVERY_KIND)
def test_leaving_the_first_question_cancels(form: type[Document], answers: dict[str, Any]) -> None:
    with pytest.raises(errors.Cancelled):
        run(form, answers, back_at=0)


def test_smtp_is_offered_first_and_legacy_types_are_not() -> None:
    ran = run(Connection, SMTP_ANSWERS)
    offered = [option.value for option in ran.asker.asked[0].options]  # type: ignore[union-attr]
    assert offered == [SMTP, LAN, NETWORK_DIALUP, PASSTHRU]


def test_the_administrators_place_of_the_form_is_said_once_and_only_for_a_new_connection() -> None:
    place = "Configuration > Messaging > Connections > Add Connection"
    assert sum(place in note for note in run(Connection, SMTP_ANSWERS).renderer.notes) == 1
    assert not any(place in note for note in run(Group, {"Group name": "Hubs"}).renderer.notes)


def test_each_tab_has_a_heading_with_its_number() -> None:
    assert run(Connection, SMTP_ANSWERS).renderer.headings == [
        "1/4 Basics",
        "2/4 Replication/Routing",
        "3/4 Schedule",
        "4/4 Comments / Administration",
    ]


def test_every_question_carries_the_help_of_its_field() -> None:
    ran = run(Connection, SMTP_ANSWERS)
    fields = {field.label: field for field in Connection.fields.values()}
    for question in ran.asker.asked[:-1]:
        assert question.help == fields[question.label].help
        assert question.long_help == fields[question.label].long_help


def test_given_values_are_not_asked() -> None:
    given = {"source_server": "Hub01/Acme", "destination_domain": "TheInternet", "routing_cost": 7}
    ran = run(Connection, {"Destination server": "all_internal_hosts"}, given)
    assert not {"Source server", "Destination domain", "Routing cost"} & set(ran.asker.labels)
    assert ran.document.get("routing_cost") == 7


def test_with_everything_given_only_the_review_asks() -> None:
    given = {key: field.blank for key, field in Group.fields.items()}
    ran = run(Group, {"What now?": [BACK, "Save & Close"]}, {**given, "group_name": "Hubs", "group_type": "Mail only"})
    assert ran.asker.labels == ["What now?", "What now?"]


def test_a_given_value_that_a_later_answer_shows_is_kept_and_not_asked() -> None:
    ran = run(
        Connection,
        {**NOTES_ANSWERS, "Connection type": NETWORK_DIALUP},
        {"phone_number": "555", "routing_cost": 9},
    )
    assert "Phone number" not in ran.asker.labels
    assert (ran.document.get("phone_number"), ran.document.get("routing_cost")) == ("555", 9)


def test_a_given_value_the_form_does_not_show_is_left_out_and_said() -> None:
    ran = run(Connection, SMTP_ANSWERS, {"dial_using_connection_record": "hub01-acme--isp"})
    assert "dial_using_connection_record" not in ran.document.values
    assert ran.document.problems() == []
    assert ran.renderer.warnings == ["Dial using connection record does not apply here and is left out."]


def test_a_given_record_is_kept_for_a_dial_up_connection() -> None:
    given = {"dial_using_connection_record": "hub01-acme--isp"}
    ran = run(Connection, {**SMTP_ANSWERS, "Connect via": DIAL_UP}, given)
    assert ran.document.get("dial_using_connection_record") == "hub01-acme--isp"
    assert "Dial using connection record" not in ran.asker.labels


def test_going_back_changes_an_earlier_answer() -> None:
    ran = run(Connection, {**SMTP_ANSWERS, "Source server": ["Mail1/Acme", "Hub01/Acme"], "Connect via": [BACK, ENTER]})
    assert ran.document.get("source_server") == "Hub01/Acme"


def test_going_back_offers_the_answer_given_before() -> None:
    ran = run(Group, {"Group name": "Hubs", "Group type": BACK})
    defaults = [question.default for question in ran.asker.asked if question.label == "Group name"]  # type: ignore[union-attr]
    assert defaults == ["", "Hubs"]


def test_an_answer_that_hides_a_field_drops_its_value() -> None:
    answers = {**DIAL_UP_ANSWERS, "Connect via": [DIAL_UP, "Direct connection"]}
    ran = run(Connection, {**answers, "Destination server": [BACK, "all_internal_hosts"]} | _back_over_the_record())
    assert "dial_using_connection_record" not in ran.document.values
    assert ran.document.get("routing_cost") == 1


def test_an_answer_that_shows_a_field_has_it_asked() -> None:
    answers = {
        **SMTP_ANSWERS,
        "Connect via": ["Direct connection", DIAL_UP],
        "Destination server": [BACK, "placeholder"],
    }
    ran = run(Connection, answers)
    assert ran.asker.labels.count("Dial using connection record") == 1
    assert ran.document.get("dial_using_connection_record") == "hub01-acme--isp"
    assert ran.document.get("routing_cost") == 5


def _back_over_the_record() -> dict[str, Any]:
    return {"Dial using connection record": ["hub01-acme--isp", BACK]}


def test_a_confirmed_default_moves_with_the_field_it_depends_on() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "What now?": ["Edit a field...", "Save & Close"], "Which field?": "Connect via"}
        | {"Connect via": ["Direct connection", DIAL_UP]},
    )
    assert ran.document.get("routing_cost") == 5


def test_a_cost_of_ones_own_does_not_move() -> None:
    ran = run(
        Connection,
        {**SMTP_ANSWERS, "Routing cost": "3", "What now?": ["Edit a field...", "Save & Close"]}
        | {"Which field?": "Connect via", "Connect via": ["Direct connection", DIAL_UP]},
    )
    assert ran.document.get("routing_cost") == 3


@pytest.mark.parametrize(
    ("label", "wrong", "right", "message"),
    [
        ("Destination server", "", "x", "Destination server is blank"),
        ("SMTP MTA relay host", "relay:25", "relay.acme.com", "port"),
        ("Routing cost", "0", "1", "from 1 to 100"),
        ("Routing cost", "cheap", "1", "whole number"),
        ("Connect at times", "", "09:00", "without a time"),
        ("Connect at times", "25:00", "09:00", "25:00"),
        ("Days of week", "", "Mon-Fri", "without a day"),
        ("Comments", "a\x1b[31mb", "ab", "control character"),
    ],
)
def test_a_wrong_value_is_refused_at_its_own_question(label: str, wrong: str, right: str, message: str) -> None:
    ran = run(Connection, {**SMTP_ANSWERS, label: [wrong, right]})
    assert len(ran.asker.refused[label]) == 1
    assert message in ran.asker.refused[label][0]


def test_a_domain_routed_through_itself_is_refused_at_its_own_question() -> None:
    answers = {"Domain type": NON_ADJACENT, "Mail sent to domain": "Far", "Route through domain": ["far", "Other"]}
    ran = run(Domain, answers)
    assert ran.asker.refused["Route through domain"] == ["a domain cannot be routed through itself"]


def test_a_pattern_that_looks_like_a_virtual_domain_gets_a_hint() -> None:
    answers = {"Domain type": FOREIGN_SMTP, "Internet domain": "TheInternet", "Domain name": "TheInternet"}
    assert any("looks like a virtual domain" in warning for warning in run(Domain, answers).renderer.warnings)
    answers["Internet domain"] = "*.*"
    assert run(Domain, answers).renderer.warnings == []


def test_a_cleared_list_stays_cleared_in_the_file() -> None:
    ran = run(Server, {"Server name": "Mail9/Acme", "Routing tasks": (), "Ports": "No port"})
    assert "routing_tasks = []" in new_text(ran.document)


def test_a_cleared_number_is_the_default_again() -> None:
    assert run(Connection, {**SMTP_ANSWERS, "Repeat interval of": ""}).document.get("repeat_interval") == 360


def test_the_notes_domain_of_a_known_server_is_offered() -> None:
    answers = {"Connection type": LAN, "Source server": "Hub01/Acme", "Destination server": "Mail1/Acme"}
    ran = run(Connection, answers)
    assert (ran.document.get("source_domain"), ran.document.get("destination_domain")) == ("Acme", "Acme")


def test_a_server_document_without_a_domain_is_of_ours() -> None:
    view = view_of(Server("hub", {"server_name": "Hub/Acme"}, unid="1" * 32))
    ran = run(
        Connection,
        {**NOTES_ANSWERS, "Connection type": LAN, "Source server": "Hub/Acme", "Source domain": ENTER},
        view=view,
    )
    assert ran.document.get("source_domain") == "Acme"


def test_editing_unchanged_leaves_the_document_as_it_is() -> None:
    before = sample_view().documents(Connection)[0]
    ran = run(Connection, {}, replacing=before)
    assert ran.document.values == before.values
    assert ran.decision.drafts[-1].replaces is before
    assert "Connection type" in ran.asker.labels
    assert not any("Add Connection" in note for note in ran.renderer.notes)


def test_editing_takes_given_values_and_does_not_ask_them() -> None:
    before = sample_view().documents(Connection)[0]
    ran = run(Connection, {"Phone number": "999"}, {"routing_cost": 9}, replacing=before)
    assert "Routing cost" not in ran.asker.labels
    assert (ran.document.get("routing_cost"), ran.document.get("phone_number")) == (9, "999")
    assert ran.document.unid == before.unid


def test_editing_leaves_unknown_values_unknown() -> None:
    keys = frozenset({"routing_tasks", "smtp_listener_task", "cluster_name", "domain_name"})
    before = Server("mail9", {"server_name": "Mail9/Acme"}, unid="9" * 32, unknown=keys)
    ran = run(Server, {"Cluster name": "Cluster1"}, view=view_of(before), replacing=before)
    assert ran.document.unknown == keys - {"cluster_name"}
    assert ran.document.get("cluster_name") == "Cluster1"


def test_editing_hides_and_shows_fields_as_the_form_does() -> None:
    before = Connection(
        "x", {"source_server": "Hub01/Acme", "destination_server": "p", "destination_domain": "TheInternet"}
    ).with_values({"connect_via": DIAL_UP, "dial_using_connection_record": "hub01-acme--isp"})
    ran = run(Connection, {"Connect via": "Direct connection"}, view=view_of(before), replacing=before)
    assert "dial_using_connection_record" not in ran.document.values


def test_editing_asks_for_a_value_the_file_gives_wrongly() -> None:
    raw = {"basics": {"group_name": "Hubs", "group_type": "Nonsense"}}
    before = Group.from_toml("hubs", raw)
    ran = run(Group, {}, view=view_of(), replacing=before)
    assert ran.document.problems() == []
    assert ran.document.values["group_type"] == "Servers only"


def test_interrupts_between_questions_cancel() -> None:
    class Interrupting(PlainRenderer):
        def heading(self, text: str) -> None:
            raise KeyboardInterrupt

    with pytest.raises(errors.Cancelled):
        run(Connection, SMTP_ANSWERS, renderer=Interrupting())
