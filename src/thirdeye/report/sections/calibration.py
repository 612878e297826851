"""Calibration: does a probability of 30% mean 30 of a hundred?"""

from __future__ import annotations

from typing import Any

from thirdeye.report.bands import smooth_curve
from thirdeye.report.clean import shorten
from thirdeye.report.curves import reliability_bins
from thirdeye.report.document import Block, Figure, FigureRow, Paragraph, Section
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.reliability import reliability_figure
from thirdeye.report.figures.smooth_calibration import smooth_calibration_figure
from thirdeye.report.measures import measure_blocks
from thirdeye.report.numbers import MetricJson, full_text, has_value, inline_text, is_number, number, p_text
from thirdeye.report.question import other_class
from thirdeye.report.sets import EvidenceSet, part_anchor

NAMES = (
    "calibration_intercept", "calibration_slope", "expected_over_observed", "ici", "e50", "e90", "emax",
    "ece_equal_width_10", "ece_equal_mass_10", "brier", "brier_scaled", "log_loss",
)  # fmt: skip
_HEADLINE = ("calibration_intercept", "calibration_slope", "expected_over_observed", "ici", "brier")


def calibration_section(evidence: Evidence, part: EvidenceSet) -> Section | None:
    """Curves, measures and one sentence; None where nothing about calibration was recorded."""
    figures = [*_reliability(evidence, part), *_smooth(evidence, part)]
    metrics = _metrics(part)
    if not figures and not metrics:
        return None
    blocks: list[Block] = [Paragraph(_sentence(evidence, part))]
    if figures:
        blocks.append(FigureRow(tuple(figures)))
    if metrics:
        title, more = "Measures of calibration and of the probabilities", "Further measures of calibration"
        blocks += measure_blocks(part, metrics, title, _HEADLINE, more)
    secondary = _tests(part)
    if secondary:
        blocks.append(Paragraph(secondary, "small"))
    return Section(part_anchor("calibration", part), f"Calibration on {part.title}", tuple(blocks))


def _metrics(part: EvidenceSet) -> list[MetricJson]:
    block = part.content.get("calibration") or {}
    held = {str(metric.get("name")): metric for metric in part.overall()}
    held |= {name: block[name] for name in NAMES if isinstance(block.get(name), dict)}
    return [held[name] for name in NAMES if name in held]


def _sentence(evidence: Evidence, part: EvidenceSet) -> str:
    what = "have the condition" if evidence.task == "binary" else "be of the class named"
    text = f"Of the cases given a probability of 30%, 30 of 100 should {what}."
    ici = part.metric("ici")
    if ici is None or not has_value(ici):
        return text
    points = number(100 * float(ici["value"]), digits=1)
    text += f" Here the frequency lies {points} percentage points from the probability on average"
    if is_number(ici.get("ci_low")) and is_number(ici.get("ci_high")):
        low, high = (number(100 * float(ici[end]), digits=1) for end in ("ci_low", "ci_high"))
        text += f" (95% interval {low} to {high}; in small sets chance alone gives a few points)"
    return text + _direction(part) + "."


def _direction(part: EvidenceSet) -> str:
    ratio = part.metric("expected_over_observed")
    if ratio is None or not is_number(ratio.get("ci_low")) or not is_number(ratio.get("ci_high")):
        return ""
    if ratio["ci_low"] > 1:
        return ", and the probabilities are too high on the whole"
    if ratio["ci_high"] < 1:
        return ", and the probabilities are too low on the whole"
    return ", and the probabilities are neither too high nor too low on the whole"


def _tests(part: EvidenceSet) -> str:
    block = part.content.get("calibration") or {}
    hosmer: dict[str, Any] = block.get("hosmer_lemeshow") or {}
    texts = []
    if is_number(hosmer.get("chi2")):
        texts.append(
            f"Hosmer and Lemeshow's test: χ² {number(hosmer['chi2'], digits=1)} on {hosmer.get('df')} "
            f"degrees of freedom, {p_text(hosmer.get('p'))}"
        )
    if is_number(block.get("spiegelhalter_z")):
        shown = p_text(block.get("spiegelhalter_p"))
        texts.append(
            f"Spiegelhalter's z {number(block['spiegelhalter_z'], digits=2)}{f', {shown}' if shown else ''}"
        )
    if not texts:
        return ""
    which = "Both are" if len(texts) > 1 else "This test is"
    return (
        "; ".join(texts) + f". {which} secondary: such tests reject in large sets and accept in small ones."
    )


def _reliability(evidence: Evidence, part: EvidenceSet) -> list[Figure]:
    bins = reliability_bins(part)
    if not bins:
        return []
    slope, intercept = part.metric("calibration_slope"), part.metric("calibration_intercept")
    shown = f" Slope {full_text(slope)}; intercept {full_text(intercept)}." if slope and intercept else ""
    text = f"Reliability in ten bins of probability, with intervals; cases of each bin below.{shown}"
    alt = "; ".join(f"{b.probability:.2f} predicted, {b.frequency:.2f} observed, {b.n} cases" for b in bins)
    drawing = reliability_figure(bins, outcome=_outcome(evidence))
    return [Figure(drawing, text, alt, title="Reliability in bins")]


def _smooth(evidence: Evidence, part: EvidenceSet) -> list[Figure]:
    curve = smooth_curve(part)
    if curve is None:
        return []
    binary = evidence.task == "binary"
    names = (evidence.positive or "", other_class(evidence)) if binary else ("right", "wrong")
    drawing = smooth_calibration_figure(curve, outcome=_outcome(evidence), names=names)
    ici = part.metric("ici")
    measured = f" Mean distance from the diagonal (ICI) {inline_text(ici)}." if has_value(ici) else ""
    band = f" Pale: pointwise 95% band, drawn anew by {part.cluster}." if curve.band else ""
    text = (
        "Calibration without bins: a local regression (loess) of what happened on the probability."
        f"{band}{measured} Bars: cases with (up) and without (down) the outcome."
    )
    places = [round(at * (len(curve.x) - 1) / 4) for at in range(5)]
    alt = "; ".join(f"{curve.x[i]:.2f} predicted, {curve.y[i]:.2f} observed" for i in places)
    return [Figure(drawing, text, f"Smooth calibration curve: {alt}.{measured}", title="Smooth calibration")]


def _outcome(evidence: Evidence) -> str:
    return f"“{shorten(evidence.positive or '', 24)}”" if evidence.task == "binary" else "being right"
