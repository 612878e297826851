"""The bands, smooth curve, decision curve and predictive values of ``evaluation.json`` as things to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.figures.band import Band
from thirdeye.report.figures.decision_curve import Benefit, Mark
from thirdeye.report.figures.predictive_values import Panel
from thirdeye.report.figures.smooth_calibration import SmoothCurve
from thirdeye.report.names import operating_point_title
from thirdeye.report.numbers import has_value, is_number
from thirdeye.report.sets import EvidenceSet


def band_of(x: Any, low: Any, high: Any) -> Band | None:
    """A band from lists of numbers and nulls; None where fewer than two places have both limits."""
    if not all(isinstance(part, list) for part in (x, low, high)) or not len(x) == len(low) == len(high):
        return None
    known = [row for row in zip(x, low, high, strict=True) if all(map(is_number, row))]
    if len(known) < 2:
        return None
    return Band(*(list(column) for column in zip(*known, strict=True)))


def roc_band(part: EvidenceSet) -> Band | None:
    """Of the sensitivity, over false alarms; None where there are several curves or no band."""
    band = _band_entry(part, "roc")
    specificity = band.get("specificity")
    if not isinstance(specificity, list) or not all(map(is_number, specificity)):
        return None
    return band_of([1 - value for value in specificity], band.get("low"), band.get("high"))


def precision_recall_band(part: EvidenceSet) -> Band | None:
    """Of the positive predictive value, over sensitivity."""
    band = _band_entry(part, "pr")
    return band_of(band.get("recall"), band.get("low"), band.get("high"))


def _band_entry(part: EvidenceSet, kind: str) -> Mapping[str, Any]:
    curve = (part.content.get("curves") or {}).get(kind)
    return (curve or {}).get("band") or {} if isinstance(curve, Mapping) else {}


def smooth_curve(part: EvidenceSet) -> SmoothCurve | None:
    """The smooth calibration curve; None where it was not computed or is undefined."""
    block = part.content.get("smooth_calibration") or {}
    x, y, bars = block.get("probability"), block.get("event_rate"), block.get("histogram") or {}
    if not isinstance(x, list) or not isinstance(y, list) or len(x) != len(y) or len(x) < 2:
        return None
    band = band_of(x, block.get("low"), block.get("high"))
    edges, there, not_there = (bars.get(name) for name in ("edges", "with_outcome", "without_outcome"))
    if not all(isinstance(part, list) for part in (edges, there, not_there)):
        return None
    return SmoothCurve(x, y, band, edges or [], there or [], not_there or [])


def benefit(part: EvidenceSet) -> tuple[Benefit, Mapping[str, Any]] | None:
    """The decision curve at the prevalence of the set, which the probabilities are for, and its entry."""
    block = part.content.get("decision_curve") or {}
    curves = block.get("curves") or []
    if not curves or not block.get("thresholds"):
        return None
    curve = next((one for one in curves if one.get("prevalence_origin") == "set"), curves[0])
    band = band_of(block["thresholds"], curve.get("model_low"), curve.get("model_high"))
    found = Benefit(block["thresholds"], curve["model"], curve["treat_all"], band, curve["prevalence"])
    return found, curve


def benefit_marks(part: EvidenceSet, shown: Benefit) -> list[Mark]:
    """The operating points on the decision curve, interpolated between its places."""
    marks = []
    for point in part.points:
        if not is_number(point.get("threshold")):
            continue
        at = float(point["threshold"])
        if shown.thresholds[0] <= at <= shown.thresholds[-1]:
            value = _interpolated(at, shown.thresholds, shown.model)
            marks.append(Mark(operating_point_title(str(point.get("name"))), at, value))
    return marks


def _interpolated(at: float, x: Sequence[float], y: Sequence[float]) -> float:
    above = next((i for i, place in enumerate(x) if place >= at), len(x) - 1)
    if above == 0 or x[above] == at:
        return float(y[above])
    share = (at - x[above - 1]) / (x[above] - x[above - 1])
    return float(y[above - 1] + share * (y[above] - y[above - 1]))


def predictive_panels(part: EvidenceSet) -> list[Panel]:
    """Predictive values over prevalence, a panel for each operating point whose rates are known."""
    block = part.content.get("predictive_values") or {}
    panels = []
    for curve in block.get("curves") or []:
        name = str(curve.get("operating_point"))
        if has_value(part.metric("sensitivity", point=name)):
            x = curve.get("prevalence")
            lines = [_line(x, curve.get(kind)) for kind in ("ppv", "npv")]
            bands = [band_of(x, curve.get(f"{k}_low"), curve.get(f"{k}_high")) for k in ("ppv", "npv")]
            panels.append(Panel(operating_point_title(name), lines[0], lines[1], bands[0], bands[1]))
    return [panel for panel in panels if panel.ppv[0] or panel.npv[0]]


def _line(x: Any, y: Any) -> tuple[list[float], list[float]]:
    if not isinstance(x, list) or not isinstance(y, list) or len(x) != len(y):
        return [], []
    known = [(float(a), float(b)) for a, b in zip(x, y, strict=True) if is_number(a) and is_number(b)]
    return [a for a, _ in known], [b for _, b in known]
