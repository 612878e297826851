"""Where readers and network disagree, and what each way of working together would give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thirdeye.evaluation.deferral import RiskCoverage
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.readers.disagreement import Disagreement
from thirdeye.evaluation.readers.policies import Policy
from thirdeye.evaluation.roc import roc_curve
from thirdeye.report.document import Block, Bullets, Column, Figure, FigureRow, Paragraph, Section, Table
from thirdeye.report.figures.palette import NETWORK
from thirdeye.report.figures.readers import Way, risk_figure, ways_figure
from thirdeye.report.figures.roc import Curve
from thirdeye.report.numbers import number
from thirdeye.report.reader_study.study import ReaderStudy, SideBySide

_TITLES = {
    "krippendorff_alpha_nominal": "Krippendorff's alpha",
    "gwet_ac1": "Gwet's AC1",
    "kappa": "Cohen's kappa",
}


def disagreement_section(found: Disagreement, told: Sequence[str]) -> Section:
    """Agreement before anybody adjudicated, and how many cases wait for it."""
    apart = sum(one.machine_differs for one in found.cases)
    lead = f"Not everybody agrees on {len(found.cases)} of {found.n} cases"
    lead += f"; on {apart} a reader and the network differ." if found.with_machine else "."
    blocks: list[Block] = [
        Paragraph(lead, "lead"),
        Bullets(tuple(line for line in told if line)),
        _agreement(found),
    ]
    blocks.append(
        Paragraph(
            "thirdeye readers adjudicate writes these cases as a list that shows nobody's answer.", "small"
        )
    )
    return Section("disagreement", "Where readers and network disagree", tuple(blocks))


def together_section(study: ReaderStudy, side: SideBySide) -> Section:
    """Ways of working as a table, in the ROC plane, and risk against coverage."""
    best = max(side.policies, key=lambda one: (one.sensitivity.value or 0) + (one.specificity.value or 0))
    blocks: list[Block] = [
        Paragraph(
            f"Highest sum of sensitivity and specificity: {best.name}, with "
            f"{number(best.workload, digits=2)} readings by people for each case. Compare intervals too.",
            "lead",
        ),
        _policy_table(side.policies),
    ]
    figures = [_ways(study, side.policies)]
    if side.curve is not None:
        figures.append(_risk(side.curve, side.policies))
    blocks.append(FigureRow(tuple(figures)))
    return Section("together", "What would working together give?", tuple(blocks))


def _agreement(found: Disagreement) -> Table:
    metrics = (*found.among_readers, *found.with_machine, *found.kappas)
    rows = tuple(
        (f"{_TITLES[one.name]}: {_who(one)}", *_value(one, percent=False), str(one.n)) for one in metrics
    )
    return Table(
        (Column("Agreement", weight=2), Column("", numeric=True), Column("Interval", numeric=True),
         Column("Cases", numeric=True, weight=0.6)), rows,
        "Agreement beyond chance, before adjudication; 1 is complete, 0 is chance.",
        ("Intervals resample cases, for these readers. AC1 stands beside the others because a rare condition "
         "pulls them down.",),
    )  # fmt: skip


def _who(metric: Metric) -> str:
    return f"{metric.class_name} and network" if metric.name == "kappa" else str(metric.class_name)


def _policy_table(policies: Sequence[Policy]) -> Table:
    rows = tuple(
        (
            one.name,
            " ".join(_value(one.sensitivity, percent=True)),
            " ".join(_value(one.specificity, percent=True)),
            number(one.workload, digits=2),
        )
        for one in policies
    )
    columns = (
        Column("Way of working", weight=2.2),
        Column("Sensitivity", numeric=True, weight=1.7),
        Column("Specificity", numeric=True, weight=1.7),
        Column("Readings a case", numeric=True, weight=0.9),
    )
    notes = ["Means over readers; intervals resample readers and cases together."]
    if any(one.rule is not None for one in policies):
        notes.append("Rules of deferral were fixed on validation cases and are applied here as they were.")
    return Table(columns, rows, "Sensitivity, specificity and workload of each way of working.", tuple(notes))


def _value(metric: Metric, *, percent: bool) -> tuple[str, str]:
    if metric.value is None:
        return "undefined", metric.reason or ""
    value = number(metric.value, percent=percent)
    if metric.ci_low is None or metric.ci_high is None:
        return value, ""
    return value, f"({number(metric.ci_low, percent=percent)} to {number(metric.ci_high, percent=percent)})"


def _ways(study: ReaderStudy, policies: Sequence[Policy]) -> Figure:
    ways = [
        Way(one.name, _turned(one.specificity), _whole(one.sensitivity), one.rule is not None)
        for one in policies
        if one.sensitivity.value is not None and one.specificity.value is not None
    ]
    line = None
    if study.network_scores is not None:
        curve = roc_curve(*study.network_scores)
        line = Curve("network", (1 - curve.specificity).tolist(), curve.sensitivity.tolist(), NETWORK)
    caption = "Each way of working; intervals of deferral are in the table. The line is the network's ROC."
    return Figure(ways_figure(ways, line), caption, caption)


def _whole(metric: Metric) -> tuple[float, float | None, float | None]:
    return float(metric.value or 0), metric.ci_low, metric.ci_high


def _turned(metric: Metric) -> tuple[float, float | None, float | None]:
    low, high = metric.ci_low, metric.ci_high
    return 1 - float(metric.value or 0), None if high is None else 1 - high, None if low is None else 1 - low


def _risk(curve: RiskCoverage, policies: Sequence[Policy]) -> Figure:
    kept = np.unique(np.linspace(0, curve.risk.size - 1, 400).round().astype(int))
    rules = [
        (
            f"{one.workload:.0%} deferred",
            one.machine_alone,
            curve.risk_at(max(one.machine_alone, 1 / curve.risk.size)),
        )
        for one in policies
        if one.rule is not None and one.machine_alone > 0
    ]
    caption = (
        f"The network's errors among the cases that it is most certain of; area {number(curve.aurc)} (AURC, "
        "lower is better). Rings: the rules of deferral."
    )
    return Figure(
        risk_figure(curve.coverage[kept].tolist(), curve.risk[kept].tolist(), rules), caption, caption
    )
