"""A check: a test of a dataset that says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.not_applicable import NotApplicable as NotApplicable
from thirdeye.registry import Registry

About = Literal["volume", "variety", "veracity", "velocity"]
Run = Callable[[Exhibits], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """One plugin.

    Args:
        title: what is tested, as a noun phrase for a person ("Near-duplicates").
        about: which of the four V it belongs to.
        run: yields what it finds. Raises `NotApplicable` when the data hold nothing that it could judge.
    """

    title: str
    about: About
    run: Run


CHECKS: Registry[Check] = Registry("check")


def register_check(name: str, *, title: str, about: About) -> Callable[[Run], Run]:
    """Decorator that enters a function as the check `name`."""

    def enter(run: Run) -> Run:
        CHECKS.register(name)(Check(title, about, run))
        return run

    return enter


def refuse_signals(exhibits: Exhibits) -> None:
    """For checks of pictures: the spectrogram of a recording has no blur, no border and no letters.

    Raises:
        NotApplicable: all that can be read are signals.
    """
    if len(exhibits.rows) and (exhibits.facts.loc[exhibits.rows.index, "kind"] == "signal").all():
        raise NotApplicable("these are recordings, not pictures")


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
