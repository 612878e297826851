"""Tests compared: the answer, every reader's figure, the curves, the components of variance."""

from __future__ import annotations

import numpy as np

from thirdeye.evaluation.readers.components import Components
from thirdeye.evaluation.readers.dbm import PseudovalueAnova
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Analysis
from thirdeye.evaluation.roc import roc_curve
from thirdeye.report.document import Block, Cell, Column, Figure, FigureRow, Fold, Paragraph, Section, Table
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import NETWORK, TRADITIONAL
from thirdeye.report.figures.readers import Change, change_figure
from thirdeye.report.figures.roc import Curve, roc_figure
from thirdeye.report.numbers import number
from thirdeye.report.reader_study.study import ReaderStudy
from thirdeye.report.reader_study.words import estimate_text, merit_title, p_text

_COLOURS = (NETWORK, TRADITIONAL)
MOST_OPEN = 20  # readers whose table stays open on the page


def tests_section(study: ReaderStudy, found: Analysis) -> Section:
    """The comparison of tests."""
    blocks: list[Block] = [Paragraph(_answer(found, study.level), "lead")]
    blocks.append(
        Paragraph(
            f"{found.arrangement} {found.method}. The result extends to {found.conclusion}. "
            + (f"Covariance of the errors: {found.covariance}." if found.covariance else "")
        )
    )
    blocks.append(_intervals(study, found))
    readings = study.readings
    if readings is not None and study.merit in ("auc", "partial_auc"):
        blocks.append(FigureRow(tuple(_curves(readings, test) for test in readings.tests)))
        if len(readings.tests) > 1:
            blocks.append(mean_curves(readings))
    if len(found.tests) == 2 and found.overall is not None and np.isfinite(found.figures).all():
        blocks.append(_changes(found))
    blocks.append(_reader_table(found))
    if study.anova is not None:
        blocks.append(Paragraph(_anova_text(study.anova)))
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
    return f"Difference of the mean {merit_title(found.merit)}, {'; '.join(told)}."


def _intervals(study: ReaderStudy, found: Analysis) -> Figure:
    rows = [
        Row(one.name, one.value, _finite(one.low), _finite(one.high), estimate_text(one, study.level))
        for one in found.means
    ]
    return Figure(
        interval_figure(rows, x=f"{merit_title(found.merit)}, mean over readers"),
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
        if not read.any():
            continue
        curve = roc_curve(readings.truth[read].astype(int), ratings[read])
        curves.append(Curve(reader, (1 - curve.specificity).tolist(), curve.sensitivity.tolist()))
    caption = f"Each reader's ROC with {test}."
    return Figure(roc_figure(curves), caption, caption, test)


def mean_curves(readings: Readings) -> Figure:
    """The ROC of each test averaged over its readers: mean sensitivity at each rate of false alarms."""
    places = np.linspace(0, 1, 101)
    curves = []
    for at, test in enumerate(readings.tests):
        heights = []
        for ratings in readings.ratings[at]:
            read = ~np.isnan(ratings)
            if read.any():
                curve = roc_curve(readings.truth[read].astype(int), ratings[read])
                heights.append(np.interp(places, 1 - curve.specificity, curve.sensitivity))
        curves.append(Curve(test, [0.0, *places.tolist()], [0.0, *np.mean(heights, axis=0).tolist()]))
    caption = "The ROC of each test, averaged over readers (mean sensitivity at each rate of false alarms)."
    return Figure(roc_figure(curves), caption, caption, "Mean over readers")


def _changes(found: Analysis) -> Figure:
    """Every reader from the first test to the second, the largest gain on top."""
    rows = [
        Change(name, before, after)
        for name, before, after in zip(found.readers, found.figures[0], found.figures[1], strict=True)
    ]
    rows.sort(key=lambda one: one.before - one.after)
    up = sum(one.after > one.before for one in rows)
    down = sum(one.after < one.before for one in rows)
    before, after = found.tests
    title = merit_title(found.merit)
    caption = f"{up} readers read better with {after} than with {before}, {down} worse."
    return Figure(change_figure(rows, x=title, before=before, after=after), caption, caption)


def _anova_text(found: PseudovalueAnova) -> str:
    extent = "fixed" if found.readers_fixed else "random"
    return (
        f"Dorfman, Berbaum and Metz (pseudovalues, {extent} readers): F = {found.statistic:.3f} with "
        f"{found.df_numerator:.0f} and {found.df_denominator:.1f} degrees of freedom, {p_text(found.p)}."
    )


def _shown(value: float) -> str:
    return number(value) if np.isfinite(value) else "not read"


def _reader_table(found: Analysis) -> Table | Fold:
    """What each reader reached; of many readers folded."""
    columns = (Column("Reader"), *(Column(test, numeric=True) for test in found.tests))
    rows: list[tuple[str | Cell, ...]] = [
        (reader, *(_shown(found.figures[i][j]) for i in range(len(found.tests))))
        for j, reader in enumerate(found.readers)
    ]
    means = tuple(Cell(number(one.value), "strong") for one in found.means)
    rows.append((Cell("mean", "strong"), *means))
    table = Table(columns, tuple(rows), f"{merit_title(found.merit)} of each reader.")
    many = len(found.readers) > MOST_OPEN
    return (
        Fold(f"{merit_title(found.merit)} of each of {len(found.readers)} readers", (table,))
        if many
        else table
    )


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
