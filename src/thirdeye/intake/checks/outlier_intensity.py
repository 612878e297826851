"""Pictures, or a whole site, with values on another scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import shown_name

NAME = "outlier.intensity"
LEAST_IMAGES = 20
LEAST_OF_A_SITE = 5
FACTOR = 8.0
_SOURCE = "Range of the stored values against the median of the modality"


@register_check(NAME, title="Scale of the values", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Ranges of stored values eight times off the median of the modality: of sites, then of pictures."""
    facts = exhibits.facts.loc[exhibits.rows.index]
    facts = facts[facts["kind"] == "image"]
    extent = (facts["maximum"] - facts["minimum"]).astype(float)
    extent = extent[extent > 0]
    kind = extent.groupby(facts.loc[extent.index, "modality"].to_numpy())
    extent = extent[kind.transform("size") >= LEAST_IMAGES]
    if extent.empty:
        raise NotApplicable(f"fewer than {LEAST_IMAGES} images of one modality to compare")
    middle = kind.transform("median").loc[extent.index]
    site = exhibits.rows["site"].reindex(extent.index)
    other_sites = _sites(extent, site, middle)
    for name, value in other_sites.items():
        images = tuple(extent.index[(site == name).to_numpy()])
        usual = float(middle[list(images)].median())
        yield _finding(images, len(facts), f"All images of '{shown_name(name)}'", value, usual, extent)
    off = np.maximum(extent / middle, middle / extent) >= FACTOR
    images = tuple(extent.index[(off & ~site.isin(list(other_sites))).to_numpy()])
    if images:
        value, usual = float(extent[list(images)].median()), float(middle[list(images)].median())
        yield _finding(images, len(facts), "They", value, usual, extent)


def _sites(extent: pd.Series, site: pd.Series, middle: pd.Series) -> dict[str, float]:
    """Site to the median range of its values, where that is far off."""
    ranges = extent.groupby(site.to_numpy()).agg(["median", "size"])
    ratio = (extent / middle).groupby(site.to_numpy()).median()
    far = np.maximum(ratio, 1 / ratio) >= FACTOR
    held = ranges[far & (ranges["size"] >= LEAST_OF_A_SITE) & (ranges.index != "")]
    return {str(name): float(value) for name, value in held["median"].items()}


def _finding(
    images: tuple[str, ...], everyone: int, who: str, value: float, middle: float, extent: pd.Series
) -> Finding:
    return Finding(
        check=NAME,
        severity="warning",
        message=f"{share(len(images), everyone)} images hold values on another scale. {who} span about "
        f"{_figure(value)}, where the median of their kind is {_figure(middle)}.",
        cases=images,
        evidence={"about": {image: f"values span {extent[image]:.4g}" for image in images}},
        remedy="Bring all to one scale in the source (other bits, other units, or rescaling left out); a "
        "network would see them as black, white or flat",
        source=_SOURCE,
    )


def _figure(value: float) -> str:
    """``"65,535"``, ``"0.98"``: never a power of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
