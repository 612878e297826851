"""Areas and volumes on paper: which unit, how many digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.numbers import has_interval, has_value, is_number

_UNITS = {"mm3": ("ml", 1e-3), "mm2": ("mm²", 1.0), "px": ("pixels", 1.0)}


def size_unit(unit: object) -> tuple[str, float]:
    """Name on paper and what a stored size is multiplied by: volumes are shown in millilitres."""
    return _UNITS.get(str(unit), (str(unit), 1.0))


def size_text(value: object, unit: object, *, sign: bool = False) -> str:
    """``1.24 ml``; three significant digits."""
    if not is_number(value):
        return "not measured"
    name, factor = size_unit(unit)
    return f"{significant(float(value) * factor, sign=sign)} {name}"  # type: ignore[arg-type]


def size_interval(metric: Mapping[str, Any], unit: object) -> str:
    """``−0.05 to +0.11 ml``, or why there is no interval."""
    if not has_value(metric):
        return ""
    if not has_interval(metric):
        return f"no interval: {metric.get('reason') or 'none recorded'}"
    name, factor = size_unit(unit)
    low, high = (significant(float(metric[end]) * factor, sign=True) for end in ("ci_low", "ci_high"))
    return f"{low} to {high} {name}"


def significant(value: float, *, sign: bool = False, digits: int = 3) -> str:
    """Three significant digits without an exponent; from 1,000 on whole numbers with separators."""
    if abs(value) >= 1000:
        text = f"{value:+,.0f}" if sign else f"{value:,.0f}"
    else:
        places = max(0, digits - 1 - _exponent(value))
        text = f"{value:+.{places}f}" if sign else f"{value:.{places}f}"
    return text.replace("-", "−")


def _exponent(value: float) -> int:
    return int(f"{abs(value):e}".partition("e")[2]) if value else 0
