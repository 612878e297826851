"""Phantoms of stained tissue: small round cells of two kinds among things that look much like them.

What looks like a cell (a lengthy nucleus, a ring, a pair of grains) is as dark and as large as one and covers
little of the picture, so that a classifier that learns from random places hardly ever sees it: what hard
negatives are for. Nothing comes from a person.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from thirdeye.errors import UsageError

CELLS = ("dark_cell", "pale_cell")
LOOKALIKES = ("lengthy", "ring", "pair")
RADIUS = 6.0  # of a cell, in pixels
TISSUE = np.array([224.0, 178.0, 206.0])
STAIN = {"dark_cell": np.array([96.0, 52.0, 128.0]), "pale_cell": np.array([128.0, 60.0, 96.0])}


def draw_tissue(
    rng: np.random.Generator, sides: tuple[int, int], *, cells: int, lookalikes: int
) -> tuple[NDArray[np.uint8], list[tuple[str, float, float]]]:
    """A picture (H, W, 3) and its cells: kind, row and column of the middle in pixels from the corner.

    Args:
        rng: source of chance.
        sides: height and width, at least 64 each.
        cells, lookalikes: how many; fewer where there is no room.
    """
    from scipy import ndimage

    waves = ndimage.gaussian_filter(rng.normal(0, 1, sides), 8)
    grain = ndimage.gaussian_filter(rng.normal(0, 1, sides), 1)
    shade = 14 * waves / waves.std() + 6 * grain / grain.std()
    pixels = TISSUE + shade[..., None] + rng.normal(0, 5, (*sides, 3))
    places = _places(rng, sides, cells + lookalikes)
    found: list[tuple[str, float, float]] = []
    for number, place in enumerate(places):
        kind = str(rng.choice(CELLS))
        if number < cells:
            mask = _disc(sides, place, RADIUS * rng.uniform(0.9, 1.1))
            found.append((kind, float(place[0]), float(place[1])))
        else:
            mask = _lookalike(str(rng.choice(LOOKALIKES)), sides, place, rng)
        soft = ndimage.gaussian_filter(mask.astype(np.float64), 0.8)[..., None]
        colour = STAIN[kind] + rng.normal(0, 8, 3)
        pixels = pixels * (1 - soft) + soft * (colour + rng.normal(0, 8, (*sides, 1)))
    return pixels.clip(0, 255).astype(np.uint8), found


def write_cell_phantoms(
    folder: Path,
    *,
    cases: int = 24,
    sides: tuple[int, int] = (256, 256),
    cells: tuple[int, int] = (2, 6),
    lookalikes: tuple[int, int] = (3, 7),
    seed: int = 0,
) -> Path:
    """Pictures with boxes in a COCO file.

    Args:
        folder: where to; made if missing.
        cases: pictures.
        sides: height and width.
        cells, lookalikes: fewest and most in a picture.
        seed: the same seed gives the same pictures.

    Returns:
        `folder`.

    Raises:
        UsageError: fewer than 4 cases.
    """
    if cases < 4:
        raise UsageError(f"phantoms need at least 4 cases; {cases} asked for")
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for index in range(cases):
        rng = np.random.default_rng([seed, index])
        counts = [int(rng.integers(low, high + 1)) for low, high in (cells, lookalikes)]
        pixels, found = draw_tissue(rng, sides, cells=counts[0], lookalikes=counts[1])
        name = f"images/tissue-{index:03d}.png"
        Image.fromarray(pixels).save(folder / name)
        images.append({"id": index + 1, "file_name": name, "height": sides[0], "width": sides[1]})
        for kind, row, column in found:
            side = 2 * RADIUS
            annotations.append(
                {
                    "id": len(annotations) + 1, "image_id": index + 1, "iscrowd": 0, "area": side * side,
                    "category_id": CELLS.index(kind) + 1,
                    "bbox": [column - RADIUS, row - RADIUS, side, side],
                }
            )  # fmt: skip
    categories = [{"id": number + 1, "name": kind} for number, kind in enumerate(CELLS)]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def _places(rng: np.random.Generator, sides: Sequence[int], count: int) -> list[NDArray[np.float64]]:
    """Middles that lie apart from each other and from the edge."""
    found: list[NDArray[np.float64]] = []
    for _ in range(50 * count):
        place = rng.uniform(2 * RADIUS, np.array(sides) - 2 * RADIUS)
        if all(np.linalg.norm(place - other) > 3.5 * RADIUS for other in found):
            found.append(place)
        if len(found) == count:
            break
    return found


def _disc(sides: Sequence[int], place: NDArray[np.float64], radius: float) -> NDArray[np.bool_]:
    return _ellipse(sides, place, (radius, radius), 0.0)


def _ellipse(
    sides: Sequence[int], place: NDArray[np.float64], radii: tuple[float, float], angle: float
) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[: sides[0], : sides[1]] + 0.5
    down, across = rows - place[0], columns - place[1]
    along = down * np.cos(angle) + across * np.sin(angle)
    beside = across * np.cos(angle) - down * np.sin(angle)
    return np.asarray((along / radii[0]) ** 2 + (beside / radii[1]) ** 2 <= 1)


def _lookalike(
    kind: str, sides: Sequence[int], place: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """As dark as a cell and of nearly its area."""
    angle = float(rng.uniform(0, np.pi))
    if kind == "lengthy":
        return _ellipse(sides, place, (1.5 * RADIUS, 0.65 * RADIUS), angle)
    if kind == "ring":
        return _disc(sides, place, 1.15 * RADIUS) & ~_disc(sides, place, 0.5 * RADIUS)
    step = 0.75 * RADIUS * np.array([np.cos(angle), np.sin(angle)])
    return _disc(sides, place + step, 0.68 * RADIUS) | _disc(sides, place - step, 0.68 * RADIUS)
