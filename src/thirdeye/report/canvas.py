"""``canvas.json``: the extraction canvas, filled from the run, with what only a person knows left open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from thirdeye.report.canvas_fields import FIELDS, Field
from thirdeye.report.canvas_fill import FILLERS, NOTHING, Filled
from thirdeye.report.document import Block, Fold, Form, FormRow, Paragraph, Section
from thirdeye.report.evidence import Evidence

CANVAS_VERSION = 1
_ANSWERED_BY = {
    "aim": ("aims", "intended_use"),
    "dataset.veracity": ("data_source", "annotators", "reference_standard"),
    "conclusion": ("implications",),
}


def canvas(evidence: Evidence, answers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The content of ``canvas.json`` (see `canvas_schema`).

    Args:
        evidence: of the study.
        answers: what a person said, by topic of the checklists.
    """
    said = answers or {}
    return {"version": CANVAS_VERSION, "fields": [_entry(field, evidence, said) for field in FIELDS]}


def canvas_schema() -> dict[str, Any]:
    """The JSON Schema of ``canvas.json``."""
    text = files("thirdeye.report").joinpath("canvas.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def canvas_section(filled: dict[str, Any]) -> Section:
    """The canvas as a section of the report."""
    fields = filled["fields"]
    titles = {field.name: field.title for field in FIELDS}
    rows = tuple(FormRow(titles[f["field"]], f["text"], f["value"] or "", f["state"]) for f in fields)
    left = sum(row.state != "filled" for row in rows)
    blocks: tuple[Block, ...] = (
        Paragraph(
            "What systematic reviews extract from a study of this kind. The run filled what it knows; "
            f"{left} of {len(rows)} fields wait for a person, wholly or in part. The same content is in "
            f"canvas.json."
        ),
        Fold(f"All {len(rows)} fields", (Form(rows, "Extraction canvas"),)),
    )
    return Section("canvas", "What a systematic review extracts", blocks)


def _entry(field: Field, evidence: Evidence, answers: Mapping[str, str]) -> dict[str, Any]:
    filler = FILLERS.get(field.name)
    filled = filler(evidence) if filler else _answered(field, answers)
    return {
        "field": field.name,
        "text": field.asked,
        "fill": field.fill,
        "value": filled.text or None,
        "state": _state(filled),
        "source": filled.source or None,
        "metrics": [dict(metric) for metric in filled.metrics],
    }


def _answered(field: Field, answers: Mapping[str, str]) -> Filled:
    """What a person said of a field that no run can fill."""
    wanted = _ANSWERED_BY.get(field.name, ())
    given = [answers[topic] for topic in wanted if answers.get(topic)]
    return Filled("; ".join(given), "answers.json", len(given) == len(wanted)) if given else NOTHING


def _state(filled: Filled) -> str:
    if not filled.text:
        return "open"
    return "filled" if filled.complete else "partly"
