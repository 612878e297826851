"""Phantoms with known places: masks, boxes and points of made-up things; nothing comes from a person.

A picture (or a volume) is a noisy, uneven ground with some ellipses of two kinds, bright and dark. The same
scene can be told as masks, as boxes and as points, so that every task can be tried on it.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.errors import UsageError
from thirdeye.intake.nifti_write import nifti_bytes

KINDS = ("bright", "dark")
LARGE_SHARE = 0.0158  # product of the half axes over that of the sides: half of the pictures have more
LANDMARKS = ("top", "bottom", "left", "right")
_CONTRAST = {"bright": 60.0, "dark": -45.0}
_PICTURE = {"bright": (200, 90, 40), "dark": (60, 60, 140)}


@dataclass(frozen=True)
class Ellipse:
    """One made-up thing.

    Args:
        kind: of `KINDS`.
        centre: (row, column), or (i, j, k), in pixels.
        radii: half axes along the same axes, in pixels.
    """

    kind: str
    centre: tuple[float, ...]
    radii: tuple[float, ...]

    def inside(self, sides: Sequence[int]) -> NDArray[np.bool_]:
        """Pixels whose centre lies in it."""
        grids = np.meshgrid(*(np.arange(side) for side in sides), indexing="ij")
        parts = [((grid - c) / r) ** 2 for grid, c, r in zip(grids, self.centre, self.radii, strict=True)]
        return np.asarray(sum(parts) <= 1.0)


def draw_scene(
    rng: np.random.Generator, sides: Sequence[int], *, things: tuple[int, int] = (1, 4)
) -> tuple[NDArray[np.float64], list[Ellipse]]:
    """A picture or volume, 0 to 255, and what is in it.

    Args:
        rng: source of chance.
        sides: of the picture (H, W) or volume (I, J, K); at least 24 each, 6 along a short axis of a volume.
        things: fewest and most; things that would touch an earlier one are left out.
    """
    found: list[Ellipse] = []
    taken = np.zeros(sides, bool)
    for _ in range(int(rng.integers(things[0], things[1] + 1))):
        radii = tuple(float(rng.uniform(0.08, 0.16) * side) for side in sides)
        centre = tuple(float(rng.uniform(r + 2, s - r - 3)) for r, s in zip(radii, sides, strict=True))
        one = Ellipse(str(rng.choice(KINDS)), centre, radii)
        around = Ellipse(one.kind, centre, tuple(r + 2 for r in radii)).inside(sides)
        if not (taken & around).any():
            found.append(one)
            taken |= around
    ground = 110 + 25 * np.sin(np.arange(sides[0]) / sides[0] * 3 + rng.uniform(0, 6))
    pixels = ground.reshape(-1, *[1] * (len(sides) - 1)) + rng.normal(0, 14, tuple(sides))
    for one in found:
        pixels = pixels + _CONTRAST[one.kind] * one.inside(sides)
    return np.asarray(pixels.clip(0, 255)), found


def write_mask_phantoms(
    folder: Path, *, cases: int = 24, sides: tuple[int, ...] = (64, 64), seed: int = 0, labelled: bool = False
) -> Path:
    """Pictures with masks of two colours; with three sides volumes, as in the Medical Segmentation Decathlon.

    Args:
        folder: where to; made if missing.
        cases: how many; two of each made-up patient.
        sides: of a picture or volume.
        seed: the same seed gives the same pictures.
        labelled: whether the table of cases says "malignant" or "benign" of each picture, by the size of the
            largest thing in it (see `is_large`); of pictures only.

    Returns:
        `folder`.

    Raises:
        UsageError: fewer than 4 cases, or labels of volumes.
    """
    _enough(cases)
    if labelled and len(sides) == 3:
        raise UsageError("phantoms of volumes have no labels; give two sides")
    if len(sides) == 3:
        return _write_volumes(folder, cases, sides, seed)
    rows = []
    for index in range(cases):
        pixels, things = draw_scene(np.random.default_rng([seed, index]), sides)
        picture = np.zeros((*sides, 3), np.uint8)
        for one in things:
            picture[one.inside(sides)] = _PICTURE[one.kind]
        name = _save(folder / "images", f"phantom-{index:03d}.png", pixels.astype(np.uint8))
        _save(folder / "masks", f"phantom-{index:03d}.png", picture)
        rows.append((name, f"p{index // 2:03d}", "malignant" if is_large(things, sides) else "benign"))
    columns = ("image", "patient", "diagnosis")[: 3 if labelled else 2]
    _table(folder / "cases.csv", columns, [row[: len(columns)] for row in rows])
    legend = [(kind, *map(str, _PICTURE[kind])) for kind in KINDS]
    _table(folder / "classes.csv", ("name", "r", "g", "b"), legend)
    return folder


def is_large(things: Sequence[Ellipse], sides: Sequence[int]) -> bool:
    """Whether the largest of these things is larger than that of half of the pictures."""
    shares = [float(np.prod(one.radii)) / float(np.prod(sides)) for one in things]
    return max(shares, default=0.0) > LARGE_SHARE


def write_box_phantoms(
    folder: Path, *, cases: int = 24, sides: tuple[int, int] = (96, 96), seed: int = 0
) -> Path:
    """Pictures with boxes in a COCO file; arguments and errors as of `write_mask_phantoms`."""
    _enough(cases)
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for index in range(cases):
        pixels, things = draw_scene(np.random.default_rng([seed, index]), sides, things=(0, 5))
        name = _save(folder / "images", f"phantom-{index:03d}.png", pixels.astype(np.uint8))
        images.append({"id": index + 1, "file_name": name, "height": sides[0], "width": sides[1]})
        for one in things:
            (top, left), (height, width) = _corner(one), tuple(2 * r for r in one.radii)
            annotations.append(
                {
                    "id": len(annotations) + 1, "image_id": index + 1, "iscrowd": 0,
                    "category_id": KINDS.index(one.kind) + 1, "bbox": [left, top, width, height],
                    "area": width * height,
                }
            )  # fmt: skip
    categories = [{"id": number + 1, "name": kind} for number, kind in enumerate(KINDS)]
    document = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def write_point_phantoms(
    folder: Path, *, cases: int = 24, sides: tuple[int, int] = (96, 64), seed: int = 0
) -> Path:
    """Pictures of one bright ellipse on wavy ground, four landmarks at its ends; otherwise as above."""
    _enough(cases)
    rows: list[tuple[str, ...]] = []
    for index in range(cases):
        rng = np.random.default_rng([seed, index])
        radii = (float(rng.uniform(0.2, 0.35) * sides[0]), float(rng.uniform(0.15, 0.3) * sides[1]))
        centre = tuple(float(s / 2 + rng.uniform(-0.1, 0.1) * s) for s in sides)
        one = Ellipse("bright", centre, radii)
        pixels = (_waves(rng, sides) + rng.normal(0, 12, sides) + 70 * one.inside(sides)).clip(0, 255)
        name = _save(folder / "images", f"phantom-{index:03d}.png", pixels.astype(np.uint8))
        y, x = centre[0] + 0.5, centre[1] + 0.5
        ends = ((x, y - radii[0]), (x, y + radii[0]), (x - radii[1], y), (x + radii[1], y))
        points = zip(LANDMARKS, ends, strict=True)
        rows += [(name, f"p{index // 2:03d}", label, f"{px:.3f}", f"{py:.3f}") for label, (px, py) in points]
    _table(folder / "landmarks.csv", ("image", "patient", "landmark", "x", "y"), rows)
    return folder


def _waves(rng: np.random.Generator, sides: tuple[int, int]) -> NDArray[np.float64]:
    """Ground that differs from picture to picture, so that no two are taken for copies."""
    rows, columns = np.meshgrid(*(np.linspace(0, 2 * np.pi, side) for side in sides), indexing="ij")
    ground = np.full(sides, 95.0)
    for _ in range(4):
        along, across, phase = rng.uniform(-2.5, 2.5), rng.uniform(-2.5, 2.5), rng.uniform(0, 6)
        ground += 17 * np.sin(along * rows + across * columns + phase)
    return ground


def _enough(cases: int) -> None:
    if cases < 4:
        raise UsageError(f"phantoms need at least 4 cases; {cases} asked for")


def _corner(one: Ellipse) -> tuple[float, float]:
    """Upper left edge of the box around an ellipse: pixel centres lie at .5."""
    return one.centre[0] - one.radii[0] + 0.5, one.centre[1] - one.radii[1] + 0.5


def _save(folder: Path, name: str, pixels: NDArray[np.uint8]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(folder / name)
    return f"{folder.name}/{name}"


def _table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _write_volumes(folder: Path, cases: int, sides: tuple[int, ...], seed: int) -> Path:
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    geometry = Geometry(np.diag([1.0, 1.0, 2.0, 1.0]))
    names = [f"phantom_{index:03d}.nii.gz" for index in range(cases)]
    for index, name in enumerate(names):
        pixels, things = draw_scene(np.random.default_rng([seed, index]), sides)
        numbers = np.zeros(sides, np.uint8)
        for one in things:
            numbers[one.inside(sides)] = KINDS.index(one.kind) + 1
        for part, voxels in (("imagesTr", pixels.astype(np.int16)), ("labelsTr", numbers)):
            content = b"".join(nifti_bytes(Volume(voxels, geometry, name)))
            (folder / part / name).write_bytes(gzip.compress(content, mtime=0))
    document = {
        "name": "phantoms", "modality": {"0": "MRI"},
        "labels": {"0": "background"} | {str(number + 1): kind for number, kind in enumerate(KINDS)},
        "training": [{"image": f"./imagesTr/{name}", "label": f"./labelsTr/{name}"} for name in names],
        "test": [], "numTraining": cases, "numTest": 0,
    }  # fmt: skip
    (folder / "dataset.json").write_text(json.dumps(document), encoding="utf-8")
    return folder
