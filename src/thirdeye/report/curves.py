"""The curves of ``evaluation.json`` as lines to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.figures.reliability import Bin
from thirdeye.report.figures.roc import Curve, Point
from thirdeye.report.names import operating_point_title
from thirdeye.report.numbers import MetricJson, has_value, is_number
from thirdeye.report.sets import EvidenceSet, complement

MOST_POINTS = 400


def entries(part: EvidenceSet, kind: str) -> list[tuple[str, Any]]:
    """(class name or "", curve) pairs of one kind of curve ("roc", "pr", "reliability")."""
    curves = part.content.get("curves") or {}
    if curves.get(kind):
        return [("", curves[kind])]
    return [(str(one.get("class", "")), one[kind]) for one in curves.get("per_class") or () if one.get(kind)]


def roc_curves(part: EvidenceSet) -> list[Curve]:
    """ROC lines: false alarms on x, sensitivity on y."""
    lines = []
    for name, curve in entries(part, "roc"):
        y = _numbers(curve, "sensitivity")
        x = [1 - value for value in _numbers(curve, "specificity")]
        if len(x) == len(y) > 1:
            lines.append(_curve(name, x, y))
    return lines


def precision_recall_curves(part: EvidenceSet) -> list[Curve]:
    """Precision-recall lines: recall on x, precision on y."""
    lines = []
    for name, curve in entries(part, "pr"):
        x, y = _numbers(curve, "recall"), _numbers(curve, "precision")
        if len(x) == len(y) > 0:
            lines.append(_curve(name, x, y))
    return lines


def reliability_bins(part: EvidenceSet) -> list[Bin]:
    """Bins of the reliability diagram: of the positive class, else of the class named (top label)."""
    calibration = part.content.get("calibration") or {}
    points: Any = next(iter(entries(part, "reliability")[:1]), ("", []))[1]
    if calibration.get("kind") == "top_label":
        points = calibration.get("bins_equal_width") or []
    elif (part.content.get("curves") or {}).get("per_class"):
        return []
    return to_bins(points)


def to_bins(points: Sequence[Mapping[str, Any]]) -> list[Bin]:
    """Bins as ``evaluation.json`` holds them; empty ones are left out."""
    return [found for item in points if (found := _bin(item)) is not None]


def roc_points(part: EvidenceSet) -> list[Point]:
    """Operating points on the ROC with the intervals of both coordinates."""
    return _points(part, lambda specificity: complement(specificity), "specificity", "sensitivity")


def precision_recall_points(part: EvidenceSet) -> list[Point]:
    """Operating points on the precision-recall plane."""
    return _points(part, lambda metric: metric, "sensitivity", "ppv")


def _points(part: EvidenceSet, turn: Any, x_name: str, y_name: str) -> list[Point]:
    points = []
    for point in part.points:
        name = str(point.get("name"))
        x, y = part.metric(x_name, point=name), part.metric(y_name, point=name)
        if x is not None and y is not None and has_value(x) and has_value(y):
            points.append(Point(operating_point_title(name), _triple(turn(x)), _triple(y)))
    return points


def _triple(metric: MetricJson) -> tuple[float, float | None, float | None]:
    low, high = metric.get("ci_low"), metric.get("ci_high")
    return (
        float(metric["value"]),
        float(low) if is_number(low) else None,  # type: ignore[arg-type]
        float(high) if is_number(high) else None,  # type: ignore[arg-type]
    )


def _bin(item: Mapping[str, Any]) -> Bin | None:
    probability, frequency = item.get("mean_probability"), item.get("event_rate")
    if not is_number(probability) or not is_number(frequency):
        return None
    low, high = item.get("ci_low"), item.get("ci_high")
    return Bin(
        float(probability),  # type: ignore[arg-type]
        float(frequency),  # type: ignore[arg-type]
        float(low) if is_number(low) else None,  # type: ignore[arg-type]
        float(high) if is_number(high) else None,  # type: ignore[arg-type]
        int(item.get("n") or 0),
    )


def _numbers(curve: Mapping[str, Any], name: str) -> list[float]:
    values = curve.get(name)
    if not isinstance(values, list) or not all(map(is_number, values)):
        return []
    return [float(value) for value in values]


def _curve(name: str, x: list[float], y: list[float]) -> Curve:
    step = max(1, -(-len(x) // MOST_POINTS))
    keep = sorted({*range(0, len(x), step), len(x) - 1})
    return Curve(name, [x[i] for i in keep], [y[i] for i in keep])
