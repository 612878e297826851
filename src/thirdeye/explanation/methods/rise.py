"""RISE: random parts of the image are kept, and places that were seen when the score was high are marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.explanation.background import blurred
from thirdeye.explanation.method import METHODS, Directions, Images, Maps, Subject, scores

CELLS = 16  # a side of the map


@dataclass(frozen=True)
class Rise:
    """Masks come in pairs of opposites, and scores are centred, which halves the noise of few masks.

    Args:
        masks: how many, even.
        grid: cells of a side of a mask before it is enlarged and shifted.
        seed: of the masks, which are the same for every image.
    """

    masks: int = 96
    grid: int = 7
    seed: int = 0
    title: str = "RISE"
    source: str = "Petsiuk et al., BMVC 2018; opposite masks, centred scores, blurred background"
    sign: str = "slope of the score on being seen; positive speaks for the class, negative against it"
    needs_torch: bool = False

    @property
    def passes(self) -> int:
        """One for each mask."""
        return self.masks

    def maps(self, subject: Subject, images: Images, directions: Directions) -> Maps:
        """See `thirdeye.explanation.method.Method.maps`."""
        masks = self._masks(images.shape[-1])  # (M, S, S)
        small = np.stack([_resized(mask, CELLS) for mask in masks]).reshape(len(masks), -1) - 0.5
        spread = (small**2).mean(axis=0)
        maps = []
        for image, questions, background in zip(images, directions, blurred(images), strict=True):
            seen = masks[:, None] * image + (1 - masks[:, None]) * background
            found = scores(subject.logits(seen), np.repeat(questions[None], len(seen), axis=0))
            found -= found.mean(axis=0)
            slope = found.T @ small / len(masks) / spread
            maps.append(slope.reshape(len(questions), CELLS, CELLS).astype(np.float32))
        return np.stack(maps)

    def _masks(self, side: int) -> NDArray[np.float32]:
        random = np.random.default_rng(self.seed)
        cell = -(-side // self.grid)
        drawn = []
        for _ in range(self.masks // 2):
            coarse = random.integers(0, 2, (self.grid + 1, self.grid + 1)).astype(np.float32)
            top, left = random.integers(0, cell, 2)
            drawn.append(_resized(coarse, cell * (self.grid + 1))[top : top + side, left : left + side])
        one = np.stack(drawn)
        return np.concatenate([one, 1 - one])


def _resized(values: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    picture = PIL.Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(picture.resize((side, side), PIL.Image.Resampling.BILINEAR))


METHODS.register("rise")(Rise())
