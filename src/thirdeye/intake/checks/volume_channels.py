"""Volumes with several channels or time points among volumes without, and the like."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.volume_rows import volumes_among
from thirdeye.intake.words import shown_name


@register_check("volume.channels", title="Channels and time points of volumes", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """An error: a network takes one number of channels."""
    volumes = volumes_among(exhibits.facts, least=2)
    channels = volumes["channels"]
    counts = channels.value_counts()
    if len(counts) < 2:
        return
    usual = int(counts.index[0])
    others = channels[channels != usual]
    yield Finding(
        check="volume.channels",
        severity="error",
        message=f"The volumes differ in their number of channels or time points: "
        f"{', '.join(f'{count:,} have {number}' for number, count in counts.items())}; for example "
        f"'{shown_name(others.index[0])}' has {others.iloc[0]}.",
        cases=tuple(others.index),
        evidence={
            "usual": usual,
            "table": {
                "columns": ["channels", "volumes"],
                "rows": [[int(n), int(c)] for n, c in counts.items()],
            },
        },
        remedy="Take out of each file the channel or time point that is meant, or leave these volumes out",
        fixes=tuple(Fix(str(image), "leave_out", f"has not {usual} channels") for image in others.index),
        source="A network takes one number of channels",
    )
