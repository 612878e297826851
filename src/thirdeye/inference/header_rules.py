"""What follows from the headers of the development images for a new one: a reason to abstain, or a remark."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from thirdeye.inference.header_facts import HeaderFacts

FEWEST = 20  # development images that must say a thing before a new one is measured by it
LARGEST_SHARE_UNSAID = 0.5
NAMED = {"view": "view", "body_part": "body part", "photometric": "photometric interpretation"}
STRICT = ("view", "body_part")  # another value is a reason to abstain; of the others a remark
SPACING_FACTOR = 2.0  # beyond the range, at which things are of another size altogether
YEARS = 10.0  # beyond the range of ages, from which a person is of another group


def summarise_headers(headers: Iterable[HeaderFacts]) -> dict[str, Any]:
    """What the headers of the development images say, JSON-ready; only what most of them say.

    Returns:
        "named": view, body part and photometric interpretation, each with its values; "spacing_mm" and
        "age_years": [lowest, highest].
    """
    headers = list(headers)
    found: dict[str, Any] = {"named": {}}
    for name in NAMED:
        values = _told(headers, name)
        if values:
            found["named"][name] = sorted(set(values))
    for name in ("spacing_mm", "age_years"):
        numbers = _told(headers, name)
        if numbers:
            found[name] = [round(float(np.min(numbers)), 4), round(float(np.max(numbers)), 4)]
    return {name: value for name, value in found.items() if value}


def header_reasons(header: HeaderFacts, seen: dict[str, Any]) -> list[str]:
    """Reasons to abstain.

    Args:
        header: of the new image.
        seen: from `summarise_headers`, or of an earlier version, without any of it.
    """
    reasons = [_other(header, seen, name) for name in STRICT]
    spacing, ages = seen.get("spacing_mm"), seen.get("age_years")
    if spacing and header.spacing_mm is not None and _factor(header.spacing_mm, spacing) > SPACING_FACTOR:
        reasons.append(
            f"a pixel is {header.spacing_mm:.3g} mm wide; the network has only seen {spacing[0]:.3g} to "
            f"{spacing[1]:.3g} mm"
        )
    if ages and header.age_years is not None and _beyond(header.age_years, ages) > YEARS:
        reasons.append(f"the patient is {_age(header.age_years)}; the network has only seen {_ages(ages)}")
    return [reason for reason in reasons if reason]


def header_oddities(header: HeaderFacts, seen: dict[str, Any]) -> list[str]:
    """Remarks on what is unusual, though no reason to abstain; arguments as of `header_reasons`."""
    said = []
    reason = _other(header, seen, "photometric")
    if reason:
        said.append(f"Look whether black and white are right: {reason}.")
    spacing, ages = seen.get("spacing_mm"), seen.get("age_years")
    factor = _factor(header.spacing_mm, spacing) if spacing and header.spacing_mm is not None else 1.0
    if spacing and 1.1 < factor <= SPACING_FACTOR:
        said.append(
            f"A pixel is {header.spacing_mm:.3g} mm wide; training images had {spacing[0]:.3g} to "
            f"{spacing[1]:.3g} mm."
        )
    if ages and header.age_years is not None and 0 < _beyond(header.age_years, ages) <= YEARS:
        said.append(f"The patient is {_age(header.age_years)}; those of the training were {_ages(ages)}.")
    return said


def _told(headers: list[HeaderFacts], name: str) -> list[Any]:
    values = [value for header in headers if (value := getattr(header, name)) is not None]
    few = len(values) < FEWEST or len(values) < LARGEST_SHARE_UNSAID * len(headers)
    return [] if few else values


def _other(header: HeaderFacts, seen: dict[str, Any], name: str) -> str:
    known, value = (seen.get("named") or {}).get(name), getattr(header, name)
    if not known or value is None or value in known:
        return ""
    return f"the {NAMED[name]} is {value}; the network has only seen {', '.join(known)}"


def _factor(value: float, limits: list[float]) -> float:
    return max(limits[0] / value, value / limits[1]) if value > 0 else np.inf


def _beyond(value: float, limits: list[float]) -> float:
    return max(limits[0] - value, value - limits[1], 0.0)


def _age(years: float) -> str:
    return f"{years:.0f} years old" if years >= 2 else f"{12 * years:.0f} months old"


def _ages(limits: list[float]) -> str:
    return f"{limits[0]:.0f} to {limits[1]:.0f} years"
