"""RISE: random parts of the image are kept, and places that were seen when the score was high are marked."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.explanation.background import blurred
from thirdeye.explanation.method import METHODS, Directions, Images, Maps, Subject, scores

CELLS = 16  # a side of the map
FEWEST_MASKS = 64


@dataclass(frozen=True)
class Rise:
    """Masks come in pairs of opposites, and scores are centred, which halves the noise of few masks.

    Two maps of one image from different masks had a rank correlation of 0.71 with 192 masks of 5 x 5 cells,
    of 0.44 with 96 and of 0.38 with 64; with 7 x 7 cells of 0.23 at 64 (breast ultrasound, eight images).

    Args:
        masks: how many, even.
        grid: cells of a side of a mask before it is enlarged and shifted.
        seed: of the masks, which are the same for every image.
    """

    masks: int = 192
    grid: int = 5
    seed: int = 0
    title: str = "RISE"
    source: str = "Petsiuk et al., BMVC 2018; opposite masks, centred scores, blurred background"
    sign: str = "slope of the score on being seen; positive speaks for the class, negative against it"
    needs_torch: bool = False

    @property
    def passes(self) -> int:
        """One for each mask."""
        return self.masks

    def fewer(self, passes: int) -> Rise:
        """The same from as many masks as so many passes allow, never more than now."""
        return replace(self, masks=min(self.masks, max(FEWEST_MASKS, passes // 2 * 2)))

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
