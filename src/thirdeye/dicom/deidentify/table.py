"""The table of PS3.15 Annex E as data: which attribute, and what each profile and option does with it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_PLACE = "thirdeye.dicom.deidentify"
_ATTRIBUTES = "ps315_e1_2026d.csv"
_CONTENT = "ps315_e3_4_2026d.csv"
_SOURCE = "source.json"


@dataclass(frozen=True)
class Rule:
    """One row.

    Args:
        name: of the attribute or of the concept.
        basic: action of the basic profile: X (remove), Z (empty), D (dummy), U (another UID), or several of
            them of which the IOD decides ("X/Z/D").
        options: name of an option to its action: K (keep), C (clean).
    """

    name: str
    basic: str
    options: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """Table E.1-1 and Table E.3.4-1 of one edition.

    Args:
        edition: of the standard ("2026d").
        source: where it was taken from, with its date.
        attributes: tag to rule; overlays, curves and private attributes, which are ranges, are not in it.
        content: (code value, coding scheme, value type) of a content item to rule.
    """

    edition: str
    source: Mapping[str, str]
    attributes: Mapping[int, Rule]
    content: Mapping[tuple[str, str, str], Rule]


@cache
def load_table() -> Table:
    """The table that comes with the package."""
    source = json.loads(_text(_SOURCE))
    attributes = {
        int(row["tag"], 16): _rule(row, row["name"], skip=("tag", "name", "retired", "in_standard_iod"))
        for row in _rows(_ATTRIBUTES)
        if _is_tag(row["tag"])
    }
    content = {
        (row["code"], row["scheme"], row["value_type"]): _rule(
            row, row["meaning"], skip=("code", "scheme", "meaning", "value_type")
        )
        for row in _rows(_CONTENT)
    }
    return Table(source["edition"], source, attributes, content)


def _rows(name: str) -> csv.DictReader[str]:
    return csv.DictReader(_text(name).splitlines())


def _text(name: str) -> str:
    return resources.files(_PLACE).joinpath("data", name).read_text(encoding="utf-8")


def _rule(row: Mapping[str, str], name: str, *, skip: tuple[str, ...]) -> Rule:
    options = {key: value for key, value in row.items() if key not in (*skip, "basic") and value}
    return Rule(name, row["basic"], options)


def _is_tag(text: str) -> bool:
    return len(text) == 8 and all(digit in "0123456789ABCDEF" for digit in text)
