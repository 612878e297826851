"""Pictures that don't belong to the set: another body part, another kind of image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Exhibit, Finding
from thirdeye.intake.probe.neighbours import neighbour_distance
from thirdeye.intake.probe.pictures import block_features
from thirdeye.intake.probe.plates import side_by_side
from thirdeye.intake.probe.ridge import reduced, standardise
from thirdeye.intake.probe.robust import robust_z
from thirdeye.intake.words import shown_name

NAME = "outlier.foreign"
LEAST_IMAGES = 50
NEIGHBOURS = 5
FAR = 6.0  # robust standard deviations
_COMPONENTS = 64
_SHOWN = 12


@register_check(NAME, title="Pictures unlike all others", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Distance to the five nearest pictures, in an embedder's features or in thumbnails."""
    rows = exhibits.rows
    if len(rows) < LEAST_IMAGES:
        raise NotApplicable(f"fewer than {LEAST_IMAGES} images to compare")
    positions = np.array([exhibits.position[image] for image in rows.index])
    z = robust_z(neighbour_distance(_features(exhibits, positions), neighbours=NEIGHBOURS))
    foreign = np.flatnonzero(z > FAR)
    if foreign.size == 0:
        return
    foreign = foreign[np.argsort(-z[foreign])]
    images = tuple(rows.index[foreign])
    shown = [np.asarray(exhibits.thumbnails[positions[row]]) for row in foreign[:_SHOWN]]
    by = exhibits.features_from or "thumbnails of 64 x 64 pixels"
    yield Finding(
        check=NAME,
        severity="info",
        message=f"{share(len(images), len(rows))} images are unlike all others, first "
        f"'{shown_name(images[0])}': another "
        "body part, a drawing, a photograph of a screen, or a rare case.",
        cases=images,
        evidence={
            "features": by,
            "about": {
                image: f"{z[row]:.1f} robust standard deviations further from its neighbours than the median "
                f"image"
                for image, row in zip(images, foreign, strict=True)
            },
        },
        remedy="Look at them; leave out what is not of this kind. A rare case belongs to the set",
        source=f"Mean distance to the {NEIGHBOURS} nearest neighbours, robust z above {FAR:g}",
        exhibits=(Exhibit("The images that are unlike all others, the farthest first", side_by_side(shown)),),
    )


def _features(exhibits: Exhibits, positions: NDArray[np.int64]) -> NDArray[np.float32]:
    if exhibits.features is not None:
        return reduced(standardise(exhibits.features[positions]), _COMPONENTS)
    blocks = block_features(exhibits.thumbnails, positions).reshape(len(positions), -1)
    return reduced(standardise(blocks), _COMPONENTS)
