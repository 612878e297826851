"""Volumes whose intensities are on another scale than the rest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.volume_rows import are_few, volumes_among
from thirdeye.intake.words import counted, shown_name

_AIR_HU = -300.0  # below this a CT has air in it, or was stored with an offset
_FAR = 10.0  # times the median spread
_SOURCE = "PS3.3 C.11.1.1.2: only CT has a unit (Hounsfield); a scale that goes with the source betrays it"


@register_check("volume.intensity", title="Intensity scale of volumes", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Hounsfield units beside rescaled values, and spreads of another order of magnitude."""
    volumes = volumes_among(exhibits.facts, least=2)
    stated = (
        exhibits.rows["modality"] if "modality" in exhibits.rows.columns else pd.Series("", volumes.index)
    )
    modality = volumes["modality"].where(volumes["modality"] != "", stated.reindex(volumes.index).fillna(""))
    channel = exhibits.rows.get("channel", pd.Series("", exhibits.rows.index)).reindex(volumes.index)
    for (code, _), group in volumes.groupby([modality, channel.fillna("")], sort=False):
        varied = group[group["std"] > 0]
        if len(varied) < 2:
            continue
        yield from _offsets(varied, str(code))
        yield from _spreads(varied, str(code))


def _offsets(group: pd.DataFrame, code: str) -> Iterator[Finding]:
    """Some have air below zero as Hounsfield units do, others of the same kind have no negative value."""
    if code not in ("CT", ""):
        return
    below = group["minimum"] < _AIR_HU
    positive = group["minimum"] >= 0
    if not (below.any() and positive.any()):
        return
    rare = group[positive] if positive.sum() <= below.sum() else group[below]
    yield Finding(
        check="volume.intensity",
        severity="warning",
        message=f"{counted(int(below.sum()), 'volume holds', 'volumes hold')} values far below zero, as "
        f"Hounsfield units do, and {int(positive.sum()):,} none: some are probably stored without their "
        f"offset or were rescaled, for example '{shown_name(rare.index[0])}' ({_range(rare.iloc[0])}).",
        cases=tuple(rare.index),
        evidence={"about": {str(image): _range(row) for image, row in rare.iterrows()}},
        remedy="Convert them again from DICOM with RescaleSlope and RescaleIntercept",
        source=_SOURCE,
    )


def _spreads(group: pd.DataFrame, code: str) -> Iterator[Finding]:
    spread = group["std"].to_numpy(np.float64)
    ratio = spread / np.median(spread)
    far = np.maximum(ratio, 1 / ratio) > _FAR
    if not far.any():
        return
    rows = group[far]
    whole = spread.max() / spread.min()
    if are_few(int(far.sum()), len(far)):
        words = (
            f"{share(len(rows), len(group))} volumes have intensities on another scale than the others: "
            f"'{shown_name(rows.index[0])}' holds {_range(rows.iloc[0])}, the median volume "
            f"{np.median(group['minimum']):.4g} to {np.median(group['maximum']):.4g}"
        )
    else:
        words = (
            f"The intensities of {counted(len(group), 'volume')} are on different scales, up to "
            f"{whole:,.0f} times apart: '{shown_name(group.index[int(spread.argmax())])}' holds "
            f"{_range(group.iloc[int(spread.argmax())])}, '{shown_name(group.index[int(spread.argmin())])}' "
            f"{_range(group.iloc[int(spread.argmin())])}"
        )
    table = [_percentiles(group, name) for name in ("minimum", "mean", "std", "maximum")]
    yield Finding(
        check="volume.intensity",
        severity="warning",
        message=f"{words}.",
        cases=tuple(rows.index),
        evidence={
            "modality": code,
            "about": {str(image): _range(row) for image, row in rows.iterrows()},
            "table": {"columns": ["of a volume", "least", "10 %", "median", "90 %", "most"], "rows": table},
        },
        remedy="Look whether these come from another source. "
        + (
            "Hounsfield units should not differ so"
            if code == "CT"
            else "Each volume has to be normalised by itself; a fixed window would blacken some of them"
        ),
        source=_SOURCE,
    )


def _range(row: pd.Series) -> str:
    return f"{row['minimum']:.4g} to {row['maximum']:.4g}"


def _percentiles(group: pd.DataFrame, name: str) -> list[str | float]:
    return [name, *(float(f"{value:.4g}") for value in np.percentile(group[name], (0, 10, 50, 90, 100)))]
