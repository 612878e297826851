"""Time budgets as people write them."""

from __future__ import annotations

import re

from thirdeye.errors import UsageError

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "": 60.0}
_PATTERN = re.compile(r"(?:(\d+(?:\.\d+)?)\s*(s|min|m|h|))")
SHORTEST_S = 20.0


def seconds(budget: str | float) -> float:
    """Seconds of "10m", "90s", "1.5h", "1h30m" or of a number of seconds; bare text counts minutes.

    Raises:
        UsageError: it is neither, or less than `SHORTEST_S`.
    """
    if isinstance(budget, str):
        text = budget.strip().lower()
        parts = _PATTERN.findall(text)
        if not text or "".join(f"{number}{unit}" for number, unit in parts) != text.replace(" ", ""):
            raise UsageError(f"a time budget looks like 10m, 90s or 1h30m, got '{budget}'")
        value = sum(float(number) * _UNITS[unit] for number, unit in parts)
    else:
        value = float(budget)
    if not value >= SHORTEST_S:
        raise UsageError(f"a time budget is at least {SHORTEST_S:.0f}s, got '{budget}'")
    return value


def spoken(duration_s: float) -> str:
    """ "45 s", "3 min", "1 h 20 min"."""
    if duration_s < 90:
        return f"{duration_s:.0f} s"
    minutes = round(duration_s / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
