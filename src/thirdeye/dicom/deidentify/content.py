"""Content items of structured reports, cleaned by their concept name (PS3.15 E.3.4, Table E.3.4-1)."""

from __future__ import annotations

from typing import Any

from thirdeye.dicom.deidentify import values
from thirdeye.dicom.deidentify.profile import CLEAN_TEXT, Action
from thirdeye.dicom.deidentify.subject import Subject
from thirdeye.dicom.deidentify.table import load_table

# Content, Acquisition Context, Specimen Preparation, Waveform Annotation
CONTENT_SEQUENCES = frozenset([0x0040A730, 0x00400555, 0x00400610, 0x0040B020])
_MOST_DEPTH = 40
_VALUES = {"TEXT": "TextValue", "PNAME": "PersonName", "DATE": "Date", "TIME": "Time", "DATETIME": "DateTime"}
_FREE = ("TEXT", "PNAME")
_STRUCTURE = ("CODE", "NUM", "CONTAINER", "SCOORD", "SCOORD3D", "TCOORD", "TABLE")


def clean_content(element: Any, subject: Subject, *, depth: int = 0) -> None:
    """Clean the items of a sequence of content items in place.

    Items point to each other by their place among their sisters, so an item is replaced by one that says
    nothing rather than removed. What is left in it is cleaned as any dataset is.

    Args:
        element: of one of `CONTENT_SEQUENCES`, or the content of one of its items.
        subject: says how.
        depth: of nesting.
    """
    for item in element.value or ():
        _clean_item(item, subject)
        if "ContentSequence" in item and depth < _MOST_DEPTH:
            clean_content(item["ContentSequence"], subject, depth=depth + 1)


def _clean_item(item: Any, subject: Subject) -> None:
    kind = str(item.get("ValueType", ""))
    if kind in _STRUCTURE or kind not in _VALUES or _VALUES[kind] not in item:
        return
    held = item[_VALUES[kind]]
    action = _action(item, kind, subject)
    if kind not in _FREE:
        if action == "K":
            return
        if not (action == "C" and values.move_dates(held, subject)):
            values.dummy(held, subject)
    elif action == "C" and kind == "TEXT":
        values.clean_words(held, subject)
        if not values.values_of(held):
            held.value = "De-identified"
    elif action != "K":
        values.dummy(held, subject)
    subject.done["content items of reports cleaned"] += 1


def _action(item: Any, kind: str, subject: Subject) -> Action:
    """What the table says of an item; of one that it does not name: dates move, texts are cleaned or go."""
    code = (item.get("ConceptNameCodeSequence") or [None])[0]
    if code is not None:
        key = (str(code.get("CodeValue", "")), str(code.get("CodingSchemeDesignator", "")), kind)
        rule = load_table().content.get(key)
        if rule is not None:
            return subject.profile.action(rule)
    if kind in _FREE:
        return "C" if subject.profile.has(CLEAN_TEXT) else "D"
    return "C"
