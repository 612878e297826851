"""A check: a test of a dataset that says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from thirdeye.intake.collection import Collection
from thirdeye.intake.finding import Finding
from thirdeye.registry import Registry

# The facts are those of `thirdeye.intake.facts.ImageFacts`, indexed by image reference.
Check = Callable[[Collection, pd.DataFrame], Iterable[Finding]]

CHECKS: Registry[Check] = Registry("check")


def duplicate_groups(facts: pd.DataFrame) -> list[tuple[str, ...]]:
    """References whose decoded pixels are equal, two or more a group, in the order of the facts."""
    readable = facts[facts["sha256"] != ""]
    repeated = readable[readable["sha256"].duplicated(keep=False)]
    return [tuple(group.index) for _, group in repeated.groupby("sha256", sort=False)]


def share(part: int, whole: int) -> str:
    """``"3 of 20 images (15 %)"`` without the words: ``"3 of 20 (15 %)"``."""
    percent = 100 * part / max(1, whole)
    return (
        f"{part:,} of {whole:,} ({percent:.0f} %)"
        if percent >= 1
        else f"{part:,} of {whole:,} ({percent:.1g} %)"
    )
