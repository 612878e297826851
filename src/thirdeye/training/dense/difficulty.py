"""Hard-example mining: cases that the network still gets wrong are drawn more often.

Source: Shrivastava, Gupta and Girshick, "Training region-based object detectors with online hard example
mining", CVPR 2016, in the mild form of drawing in proportion to the recent loss.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.training.dense.losses import IGNORED

KEPT = 0.7  # of a case's old difficulty when it is seen again


class Difficulty:
    """How wrong the network lately was on each case.

    Args:
        rows: positions of the cases that may be drawn.
        share: of the draws that follow difficulty, 0 to 1; the others take each case as often.
    """

    def __init__(self, rows: NDArray[np.int64], share: float) -> None:
        self.rows, self.share = np.asarray(rows), share
        self._place = {int(row): place for place, row in enumerate(self.rows)}
        self.values = np.ones(len(self.rows))  # unseen cases count as hard

    def draw(self, rng: Generator) -> int:
        """Position of the next case."""
        if self.share and rng.random() < self.share:
            return int(rng.choice(self.rows, p=self.values / self.values.sum()))
        return int(rng.choice(self.rows))

    def learn(self, rows: Sequence[int], logits: Tensor, targets: Tensor) -> None:
        """Remember the mean cross-entropy of each case of a step.

        Args:
            rows: positions of the cases.
            logits: (B, K, ...) of the finest level.
            targets: (B, ...) class numbers.
        """
        if not self.share:
            return
        with torch.no_grad():
            each = F.cross_entropy(
                logits.float(), targets.long(), ignore_index=IGNORED, reduction="none"
            ).flatten(1)
            known = (targets != IGNORED).flatten(1).sum(1).clamp(min=1)
        for row, value in zip(rows, (each.sum(1) / known).tolist(), strict=True):
            place = self._place[int(row)]
            self.values[place] = KEPT * self.values[place] + (1 - KEPT) * max(value, 1e-3)
