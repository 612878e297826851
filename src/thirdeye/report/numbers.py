"""How a metric object becomes words: value, interval, n; undefined is never a number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from thirdeye.report.names import measure

MetricJson = Mapping[str, Any]


def number(value: Any, *, percent: bool = False, digits: int | None = None) -> str:
    """A number with the digits of its kind: ``0.912`` or ``91.2%``; ``-`` is a true minus sign."""
    if digits is None:
        digits = 1 if percent else 3
    scaled = float(value) * (100 if percent else 1)
    text = f"{scaled:.{digits}f}" + ("%" if percent else "")
    return text.replace("-", "−") if float(f"{scaled:.{digits}f}") != 0 else text.lstrip("-")


def is_number(value: Any) -> bool:
    """True for a finite int or float that may be printed."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def has_value(metric: MetricJson | None) -> bool:
    """True when the metric holds a number: there, not undefined, finite."""
    return metric is not None and metric.get("status") != "undefined" and is_number(metric.get("value"))


def has_interval(metric: MetricJson | None) -> bool:
    """True when both ends of the interval are finite."""
    return metric is not None and is_number(metric.get("ci_low")) and is_number(metric.get("ci_high"))


def value_text(metric: MetricJson | None) -> str:
    """``91.3%``, ``0.912``, ``undefined (reason)`` or ``not computed``."""
    if metric is None:
        return "not computed"
    if metric.get("value") in ("inf", "-inf"):
        return "infinite"
    if not has_value(metric):
        reason = str(metric.get("reason") or "no reason recorded")
        return f"undefined ({reason})"
    name = str(metric.get("name"))
    sign = "+" if name.endswith("_difference") and float(metric["value"]) > 0 else ""
    return sign + _shown(metric["value"], percent=measure(name).percent)


def interval_text(metric: MetricJson | None) -> str:
    """``84.2% to 95.4%``, or why there is none."""
    if metric is None or not has_value(metric):
        return ""
    if not has_interval(metric):
        return f"no interval: {metric.get('reason') or 'none recorded'}"
    percent = measure(str(metric.get("name"))).percent
    return f"{_shown(metric['ci_low'], percent=percent)} to {_shown(metric['ci_high'], percent=percent)}"


def _shown(value: Any, *, percent: bool) -> str:
    """A number of a table; from 10 on one decimal is enough, where it is no percentage."""
    return number(value, percent=percent, digits=1 if not percent and abs(float(value)) >= 10 else None)


def full_text(metric: MetricJson | None) -> str:
    """Value and interval in one phrase: ``0.912 (95% interval 0.871 to 0.946)``."""
    interval = interval_text(metric)
    if metric is None or not interval:
        return value_text(metric)
    if not has_interval(metric):
        return f"{value_text(metric)} ({interval})"
    return f"{value_text(metric)} ({level_text(metric)} interval {interval})"


def inline_text(metric: MetricJson | None) -> str:
    """As `full_text`, to be put inside brackets: ``0.912, 95% interval 0.871 to 0.946``."""
    if metric is None or not has_interval(metric) or not has_value(metric):
        return full_text(metric)
    return f"{value_text(metric)}, {level_text(metric)} interval {interval_text(metric)}"


def short_text(metric: MetricJson | None) -> str:
    """Value and bare interval, for the margin of a figure: ``0.912 (0.871 to 0.946)``."""
    interval = interval_text(metric) if has_interval(metric) else ""
    return f"{value_text(metric)} ({interval})" if interval else value_text(metric)


def level_text(metric: MetricJson | None) -> str:
    """The confidence level: ``95%``."""
    level = (metric or {}).get("level", 0.95)
    return f"{100 * float(level):g}%" if is_number(level) else "95%"


def n_text(metric: MetricJson, cluster: str) -> str:
    """``156``, or ``312 (78 patients)`` where patients repeat."""
    n, clusters = metric.get("n"), metric.get("n_clusters")
    text = "" if n is None else f"{n:,}"
    if clusters not in (None, n) and clusters:
        text += f" ({count(clusters, cluster)})"
    return text


def per_hundred(proportion: float) -> str:
    """A proportion as a whole number of a hundred; the ends are kept honest ("fewer than 1")."""
    hundredths = 100 * proportion
    if 0 < hundredths < 0.5:
        return "fewer than 1"
    if 99.5 <= hundredths < 100:
        return "more than 99"
    return f"{hundredths:.0f}"


def per_hundred_text(metric: MetricJson) -> str:
    """``92 (95% interval 84 to 96)`` of a hundred."""
    text = per_hundred(float(metric["value"]))
    if not has_interval(metric):
        return f"{text} (no interval: {metric.get('reason') or 'none recorded'})"
    low, high = per_hundred(float(metric["ci_low"])), per_hundred(float(metric["ci_high"]))
    return f"{text} ({level_text(metric)} interval {low} to {high})"


def duration(seconds: Any) -> str:
    """``48 s``, ``9 min 30 s``, ``2 h 05 min``."""
    if not is_number(seconds):
        return "not recorded"
    whole = round(float(seconds))
    if whole < 90:
        return f"{float(seconds):.1f} s" if whole < 10 else f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def count(number_of: int, noun: str, plural: str | None = None) -> str:
    """``1 image``, ``1,204 images``."""
    return f"{number_of:,} {noun if number_of == 1 else plural or noun + 's'}"


def p_text(p: Any) -> str:
    """``p = 0.013``, ``p < 0.001``; empty where there is no p value."""
    if not is_number(p):
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def plain(value: Any) -> str:
    """A JSON value as a person writes it: lists with commas, absent things as "none"."""
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value)) or "none"
    if isinstance(value, Mapping):
        return (
            ", ".join(f"{str(name).replace('_', ' ')} {plain(item)}" for name, item in value.items())
            or "none"
        )
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
