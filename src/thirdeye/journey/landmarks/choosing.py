"""What validation images decide: how places are decoded, mirrored views, the shape model, the second look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.landmarks.points import Points
from thirdeye.journey.landmarks.material import LandmarkMaterial
from thirdeye.transform.landmarks.canvas import Frame
from thirdeye.transform.landmarks.looks import (
    First,
    HeatEngine,
    Second,
    decoded_crops,
    first_look,
    heat_agreed,
    mean_heat,
    second_maps,
)
from thirdeye.transform.landmarks.pairs import PairModel
from thirdeye.transform.landmarks.shape import ShapeModel, settled

BETTER_BY = 0.005  # share of the mean distance that a choice has to gain over a simpler one

Places = NDArray[np.float64]
Rows = NDArray[np.int64]
Found = dict[int, tuple[Places, NDArray[np.float64]]]


def choose_first(
    engines: Sequence[HeatEngine],
    shapes: Sequence[ShapeModel | None],
    splits: Sequence[tuple[Rows, Rows]],
    material: LandmarkMaterial,
    how: First,
    *,
    decodings: Sequence[str],
    thresholds: Sequence[float],
    pairs: Sequence[PairModel | None] = (),
    agreements: Sequence[float] = (0.0,),
) -> tuple[First, Found]:
    """How the first look reads best, and what it finds in images that its members did not learn from.

    Args:
        engines, shapes, splits: of each member.
        material: development rows.
        how: it reads; decoding, mirroring and shape model are chosen here.
        decodings, thresholds: candidates, the simplest first.
        pairs: of each member, where landmarks choose their places together.
        agreements: candidates of the weight with which they do.

    Returns:
        The choice; row to places on the canvas and certainties.
    """
    views = (False, True) if how.swapped else (False,)
    ways = [
        replace(how, mirrored=mirrored, agreement=agreement, decoding=decoding, below=below)
        for mirrored, agreement, decoding, below in product(views, agreements, decodings, thresholds)
    ]
    found: list[Found] = [{} for _ in ways]
    for row in held_out(splits):
        own = [index for index, (_, holdout) in enumerate(splits) if row in holdout]
        readers = [engines[index] for index in own]
        heats = {view: mean_heat(readers, material.coarse[row], how, mirrored=view) for view in views}
        joint = pairs[own[0]] if pairs else None
        kept = {
            (view, agreement): heat_agreed(heats[view], replace(how, agreement=agreement), joint)
            for view, agreement in product(views, agreements)
        }
        for way, known in zip(ways, found, strict=True):
            known[row] = first_look(kept[way.mirrored, way.agreement], way, shapes[own[0]])
    best = _best([_mean_distance(known, material.points, material.frames) for known in found])
    return ways[best], found[best]


def choose_second(
    engines: Sequence[HeatEngine],
    splits: Sequence[tuple[Rows, Rows]],
    material: LandmarkMaterial,
    first: Found,
    how: Second,
    *,
    decodings: Sequence[str],
) -> tuple[Second | None, Found]:
    """Whether a second look helps, and what it finds; places on the finer canvas.

    Args:
        engines, splits: of each member.
        material: development rows.
        first: what the first look found, on the canvas.
        how: the second look reads; the decoding is chosen here.
        decodings: candidates.
    """
    ways = [replace(how, decoding=decoding) for decoding in decodings]
    before = {
        row: (_moved(places, material.frames[row], material.fine_frames[row]), certainty)
        for row, (places, certainty) in first.items()
    }
    found: list[Found] = [{} for _ in ways]
    for row, (places, certainty) in before.items():
        own = [engines[index] for index, (_, holdout) in enumerate(splits) if row in holdout]
        maps = second_maps(own, material.fine[row], places, how)
        for way, known in zip(ways, found, strict=True):
            again, sure = decoded_crops(maps, way)
            known[row] = again, certainty * sure
    reached = [_mean_distance(known, material.points, material.fine_frames) for known in (before, *found)]
    best = _best(reached)
    return (None, first) if best == 0 else (ways[best - 1], found[best - 1])


def choose_settling(
    found: dict[int, Points],
    shapes: Sequence[ShapeModel | None],
    splits: Sequence[tuple[Rows, Rows]],
    points: Places,
    candidates: Sequence[float],
) -> tuple[float, dict[int, Points]]:
    """How strongly points are drawn to the shape model, and where they then lie; pixels of the images.

    Args:
        found: row to the points of held-out images.
        shapes, splits: of each member; an image is settled by a model that has not learnt from it.
        points: (n, p, 2) reference.
        candidates: tolerances as of `settled`, 0 first.
    """
    ways = [
        {row: _settled(one, shapes[_reader_of(row, splits)], tolerance) for row, one in found.items()}
        for tolerance in candidates
    ]
    reached = [
        float(np.nanmean([np.linalg.norm(one.xy - points[row], axis=1) for row, one in way.items()]))
        for way in ways
    ]
    best = _best(reached)
    return candidates[best], ways[best]


def _reader_of(row: int, splits: Sequence[tuple[Rows, Rows]]) -> int:
    return next(index for index, (_, holdout) in enumerate(splits) if row in holdout)


def _settled(found: Points, shape: ShapeModel | None, tolerance: float) -> Points:
    if shape is None or not tolerance:
        return found
    return Points(settled(shape, found.xy, found.certainty, tolerance), found.certainty)


def held_out(splits: Sequence[tuple[Rows, Rows]]) -> list[int]:
    """Rows that some member did not learn from."""
    return sorted({int(row) for _, holdout in splits for row in holdout})


def _best(distances: Sequence[float]) -> int:
    """Position of the smallest; an earlier one unless a later one gains by `BETTER_BY`."""
    best = 0
    for position, distance in enumerate(distances):
        if distance < distances[best] * (1 - BETTER_BY):
            best = position
    return best


def _mean_distance(found: Found, points: Places, frames: Sequence[Frame]) -> float:
    """In pixels of the images, over all landmarks that the reference has."""
    gaps = [
        np.linalg.norm(frames[row].back(places) - points[row], axis=1) for row, (places, _) in found.items()
    ]
    return float(np.nanmean(np.concatenate(gaps)))


def _moved(places: Places, own: Frame, other: Frame) -> Places:
    return other.onto(own.back(places))
