"""Regions that annotators marked, for the exam of heat maps: a folder of masks, or a table of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.explanation.exam.regions import SIDE, on_grid
from thirdeye.intake.pixels import load_image
from thirdeye.plan.plan import Plan
from thirdeye.transform.preparation import cut, framed_part
from thirdeye.transform.prepare import prepare

CORNERS = ("xmin", "ymin", "xmax", "ymax")


class Regions:
    """What was marked in each image, on the prepared square.

    Args:
        source: a folder with a mask for each image, of the same name before the dot (above 0 is marked), or a
            table with the columns image, xmin, ymin, xmax, ymax in pixels of the image.
        dataset: whose images they are about.
        plan: how images are prepared.

    Raises:
        UsageError: it is neither, or marks none of the images.
    """

    def __init__(self, source: Path, dataset: Dataset, plan: Plan) -> None:
        self._source, self._dataset, self._plan = source, dataset, plan
        if source.is_dir():
            self._masks = {path.stem: path for path in sorted(source.rglob("*")) if path.is_file()}
            self._boxes: dict[str, NDArray[np.float64]] = {}
        else:
            self._masks, self._boxes = {}, _boxes(source)

    def __call__(self, images: Sequence[str]) -> NDArray[np.bool_]:
        """(n, SIDE, SIDE) of image references; nothing is marked where there is no mask and no box."""
        found = np.stack([self._of(reference) for reference in images])
        if not found.any():
            raise UsageError(
                f"'{self._source.name}' marks none of the images of the study; a mask has the name of its"
                " image, and the column 'image' of a table holds these names"
            )
        return found

    def _of(self, reference: str) -> NDArray[np.bool_]:
        name = Path(reference).stem
        if name in self._masks:
            file = self._masks[name].relative_to(self._source)
            mask = np.asarray(load_image(self._source, str(file)).pixels, dtype=np.float64)
            return self._placed(reference, np.asarray(mask.reshape(*mask.shape[:2], -1).max(axis=2) > 0))
        if name in self._boxes:
            image = load_image(self._dataset.root, reference)
            return self._placed(reference, _filled(self._boxes[name], image.height, image.width))
        return np.zeros((SIDE, SIDE), bool)

    def _placed(self, reference: str, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """On the part of the image that the network sees."""
        as_image = Image(marked.astype(np.uint8) * 255, 8, "region")
        if self._plan.preparation:
            part = framed_part(load_image(self._dataset.root, reference), self._plan.preparation)
            as_image = cut(as_image, part)
        square = prepare(as_image, size_px=4 * SIDE, resize=self._plan.resize, intensity="full_range")
        return on_grid(square[..., 0] > 127)


def _boxes(table: Path) -> dict[str, NDArray[np.float64]]:
    """Image name without its ending to boxes (k, 4)."""
    if not table.is_file():
        raise UsageError(f"there is neither a folder of masks nor a table of boxes at '{table.name}'")
    rows = pd.read_csv(table)
    missing = [name for name in ("image", *CORNERS) if name not in rows.columns]
    if missing:
        raise UsageError(f"the table '{table.name}' lacks the columns {', '.join(missing)}")
    return {
        Path(str(name)).stem: group[list(CORNERS)].to_numpy(dtype=float)
        for name, group in rows.groupby("image")
    }


def _filled(boxes: NDArray[np.float64], height: int, width: int) -> NDArray[np.bool_]:
    marked = np.zeros((height, width), bool)
    for left, top, right, bottom in np.rint(boxes).astype(int):
        marked[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    return marked
