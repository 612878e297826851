"""Slides of unknown resolution, or of another than most."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import shown_name

_FAR = 1.1  # ratio from which two resolutions differ


def slides_of(exhibits: Exhibits) -> pd.DataFrame:
    """Facts of the slides.

    Raises:
        NotApplicable: there is none.
    """
    facts = exhibits.facts
    if "mpp" not in facts:
        raise NotApplicable("there are no whole slides")
    return facts[(facts["error"] == "") & facts["slide_width"].notna()]


@register_check("slide.resolution", title="Resolution of slides", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """A warning for slides that do not say their resolution, and one for more than one resolution."""
    slides = slides_of(exhibits)
    silent = slides[slides["mpp"].isna()]
    if len(silent):
        yield Finding(
            check="slide.resolution",
            severity="warning",
            message=f"{share(len(silent), len(slides))} slides do not say how many microns a pixel is, for "
            f"example '{shown_name(silent.index[0])}'.",
            cases=tuple(silent.index),
            remedy="Export them again with their resolution; tiles of a stated size cannot be cut from them",
            source="Tiles must be cut at one resolution in microns per pixel, not at one level",
        )
    known = slides["mpp"].dropna()
    if len(known) and known.max() > _FAR * known.min():
        counts = known.round(3).value_counts()
        usual = float(counts.index[0])
        other = known[(known > _FAR * usual) | (known < usual / _FAR)]
        yield Finding(
            check="slide.resolution",
            severity="info",
            message=f"Slides were scanned at {len(counts)} resolutions, {known.min():.3g} to "
            f"{known.max():.3g} microns per pixel; most at {usual:.3g}.",
            cases=tuple(other.index),
            evidence={
                "table": {
                    "columns": ["microns per pixel", "slides"],
                    "rows": [[float(mpp), int(n)] for mpp, n in counts.items()],
                },
                "about": {str(image): f"{mpp:.3g} microns per pixel" for image, mpp in other.items()},
            },
            remedy="Cut tiles at the coarsest of them for all (tiles_of(mpp=...))",
            source="Tiles must be cut at one resolution in microns per pixel, not at one level",
        )
