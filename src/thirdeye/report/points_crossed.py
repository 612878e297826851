"""Where the point named after its sensitivity lies above the one named after its specificity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.numbers import is_number

_SAID = (
    "The sensitive point lies at a higher threshold than the specific point: on the validation data one "
    "threshold reached a sensitivity and a specificity of 95% at once, so each rule could go further, and "
    "the specific point, now the lower one, finds at least as many cases at no fewer false alarms."
)


def crossed_sentence(points: Sequence[Mapping[str, Any]]) -> str:
    """Why the two points stand the other way round than their names let expect; "" where they do not.

    "sensitivity_95" is the highest threshold with that sensitivity, "specificity_95" the lowest with that
    specificity: where the classes are far apart in validation, the first lies above the second.

    Args:
        points: operating points, each with "name", "threshold" and "origin".
    """
    found = {point.get("name"): point for point in points if point.get("origin") == "tuned_on_validation"}
    both = [found.get(name, {}).get("threshold") for name in ("sensitivity_95", "specificity_95")]
    if not all(map(is_number, both)):
        return ""
    sensitive, specific = map(float, both)
    return _SAID if sensitive > specific else ""
