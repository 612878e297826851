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
    found = {
        str(point.get("name")): point.get("threshold")
        for point in points
        if point.get("origin") == "tuned_on_validation"
    }
    sensitive: Any = found.get("sensitivity_95")
    specific: Any = found.get("specificity_95")
    known = is_number(sensitive) and is_number(specific)
    return _SAID if known and sensitive > specific else ""
