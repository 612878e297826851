"""Calibration at home and elsewhere, and the recalibration that is offered but kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.curves import reliability_bins, to_bins
from thirdeye.report.document import Block, Cell, Column, Figure, Notice, Paragraph, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.calibration_panels import Panel, Smooth, calibration_panels
from thirdeye.report.figures.palette import NETWORK, RIGHT
from thirdeye.report.measures import metric_cell
from thirdeye.report.names import measure
from thirdeye.report.numbers import full_text, interval_text
from thirdeye.report.sets import EvidenceSet, test_set

_SHOWN = ("log_loss", "brier", "calibration_intercept", "calibration_slope", "expected_over_observed")


def calibration_blocks(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    """The pair of curves, the table of updates, and the curve after the one that serves best."""
    blocks: list[Block] = []
    pair = _pair(evidence, part)
    if pair is not None:
        blocks += [Paragraph("Calibration at home and elsewhere", "label"), pair]
    offer = part.content.get("recalibrated") or {}
    if not offer.get("methods"):
        return blocks
    blocks.append(Paragraph("Recalibration, offered and kept apart", "label"))
    blocks.append(Notice("note", _advice(offer), str(offer.get("note", "")), str(offer.get("caution", ""))))
    blocks.append(_table(evidence, offer))
    after = _after(evidence, part, offer)
    return [*blocks, after] if after is not None else blocks


def _advice(offer: Mapping[str, Any]) -> str:
    best = _method(offer, offer.get("recommended"))
    if best is None:
        return "No update is recommended on these data"
    return f"On these data this update serves best: {best.get('title')}"


def _method(offer: Mapping[str, Any], name: Any) -> Mapping[str, Any] | None:
    return next((one for one in offer["methods"] if one.get("method") == name and name), None)


def _pair(evidence: Evidence, part: EvidenceSet) -> Figure | None:
    home = test_set(evidence)
    if home is None or not reliability_bins(home) or not reliability_bins(part):
        return None
    panels = [_panel(home, "The study's test part"), _panel(part, f"External: {part.name.partition(':')[2]}")]
    drawing = calibration_panels(panels, outcome=_outcome(evidence))
    said = [f"{one.title}: slope {full_text(one.metric('calibration_slope'))}, intercept "
            f"{full_text(one.metric('calibration_intercept'))}." for one in (home, part)]  # fmt: skip
    text = "Of the cases given a probability of 30%, 30 of 100 should have the condition. " + " ".join(
        sentence[:1].upper() + sentence[1:] for sentence in said
    )
    return Figure(drawing, text, text, title="Calibration: the study's test part and the external data")


def _panel(part: EvidenceSet, title: str) -> Panel:
    return Panel(title, reliability_bins(part), _smooth(part.content.get("smooth_calibration")))


def _smooth(block: Any) -> Smooth | None:
    if not isinstance(block, Mapping) or not block.get("probability"):
        return None
    return Smooth(block["probability"], block["event_rate"], block["low"], block["high"])


def _outcome(evidence: Evidence) -> str:
    return f"“{shorten(evidence.positive or '', 24)}”" if evidence.task == "binary" else "being right"


def _after(evidence: Evidence, part: EvidenceSet, offer: Mapping[str, Any]) -> Figure | None:
    best, given = _method(offer, offer.get("recommended")), _method(offer, "none")
    if best is None or given is None or not best.get("bins"):
        return None
    panels = [
        Panel(str(one.get("title", "")), to_bins(one["bins"]), _smooth(one.get("smooth")), colour)
        for one, colour in ((given, NETWORK), (best, RIGHT))
    ]
    drawing = calibration_panels(panels, outcome=_outcome(evidence))
    text = (
        f"{part.title[:1].upper() + part.title[1:]} before and after the update, each case recalibrated "
        "without its own patient. An offer: the reader and every number above are without it."
    )
    return Figure(drawing, text, text, title="Recalibrated, apart from the evidence")


def _table(evidence: Evidence, offer: Mapping[str, Any]) -> Table:
    named = [m for m in offer["methods"][0]["metrics"] if evidence.task == "binary" or not m.get("class")]
    names = [name for name in _SHOWN if any(m["name"] == name for m in named)]
    columns = (
        Column("Probabilities", weight=1.6),
        *(Column(measure(n).title, numeric=True, weight=1.3) for n in names),
    )
    rows = []
    for one in offer["methods"]:
        held = {m["name"]: m for m in one["metrics"] if evidence.task == "binary" or not m.get("class")}
        mark = "serves best here" if one["method"] == offer.get("recommended") else ""
        rows.append((Cell(str(one["title"]), note=mark), *(_cell(held.get(name)) for name in names)))
    left = offer.get("not_offered") or {}
    notes = ["Cross-fitted by patient. The AUC is the same in every row."]
    notes += [f"Not offered: {name.replace('_', ' ')}, it {why}." for name, why in left.items()]
    return Table(columns, tuple(rows), "Calibration as given and after each update", tuple(notes))


def _cell(metric: Mapping[str, Any] | None) -> Cell:
    if metric is None:
        return Cell("")
    shown = metric_cell(metric)
    return Cell(shown.text, shown.tone, interval_text(metric))
