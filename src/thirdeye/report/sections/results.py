"""Results: every measure with its interval, n and convention; the figures; classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from thirdeye.report.clean import shorten
from thirdeye.report.confusion import Matrix, matrices
from thirdeye.report.curves import (
    precision_recall_curves,
    precision_recall_points,
    reliability_bins,
    roc_curves,
    roc_points,
)
from thirdeye.report.document import Block, Figure, FigureRow, Notice, Paragraph, Section
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.confusion import confusion_figure, confusion_panels
from thirdeye.report.figures.palette import NETWORK
from thirdeye.report.figures.precision_recall import precision_recall_figure
from thirdeye.report.figures.reliability import reliability_figure
from thirdeye.report.figures.roc import MOST_NAMED_CURVES, Curve, roc_figure
from thirdeye.report.measures import class_blocks, measure_table, point_blocks
from thirdeye.report.numbers import count, full_text
from thirdeye.report.sections.spread import distribution_figure
from thirdeye.report.sets import EvidenceSet, prevalence_of

_OVERALL = {True: "Measures that need no threshold", False: "All classes together"}


def results_section(evidence: Evidence, part: EvidenceSet) -> Section:
    """Everything measured on one part of the data."""
    anchor = "results" if part.name == "test" else f"results-{sha256(part.name.encode()).hexdigest()[:8]}"
    title = "Results on the test part" if part.name == "test" else f"Results on {part.title}"
    figures = curve_figures(evidence, part)
    spread = distribution_figure(evidence, part)
    figures += [*([spread] if spread else []), *_matrix_figures(evidence, part)]
    blocks: list[Block] = [Paragraph(_introduction(part))]
    blocks += point_blocks(part)
    blocks.append(measure_table(part, part.overall(), _OVERALL[evidence.task == "binary"]))
    small = tuple(figure for figure in figures if figure.drawing.width_in < 5)
    if small:
        blocks.append(FigureRow(small))
    blocks += [figure for figure in figures if figure.drawing.width_in >= 5]
    blocks += class_blocks(evidence, part)
    return Section(anchor, title, tuple(blocks))


def validation_section(evidence: Evidence, part: EvidenceSet) -> Section:
    """The same measures on validation data, short: they chose the network and are not its verdict."""
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
            replace(
                measure_table(part, part.overall(), "Measures on validation data"),
                notes=("Computed as on the test part.",),
            ),
        ),
    )


def curve_figures(evidence: Evidence, part: EvidenceSet) -> list[Figure]:
    """ROC, precision-recall and reliability figures, those that the evidence holds."""
    figures = []
    roc, points = roc_curves(part), roc_points(part)
    if roc:
        figures.append(
            Figure(
                roc_figure(_named(roc, "network"), points),
                f"ROC curve. {_area(part)} The dashed line is chance."
                + (" Crosses: operating points with the intervals of both rates." if points else "")
                + _unnamed(len(roc)),
                f"ROC curve on {part.title}. {_area(part)}",
                title="ROC curve",
            )
        )
    precision = precision_recall_curves(part)
    if precision:
        chance = prevalence_of(part) if len(precision) == 1 else None
        figure = precision_recall_figure(
            _named(precision, "network"), prevalence=chance, points=precision_recall_points(part)
        )
        average = part.metric("average_precision")
        shown = f" Average precision {full_text(average)}." if average else ""
        text = f"Precision-recall curve.{shown} Chance level is the prevalence."
        figures.append(Figure(figure, text + _unnamed(len(precision)), text, title="Precision and recall"))
    figures += _reliability(evidence, part)
    return figures


def _reliability(evidence: Evidence, part: EvidenceSet) -> list[Figure]:
    bins = reliability_bins(part)
    if not bins:
        return []
    outcome = f"“{shorten(evidence.positive or '', 24)}”" if evidence.task == "binary" else "being right"
    slope, intercept = part.metric("calibration_slope"), part.metric("calibration_intercept")
    shown = f" Slope {full_text(slope)}; intercept {full_text(intercept)}." if slope and intercept else ""
    what = "have the condition" if evidence.task == "binary" else "be of the class named"
    text = f"Reliability: of the cases given a probability of 30%, 30 of 100 should {what}.{shown}"
    alt = "; ".join(f"{b.probability:.2f} predicted, {b.frequency:.2f} observed, {b.n} cases" for b in bins)
    return [Figure(reliability_figure(bins, outcome=outcome), text, alt, title="Reliability")]


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
        f"{rows}{_left_out(part)}. Every number stands with its interval, the cases that it rests on "
        "and how it was computed; “undefined” means that the data cannot answer, which is not the "
        "same as zero."
    )


def _left_out(part: EvidenceSet) -> str:
    reasons = part.content.get("n_excluded") or {}
    listed = ", ".join(f"{number_of:,} {reason}" for reason, number_of in reasons.items() if number_of)
    return f" (left out before: {listed})" if listed else ""


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
