"""A made-up thorax as solids with equations: the object whose projections the phantoms are.

Frame: x to the patient's left, y to the back, z to the head, in millimetres, origin in the middle of the
chest; X-rays run along y. Sizes are those of adult anatomy to the nearest centimetre; nothing here was
measured on a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.dataset.phantoms_tubes import Tubes, airways, bones, joined, lung_vessels, scar

Floats = NDArray[np.float64]
SIDES = (-1.0, 1.0)  # patient's right, patient's left


@dataclass(frozen=True)
class Ellipsoid:
    """The points r with (r - centre)^T shape (r - centre) <= 1.

    Args:
        centre: (3,) mm.
        shape: (3, 3) symmetric, positive definite, 1/mm^2.
        density: mass per volume relative to water.
    """

    centre: Floats
    shape: Floats
    density: float = 1.0

    def depth(self, points: Floats) -> Floats:
        """(N, 3) points to (N,) values: 0 at the centre, 1 on the surface, more outside."""
        away = points - self.centre
        return np.sqrt(np.einsum("ni,ij,nj->n", away, self.shape, away))


def ellipsoid(
    centre: Sequence[float] | Floats,
    semi_axes: Sequence[float],
    *,
    tilt_deg: float = 0.0,
    density: float = 1.0,
) -> Ellipsoid:
    """An ellipsoid from its semi-axes (x, y, z; mm), tilted in the image plane, counter-clockwise as seen."""
    turn = np.deg2rad(tilt_deg)
    cosine, sine = np.cos(turn), np.sin(turn)
    rotation = np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])
    shape = rotation @ np.diag(1.0 / np.square(semi_axes)) @ rotation.T
    return Ellipsoid(np.asarray(centre, float), shape, density)


@dataclass(frozen=True)
class Anatomy:
    """One thorax.

    Args:
        body: soft tissue, the union of these.
        lungs: air-filled, one to a side.
        organs: soft tissue that displaces lung (heart, mediastinum, domes of the diaphragm).
        gas: air outside the lungs (stomach bubble).
        plates: bone as ellipsoids (shoulder blades), `density` relative to cortical bone.
        nodules: soft tissue inside the lungs; empty for "no nodule".
        vessels, airways, bones: tubes; their weights are densities (water, negative water, cortical bone).
    """

    body: tuple[Ellipsoid, ...]
    lungs: tuple[Ellipsoid, ...]
    organs: tuple[Ellipsoid, ...]
    gas: tuple[Ellipsoid, ...]
    plates: tuple[Ellipsoid, ...]
    nodules: tuple[Ellipsoid, ...]
    vessels: Tubes
    airways: Tubes
    bones: Tubes

    def posed(self, *, turn_deg: float, stretch: float, shift_mm: tuple[float, float]) -> Anatomy:
        """The same patient as another exposure finds them.

        Args:
            turn_deg: rotation about the body's long axis.
            stretch: factor along z: a deeper (> 1) or shallower (< 1) breath.
            shift_mm: (x, z) displacement on the detector.
        """
        turn = np.deg2rad(turn_deg)
        cosine, sine = np.cos(turn), np.sin(turn)
        matrix = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, stretch]])
        offset = np.array([shift_mm[0], 0.0, shift_mm[1]])
        inverse = np.linalg.inv(matrix)

        def moved(solids: tuple[Ellipsoid, ...]) -> tuple[Ellipsoid, ...]:
            return tuple(
                replace(one, centre=matrix @ one.centre + offset, shape=inverse.T @ one.shape @ inverse)
                for one in solids
            )

        def carried(tubes: Tubes) -> Tubes:
            return replace(tubes, points=tubes.points @ matrix.T + offset)

        return Anatomy(
            body=moved(self.body),
            lungs=moved(self.lungs),
            organs=moved(self.organs),
            gas=moved(self.gas),
            plates=moved(self.plates),
            nodules=moved(self.nodules),
            vessels=carried(self.vessels),
            airways=carried(self.airways),
            bones=carried(self.bones),
        )


def draw_anatomy(rng: np.random.Generator, *, female: bool, nodules: int) -> Anatomy:
    """A thorax at random, with `nodules` nodules (0 or more) in its lungs."""
    size = rng.normal(1.0, 0.035)
    girth = rng.normal(1.0, 0.07)
    lungs = tuple(_lung(rng, side, size) for side in SIDES)
    organs = _organs(rng, size)
    found = tuple(_nodule(rng, lungs, organs) for _ in range(nodules))
    scars = [scar(rng, lungs[int(rng.integers(2))].centre) for _ in range(int(rng.poisson(0.5)))]
    vessels = [lung_vessels(rng, side, lung.depth) for side, lung in zip(SIDES, lungs, strict=True)]
    return Anatomy(
        body=_body(size, girth, female=female),
        lungs=lungs,
        organs=organs,
        gas=_stomach(rng, organs[-1]) if rng.random() < 0.5 else (),
        plates=tuple(
            ellipsoid(
                (side * 128 * size, 78, 62), (30, 5, 62), tilt_deg=-side * rng.normal(14, 4), density=0.45
            )
            for side in SIDES
        ),
        nodules=found,
        vessels=joined(*vessels, *scars),
        airways=airways(),
        bones=bones(rng, size),
    )


def _body(size: float, girth: float, *, female: bool) -> tuple[Ellipsoid, ...]:
    torso = ellipsoid((0, 0, -70), (172 * size * girth, 104 * girth, 262))
    neck = ellipsoid((0, 10, 190), (52, 55, 110))
    shoulders = [ellipsoid((side * 125 * size, 10, 96), (72, 62, 50), tilt_deg=side * -24) for side in SIDES]
    breasts = (
        [
            ellipsoid((side * 72 * size * girth, -68 * girth, -60), (62 * girth, 42, 72), tilt_deg=side * 12)
            for side in SIDES
        ]
        if female
        else []
    )
    return (torso, neck, *shoulders, *breasts)


def _lung(rng: np.random.Generator, side: float, size: float) -> Ellipsoid:
    return ellipsoid(
        (side * 73 * size, 4, -8 + rng.normal(0, 3)),
        (61 * size * rng.normal(1, 0.03), 88 * size, 152 * size * rng.normal(1, 0.03)),
        tilt_deg=side * rng.normal(7, 1.5),
    )


def _organs(rng: np.random.Generator, size: float) -> tuple[Ellipsoid, ...]:
    heart_width = 57 * size * rng.normal(1, 0.09)
    lift = rng.normal(0, 7)
    return (
        ellipsoid((24 + rng.normal(0, 4), -22, -58), (heart_width, 50, 52), tilt_deg=-28),  # heart
        ellipsoid((-8, -10, -42), (38, 48, 50)),  # right atrium
        ellipsoid((0, 18, 40), (25 * rng.normal(1, 0.08), 62, 165)),  # mediastinum
        ellipsoid((20, 18, 66 + rng.normal(0, 4)), (20 * rng.normal(1, 0.12), 26, 20)),  # aortic knob
        ellipsoid((25, 45, -30), (14, 14, 120)),  # descending aorta
        ellipsoid((-70 * size, 6, -192 + lift), (82, 108, 100)),  # right dome
        ellipsoid((70 * size, 6, -206 + lift + rng.normal(0, 3)), (82, 108, 100)),  # left dome, last: stomach
    )


def _stomach(rng: np.random.Generator, left_dome: Ellipsoid) -> tuple[Ellipsoid, ...]:
    centre = left_dome.centre + np.array([rng.normal(-18, 6), -20.0, 70.0])
    return (ellipsoid(centre, (rng.uniform(16, 30), 25, rng.uniform(9, 17))),)


def _nodule(
    rng: np.random.Generator, lungs: tuple[Ellipsoid, ...], organs: tuple[Ellipsoid, ...]
) -> Ellipsoid:
    """A nodule anywhere in a lung, also in front of or behind the heart, the ribs and the domes.

    Diameters of 22 to 44 mm, larger than what radiologists call a nodule (up to 30 mm), so that a network can
    learn them from a small sample in minutes.
    """
    lung = lungs[int(rng.integers(2))]
    axes = 1.0 / np.sqrt(np.diag(lung.shape))
    while True:
        centre = lung.centre + rng.uniform(-1, 1, 3) * axes
        if lung.depth(centre[None])[0] < 0.84 and all(o.depth(centre[None])[0] > 1.06 for o in organs):
            break
    radius = np.exp(rng.uniform(np.log(11.0), np.log(22.0)))
    return ellipsoid(
        centre,
        radius * np.exp(rng.normal(0, 0.12, 3)),
        tilt_deg=rng.uniform(0, 180),
        density=rng.uniform(0.85, 1.1),
    )
