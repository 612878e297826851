"""What a network for landmarks has to beat: regression of all points at once, and the mean shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused, MissingExtra
from thirdeye.intake.pixels import load_image
from thirdeye.journey.landmarks.material import reference_points, rows_with_points
from thirdeye.training.event import Event, Listener
from thirdeye.training.landmarks.regression import fit_regression, mean_shape
from thirdeye.training.machine import prepare_process
from thirdeye.transform.landmarks.describe import oriented_gradients, pixels_of, whole_picture

Places = NDArray[np.float64]
Table = NDArray[np.float32]
REGRESSION, MEAN_SHAPE = "traditional technique (regression of all points at once)", "mean shape"
_SAYS = {
    "pixels": "the brightness of a reduced image",
    "gradients": "histograms of oriented gradients",
    "network": "a feature map of the embedded network, frozen",
}


@dataclass(frozen=True)
class PointRival:
    """A technique and where it puts the points of the test part.

    Args:
        name: as a sentence has it.
        kind: "traditional" or "simple", as in the schema of comparisons.
        source: its name in ``predictions.csv``.
        description: how it works.
        places: (n, p, 2) pixels of the images as stored.
    """

    name: str
    kind: str
    source: str
    description: str
    places: Places


def point_rivals(
    dataset: Dataset,
    table: RegionTable,
    test: pd.DataFrame,
    *,
    seed: int,
    tell: Listener,
    root: Path | None = None,
) -> list[PointRival]:
    """Fit both on the development part, and put the points of the test images.

    Args:
        dataset: with parts.
        table: points of the dataset.
        test: rows of the test part.
        seed: of the folds that choose the regression's penalty.
        tell: hears how it goes.
        root: what references of `test` start from; None: those of the dataset.
    """
    rows = rows_with_points(dataset, table, "train", "validation")
    tell(Event("note", "regression of the points and the mean shape, on the same cases"))
    pictures, sides = _opened(
        [
            *((dataset.root, one) for one in rows["image"]),
            *((root or dataset.root, o) for o in test["image"]),
        ],
        tell,
    )
    n = len(rows)
    shares = reference_points(table, rows) / sides[:n, None]
    theirs = sides[n:, None]
    rivals = []
    try:
        described = _described(pictures)
        known = {name: values[:n] for name, values in described.items()}
        fitted, error = fit_regression(known, shares, groups=rows["kept_together"].to_numpy(), seed=seed)
        said = (
            f"Ridge regression of all points at once from {_SAYS[fitted.features]}; description and penalty "
            f"were chosen on held-out development images (mean error {error:.1%} of a side)."
        )
        places = fitted.predict(described[fitted.features][n:]) * theirs
        rivals.append(PointRival(REGRESSION, "traditional", "regression", said, places))
    except DataRefused as error:
        tell(Event("note", f"no regression of the points: {error}"))
    said = "The mean place of each point in the development images, as shares of width and height."
    everywhere = np.repeat(mean_shape(shares)[None], len(test), axis=0) * theirs
    return [*rivals, PointRival(MEAN_SHAPE, "simple", "mean_shape", said, everywhere)]


def _opened(images: Sequence[tuple[Path, str]], tell: Listener) -> tuple[Table, Places]:
    """(m, S, S) pictures, and (m, 2) width and height of the images."""
    pictures, sides = [], []
    for done, (root, image) in enumerate(images):
        item = load_image(root, image)
        pictures.append(whole_picture(item))
        sides.append((item.width, item.height))
        tell(Event("progress", "images described", (done + 1) / len(images)))
    return np.stack(pictures), np.array(sides, float)


def _described(pictures: Table) -> dict[str, Table]:
    """Name to (m, D)."""
    plain: dict[str, Callable[[Table], Table]] = {"pixels": pixels_of, "gradients": oriented_gradients}
    described = {name: np.stack([one(picture) for picture in pictures]) for name, one in plain.items()}
    with suppress(ImportError, MissingExtra):  # torch and the weights are an extra
        described["network"] = _feature_maps(pictures)
    return described


def _feature_maps(pictures: Table) -> Table:
    """(m, C h w) of the embedded network."""
    prepare_process()
    from thirdeye.training.landmarks.frozen_maps import frozen_maps

    return frozen_maps(pictures)
