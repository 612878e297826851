"""Recordings that were taken in another way than the others."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.checks.signal_quality import signals_of
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding

_KINDS = (
    ("rate_hz", "sampling rate", "Resample them all to one rate before learning"),
    ("height", "number of channels", "Learn from the channels that all of them have"),
    ("channels", "order of channels", "Bring the channels into one order by their names"),
    ("units", "units", "Convert them to one unit"),
)


@register_check("signal.format", title="Rates, channels and units of the recordings", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """A warning for every way in which some recordings differ from most."""
    signals = signals_of(exhibits)
    told: set[str] = set()
    for column, what, remedy in _KINDS:
        odd = _odd(signals, column)
        new = [image for image in odd.index if image not in told] if column == "channels" else list(odd.index)
        if not new:
            continue
        told |= set(new)
        counts = signals[column].value_counts()
        yield Finding(
            check="signal.format",
            severity="warning",
            message=f"{share(len(new), len(signals))} recordings have another {what} than most "
            f"({_named(counts.index[0])}).",
            cases=tuple(new),
            evidence={
                "table": {
                    "columns": [what, "recordings"],
                    "rows": [[_named(value), int(n)] for value, n in counts.items()],
                },
                "about": {str(image): f"{what}: {_named(signals[column][image])}" for image in new},
            },
            remedy=remedy,
            source="A network must not learn a recorder instead of a disease",
        )


def _odd(signals: pd.DataFrame, column: str) -> pd.DataFrame:
    """Signals that do not have the commonest value."""
    return signals[signals[column] != signals[column].value_counts().index[0]]


def _named(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).replace("|", ", ") or "none"
