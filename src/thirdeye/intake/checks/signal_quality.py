"""Recordings that are cut off, flat, too short, or full of mains hum."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import leave_out

CLIPPED = 0.01
FLAT = 0.5
HUM = 0.3
SHORT = 0.25  # of the median length
_SOURCE = "Clifford et al., Signal quality indices and data fusion, Physiol Meas 2012;33:1419"


def signals_of(exhibits: Exhibits) -> pd.DataFrame:
    """Facts of the signals.

    Raises:
        NotApplicable: there is none.
    """
    facts = exhibits.facts
    signals = facts[(facts["error"] == "") & (facts["kind"] == "signal")]
    if signals.empty or "duration_s" not in signals:
        raise NotApplicable("there are no signals")
    return signals


@register_check("signal.quality", title="Quality of the recordings", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """One warning for each kind of fault; a flat recording may be left out."""
    signals = signals_of(exhibits)
    yield from _finding(
        signals, signals["flat_share"] > FLAT, "flat_share",
        "do not change for more than half of their length",
        "The electrode or microphone was off; they can be left out (--fix)", fixable=True,
    )  # fmt: skip
    yield from _finding(
        signals, signals["clipped_share"] > CLIPPED, "clipped_share",
        f"are cut off at the highest or lowest value for more than {CLIPPED:.0%} of their length",
        "The amplifier was set too high; look whether one class or site is concerned more than others",
    )  # fmt: skip
    yield from _finding(
        signals, signals["mains_share"] > HUM, "mains_share",
        f"hold more than {HUM:.0%} of their power at the mains frequency (50 or 60 Hz)",
        "Filter them all alike; a network may tell the sites apart by their hum",
    )  # fmt: skip
    median = float(signals["duration_s"].median())
    yield from _finding(
        signals, signals["duration_s"] < SHORT * median, "duration_s",
        f"are shorter than a quarter of the usual length ({median:.3g} s)",
        "Look whether they were broken off; leave them out, or cut all to one length",
    )  # fmt: skip


def _finding(
    signals: pd.DataFrame, bad: pd.Series, column: str, what: str, remedy: str, *, fixable: bool = False
) -> Iterator[Finding]:
    accused = signals[bad]
    if accused.empty:
        return
    unit = " s" if column == "duration_s" else ""
    about = {
        str(image): f"{column.replace('_', ' ')}: {value:.3g}{unit}"
        for image, value in accused[column].items()
    }
    yield Finding(
        check="signal.quality",
        severity="warning",
        message=f"{share(len(accused), len(signals))} recordings {what}.",
        cases=tuple(accused.index),
        evidence={"about": about},
        remedy=remedy,
        source=_SOURCE,
        fixes=leave_out(accused.index, "does not change") if fixable else (),
    )
