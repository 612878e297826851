"""Words for distances of points: units, success rates, measurements."""

from __future__ import annotations

from thirdeye.report.numbers import MetricJson, has_interval, level_text, number
from thirdeye.report.sets import EvidenceSet

LENGTHS = {"mm": "mm", "px": "pixels", "pct": "% of the longer side"}
UNIT_SIGNS = {"deg": "°", "mm": " mm", "px": " pixels", "1": "", "pct": "%"}
UNIT_AXES = {"deg": "degrees", "mm": "mm", "px": "pixels", "1": "", "pct": "%"}


def distance_text(metric: MetricJson, unit: str, *, bare: bool = False) -> str:
    """``3.2 pixels (95% interval 2.8 to 3.6)``; `bare` leaves the interval out."""
    value = f"{number(metric['value'], digits=_digits(metric['value']))} {LENGTHS[unit]}"
    if bare or not has_interval(metric):
        return value
    return f"{value} ({level_text(metric)} interval {distance_interval(metric)})"


def distance_interval(metric: MetricJson) -> str:
    """``2.8 to 3.6``, with the digits of the value."""
    if not has_interval(metric):
        return "no interval"
    low, high = (number(metric[key], digits=_digits(metric["value"])) for key in ("ci_low", "ci_high"))
    return f"{low} to {high}"


def _digits(value: float) -> int:
    return 1 if abs(float(value)) >= 1 else 2


def success_names(part: EvidenceSet) -> list[str]:
    """Names of the success rates of a set, the closest first."""
    names = [
        str(m.get("name"))
        for m in part.metrics
        if str(m.get("name")).startswith("sdr_") and not m.get("class")
    ]
    return list(dict.fromkeys(names))


def success_title(name: str) -> str:
    """``Within 2.5 mm``, ``Within 1% of the longer side``."""
    unit = next(one for one in ("mm", "pct", "px") if name.endswith(one))
    tolerance = name.removeprefix("sdr_").removesuffix(unit).replace("_", ".")
    return (
        f"Within {tolerance}% of the longer side" if unit == "pct" else f"Within {tolerance} {LENGTHS[unit]}"
    )


def quantity(value: float, unit: str, digits: int = 1) -> str:
    """``12.3°``, ``4.1 mm``; a ratio with three digits."""
    return f"{number(value, digits=3 if unit == '1' else digits)}{UNIT_SIGNS.get(unit, ' ' + unit)}"


def plain_quantity(value: float, unit: str) -> str:
    """As `quantity`, without the unit."""
    return number(value, digits=3 if unit == "1" else 1)
