"""What the two networks of a landmark reader learn: the whole canvas, and crops around expected places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.model.dense_network import DenseNetwork
from thirdeye.training.dense.engine import TorchEngine
from thirdeye.training.landmarks.losses import heat_loss
from thirdeye.training.landmarks.patches import PatchTeaching, patch_loss
from thirdeye.training.landmarks.warp import Change, changed
from thirdeye.transform.landmarks.looks import First, Second, expectation, first_look, mean_heat, second_look

MOST_CHECKED = 16  # held-out images read in a check
JITTER = 0.3  # of a crop's side: how far from its middle a landmark may lie

Picture = NDArray[np.float32]
Places = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class WholeLesson:
    """Where landmarks lie on the canvas.

    Args:
        pictures: (C, H, W) of every row.
        places: (n, p, 2) on the canvas, NaN where missing.
        train, holdout: rows.
        how: the first look reads.
        change: how pictures are changed.
        loss: name of a registered heat-map loss.
        batch_size: pictures a step.
        patches: how patches count, where each cell is about the patch around it; None: maps are taught.
    """

    pictures: list[Picture]
    places: Places
    train: Rows
    holdout: Rows
    how: First
    change: Change
    loss: str
    batch_size: int
    patches: PatchTeaching | None = None

    def batch_loss(self, network: DenseNetwork, rng: np.random.Generator) -> Tensor:
        """Of one batch."""
        rows = rng.choice(self.train, self.batch_size, replace=len(self.train) < self.batch_size)
        sides = (self.how.canvas.height, self.how.canvas.width)
        middle = np.array([sides[1], sides[0]]) / 2
        drawn = [
            changed(torch.from_numpy(self.pictures[r]), self.places[r], middle, sides, self.change, rng)
            for r in rows
        ]
        images = torch.stack([picture for picture, _ in drawn]).contiguous(memory_format=torch.channels_last)
        places = torch.from_numpy(np.stack([own for _, own in drawn])).float()
        if self.patches is not None:
            return patch_loss(network(images), places, self.how.stride, self.patches)
        return heat_loss(self.loss, network(images), places / self.how.stride, self.how.spread)

    def checked(self, network: DenseNetwork) -> dict[str, float]:
        """Mean distance on the canvas, over some held-out images."""
        engine = TorchEngine(network, "fp32")
        gaps = []
        for row in some_of(self.holdout):
            heat = mean_heat([engine], self.pictures[row], self.how, mirrored=False)
            gaps.append(np.linalg.norm(first_look(heat, self.how, None)[0] - self.places[row], axis=1))
        return distance_record(gaps)


@dataclass(frozen=True)
class CropLesson:
    """Where landmarks lie in crops, given about where they are.

    Args:
        pictures: (C, H, W) of every row on the finer canvas.
        places: (n, p, 2) on it, NaN where missing.
        expected: row to (p, 2) places of the first look on it, of held-out rows.
        train, holdout: rows.
        how: the second look reads.
        change: how crops are changed.
        crops: of a step.
    """

    pictures: list[Picture]
    places: Places
    expected: dict[int, Places]
    train: Rows
    holdout: Rows
    how: Second
    change: Change
    crops: int

    def batch_loss(self, network: DenseNetwork, rng: np.random.Generator) -> Tensor:
        """Of one batch; the first look's errors are made up: a shared part, and each point's own."""
        side = self.how.side
        drawn = [self._draw(rng) for _ in range(self.crops)]
        images = torch.stack([crop for crop, _ in drawn]).contiguous(memory_format=torch.channels_last)
        cells = np.stack([own for _, own in drawn]) / self.how.stride
        deviation = self.how.prior_px / self.how.stride
        shared = rng.normal(0, deviation / 2, (len(cells), 1, 2))
        about = cells + shared + rng.normal(0, deviation, cells.shape) * rng.uniform(0, 1, (len(cells), 1, 1))
        sides = (side // self.how.stride, side // self.how.stride)
        prior = np.stack([expectation(np.nan_to_num(one), sides, deviation) for one in about])
        logits = network(images) + torch.from_numpy(prior)
        return heat_loss("cross_entropy", logits, torch.from_numpy(cells).float(), self.how.spread)

    def _draw(self, rng: np.random.Generator) -> tuple[Tensor, Places]:
        row = int(rng.choice(self.train))
        there = np.flatnonzero(np.isfinite(self.places[row]).all(axis=1))
        centre = self.places[row][int(rng.choice(there))]
        side = self.how.side
        return changed(
            torch.from_numpy(self.pictures[row]), self.places[row], centre, (side, side), self.change, rng
        )

    def checked(self, network: DenseNetwork) -> dict[str, float]:
        """Mean distance on the finer canvas, over some held-out images."""
        engine = TorchEngine(network, "fp32")
        gaps = []
        for row in some_of(self.holdout):
            found, _ = second_look([engine], self.pictures[row], self.expected[row], self.how)
            gaps.append(np.linalg.norm(found - self.places[row], axis=1))
        return distance_record(gaps)


def some_of(rows: Rows) -> Rows:
    """At most `MOST_CHECKED` of them, spread evenly."""
    return rows[:: max(1, len(rows) // MOST_CHECKED)][:MOST_CHECKED]


def distance_record(gaps: list[NDArray[np.float64]]) -> dict[str, float]:
    """Mean distance as a record of a round; {} where no held-out image has a landmark."""
    known = np.concatenate([gap[np.isfinite(gap)] for gap in gaps]) if gaps else np.zeros(0)
    return {"validation_metric": float(known.mean())} if known.size else {}
