"""Results: every measure with its interval, n and convention; the figures; classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thirdeye.report.bands import precision_recall_band, roc_band
from thirdeye.report.confusion import Matrix, matrices
from thirdeye.report.curves import (
    precision_recall_curves,
    precision_recall_points,
    roc_curves,
    roc_points,
)
from thirdeye.report.document import Block, Column, Figure, FigureRow, Fold, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.confusion import confusion_figure, confusion_panels
from thirdeye.report.figures.palette import NETWORK
from thirdeye.report.figures.precision_recall import precision_recall_figure
from thirdeye.report.figures.roc import MOST_NAMED_CURVES, Curve, roc_figure
from thirdeye.report.located.tasks import located_words
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.measures import class_blocks, measure_blocks, measure_table, point_blocks
from thirdeye.report.names import title_in
from thirdeye.report.numbers import count, full_text, interval_text, n_text, value_text
from thirdeye.report.sections.calibration import NAMES as CALIBRATION
from thirdeye.report.sections.spread import distribution_figure
from thirdeye.report.sets import EvidenceSet, part_anchor, prevalence_of

HEADLINE = (
    "auc",
    "average_precision",
    "auc_macro",
    "balanced_accuracy",
    "quadratic_kappa",
    "mcc",
    "accuracy",
)
_OVERALL = {True: "Measures that need no threshold", False: "All classes together"}


def results_section(evidence: Evidence, part: EvidenceSet) -> Section:
    """Everything measured on one part of the data."""
    anchor = part_anchor("results", part)
    title = "Results on the test part" if part.name == "test" else f"Results on {part.title}"
    figures = curve_figures(evidence, part)
    spread = distribution_figure(evidence, part)
    figures += [*([spread] if spread else []), *_matrix_figures(evidence, part)]
    blocks: list[Block] = [Paragraph(_introduction(part))]
    blocks += point_blocks(part)
    overall = [metric for metric in part.overall() if metric.get("name") not in CALIBRATION]
    title_of_all = _OVERALL[evidence.task == "binary"]
    blocks += measure_blocks(part, overall, title_of_all, HEADLINE, "Further measures without a threshold")
    small = tuple(figure for figure in figures if figure.drawing.width_in < 5)
    if small:
        blocks.append(FigureRow(small))
    blocks += [figure for figure in figures if figure.drawing.width_in >= 5]
    blocks += class_blocks(evidence, part)
    return Section(anchor, title, tuple(blocks))


def validation_section(evidence: Evidence, part: EvidenceSet) -> Section:
    """The same measures on validation data, short: they chose the network and are not its verdict."""
    located = located_words(evidence.task)
    if located is not None:
        return _located_validation(part, located)
    kept = (*HEADLINE, "brier", "calibration_intercept", "calibration_slope")
    first = [metric for metric in part.overall() if metric.get("name") in kept]
    rest = [metric for metric in part.overall() if metric.get("name") not in kept]
    caption, more = "Measures on validation data", "Further measures on validation data"
    return Section(
        "results-validation",
        "The same measures on validation data",
        (
            Notice(
                "note",
                "For comparison only",
                "Thresholds, calibration and the choice of stages were made on these cases, so these "
                "figures lean to the favourable side. A test result far below them is a sign of "
                "overfitting or of different cases.",
            ),
            _unnoted(measure_table(part, first, caption)),
            *((Fold(f"{more} ({len(rest)})", (_unnoted(measure_table(part, rest, more)),)),) if rest else ()),
        ),
    )


def _located_validation(part: EvidenceSet, words: LocatedWords) -> Section:
    """The headline measures of masks, boxes or points on cases that took part in choosing."""
    shown = sorted(
        (m for m in part.metrics if words.is_headline(m.get("name")) and not m.get("operating_point")),
        key=lambda metric: (words.rank(metric.get("name")), bool(metric.get("class"))),
    )
    columns = (
        Column("Measure", weight=1.5), Column(words.noun.capitalize(), weight=1.5),
        Column("Value", numeric=True), Column("Interval", numeric=True, weight=1.5),
        Column("Cases", numeric=True),
    )  # fmt: skip
    rows = tuple(
        (
            title_in(str(m.get("name")), part.content.get("length_unit")),
            str(m.get("class") or f"all {words.nouns}"), value_text(m), interval_text(m),
            n_text(m, part.cluster),
        )
        for m in shown
    )  # fmt: skip
    notice = Notice(
        "note",
        "For comparison only",
        "The state of each network and what is done afterwards were chosen on these cases, so these figures "
        "lean to the favourable side. A test result far below them is a sign of overfitting or of different "
        "cases.",
    )
    table = Table(columns, rows, "Measures on validation data", ("Computed as on the test part.",))
    return Section("results-validation", "The same measures on validation data", (notice, table))


def _unnoted(table: Table) -> Table:
    return replace(table, notes=("Computed as on the test part.",))


def curve_figures(evidence: Evidence, part: EvidenceSet) -> list[Figure]:
    """ROC, precision-recall and reliability figures, those that the evidence holds."""
    figures = []
    roc, points = roc_curves(part), roc_points(part)
    if roc:
        figures.append(
            Figure(
                roc_figure(_named(roc, "network"), points, band=roc_band(part) if len(roc) == 1 else None),
                f"ROC curve. {_area(part)} The dashed line is chance."
                + (_band(part) if len(roc) == 1 and roc_band(part) else "")
                + (" Crosses: operating points with the intervals of both rates." if points else "")
                + _unnamed(len(roc)),
                f"ROC curve on {part.title}. {_area(part)}",
                title="ROC curve",
            )
        )
    precision = precision_recall_curves(part)
    if precision:
        chance = prevalence_of(part) if len(precision) == 1 else None
        band = precision_recall_band(part) if len(precision) == 1 else None
        figure = precision_recall_figure(
            _named(precision, "network"), prevalence=chance, points=precision_recall_points(part), band=band
        )
        average = part.metric("average_precision")
        shown = f" Average precision {full_text(average)}." if average else ""
        text = f"Precision-recall curve.{shown} Chance level is the prevalence.{_band(part) if band else ''}"
        figures.append(Figure(figure, text + _unnamed(len(precision)), text, title="Precision and recall"))
    return figures


def _matrix_figures(evidence: Evidence, part: EvidenceSet) -> list[Figure]:
    found = matrices(evidence, part)
    if not found:
        return []
    if evidence.task == "binary":
        drawing = confusion_panels([m.counts for m in found], found[0].classes, [m.title for m in found])
    else:
        drawing = confusion_figure(found[0].counts, found[0].classes)
    text = "Confusion matrix: counts, and their share of the row. Rows are the truth; the diagonal is right."
    alt = ". ".join(f"{matrix.title} {_in_words(matrix)}".strip() for matrix in found)
    return [Figure(drawing, text, alt, title="Confusion matrix")]


def _in_words(matrix: Matrix) -> str:
    rows = zip(matrix.classes, matrix.counts, strict=True)
    return "; ".join(f"{name}: {', '.join(map(str, row))}" for name, row in rows)


def _introduction(part: EvidenceSet) -> str:
    n, patients = part.content.get("n"), part.content.get("n_patients")
    of = f" of {count(patients, part.cluster)}" if isinstance(patients, int) and patients != n else ""
    rows = f"{n:,} {part.units}{of}" if isinstance(n, int) else f"An unrecorded number of {part.units}"
    return (
        f"{rows}.{_left_out(part)} Every number stands with its interval, the cases that it rests on "
        "and how it was computed; “undefined” means that the data cannot answer, which is not the "
        "same as zero."
    )


def _left_out(part: EvidenceSet) -> str:
    reasons = part.content.get("n_excluded") or {}
    listed = "; ".join(f"{number_of:,}: {reason}" for reason, number_of in reasons.items() if number_of)
    whole = "the whole collection" if part.name == "test" else "these data"
    return f" Left out of {whole} beforehand: {listed}." if listed else ""


def _band(part: EvidenceSet) -> str:
    return f" Pale: pointwise 95% band, drawn anew by {part.cluster}."


def _area(part: EvidenceSet) -> str:
    auc = part.metric("auc") or part.metric("auc_macro")
    if auc is None:
        return ""
    return f"{'Macro AUC' if auc.get('name') == 'auc_macro' else 'AUC'} {full_text(auc)}."


def _named(curves: Sequence[Curve], fallback: str) -> list[Curve]:
    if len(curves) == 1:
        return [replace(curves[0], name=curves[0].name or fallback, colour=NETWORK)]
    return list(curves)


def _unnamed(number_of: int) -> str:
    return f" One line per class, {number_of} in all." if number_of > MOST_NAMED_CURVES else ""
