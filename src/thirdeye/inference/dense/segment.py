"""An image in, a label map in its own geometry out; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.transform.dense.prepare import Prepared, own_grid
from thirdeye.transform.dense.resample import resampled
from thirdeye.transform.dense.tidy import tidied
from thirdeye.transform.dense.windows import Windows, most_likely, read_slabs

Array = NDArray[np.float32]


class Reader:
    """Members of an ensemble and mirrored views, averaged.

    Args:
        engines: members.
        mirrored: axes (0 is the first spatial one) along which windows are mirrored as well.
    """

    def __init__(self, engines: Sequence[DenseEngine], mirrored: Sequence[int]) -> None:
        self.engines = engines
        sizes = range(len(mirrored) + 1)
        self.views = list(chain.from_iterable(combinations(sorted(mirrored), size) for size in sizes))

    def run(self, windows: Array) -> Array:
        """Mean logits (B, K, ...) of windows (B, C, ...)."""
        total: Array | None = None
        for view in self.views:
            axes = tuple(axis + 2 for axis in view)
            seen = np.ascontiguousarray(np.flip(windows, axes)) if axes else windows
            for engine in self.engines:
                logits = engine.run(seen)
                logits = np.flip(logits, axes) if axes else logits
                total = logits.copy() if total is None else np.add(total, logits, out=total)
        if total is None:
            raise ValueError("an ensemble needs a member")
        return total / np.float32(len(self.views) * len(self.engines))


def segment(
    reader: Reader, seen: Prepared, windows: Windows, tidying: dict[int, str], *, n_structures: int
) -> NDArray[np.uint8]:
    """The label map of a prepared image, on the image's own grid.

    Args:
        reader: the networks.
        seen: the image as they see it.
        windows: in which it is read.
        tidying: number of a structure to what is done to its mask.
        n_structures: besides background.
    """
    labels = most_likely(seen.array, reader.run, windows, n_outputs=n_structures + 1)
    return tidied(own_grid(seen, labels), tidying)


def segment_scored(
    reader: Reader, seen: Prepared, windows: Windows, tidying: dict[int, str]
) -> tuple[NDArray[np.uint8], Array]:
    """Of a reader of one structure: the label map and the log odds of every place being marked.

    Args:
        reader, seen, windows, tidying: as of `segment`.

    Returns:
        Both on the image's own grid, the log odds of an image in two dimensions alone.

    Raises:
        UnreadableFile: it is a volume.
    """
    if not isinstance(seen.item, Image):
        raise UnreadableFile(seen.item.source, "is a volume; pixels are scored in two dimensions only")
    slabs = [logits for _, logits in read_slabs(seen.array, reader.run, windows, n_outputs=2)]
    odds = np.concatenate([logits[1] - logits[0] for logits in slabs])
    labels = tidied(own_grid(seen, (odds > 0).astype(np.uint8)), tidying)
    return labels, odds if odds.shape == seen.own_sides else resampled(odds[None], seen.own_sides)[0]
