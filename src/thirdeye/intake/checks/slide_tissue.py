"""Slides without tissue."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.checks.slide_resolution import slides_of
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import leave_out
from thirdeye.intake.words import shown_name

_LEAST_TISSUE = 0.005  # of the slide


@register_check("slide.tissue", title="Tissue on slides", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """A warning for slides on which next to no tissue is found."""
    slides = slides_of(exhibits)
    bare = slides[slides["tissue_share"] < _LEAST_TISSUE]
    if len(bare):
        yield Finding(
            check="slide.tissue",
            severity="warning",
            message=f"{share(len(bare), len(slides))} slides show next to no tissue, for example "
            f"'{shown_name(bare.index[0])}'.",
            cases=tuple(bare.index),
            evidence={
                "about": {str(i): f"tissue: {v:.2%} of the slide" for i, v in bare["tissue_share"].items()}
            },
            remedy="Look whether the scan failed or the stain is too pale; leave them out if so (--fix)",
            source="Otsu's threshold of the chroma of the overview",
            fixes=leave_out(bare.index, "shows no tissue"),
        )
