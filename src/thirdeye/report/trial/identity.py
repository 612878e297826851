"""No patient's number on the page: patients are counted through instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from thirdeye.intake.collection import Collection

_QUOTED = re.compile(r"'([^']+)'")
_HEADS = frozenset(["patient", "patients", "patient_id"])


def numbered_patients(collection: Collection) -> dict[str, str]:
    """Patient to "patient 1", "patient 2", ... in the order of the rows.

    Names that are also an image, a class or a site are left as they are: they say nothing of a person that
    the page does not say already.
    """
    rows = collection.rows
    known = {*rows["image"], *rows["label"], *rows["site"], *collection.classes, ""}
    patients = [str(name) for name in dict.fromkeys(rows["patient"]) if name not in known]
    return {name: f"patient {number}" for number, name in enumerate(patients, 1)}


def without_patients(text: str, numbers: Mapping[str, str]) -> str:
    """A sentence in which patients that it quotes are numbered."""
    return _QUOTED.sub(lambda found: numbers.get(found[1], found[0]), text)


def evidence_without_patients(evidence: Mapping[str, Any], numbers: Mapping[str, str]) -> dict[str, Any]:
    """Evidence in which the patients of tables, of lists and of sentences are numbered."""
    return {key: _told(key, value, numbers) for key, value in evidence.items()}


def _told(key: str, value: Any, numbers: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping) and {"columns", "rows"} <= set(value):
        heads = [str(head).lower().replace(" ", "_") for head in value["columns"]]
        rows = [
            [
                numbers.get(str(cell), cell) if head in _HEADS else cell
                for head, cell in zip(heads, row, strict=False)
            ]
            for row in value["rows"]
        ]
        return {**value, "rows": rows}
    if isinstance(value, Mapping):
        return {name: _told(key, item, numbers) for name, item in value.items()}
    if isinstance(value, list | tuple) and key.lower() in _HEADS:
        return [numbers.get(str(item), item) for item in value]
    return without_patients(value, numbers) if isinstance(value, str) else value
