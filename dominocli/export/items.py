"""The one mapping between Notes items of names.nsf and the fields of our documents (domino.md 5).

Item names stand on the fields' declarations; here stand the codes behind keywords, which item names
HCL's own public files show, the forms, and the fields that several items make together. Whatever is
neither is unverified, and `learn`ed names and codes go in as arguments of `ItemMapping`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from dominocli.documents import FOLDERS, form_of
from dominocli.documents.document import ADMINISTRATION, Document
from dominocli.documents.field import InvalidValue
from dominocli.export.codecs import Codec, Undecodable, codec_of
from dominocli.export.composites import COMPOSITES, Composite, Remaining
from dominocli.export.notes import OPAQUE, Item, Note, kept_item, kept_value, text_item, visible
from dominocli.names import control_character

CODES: Mapping[str, Mapping[str, str]] = {
    "ConnectionType": {"0": "Local Area Network"},
    "RepTask": {"1": "Enabled", "0": "Disabled"},
    "RepType": {"0": "Pull-Pull", "1": "Pull-Push", "2": "Pull-only", "3": "Push-only"},
    "RouterType": {"0": "Push Wait", "1": "Pull Push", "2": "Pull Only", "3": "Push Only"},
    "Enabled": {"1": "Enabled", "0": "Disabled"},
    "SMTPListenerEnabled": {"1": "Enabled", "0": "Disabled"},
    "GroupType": {
        "0": "Multi-purpose",
        "1": "Mail only",
        "2": "Access Control List only",
        "3": "Deny List only",
    },
}
"""Item name -> code -> keyword. Missing here, as unknown in public: the ConnectionType of anything but a
Local Area Network, ConnectionRecordFirst, DomainType, DefaultGlobalDomain, the GroupType of Servers only."""

VERIFIED: Mapping[str, frozenset[str]] = {
    "Connection": frozenset(
        {
            "Source",
            "Destination",
            "SourceDomain",
            "DestinationDomain",
            "PortName",
            "OptionalNetworkAddress",
            "ConnectionType",
            "ConnectionRecordFirst",
            "RepTask",
            "Schedule",
            "Interval",
            "Filenames",
            "PassthruServer",
            "PhoneNumber",
            "AreaCode",
            "Country",
        }
    ),
    "Domain": frozenset(
        {
            "DomainType",
            "DomainName",
            "AdjacentDomainName",
            "NextDomain",
            "AllowFromDomains",
            "DenyFromDomains",
            "MailServer",
            "MailFile",
        }
    ),
    "Server": frozenset(
        {
            "ServerName",
            "Domain",
            "Network",
            "Ports",
            "NetAddresses",
            "ServerTitle",
            "ClusterName",
            "SMTPListenerEnabled",
            "SMTPFullHostDomain",
        }
    ),
    "Configuration": frozenset({"ServerName", "UseAsDefault"}),
    "Group": frozenset({"ListName", "GroupType", "Members"}),
}
"""The item names of each form that HCL's own public files show; all others are unverified."""

OURS = frozenset({"time_zone", "replica"})
"""Fields Domino does not have, so that no import could find them."""

_FORMS = {
    "Connection": "local",
    "Domain": "Domain",
    "Server": "Server",
    "Configuration": "ServerConfig",
    "Group": "Group",
}
_TYPES = {"Connection": "Connection", "Domain": "Domain", "Server": "Server", "Group": "Group"}
_BY_NOTES_NAME = {
    "local": "connections",
    "connection": "connections",
    "domain": "domains",
    "server": "servers",
    "serverconfig": "configurations",
    "group": "groups",
}


class Rule(NamedTuple):
    """One item: its codec, the keys of the fields that may hold it (by type of the document)."""

    item: str
    codec: Codec
    keys: tuple[str, ...]
    verified: bool


class Reading:
    """What the items of one note say. `values` are the fields' own values; `guessed` those of them taken
    from other items than their own; `kept` goes to `[notes_items]`; `remarks` say what could not be read
    and why; `unverified` names the item names nobody could verify that gave a value."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.guessed: set[str] = set()
        self.kept: dict[str, Any] = {}
        self.remarks: list[str] = []
        self.unverified: list[str] = []


class ItemMapping:
    """Item names and codes of every form. `names` (form -> field key -> item name) and `codes` (item name
    -> code -> keyword) add what was learnt from an administrator's own export to what is known in public."""

    def __init__(
        self,
        names: Mapping[str, Mapping[str, str]] | None = None,
        codes: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._names = names or {}
        self._codes = {
            item: {**CODES.get(item, {}), **(codes or {}).get(item, {})} for item in {*CODES, *(codes or {})}
        }
        self._rules = {form_of(folder).form: self._rules_of(form_of(folder)) for folder in FOLDERS}

    def _rules_of(self, form: type[Document]) -> dict[str, Rule]:
        learnt = self._names.get(form.form, {})
        rules: dict[str, Rule] = {}
        for field in form.fields.values():
            item = learnt.get(field.key, field.item)
            if not item or any(field.key in composite.keys for composite in COMPOSITES.get(form.form, ())):
                continue
            before = rules.get(item.casefold())
            keys = (*before.keys, field.key) if before else (field.key,)
            verified = item in VERIFIED[form.form] or field.key in learnt
            rules[item.casefold()] = Rule(item, codec_of(field, self._codes.get(item, {})), keys, verified)
        return rules

    def rules(self, form: type[Document]) -> tuple[Rule, ...]:
        """Return the items of a form that stand for one field each."""
        return tuple(self._rules[form.form].values())

    def unknown_in_public(self, form: type[Document]) -> tuple[str, ...]:
        """Return the keys of the fields whose item nobody knows, so that no import finds them."""
        known = {key for rule in self.rules(form) for key in rule.keys}
        known |= {key for composite in COMPOSITES.get(form.form, ()) for key in composite.keys}
        return tuple(key for key in form.fields if key not in known | OURS)

    def read(
        self, form: type[Document], items: Mapping[str, Item], *, known: Mapping[str, Any] | None = None
    ) -> Reading:
        """Return what these items of a note of that form say; nothing of them is lost.

        `known` are the values of the document the note is about: an item that stands for another field in
        another type of document is read by them where the note itself does not tell the type.
        """
        reading = Reading()
        left = {name.casefold(): (name, item) for name, item in items.items()}
        self._take_form_and_type(form, left)
        for name, item in list(left.values()):
            if item.kind == OPAQUE or not name.strip() or _is_secret(name, item):
                del left[name.casefold()]
                why = f"it is {item.values[0]}" if item.kind == OPAQUE else "secrets do not belong into documents"
                reading.remarks.append(f"item {visible(name)} is not kept: {why}")
        remaining = Remaining(left)
        for composite in COMPOSITES.get(form.form, ()):
            self._compose(form, composite, remaining, reading)
        shared: list[tuple[Rule, str, Item]] = []
        for fold, (name, item) in remaining.items():
            rule = self._rules[form.form].get(fold)
            if rule is None:
                self._keep(reading, name, item)
            elif len(rule.keys) > 1:
                shared.append((rule, name, item))
            else:
                self._field(form, rule, rule.keys[0], (name, item), reading)
        for rule, name, item in shared:
            document = form("", {**(known or {}), **reading.values})
            key = next((key for key in rule.keys if form.fields[key].shown(document)), None)
            if key is None:
                self._keep(reading, name, item)
            else:
                self._field(form, rule, key, (name, item), reading)
        return reading

    @staticmethod
    def _take_form_and_type(form: type[Document], left: dict[str, tuple[str, Item]]) -> None:
        for name, usual in (("form", _FORMS[form.form]), ("type", _TYPES.get(form.form, ""))):
            found = left.get(name)
            if found and [text.casefold() for text in found[1].texts()] == [usual.casefold()]:
                del left[name]

    def _compose(self, form: type[Document], composite: Composite, left: Remaining, reading: Reading) -> None:
        found = composite.decode(left, self._codes)
        reading.remarks.extend(found.remarks)
        for key, raw in found.values.items():
            try:
                reading.values[key] = form.fields[key].read(raw)
            except InvalidValue as error:
                reading.remarks.append(f"{key} is not taken over: {error}")
                continue
            if key in found.guessed:
                reading.guessed.add(key)
            else:
                left.take(*found.used)
            self._note_unverified(form, found.used, reading)

    def _field(self, form: type[Document], rule: Rule, key: str, found: tuple[str, Item], reading: Reading) -> None:
        name, item = found
        try:
            reading.values[key] = form.fields[key].read(rule.codec.decode(item))
        except (Undecodable, InvalidValue) as error:
            reading.remarks.append(f"item {visible(name)} is kept as it is, not as {key}: {error}")
            self._keep(reading, name, item)
        else:
            self._note_unverified(form, (name,), reading)

    def _note_unverified(self, form: type[Document], items: tuple[str, ...], reading: Reading) -> None:
        for item in items:
            rule = self._rules[form.form].get(item.casefold())
            if not (rule.verified if rule else item in VERIFIED[form.form]):
                reading.unverified.append(item)

    @staticmethod
    def _keep(reading: Reading, name: str, item: Item) -> None:
        reading.kept[visible(name)] = kept_value(item)
        texts = (part for v in item.values for part in (v if isinstance(v, tuple) else (v,)) if isinstance(part, str))
        if any(control_character(text) for text in (name, *texts)):
            reading.remarks.append(f"item {visible(name)} held control characters, kept as visible escapes")

    def write(self, document: Document) -> tuple[dict[str, Item], tuple[str, ...]]:
        """Return the items of a document and the keys of the fields nobody knows how to write.

        What an import kept in `[notes_items]` comes back; a field's own value goes before it.
        """
        form = type(document)
        items = {"Form": text_item(_FORMS[form.form])}
        if form.form in _TYPES:
            items["Type"] = text_item(_TYPES[form.form])
        items.update((name, kept_item(value)) for name, value in document.notes_items.items())
        spelling = {name.casefold(): name for name in items}
        composites = {key: composite for composite in COMPOSITES.get(form.form, ()) for key in composite.keys}
        rules = {key: rule for rule in self.rules(form) for key in rule.keys}
        unwritten = []
        for field in document.fields.values():
            key = field.key
            rule = rules.get(key)
            shared = rule is not None and len(rule.keys) > 1
            if (
                key in OURS
                or document.is_unknown(key)
                or not (field.shown(document) or (key in document.values and not shared))
            ):
                continue
            value = document.get(key)
            encoded: dict[str, Item] = {}
            if key in composites:
                encoded = composites[key].encode(key, value, self._codes)
            elif rule and (item := rule.codec.encode(value)):
                encoded = {rule.item: item}
            items.update((spelling.get(name.casefold(), name), item) for name, item in encoded.items())
            if not encoded and value not in ("", None, ()):
                unwritten.append(key)
        return items, tuple(unwritten)


def form_of_note(note: Note) -> type[Document] | None:
    """Return our form for a note, None for a document of another kind.

    A Connection is one by its Type, whatever its Form; the others by either.
    """
    if is_conflict(note):
        return None
    for name in ("Type", "Form"):
        folder = _BY_NOTES_NAME.get(note.text(name).strip().casefold())
        if folder is not None:
            return form_of(folder)
    return None


def is_conflict(note: Note) -> bool:
    """Tell whether a note is a replication or save conflict of another one: Domino does not route by it."""
    return any(name.casefold() == "$conflict" for name in note.items)


def applying_fields(form: type[Document], values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys of Domino's fields that apply to a document of these values but have none: unknown.

    Who looks after a document routes nothing, so fields of the last tab count as blank, not as unknown (D).
    """
    missing = frozenset(form.fields) - values.keys()
    document = form("", values, unknown=missing)
    fields = (field for field in document.shown_fields() if field.key in missing and field.tab is not ADMINISTRATION)
    return tuple(field.key for field in fields if field.key not in OURS)


@cache
def standard_mapping() -> ItemMapping:
    """Return the mapping of what is known in public."""
    return ItemMapping()


def _is_secret(name: str, item: Item) -> bool:
    """(D) An item named like a password that holds more than a switch is a secret, and is not kept."""
    return name.casefold().endswith("password") and any(len(str(value)) > 1 for value in item.values)
