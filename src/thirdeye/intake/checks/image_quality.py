"""Pictures of a quality far from that of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, refuse_signals, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.probe.robust import robust_z
from thirdeye.intake.words import listed

NAME = "image.quality"
FAR = 6.0  # robust standard deviations
LEAST_IMAGES = 30
MANY = 0.01
_SOURCE = "Robust z above 6 within the set; Laplacian (Pech-Pacheco 2000), noise (Immerkaer 1996)"


@dataclass(frozen=True)
class _Bar:
    """When a measurement counts as bad: far from the others, and bad in itself.

    Args:
        sign: 1: high is bad; -1: low is bad.
        at_least: bad in itself from here (in the direction of `sign`).
        words: what such a picture is.
    """

    sign: int
    at_least: float
    words: str


_BARS: Mapping[str, _Bar] = {
    "sharpness": _Bar(-1, 2.0, "blurred"),
    "noise": _Bar(1, 5.0, "noisy"),
    "contrast": _Bar(-1, -0.25, "almost without contrast"),
    "white": _Bar(1, 0.05, "overexposed"),
    "black": _Bar(1, 0.5, "mostly black"),
    "blockiness": _Bar(1, 0.75, "coarsely compressed"),
    "jpeg_quality": _Bar(-1, -60.0, "saved as a coarse JPEG"),
    "margin": _Bar(1, 0.4, "mostly empty margin"),
}


@register_check(NAME, title="Blur, noise, exposure, compression, empty margins", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Each measurement of the gauges, compared within the set; what is listed is also bad in itself."""
    refuse_signals(exhibits)
    facts = exhibits.facts.loc[exhibits.rows.index]
    held = [name for name in _BARS if name in facts.columns]
    if not held:
        raise NotApplicable("the quality of the pictures was not measured")
    if len(facts) < LEAST_IMAGES:
        raise NotApplicable(f"fewer than {LEAST_IMAGES} images to compare")
    said: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for name in held:
        for image, value in _outliers(facts[name], _BARS[name]).items():
            said.setdefault(str(image), []).append(f"{_BARS[name].words} ({name} {value:.3g})")
            counts[name] = counts.get(name, 0) + 1
    if said:
        yield _finding(facts, held, said, counts)


def _outliers(values: pd.Series, bar: _Bar) -> pd.Series:
    numbers = values.to_numpy(dtype=np.float64)
    if not np.isfinite(numbers).any():
        return values[:0]
    with np.errstate(invalid="ignore"):
        is_far = bar.sign * robust_z(numbers) > FAR
        is_bad = bar.sign * numbers >= bar.at_least
    return values[is_far & is_bad]


def _finding(
    facts: pd.DataFrame, held: list[str], said: dict[str, list[str]], counts: dict[str, int]
) -> Finding:
    order = [image for image in facts.index if image in said]
    kinds = listed([f"{_BARS[name].words}: {n}" for name, n in counts.items()], 8)
    return Finding(
        check=NAME,
        severity="warning" if len(order) >= MANY * len(facts) and len(order) > 1 else "info",
        message=f"{share(len(order), len(facts))} images are of a quality far from that of the others "
        f"({kinds}).",
        cases=tuple(order),
        evidence={
            "counts": counts,
            "about": {image: "; ".join(said[image]) for image in order},
            "table": _table(facts, held, counts),
        },
        remedy="Look at them; leave out what a doctor would not read either, and keep the rest: a network "
        "has to "
        "live with ordinary bad pictures",
        source=_SOURCE,
    )


def _table(facts: pd.DataFrame, held: list[str], counts: dict[str, int]) -> dict[str, object]:
    rows = []
    for name in held:
        values = facts[name].to_numpy(dtype=np.float64)
        values = values[np.isfinite(values)]
        if values.size:
            parts = [round(float(q), 3) for q in np.quantile(values, [0.0, 0.05, 0.5, 0.95, 1.0])]
            rows.append([name, *parts, counts.get(name, 0)])
    return {"columns": ["measurement", "least", "5 %", "median", "95 %", "greatest", "listed"], "rows": rows}
