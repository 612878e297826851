"""Single numbers are checked as carefully as columns: a level, a count, a rate, a threshold."""

from __future__ import annotations

import math
from typing import Any

from thirdeye.errors import UsageError


def check_number(
    what: str, value: Any, low: float = -math.inf, high: float = math.inf, *, inside: bool = False
) -> float:
    """A finite number from `low` to `high`.

    Args:
        what: how the message calls it ("the prevalence").
        value: an int or a float.
        low, high: bounds, attained unless `inside`.
        inside: the bounds themselves are refused.

    Raises:
        UsageError: anything else; the message quotes it.
    """
    number = _plain(what, value)
    beyond = number <= low or number >= high if inside else number < low or number > high
    if not math.isfinite(number) or beyond:
        raise UsageError(f"{what}: {value!r} cannot be; expected {_range(low, high, inside)}")
    return number


def check_share(what: str, value: Any) -> float:
    """A finite number from 0 to 1.

    Raises:
        UsageError: anything else.
    """
    return check_number(what, value, 0, 1)


def check_count(what: str, value: Any, at_least: int = 0, at_most: int = 10**12) -> int:
    """A whole number.

    Args:
        what: how the message calls it.
        value: an int, or a float without a fraction.
        at_least, at_most: bounds, attained.

    Raises:
        UsageError: anything else.
    """
    number = _plain(what, value)
    if not math.isfinite(number) or number != math.floor(number) or not at_least <= number <= at_most:
        raise UsageError(f"{what}: {value!r} cannot be; expected a whole number from {at_least} to {at_most}")
    return int(number)


def _plain(what: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{what}: expected one number, got {str(value)[:40]!r}") from None


def _range(low: float, high: float, inside: bool) -> str:
    above, below = ("above", "below") if inside else ("at least", "at most")
    parts = [f"{above} {low:g}"] if math.isfinite(low) else []
    parts += [f"{below} {high:g}"] if math.isfinite(high) else []
    return "a number " + " and ".join(parts) if parts else "a finite number"
