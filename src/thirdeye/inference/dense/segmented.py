"""The answer of a reader that marks structures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.picture import marked_picture
from thirdeye.inference.dense.probability import DenseProbabilities
from thirdeye.inference.dense.write import write_marks
from thirdeye.inference.dense.write_probabilities import write_probabilities
from thirdeye.inference.located import Drawn


@dataclass(frozen=True)
class Segmented:
    """An opinion with the label map that it is about.

    Args:
        opinion: regions with their sizes.
        item: the image or volume.
        labels: on its own grid; 0 background, then the classes by number.
        structures: their names, from number 1.
        file: that the item was read from, where there is one; its header is the model of the result's.
        probabilities: of the structures; None where they were not asked for.
    """

    opinion: Opinion
    item: Image | Volume
    labels: NDArray[np.uint8]
    structures: tuple[str, ...]
    file: Path | None = None
    probabilities: DenseProbabilities | None = None

    def picture(self) -> Drawn:
        """What was marked, drawn on the image or on one slice."""
        pixels, about = marked_picture(self.item, self.labels)
        return Drawn(pixels, about or "what was marked")

    def write(self, folder: Path, stem: str) -> tuple[str, ...]:
        """Write label map, picture, contours, and maps where there are any; their names."""
        source = self.opinion.source
        marks = write_marks(
            self.item, self.labels, self.structures, folder, stem, source=source, like=self.file
        )
        maps = self.probabilities or ()
        return (*marks, *write_probabilities(self.item, maps, folder, stem, like=self.file))
