"""Pictures of a size or shape far from that of the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.probe.robust import robust_z
from thirdeye.intake.words import shown_name

NAME = "outlier.size"
LEAST_IMAGES = 20
FAR = 6.0  # robust standard deviations
SIZE_FACTOR, SHAPE_FACTOR = 3.0, 1.8  # and by as much off the median side, or shape
SMALL_PX = 64


@register_check(NAME, title="Sizes and shapes of the pictures", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """The geometric mean of the sides, and their ratio."""
    facts = exhibits.facts.loc[exhibits.rows.index]
    facts = facts[facts["kind"] == "image"]
    if len(facts) < LEAST_IMAGES:
        raise NotApplicable(f"fewer than {LEAST_IMAGES} images to compare")
    height, width = (facts[name].to_numpy(dtype=np.float64) for name in ("height", "width"))
    side, shape = np.log(np.sqrt(height * width)), np.log(width / height)
    far = _far(side, SIZE_FACTOR) | _far(shape, SHAPE_FACTOR)
    if not far.any():
        return
    images = tuple(facts.index[far])
    sizes = {
        image: f"{int(w)} x {int(h)} pixels"
        for image, w, h in zip(images, width[far], height[far], strict=True)
    }
    typical = f"{int(np.median(width))} x {int(np.median(height))}"
    too_small = bool((np.minimum(height, width)[far] < SMALL_PX).any())
    yield Finding(
        check=NAME,
        severity="warning" if too_small else "info",
        message=f"{share(len(images), len(facts))} images have a size or shape far from the others' "
        f"({typical} in the "
        f"middle), first '{shown_name(images[0])}' with {sizes[images[0]]}.",
        cases=images,
        evidence={"about": sizes},
        remedy="Look whether they are thumbnails, strips of films or screenshots; leave those out",
        source=f"Robust z above {FAR:g} of size and shape, and a factor of {SIZE_FACTOR:g} or "
        f"{SHAPE_FACTOR:g}",
    )


def _far(logarithm: NDArray[np.float64], factor: float) -> NDArray[np.bool_]:
    away = np.abs(logarithm - np.median(logarithm)) >= np.log(factor)
    return np.asarray(away & (np.abs(robust_z(logarithm)) > FAR))
