"""How long reading will take on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import duration_in_words

NAME = "velocity.reading"


@register_check(NAME, title="Time that reading takes", about="velocity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """One image, and all of them, at the measured speeds of a network and of this pass."""
    velocity, images = exhibits.velocity, len(exhibits.facts)
    if not velocity.reading_images_per_s:
        raise NotApplicable("the speed of this machine was not measured (it needs the extra 'train')")
    one = 1 / velocity.reading_images_per_s
    checked = velocity.checking_images_per_s
    looked = f"; this check looked at {checked:,.0f} images a second" if checked else ""
    yield Finding(
        check=NAME,
        severity="info",
        message=f"A trained reader takes about {1000 * one:.0f} ms for an image on this machine, "
        f"{duration_in_words(images * one)} for all {images:,}{looked}.",
        evidence={
            "reading_images_per_s": round(velocity.reading_images_per_s, 2),
            "checking_images_per_s": None if checked is None else round(checked, 2),
            "images": images,
        },
        source="Measured on this machine",
    )
