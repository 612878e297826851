"""The label of whole cases, learnt by the network that also learns their masks, in alternating batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.model.dense_network import DenseNetwork
from thirdeye.training.dense.tone import toned

Rows = NDArray[np.int64]
SMALLER = 0.9  # smallest share of the sides that is kept when a whole image is moved and scaled a little


@dataclass(frozen=True)
class LabelTask:
    """What there is to learn besides the masks.

    Args:
        images: (n, C, ...) whole reduced images of all cases.
        labels: (n,) number of the class; -1 where a case has no label.
        n_classes: of the label.
        weight: of its cross-entropy beside the loss of the masks.
        every: step on which a batch of labels is learnt: 2 is every second one.
        batch_size: images of such a batch.
    """

    images: NDArray[np.float32]
    labels: Rows
    n_classes: int
    weight: float
    every: int
    batch_size: int

    def loss(
        self, network: DenseNetwork, rows: Rows, rng: Generator, *, mirrored: Sequence[int], tone: float
    ) -> Tensor:
        """Weighted cross-entropy of one batch, each class drawn as often.

        Args:
            network: with a `label_head`, in training mode.
            rows: positions of the cases to learn from.
            rng: decides.
            mirrored: axes along which images are mirrored at random.
            tone: strength of the changes of brightness, contrast and noise.
        """
        known = rows[self.labels[rows] >= 0]
        by_class = [known[self.labels[known] == number] for number in range(self.n_classes)]
        there = [own for own in by_class if len(own)]
        if not there:
            return torch.zeros(())
        drawn = [int(rng.choice(there[place % len(there)])) for place in range(self.batch_size)]
        batch = torch.stack([self._seen(row, rng, mirrored, tone) for row in drawn])
        targets = torch.from_numpy(self.labels[drawn])
        return self.weight * F.cross_entropy(network.labels(batch).float(), targets)

    def _seen(self, row: int, rng: Generator, mirrored: Sequence[int], tone: float) -> Tensor:
        image = torch.from_numpy(np.array(self.images[row], np.float32))
        flipped = [axis + 1 for axis in mirrored if rng.random() < 0.5]
        return toned(_moved(image.flip(flipped), rng), tone, rng)


def _moved(image: Tensor, rng: Generator) -> Tensor:
    """A little larger and off the middle: cut out and brought back to the sides."""
    share = rng.uniform(SMALLER, 1.0)
    sides = image.shape[1:]
    kept = [max(1, round(side * share)) for side in sides]
    starts = [int(rng.integers(0, side - part + 1)) for side, part in zip(sides, kept, strict=True)]
    inside = tuple(slice(start, start + part) for start, part in zip(starts, kept, strict=True))
    mode = "bilinear" if len(sides) == 2 else "trilinear"
    part = image[(slice(None), *inside)]
    return F.interpolate(part[None], size=sides, mode=mode, align_corners=False)[0]


def label_logits(network: DenseNetwork, images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Logits (n, classes) of whole reduced images, by torch, one by one.

    Args:
        network: with a `label_head`.
        images: (n, C, ...).
    """
    ready = network.eval()
    found = []
    with torch.inference_mode():
        for image in images:
            found.append(ready.labels(torch.from_numpy(np.array(image, np.float32))[None])[0].numpy())
    return np.asarray(found, np.float64).reshape(len(images), -1)
