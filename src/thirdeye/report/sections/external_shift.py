"""The tables of a shift: how common the condition is, who the cases are, what a call is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Paragraph, Table
from thirdeye.report.measures import metric_cell
from thirdeye.report.names import operating_point_title
from thirdeye.report.numbers import full_text, has_value, interval_text, is_number, number, p_text
from thirdeye.report.sets import EvidenceSet

NOTABLE = 0.1
_PARTS = {"development": "Development data", "test": "Test part", "external": "External data"}
_OF = {"development": "of the development data", "stated": "as stated by the user"}


def shift_blocks(part: EvidenceSet) -> list[Block]:
    """Prevalence, covariates, the domain classifier, and predictive values at other prevalences."""
    shift = part.content.get("shift") or {}
    blocks: list[Block] = [Paragraph("How the external data differ", "label")]
    if shift.get("prevalence"):
        blocks.append(_prevalence(shift["prevalence"]))
    if shift.get("covariates"):
        blocks.append(_covariates(shift["covariates"]))
    domain = shift.get("domain") or {}
    if domain.get("verdict"):
        told = f" Told apart with an AUC of {full_text(domain['auc'])}." if domain.get("auc") else ""
        blocks.append(Paragraph(f"{domain['verdict']}{told}"))
    if shift.get("predictive_values"):
        blocks.append(_predictive(part, shift["predictive_values"]))
    return blocks


def _prevalence(entries: list[Mapping[str, Any]]) -> Table:
    columns = (
        Column("Class", weight=1.4), Column("Where", weight=1.5), Column("Prevalence", numeric=True),
        Column("Interval", numeric=True, weight=1.5), Column("External minus this", numeric=True, weight=1.2),
        Column("Interval", numeric=True, weight=1.5), Column("Test", weight=1),
    )  # fmt: skip
    rows: list[tuple[str | Cell, ...]] = []
    for entry in entries:
        against = entry.get("external_against") or {}
        for where, metric in (entry.get("prevalence") or {}).items():
            test = against.get(where) or {}
            gap = test.get("difference")
            rows.append(
                (
                    str(entry.get("class", "")), _PARTS.get(where, where), metric_cell(metric),
                    interval_text(metric), metric_cell(gap) if gap else "", interval_text(gap),
                    p_text(test.get("p_value")),
                )
            )  # fmt: skip
    notes = (
        "Another prevalence changes predictive values and calibration, not sensitivity and specificity.",
    )
    return Table(columns, tuple(rows), "How common each class is", notes)


def _covariates(entries: list[Mapping[str, Any]]) -> Table:
    columns = (
        Column("Of a case or image", weight=2),
        Column("Development data", weight=1.6),
        Column("External data", weight=1.6),
        Column("Standardised difference", numeric=True, weight=1.2),
        Column("Interval", numeric=True, weight=1.5),
    )
    rows = []
    for entry in entries:
        difference = entry.get("difference") or {}
        value = difference.get("value")
        notable = is_number(value) and abs(float(value)) >= NOTABLE  # type: ignore[arg-type]
        shown = (
            Cell(number(value, digits=2), "strong" if notable else "plain")
            if has_value(difference)
            else _why(difference)
        )
        rows.append(
            (
                str(entry.get("title", "")), _side(entry.get("development")), _side(entry.get("external")),
                shown, interval_text(difference),
            )
        )  # fmt: skip
    notes = (
        "Difference of means over the standard deviation (shares: their distance); 0.1 and more is notable "
        "(Austin 2009).",
    )
    return Table(columns, tuple(rows), "Which cases they are: development against external data", notes)


def _why(difference: Mapping[str, Any]) -> Cell:
    return Cell("undefined", "muted", str(difference.get("reason") or ""))


def _side(side: Any) -> str:
    """``"5.1 (SD 2.0)"``, or ``"female 60%, male 40%"``."""
    if not isinstance(side, Mapping):
        return ""
    if "mean" not in side:
        total = sum(side.values()) or 1
        return ", ".join(f"{name} {number(n / total, percent=True, digits=0)}" for name, n in side.items())
    if not is_number(side["mean"]):
        return "unknown"
    spread = f" (SD {_figure(side['sd'])})" if is_number(side.get("sd")) else ""
    return f"{_figure(side['mean'])}{spread}"


def _figure(value: Any) -> str:
    return f"{float(value):.3g}" if abs(float(value)) < 100 else f"{float(value):,.0f}"


def _predictive(part: EvidenceSet, entries: list[Mapping[str, Any]]) -> Table:
    columns = (
        Column("Operating point", weight=1.4),
        Column("Prevalence", weight=1.8),
        Column("Positive predictive value", numeric=True),
        Column("Interval", numeric=True, weight=1.5),
        Column("Negative predictive value", numeric=True),
        Column("Interval", numeric=True, weight=1.5),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for entry in entries:
        ppv, npv = dict(entry["ppv"]), dict(entry["npv"])
        share = f"{number(entry['prevalence'], percent=True)} {_OF.get(entry['prevalence_of'], '')}"
        ppv["name"], npv["name"] = "ppv", "npv"  # shown as percentages, as elsewhere
        point = operating_point_title(str(ppv.get("operating_point")))
        rows.append(
            (point, share, metric_cell(ppv), interval_text(ppv), metric_cell(npv), interval_text(npv))
        )
    notes = ("From sensitivity and specificity on the external data, by Bayes' theorem.",)
    return Table(columns, tuple(rows), f"Predictive values on {part.title} at other prevalences", notes)
