"""Pictures that lie on their side, stand on their head, or are mirrored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.checks.check import NotApplicable, refuse_signals, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Exhibit, Finding
from thirdeye.intake.probe.plates import side_by_side
from thirdeye.intake.probe.resemblance import (
    AS_IT_IS,
    SIDE,
    SYMMETRIES,
    correlations,
    standard_pictures,
    typical_picture,
)

NAME = "outlier.turned"
LEAST_IMAGES = 30
ALIKE = 0.6  # correlation of the median picture with the typical one
SYMMETRIC = 0.85  # a typical picture that looks like itself so turned cannot tell
GOOD = 0.6  # correlation after turning
CLEARER = 0.3  # by which it is better than before, or
OF_POSSIBLE = 0.7  # this share of what turning the typical picture itself would change, if that is less
MANY = 0.01
UPRIGHT = 0.85  # share of the set that looks best as it is; else there is no right way up
_SHOWN = 12


@register_check(NAME, title="Turned and mirrored pictures", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Pictures that look like the others only after one of the seven turns and reflections of a square."""
    refuse_signals(exhibits)
    rows = exhibits.rows
    if len(rows) < LEAST_IMAGES:
        raise NotApplicable(f"fewer than {LEAST_IMAGES} images to compare")
    positions = np.array([exhibits.position[image] for image in rows.index])
    pictures = standard_pictures(exhibits.thumbnails, positions)
    typical = typical_picture(pictures)
    like = correlations(pictures, typical)
    if np.median(like[AS_IT_IS]) < ALIKE:
        raise NotApplicable("the pictures are too different from each other")
    square = typical.reshape(SIDE, SIDE)
    itself = {name: float(change(square).ravel() @ typical) for name, change in SYMMETRIES.items()}
    tellable = [name for name, value in itself.items() if value < SYMMETRIC]
    if not tellable:
        raise NotApplicable("the pictures look alike however they are turned")
    turned = np.stack([like[name] for name in tellable])
    bars = np.array([min(CLEARER, OF_POSSIBLE * (1 - itself[name])) for name in tellable])
    best, which = turned.max(axis=0), turned.argmax(axis=0)
    if (like[AS_IT_IS] > best).mean() < UPRIGHT:
        raise NotApplicable("these pictures have no right way up")
    accused = np.flatnonzero((best >= GOOD) & (best - like[AS_IT_IS] >= bars[which]))
    if accused.size:
        yield _finding(exhibits, positions, accused[np.argsort(-best[accused])], [tellable[k] for k in which])


def _finding(
    exhibits: Exhibits, positions: NDArray[np.int64], accused: NDArray[np.intp], how: list[str]
) -> Finding:
    images = tuple(exhibits.rows.index[accused])
    shown = [np.asarray(exhibits.thumbnails[positions[row]]) for row in accused[:_SHOWN]]
    return Finding(
        check=NAME,
        severity="warning" if len(images) >= MANY * len(positions) else "info",
        message=f"{share(len(images), len(positions))} images look turned or mirrored: they resemble the "
        f"others only when turned back (first {how[accused[0]]}).",
        cases=images,
        evidence={"about": {image: how[row] for image, row in zip(images, accused, strict=True)}},
        remedy="Turn them upright in the source; a mirrored film shows the heart on the wrong side, unless "
        "the patient "
        "has it there",
        source="Correlation with the median picture under the eight symmetries of the square",
        exhibits=(
            Exhibit("The images that look turned or mirrored, the clearest first", side_by_side(shown)),
        ),
    )
