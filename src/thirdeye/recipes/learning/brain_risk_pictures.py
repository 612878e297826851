"""Where the risk lies, and where it tells: maps over the mean brain of the test part."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from thirdeye.recipes.system import Cases, FurtherPicture
from thirdeye.training.volumes.risk import Maps

if TYPE_CHECKING:
    from thirdeye.recipes.learning.brain_risk_member import RiskReader

MOST = 60  # cases of each class whose maps are averaged
HEIGHT = 220  # px of a slice
GAP = 6
Slice = NDArray[np.float64]


def correlation_picture(readers: Sequence[RiskReader], test: Cases) -> FurtherPicture:
    """Matthews' correlation of every voxel, in three cuts through the voxel that tells most."""
    mean = np.mean([one.correlation for one in readers], axis=0)
    brain = _mean_brain(test)
    cuts = _cuts(brain, np.clip(mean, 0, 1), _place(mean, brain))
    caption = (
        "How well the risk of each voxel tells the classes apart (Matthews' correlation, mean of the "
        f"members, red: {max(float(mean.max()), 0.0):.2f} at most), over the mean brain of the test part. "
        "Three cuts through the voxel that tells most."
    )
    return FurtherPicture(caption, _png([cuts]))


def risk_picture(readers: Sequence[RiskReader], test: Cases) -> FurtherPicture:
    """Mean risk of either class of the test part, in the same cuts."""
    mean = np.mean([one.correlation for one in readers], axis=0)
    brain = _mean_brain(test)
    rows = []
    for number in range(len(test.classes)):
        chosen = np.flatnonzero(test.labels == number)[:MOST]
        if not len(chosen):
            continue
        volumes = test.arrays["volumes"][chosen]
        maps: list[Maps] = [one.maps(volumes).mean(axis=0) for one in readers[:1]]
        rows.append(_cuts(brain, np.mean(maps, axis=0), _place(mean, brain)))
    caption = (
        f"Mean risk in patients with {' (above) and '.join(test.classes)} (below), of the first member; red "
        "is a risk of 1, no colour a risk of 0."
    )
    return FurtherPicture(caption, _png(rows))


def _mean_brain(test: Cases) -> Slice:
    return np.asarray(test.arrays["volumes"][:MOST].mean(axis=0) / 255.0)


def _place(mean: Slice, brain: Slice) -> tuple[int, int, int]:
    """The voxel of the brain where a map is largest."""
    at = np.unravel_index(int(mean.argmax()), mean.shape)
    d, h, w = (
        min(int((one + 0.5) * whole / side), whole - 1)
        for one, side, whole in zip(at, mean.shape, brain.shape, strict=True)
    )
    return d, h, w


def _cuts(brain: Slice, heat: NDArray[np.floating], place: tuple[int, int, int]) -> list[Slice]:
    """Three (rows, columns, 3) cuts of the brain with the map over it, from 0 to 1."""
    cuts = []
    for axis in range(3):
        cut = np.take(brain, place[axis], axis=axis)
        here = min(int(place[axis] * heat.shape[axis] / brain.shape[axis]), heat.shape[axis] - 1)
        part = Image.fromarray(np.take(heat, here, axis=axis).astype(np.float32))
        over = np.asarray(part.resize(cut.shape[::-1], Image.Resampling.BILINEAR), dtype=np.float64).clip(
            0, 1
        )
        red = np.stack([np.ones_like(cut), 0.25 * np.ones_like(cut), 0.1 * np.ones_like(cut)], axis=-1)
        weight = (0.75 * over * (cut > 0.02))[..., None]
        cuts.append(np.rot90(cut[..., None] * (1 - weight) + red * weight))
    return cuts


def _png(rows: Sequence[Sequence[Slice]]) -> bytes:
    """Rows of cuts as one picture."""
    drawn = [[_scaled(cut) for cut in row] for row in rows]
    width = max(sum(one.width for one in row) + GAP * (len(row) - 1) for row in drawn)
    sheet = Image.new("RGB", (width, len(drawn) * (HEIGHT + GAP) - GAP))
    for number, row in enumerate(drawn):
        left = 0
        for one in row:
            sheet.paste(one, (left, number * (HEIGHT + GAP)))
            left += one.width + GAP
    stream = io.BytesIO()
    sheet.save(stream, format="PNG")
    return stream.getvalue()


def _scaled(cut: Slice) -> Image.Image:
    picture = Image.fromarray(np.asarray((255 * cut).clip(0, 255), dtype=np.uint8))
    return picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT), Image.Resampling.BICUBIC)
