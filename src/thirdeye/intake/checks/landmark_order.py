"""Landmarks that were exchanged, mirrored, or put far from where they belong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.annotation_view import cases, points_of
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.landmark_shapes import Shapes, misfit, shapes_of
from thirdeye.intake.robust import robust_z
from thirdeye.intake.words import counted, shown_name

_LEAST_POINTS, _LEAST_IMAGES = 3, 10
_FAR = 8.0
_FEW = 20
_ODD = 5.0  # robust standard deviations
_GAIN = 0.75  # share of the squared distance of two landmarks that exchanging them takes away
_MIRROR = 0.5  # a mirrored shape that fits twice as well
_SOURCE = (
    "Shapes laid over their median (generalised Procrustes); exchanged, mirrored and far landmarks stand out"
)


@register_check("landmark.order", title="Order and place of landmarks", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Exchanged and mirrored ones are warnings, far ones information."""
    points = points_of(exhibits)
    if points["name"].nunique() < _LEAST_POINTS:
        raise NotApplicable(f"fewer than {_LEAST_POINTS} landmarks make no shape")
    shapes = shapes_of(points)
    if len(shapes.images) < _LEAST_IMAGES:
        raise NotApplicable(f"fewer than {_LEAST_IMAGES} images have all landmarks")
    mirrored = np.flatnonzero(shapes.mirrored < _MIRROR)
    if mirrored.size:
        yield _mirrored(shapes, mirrored)
    rest = np.setdiff1d(np.arange(len(shapes.images)), mirrored)
    odd = robust_z(shapes.distances.mean(axis=1)) > _ODD
    exchanged = {
        int(i): pair
        for i in rest
        if (pair := exchanged_pair(shapes.aligned[i], shapes.median, is_odd=bool(odd[i])))
    }
    if exchanged:
        yield _exchanged(shapes, exchanged)
    yield from _far(shapes, {*map(int, mirrored), *exchanged})


def exchanged_pair(
    shape: NDArray[np.float64], median: NDArray[np.float64], *, is_odd: bool = True
) -> tuple[int, int] | None:
    """The two landmarks that fit far better when exchanged; None where no two do.

    Few landmarks turn the whole shape when two are exchanged: then every exchange is tried and laid over
    anew, for shapes that fit badly. Among many, two hardly move the rest.

    Args:
        shape, median: (p, 2), laid over each other.
        is_odd: the shape fits the median far worse than others do.
    """
    if len(shape) <= _FEW:
        return _tried(shape, median) if is_odd else None
    apart = ((shape[:, None] - median[None]) ** 2).sum(axis=2)  # (p, p) landmark to median place
    own = np.diag(apart)
    before = own[:, None] + own[None]
    after = apart + apart.T
    usual = float(np.median(own)) + 1e-12
    better = (after < (1 - _GAIN) * before) & (before > 4 * usual)
    if not better.any():
        return None
    gain = np.where(better, before - after, -np.inf)
    first, second = np.unravel_index(int(np.argmax(gain)), gain.shape)
    return int(min(first, second)), int(max(first, second))


def _tried(shape: NDArray[np.float64], median: NDArray[np.float64]) -> tuple[int, int] | None:
    best, pair = (1 - _GAIN) ** 0.5 * misfit(shape, median), None
    for first, second in combinations(range(len(shape)), 2):
        order = np.arange(len(shape))
        order[[first, second]] = second, first
        fit = misfit(shape[order], median)
        if fit < best:
            best, pair = fit, (first, second)
    return pair


def _mirrored(shapes: Shapes, found: NDArray[np.intp]) -> Finding:
    images = [shapes.images[i] for i in found]
    return Finding(
        check="landmark.order",
        severity="warning",
        message=f"{counted(len(images), 'image')} of {len(shapes.images):,} with landmarks that fit the "
        f"others only when "
        f"mirrored, for example '{shown_name(images[0])}'.",
        cases=tuple(images),
        evidence={"ratio": {shapes.images[i]: round(float(shapes.mirrored[i]), 3) for i in found}},
        remedy="The image was flipped, or left and right were exchanged; correct one of them",
        source=_SOURCE,
    )


def _exchanged(shapes: Shapes, found: dict[int, tuple[int, int]]) -> Finding:
    said = {
        shapes.images[i]: f"{shapes.names[a]} and {shapes.names[b]} fit better when exchanged"
        for i, (a, b) in found.items()
    }
    image, words = next(iter(said.items()))
    return Finding(
        check="landmark.order",
        severity="warning",
        message=f"{counted(len(said), 'image')} of {len(shapes.images):,} with landmarks that seem "
        f"exchanged: in "
        f"'{shown_name(image)}' {words}.",
        cases=tuple(said),
        evidence={"about": said},
        remedy="Look at these images and put the landmarks into their order",
        source=_SOURCE,
    )


def _far(shapes: Shapes, known: set[int]) -> Iterator[Finding]:
    """Single landmarks far from their place, measured against the same landmark in the other images."""
    far = np.column_stack([robust_z(column) for column in np.log(shapes.distances + 1e-6).T])
    reach = np.column_stack([robust_z(column) for column in shapes.distances.T])
    odd = (reach > _FAR) & (far > 2.5)
    rows = [i for i in np.flatnonzero(odd.any(axis=1)) if i not in known]
    if not rows:
        return
    rows.sort(key=lambda i: -float(reach[i].max()))
    said = {
        shapes.images[
            i
        ]: f"{int(odd[i].sum())} of {len(shapes.names)} landmarks far from where the others have them, "
        f"most of all {shapes.names[int(reach[i].argmax())]}"
        for i in rows
    }
    image, words = next(iter(said.items()))
    yield Finding(
        check="landmark.order",
        severity="info",
        message=f"{counted(len(rows), 'image')} of {len(shapes.images):,} with landmarks in unusual places: "
        f"'{shown_name(image)}' has {words}.",
        cases=cases(said),
        evidence={"about": said},
        remedy="Look at these first: a slip, or an unusual anatomy",
        source=_SOURCE,
    )
