"""Volumes whose voxels or whose field of view have another size than the rest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.volume_rows import are_few, body_axes, volumes_among
from thirdeye.intake.words import counted, shown_name

_FAR = 2.0  # times the median, or the median so many times
_MIXED = 1.05
_PLAUSIBLE_MM = (0.005, 30.0)  # from microscopy to scouts of few slices
_AXES = ("right to left", "front to back", "head to feet")
_SOURCE = "A network sees voxels; the same organ has another size where their spacing differs"


@register_check("volume.spacing", title="Spacing and size of volumes", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Spacings that cannot be, outliers from the median, and mixtures that need resampling."""
    volumes = volumes_among(exhibits.facts)
    spacing, sizes = body_axes(volumes)
    yield from _implausible(volumes, spacing)
    if len(volumes) < 2:
        return
    far = _far(spacing)
    outliers = far if are_few(int(far.sum()), len(far)) else np.zeros_like(far)
    if outliers.any():
        yield _outlying(volumes, spacing, outliers)
    if (spacing[~outliers].max(axis=0) > _MIXED * spacing[~outliers].min(axis=0)).any():
        yield _mixed(volumes, spacing[~outliers])
    extent = _far(spacing * sizes) & ~outliers
    if extent.any() and are_few(int(extent.sum()), len(extent)):
        yield _extent(volumes, spacing * sizes, extent)


def _far(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) rows of which an axis is more than `_FAR` times off the median of that axis."""
    ratio = values / np.median(values, axis=0)
    return np.asarray((np.maximum(ratio, 1 / ratio) > _FAR).any(axis=1))


def _implausible(volumes: pd.DataFrame, spacing: NDArray[np.float64]) -> Iterator[Finding]:
    wrong = ((spacing < _PLAUSIBLE_MM[0]) | (spacing > _PLAUSIBLE_MM[1])).any(axis=1)
    if wrong.any():
        yield Finding(
            check="volume.spacing",
            severity="warning",
            message=f"{share(int(wrong.sum()), len(volumes))} volumes state spacings that no scanner has: "
            f"{_words(spacing[wrong][0])}, for example '{shown_name(volumes.index[wrong][0])}'.",
            cases=tuple(volumes.index[wrong]),
            evidence={"about": _about(volumes.index[wrong], spacing[wrong], "spacing")},
            remedy="Look at the units: a spacing in metres or microns may have been taken for millimetres",
            source=_SOURCE,
        )


def _outlying(volumes: pd.DataFrame, spacing: NDArray[np.float64], far: NDArray[np.bool_]) -> Finding:
    return Finding(
        check="volume.spacing",
        severity="warning",
        message=f"{share(int(far.sum()), len(volumes))} volumes have a spacing more than {_FAR:.0f} times "
        f"off the others: {_words(spacing[far][0])} instead of {_words(np.median(spacing, axis=0))}, for "
        f"example '{shown_name(volumes.index[far][0])}'.",
        cases=tuple(volumes.index[far]),
        evidence={"median": _median(spacing), "about": _about(volumes.index[far], spacing[far], "spacing")},
        remedy="Look whether these are scouts or another protocol; leave them out if they are",
        source=_SOURCE,
    )


def _mixed(volumes: pd.DataFrame, spacing: NDArray[np.float64]) -> Finding:
    rows = [
        [name, *(round(float(value), 4) for value in np.percentile(spacing[:, axis], (0, 10, 50, 90, 100)))]
        for axis, name in enumerate(_AXES)
    ]
    widest = int(np.argmax(spacing.max(axis=0) / spacing.min(axis=0)))
    low, high = spacing[:, widest].min(), spacing[:, widest].max()
    different = len(np.unique(np.round(spacing, 3), axis=0))
    return Finding(
        check="volume.spacing",
        severity="info",
        message=f"{counted(len(volumes), 'volume')} have {different:,} different spacings; the widest range "
        f"is {low:.3g} to {high:.3g} mm ({_AXES[widest]}).",
        evidence={"table": {"columns": ["mm", "least", "10 %", "median", "90 %", "most"], "rows": rows}},
        remedy="They are resampled to one spacing before training",
        source=_SOURCE,
    )


def _extent(volumes: pd.DataFrame, extent: NDArray[np.float64], far: NDArray[np.bool_]) -> Finding:
    return Finding(
        check="volume.spacing",
        severity="info",
        message=f"{share(int(far.sum()), len(volumes))} volumes cover another part of the body: "
        f"{_words(extent[far][0], 0)} instead of {_words(np.median(extent, axis=0), 0)}, for example "
        f"'{shown_name(volumes.index[far][0])}'.",
        cases=tuple(volumes.index[far]),
        evidence={
            "median": _median(extent),
            "about": _about(volumes.index[far], extent[far], "field of view"),
        },
        remedy="Look whether something is cut off, or more is shown than in the others",
        source=_SOURCE,
    )


def _words(values: NDArray[np.float64], digits: int = 3) -> str:
    return (
        " x ".join(f"{value:.{digits}f}" if not digits else f"{value:.{digits}g}" for value in values) + " mm"
    )


def _median(values: NDArray[np.float64]) -> dict[str, float]:
    return {
        name: round(float(value), 4) for name, value in zip(_AXES, np.median(values, axis=0), strict=True)
    }


def _about(images: pd.Index, values: NDArray[np.float64], what: str) -> dict[str, str]:
    return {str(image): f"{what} {_words(row)}" for image, row in zip(images, values, strict=True)}
