"""Occlusion: a patch is blurred away, and what the score loses is the evidence that lay there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thirdeye.explanation.background import blurred
from thirdeye.explanation.method import METHODS, Directions, Images, Maps, Subject, scores


@dataclass(frozen=True)
class Occlusion:
    """Patches of two by two cells, each a cell further; a cell shows the mean of the patches that hid it.

    Args:
        cells: of a side of the map.
    """

    cells: int = 8
    title: str = "occlusion"
    source: str = "Zeiler & Fergus, ECCV 2014"
    sign: str = "loss of the score when a place is hidden; positive speaks for the class, negative against it"
    needs_torch: bool = False

    @property
    def passes(self) -> int:
        """One for each patch, and one for the whole."""
        return (self.cells - 1) ** 2 + 1

    def maps(self, subject: Subject, images: Images, directions: Directions) -> Maps:
        """See `thirdeye.explanation.method.Method.maps`."""
        maps = []
        for image, questions, background in zip(images, directions, blurred(images), strict=True):
            maps.append(self._of_image(subject, image, questions, background))
        return np.stack(maps)

    def _of_image(self, subject: Subject, image: Images, questions: Directions, background: Images) -> Maps:
        edges = np.linspace(0, image.shape[-1], self.cells + 1).astype(int)
        corners = [(row, column) for row in range(self.cells - 1) for column in range(self.cells - 1)]
        hidden = np.repeat(image[None], len(corners) + 1, axis=0)
        for one, (row, column) in zip(hidden[1:], corners, strict=True):
            inside = (..., slice(edges[row], edges[row + 2]), slice(edges[column], edges[column + 2]))
            one[inside] = background[inside]
        found = scores(subject.logits(hidden), np.repeat(questions[None], len(hidden), axis=0))
        total = np.zeros((len(questions), self.cells, self.cells))
        count = np.zeros((self.cells, self.cells))
        for (row, column), loss in zip(corners, found[0] - found[1:], strict=True):
            total[:, row : row + 2, column : column + 2] += loss[:, None, None]
            count[row : row + 2, column : column + 2] += 1
        return (total / count).astype(np.float32)


METHODS.register("occlusion")(Occlusion())
