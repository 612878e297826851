"""Landmarks of a picture on its canvas: a first look at the whole, then one around each place; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.landmarks.canvas import Canvas
from thirdeye.transform.landmarks.crops import Crop, cover, cut_out
from thirdeye.transform.landmarks.decode import decode, heat_of
from thirdeye.transform.landmarks.pairs import PairModel, agreed, around
from thirdeye.transform.landmarks.shape import ShapeModel, completed

Heat = NDArray[np.float32]
Places = NDArray[np.float64]
Certainty = NDArray[np.float64]

AT_A_TIME = 8  # crops


class HeatEngine(Protocol):
    """A network that draws heat maps: torch while training, ONNX Runtime afterwards."""

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits (B, p, h, w) of pictures (B, C, H, W)."""


@dataclass(frozen=True)
class First:
    """How the first look reads.

    Args:
        canvas: what images are put on.
        stride: pixels per cell of a heat map.
        spread: of a blob, in cells.
        is_choice: whether maps were taught as a choice among places.
        decoding: name of a registered decoder.
        mirrored: whether the mirror image is read as well and the maps averaged.
        swapped: position of the landmark that each becomes in a mirror.
        below: certainty below which a landmark is taken from the shape model; 0.0: none.
        agreement: weight of how landmarks lie to each other in choosing their places together; 0.0: each is
            where its own map is highest.
    """

    canvas: Canvas
    stride: int
    spread: float
    is_choice: bool
    decoding: str
    mirrored: bool
    swapped: tuple[int, ...]
    below: float
    agreement: float = 0.0


@dataclass(frozen=True)
class Second:
    """How the second look reads.

    Args:
        zoom: how much finer its canvas is.
        side: of a crop, on that canvas.
        stride: pixels per cell of its heat maps.
        spread: of a blob, in cells.
        prior_px: standard deviation of the first look's error, on the finer canvas.
        decoding: name of a registered decoder.
    """

    zoom: float
    side: int
    stride: int
    spread: float
    prior_px: float
    decoding: str


def mean_heat(engines: Sequence[HeatEngine], picture: Heat, how: First, *, mirrored: bool) -> Heat:
    """(p, h, w) mean of the members' heat maps of a picture (C, H, W), mirrored views turned back."""
    maps = [_heat(engine, picture, how) for engine in engines]
    if mirrored:
        flipped = np.ascontiguousarray(picture[:, :, ::-1])
        maps += [_heat(engine, flipped, how)[list(how.swapped), :, ::-1] for engine in engines]
    return np.asarray(np.mean(maps, axis=0), np.float32)


def heat_agreed(heat: Heat, how: First, pairs: PairModel | None) -> Heat:
    """The maps as they are, or what is left of each around the place on which the landmarks agree."""
    if pairs is None or how.agreement <= 0:
        return heat
    cells = agreed(heat, pairs, stride=how.stride, weight=how.agreement)
    return around(heat, cells, how.spread)


def first_look(heat: Heat, how: First, shape: ShapeModel | None) -> tuple[Places, Certainty]:
    """Places on the canvas in pixels, and certainties, of mean heat maps."""
    cells, certainty = decode(heat, how.spread, how.decoding)
    places = cells * how.stride
    if shape is not None and how.below > 0:
        places = completed(shape, places, certainty, how.below)
    return places, certainty


def second_look(
    engines: Sequence[HeatEngine], picture: Heat, places: Places, how: Second
) -> tuple[Places, Certainty]:
    """Places on the finer canvas, and certainties of the second look alone.

    Args:
        engines: members.
        picture: (C, H, W) on the finer canvas.
        places: (p, 2) of the first look, on the finer canvas.
        how: it reads.
    """
    return decoded_crops(second_maps(engines, picture, places, how), how)


def second_maps(
    engines: Sequence[HeatEngine], picture: Heat, places: Places, how: Second
) -> list[tuple[Crop, Heat]]:
    """Crops, and for each the (k, h, w) mean heat maps of its k points; arguments as of `second_look`."""
    crops = cover(places, how.side)
    found: list[tuple[Crop, Heat]] = []
    for start in range(0, len(crops), AT_A_TIME):
        some = crops[start : start + AT_A_TIME]
        windows = cut_out(picture, some, how.side)
        logits = np.stack([engine.run(windows) for engine in engines])  # (m, n, p, h, w)
        for number, crop in enumerate(some):
            points = list(crop.points)
            cells = (places[points] - crop.corner) / how.stride
            expected = expectation(cells, logits.shape[-2:], how.prior_px / how.stride)
            heat = heat_of(logits[:, number, points] + expected).mean(axis=0)
            found.append((crop, np.asarray(heat, np.float32)))
    return found


def decoded_crops(maps: Sequence[tuple[Crop, Heat]], how: Second) -> tuple[Places, Certainty]:
    """Places on the finer canvas and certainties of what `second_maps` drew."""
    count = sum(len(crop.points) for crop, _ in maps)
    found, certainty = np.zeros((count, 2)), np.zeros(count)
    for crop, heat in maps:
        cells, sure = decode(heat, how.spread, how.decoding)
        found[list(crop.points)] = cells * how.stride + crop.corner
        certainty[list(crop.points)] = sure
    return found, certainty


def expectation(cells: Places, sides: tuple[int, ...], deviation: float) -> Heat:
    """(p, h, w) logarithm of how likely each cell is after the first look; 0 at its place.

    Args:
        cells: (p, 2) places of the first look, in cells.
        sides: of a heat map.
        deviation: of its error, in cells.
    """
    x = (np.arange(sides[1]) + 0.5 - cells[:, 0:1]) ** 2
    y = (np.arange(sides[0]) + 0.5 - cells[:, 1:2]) ** 2
    return np.asarray(-(y[:, :, None] + x[:, None, :]) / (2 * deviation**2), np.float32)


def _heat(engine: HeatEngine, picture: Heat, how: First) -> Heat:
    return heat_of(engine.run(picture[None])[0], is_choice=how.is_choice)
