"""Usefulness: what the reader is worth where one would act, and what an alarm means where it is rarer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.bands import benefit, benefit_marks, predictive_panels
from thirdeye.report.document import Block, Cell, Column, Figure, Fold, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.decision_curve import Benefit, Mark, decision_figure
from thirdeye.report.figures.predictive_values import predictive_figure
from thirdeye.report.measures import metric_cell
from thirdeye.report.names import operating_point_title
from thirdeye.report.numbers import MetricJson, interval_text, is_number, number, plain
from thirdeye.report.sets import EvidenceSet, part_anchor

CARE = "resting on few cases, or without variance: read with care"
_MEANING = (
    "Net benefit counts a case found as 1 and a false alarm as the odds of the threshold probability: who "
    "would act at a risk of 10% holds one missed case to be as bad as nine false alarms. It is read as cases "
    "found in 100 without any false alarm."
)


def usefulness_section(evidence: Evidence, part: EvidenceSet) -> Section | None:
    """The decision curve and predictive values over prevalence; None where neither was recorded."""
    blocks = [*_decision(evidence, part), *_predictive(part)]
    if not blocks:
        return None
    return Section(part_anchor("usefulness", part), f"Usefulness on {part.title}", tuple(blocks))


def _decision(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    found = benefit(part)
    if found is None:
        return []
    shown, curve = found
    marks = benefit_marks(part, shown)
    verdict = _verdict(evidence, curve)
    level = number((part.content["decision_curve"].get("level") or 0.95), percent=True, digits=0)
    caption = (
        f"Decision curve at a prevalence of {number(shown.prevalence, percent=True)}"
        f"{_of(curve)}. Pale: pointwise {level} band, drawn anew by {part.cluster}. "
        "Markers: operating points."
    )
    figure = Figure(
        decision_figure(shown, marks), caption, f"{verdict} {_alt(shown, marks)}", title="Decision curve"
    )
    return [Paragraph(verdict), figure, Paragraph(_MEANING, "small")]


def _of(curve: Mapping[str, Any]) -> str:
    return ", which was stated" if curve.get("prevalence_origin") == "stated" else ", that of this set"


def _verdict(evidence: Evidence, curve: Mapping[str, Any]) -> str:
    """Where the reader is worth more than the better of acting always and never."""
    sure, seen = curve.get("useful_beyond_chance") or [], curve.get("useful") or []
    subject = f"“{evidence.positive}”" if evidence.positive else "the condition"
    opening = f"Whoever would act on a suspicion of {subject} at a risk of"
    if sure:
        return (
            f"{opening} {_range(sure)} gains by asking the network: more than by acting on everybody or on "
            "nobody, and by more than chance."
        )
    if seen:
        return (
            f"{opening} {_range(seen)} may gain by asking the network, but not by more than chance: these "
            "cases are too few to show it is worth more than acting on everybody or on nobody."
        )
    return (
        "At no threshold probability is the network worth more than the better of acting on everybody and "
        "acting on nobody."
    )


def _range(ranges: Sequence[Sequence[float]]) -> str:
    """The widest of them; others are slivers of a jagged curve."""
    low, high = max(ranges, key=lambda pair: pair[1] - pair[0])
    shown = number(low, percent=True, digits=0)
    return shown if low == high else f"{shown} to {number(high, percent=True, digits=0)}"


def _alt(shown: Benefit, marks: Sequence[Mark]) -> str:
    at = [
        f"{mark.name} ({number(mark.threshold, percent=True)}): {number(100 * mark.benefit, digits=1)}"
        for mark in marks
    ]
    return f"Net benefit per 100 cases: {'; '.join(at)}." if at else f"{len(shown.thresholds)} thresholds."


def _predictive(part: EvidenceSet) -> list[Block]:
    block = part.content.get("predictive_values") or {}
    panels = predictive_panels(part)
    if not panels:
        return []
    stated = [value for value in block.get("stated") or [] if is_number(value)]
    blocks: list[Block] = [Paragraph("Where the condition is rarer or more frequent", "label")]
    if stated:
        blocks.append(_stated_notice(stated, block))
    of_set = float(block.get("prevalence_of_set") or 0)
    text = (
        "Predictive values by Bayes' theorem from sensitivity and specificity, which are taken to stay the "
        "same. Pale: 95% bands from the likelihood ratios. Dotted: prevalence of this set"
        + (f"; solid: stated ({', '.join(number(v, percent=True) for v in stated)})." if stated else ".")
    )
    alt = ". ".join(f"{panel.name}: PPV {_ends(panel.ppv)}, NPV {_ends(panel.npv)}" for panel in panels)
    drawing = predictive_figure(panels, of_set=of_set, stated=stated)
    return [*blocks, Figure(drawing, text, alt, title="Predictive values"), *_folded(_tables(block))]


def _stated_notice(stated: Sequence[float], block: Mapping[str, Any]) -> Notice:
    return Notice(
        "note",
        f"Predictive values are given at a prevalence of {number(stated[0], percent=True)}",
        "The share of cases with the condition in this set "
        f"({number(block['prevalence_of_set'], percent=True)}) is that of the sample, not of practice; "
        "predictive values of the set itself would mislead and are not given.",
    )


def _ends(line: tuple[Sequence[float], Sequence[float]]) -> str:
    x, y = line
    if not x:
        return "undefined"
    shown = (f"{number(y[i], percent=True)} at {number(x[i], percent=True)}" for i in (0, -1))
    return " to ".join(shown)


def _tables(block: Mapping[str, Any]) -> list[Block]:
    metrics: list[MetricJson] = list(block.get("metrics") or [])
    points = list(dict.fromkeys(str(metric.get("operating_point")) for metric in metrics))
    held = {
        (str(m["operating_point"]), float(m["details"]["prevalence"]), str(m["name"])): m for m in metrics
    }
    shares = sorted({share for _, share, _ in held})
    titles = {
        "ppv_at_prevalence": "Positive predictive value",
        "npv_at_prevalence": "Negative predictive value",
    }
    columns = [Column("Prevalence", weight=1.0)]
    columns += [Column(operating_point_title(point), numeric=True, weight=1.4) for point in points]
    note = "Intervals from those of the likelihood ratios (logit interval; Mercaldo, Lau and Zhou 2007)."
    return [
        Table(
            tuple(columns),
            tuple(
                (_share(share, block), *(_value(held.get((point, share, name))) for point in points))
                for share in shares
            ),
            f"{title} at other prevalences",
            (note, f"† {CARE}.") if any(_shaky(m) for m in metrics if m["name"] == name) else (note,),
        )
        for name, title in titles.items()
        if shares
    ]


def _folded(tables: Sequence[Block]) -> list[Block]:
    return [Fold("Predictive values at other prevalences, in numbers", tuple(tables))] if tables else []


def _shaky(metric: MetricJson) -> bool:
    return metric.get("status") in ("unstable", "degenerate")


def _share(share: float, block: Mapping[str, Any]) -> Cell:
    stated = share in (block.get("stated") or [])
    return Cell(
        f"{plain(round(100 * share, 3))}%", "strong" if stated else "plain", "stated" if stated else ""
    )


def _value(metric: MetricJson | None) -> Cell:
    cell = metric_cell(metric)
    return Cell(cell.text, cell.tone, "" if metric is None else interval_text(metric))
