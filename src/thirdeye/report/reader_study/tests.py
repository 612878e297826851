"""Tests compared: the answer, every reader's figure, the curves, the components of variance."""

from __future__ import annotations

import numpy as np

from thirdeye.evaluation.readers.components import Components
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Analysis
from thirdeye.evaluation.roc import roc_curve
from thirdeye.report.document import Block, Cell, Column, Figure, FigureRow, Paragraph, Section, Table
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import NETWORK, TRADITIONAL
from thirdeye.report.figures.roc import Curve, roc_figure
from thirdeye.report.names import measure
from thirdeye.report.numbers import number
from thirdeye.report.reader_study.study import ReaderStudy
from thirdeye.report.reader_study.words import estimate_text, p_text

_COLOURS = (NETWORK, TRADITIONAL)


def tests_section(study: ReaderStudy, found: Analysis, readings: Readings) -> Section:
    """The comparison of tests."""
    blocks: list[Block] = [Paragraph(_answer(found, study.level), "lead")]
    blocks.append(
        Paragraph(
            f"{found.method}. The result extends to {found.conclusion}. "
            + (f"Covariance of the errors: {found.covariance}." if found.covariance else "")
        )
    )
    blocks.append(_intervals(study, found))
    if study.merit == "auc":
        blocks.append(FigureRow(tuple(_curves(readings, test) for test in readings.tests)))
    blocks.append(_reader_table(found))
    if found.components is not None and len(found.tests) > 1:
        blocks.append(_component_table(found.components))
    title = "Do the tests differ?" if len(found.tests) > 1 else "How well do the readers read?"
    return Section("tests", title, tuple(blocks))


def _answer(found: Analysis, level: float) -> str:
    if found.overall is None:
        return f"Mean over readers: {estimate_text(found.means[0], level)}."
    told = [f"{one.name}: {estimate_text(one, level)}, {p_text(one.p)}" for one in found.differences]
    if len(told) > 6:
        return f"{len(found.tests)} tests compared: {p_text(found.overall.p)} for any difference."
    return f"Difference of the mean {measure(found.merit).title}, {'; '.join(told)}."


def _intervals(study: ReaderStudy, found: Analysis) -> Figure:
    rows = [
        Row(one.name, one.value, _finite(one.low), _finite(one.high), estimate_text(one, study.level))
        for one in found.means
    ]
    return Figure(
        interval_figure(rows, x=f"{measure(found.merit).title}, mean over readers"),
        "Mean over readers of each test, with its interval.",
        "; ".join(f"{row.name} {row.text}" for row in rows),
    )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _curves(readings: Readings, test: str) -> Figure:
    """The empirical ROC of every reader with one test."""
    at = readings.tests.index(test)
    curves = []
    for reader, ratings in zip(readings.readers, readings.ratings[at], strict=True):
        read = ~np.isnan(ratings)
        curve = roc_curve(readings.truth[read].astype(int), ratings[read])
        curves.append(Curve(reader, (1 - curve.specificity).tolist(), curve.sensitivity.tolist()))
    caption = f"Each reader's ROC with {test}."
    return Figure(roc_figure(curves), caption, caption, test)


def _reader_table(found: Analysis) -> Table:
    columns = (Column("Reader"), *(Column(test, numeric=True) for test in found.tests))
    rows: list[tuple[str | Cell, ...]] = [
        (reader, *(number(found.figures[i][j]) for i in range(len(found.tests))))
        for j, reader in enumerate(found.readers)
    ]
    means = tuple(Cell(number(one.value), "strong") for one in found.means)
    rows.append((Cell("mean", "strong"), *means))
    return Table(columns, tuple(rows), f"{measure(found.merit).title} of each reader.")


def _component_table(parts: Components) -> Table:
    named = (
        ("Readers", parts.reader),
        ("Tests within readers", parts.interaction),
        ("Error", parts.error),
        ("Covariance, one reader, two tests (Cov1)", parts.same_reader),
        ("Covariance, two readers, one test (Cov2)", parts.same_test),
        ("Covariance, two readers, two tests (Cov3)", parts.neither),
    )
    rows = tuple((name, f"{value:.6f}" if np.isfinite(value) else "not defined") for name, value in named)
    return Table(
        (Column("Component", weight=2), Column("Estimate", numeric=True)), rows,
        "Components of variance; a pilot study for `thirdeye readers size --pilot`.",
        ("Estimates may come out negative; they are shown as they are.",),
    )  # fmt: skip
