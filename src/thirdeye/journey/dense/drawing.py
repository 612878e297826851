"""The best, the median and the worst case of each structure, drawn with both outlines."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.orientation import turn_voxels
from thirdeye.case.study import Study
from thirdeye.case.volume import Volume
from thirdeye.evaluation.mask_scores import MaskScore
from thirdeye.intake.volume_picture import ACROSS, SHOWN, Plane, slice_of, slice_picture, windowed
from thirdeye.report.located.outlines import Pane, outlined

FOLDER = "explanation/outlines"
PLANES: tuple[Plane, ...] = ("axial", "coronal", "sagittal")
MOST_STRUCTURES = 12
Rank = Literal["best", "median", "worst"]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Packed:
    """A label map in little memory."""

    content: bytes
    shape: tuple[int, ...]

    @classmethod
    def of(cls, labels: Labels) -> Packed:
        """Packed form of a label map."""
        return cls(zlib.compress(np.ascontiguousarray(labels).tobytes(), 1), labels.shape)

    def labels(self) -> Labels:
        """The label map."""
        return np.frombuffer(zlib.decompress(self.content), np.uint8).reshape(self.shape)


def chosen_cases(scores: Sequence[MaskScore], structures: Sequence[str]) -> list[tuple[str, Rank, MaskScore]]:
    """Structure, rank and score of the cases to draw; of few cases only those that differ.

    Cases in which the reference marks the structure are ranked by Dice; of equal ones the first by name.
    """
    found: list[tuple[str, Rank, MaskScore]] = []
    for structure in structures[:MOST_STRUCTURES]:
        own = [s for s in scores if s.structure == structure and s.there and s.dice is not None]
        ranked = sorted(own, key=lambda score: (-float(score.dice or 0.0), score.case))
        if not ranked:
            continue
        places: dict[int, Rank] = {0: "best", (len(ranked) - 1) // 2: "median", len(ranked) - 1: "worst"}
        if len(ranked) < 3:
            places = {0: "best", len(ranked) - 1: "worst"} if len(ranked) == 2 else {0: "median"}
        found += [(structure, rank, ranked[place]) for place, rank in sorted(places.items())]
    return found


def draw_case(
    study: Study, item: Image | Volume, reference: Labels, network: Labels, *, number: int, name: str,
    folder: str = FOLDER,
) -> str:  # fmt: skip
    """Draw one structure of one case into the study; the name of the picture.

    Args:
        study: written to.
        item: image or volume.
        reference, network: label maps on its own grid.
        number: of the structure, from 1.
        name: stem of the file.
        folder: of the study, where the picture goes.
    """
    panes = _panes(item, reference == number, network == number)
    target = f"{folder}/{name}.png"
    with study.writing(target) as path:
        path.write_bytes(outlined(panes))
    return target


def drawn_entry(structure: str, rank: Rank, score: MaskScore, picture: str, planes: bool) -> dict[str, Any]:
    """The entry of ``drawn`` in evaluation.json."""
    return {
        "structure": structure,
        "rank": rank,
        "case": score.case,
        "dice": score.dice,
        "picture": picture,
        "planes": list(PLANES) if planes else [],
    }


def _panes(item: Image | Volume, expert: NDArray[np.bool_], network: NDArray[np.bool_]) -> list[Pane]:
    if isinstance(item, Image):
        pixels = item.pixels if item.pixels.dtype == np.uint8 else windowed(item.pixels)
        return [Pane(np.asarray(pixels, np.uint8), expert, network, item.spacing_mm or (1.0, 1.0))]
    return [_plane(item, expert, network, plane) for plane in PLANES]


def _plane(item: Volume, expert: NDArray[np.bool_], network: NDArray[np.bool_], plane: Plane) -> Pane:
    """The slice of a volume with most of the structure."""
    orientation = item.geometry.orientation
    marked = turn_voxels(expert if expert.any() else network, orientation, SHOWN)
    across = ACROSS[plane]
    amount = marked.sum(axis=tuple(axis for axis in range(3) if axis != across))
    place = int(amount.argmax()) if amount.any() else marked.shape[across] // 2
    at = (place + 0.5) / marked.shape[across]
    shown = slice_picture(item, plane=plane, at=at)
    cuts = [slice_of(mask, orientation, plane, at=at).astype(bool) for mask in (expert, network)]
    return Pane(np.asarray(shown.pixels, np.uint8), cuts[0], cuts[1], shown.spacing_mm or (1.0, 1.0))
