"""Directories in memory and Notes documents for the imports' tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape, quoteattr

import pytest
from import_builder import Importer

from dominocli.export.notes import DATETIME, NUMBER, Item


@pytest.fixture
def importer() -> Importer:
    return Importer()


def _element(item: Item) -> str:
    tag = {NUMBER: "number", DATETIME: "datetime"}.get(item.kind, "text")
    values = []
    for value in item.values:
        if isinstance(value, tuple):
            ends = "".join(f"<{tag}>{escape(end)}</{tag}>" for end in value)
            values.append(f"<{tag}pair>{ends}</{tag}pair>")
        else:
            values.append(f"<{tag}>{escape(str(value))}</{tag}>")
    listed = item.many or any(isinstance(value, tuple) for value in item.values)
    return f"<{tag}list>{''.join(values)}</{tag}list>" if listed else "".join(values)


@pytest.fixture
def dxl() -> Callable[..., bytes]:
    """Return a function that writes documents (unid, form, items) as Domino's exporter would."""

    def write(*documents: tuple[str, str, Mapping[str, Item | str]]) -> bytes:
        parts = [
            "<?xml version='1.0' encoding='utf-8'?>",
            "<!DOCTYPE database SYSTEM 'xmlschemas/domino_12_0.dtd'>",
            "<database xmlns='http://www.lotus.com/dxl' version='12.0' replicaid='85258A000000'>",
            "<databaseinfo dbid='85258A000000'/>",
        ]
        for unid, form, items in documents:
            parts.append(f"<document form={quoteattr(form)}><noteinfo noteid='8fa' unid={quoteattr(unid)}>")
            parts.append("<created><datetime dst='true'>20240506T070809,10+02</datetime></created></noteinfo>")
            parts.append("<updatedby><name>CN=Ann/O=Acme</name></updatedby>")
            for name, item in items.items():
                child = f"<text>{escape(item)}</text>" if isinstance(item, str) else _element(item)
                parts.append(f"<item name={quoteattr(name)} summary='true'>{child}</item>")
            parts.append("</document>")
        return "\n".join([*parts, "</database>"]).encode()

    return write
