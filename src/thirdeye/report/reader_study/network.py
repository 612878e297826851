"""The network on its own against the readers."""

from __future__ import annotations

import numpy as np

from thirdeye.evaluation.operating_point import youden_points
from thirdeye.evaluation.readers.result import Estimate
from thirdeye.evaluation.readers.standalone import StandaloneComparison
from thirdeye.evaluation.roc import roc_curve
from thirdeye.report.document import Block, Figure, Notice, Paragraph, Section
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import NETWORK, TRADITIONAL
from thirdeye.report.figures.roc import Cloud, Curve, roc_figure
from thirdeye.report.numbers import number
from thirdeye.report.reader_study.study import ReaderStudy
from thirdeye.report.reader_study.words import estimate_text, merit_title, p_text


def network_section(study: ReaderStudy, found: StandaloneComparison) -> Section:
    """Who reads better, and how far the answer reaches."""
    level = study.level
    better = sum(value > found.network.value for value in found.reader_figures)
    blocks: list[Block] = [
        Paragraph(
            f"Readers minus network: {estimate_text(found.difference, level)}, {p_text(found.difference.p)}. "
            f"{better} of {len(found.readers)} readers are above the network.",
            "lead",
        ),
        Paragraph(f"The result extends to {found.conclusion}."),
    ]
    if found.cases_fixed:
        blocks.append(
            Notice(
                "warning",
                "These cases only",
                "Cases were taken as fixed: the p value says nothing about other patients.",
                "Leave out --cases-fixed for a result that extends to other cases",
            )
        )
    blocks.append(_figures(found, level))
    if study.network_scores is not None and study.merit == "auc":
        blocks.append(_curve(study, found))
    return Section("network", "The network against the readers", tuple(blocks))


def _figures(found: StandaloneComparison, level: float) -> Figure:
    rows = [_row(found.network, level, NETWORK), _row(found.reader_mean, level, TRADITIONAL)]
    order = np.argsort(found.reader_figures)[::-1]
    rows += [
        Row(
            found.readers[j],
            found.reader_figures[j],
            None,
            None,
            number(found.reader_figures[j]),
            TRADITIONAL,
            True,
        )
        for j in order
    ]
    return Figure(
        interval_figure(rows, x=merit_title(found.merit)),
        "The network, the mean of the readers, and each reader from the best down.",
        "; ".join(f"{row.name} {row.text}" for row in rows),
    )


def _row(one: Estimate, level: float, colour: str) -> Row:
    low, high = (float(v) if np.isfinite(v) else None for v in (one.low, one.high))
    return Row(one.name, one.value, low, high, estimate_text(one, level), colour)


def _curve(study: ReaderStudy, found: StandaloneComparison) -> Figure:
    """The network's ROC over the readers' points."""
    truth, scores = study.network_scores or ((), ())
    curve = roc_curve(truth, scores)
    line = Curve(found.network.name, (1 - curve.specificity).tolist(), curve.sensitivity.tolist(), NETWORK)
    caption = "The network's ROC. Each dot is a reader at the rating that serves that reader best (Youden)."
    return Figure(roc_figure([line], cloud=Cloud("readers", reader_points(study))), caption, caption)


def reader_points(study: ReaderStudy) -> list[tuple[float, float]]:
    """Every reader's false alarms and sensitivity at the rating with the largest Youden index."""
    readings = study.readings
    if readings is None:
        return []
    points = []
    for ratings in readings.ratings[0]:
        read = ~np.isnan(ratings)
        best = youden_points(readings.truth[read].astype(int), ratings[read])[0]
        points.append((1 - best.specificity, best.sensitivity))
    return points
