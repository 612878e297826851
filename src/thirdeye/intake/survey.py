"""The one pass over the pixels: every image is decoded once, measured, and let go."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from thirdeye.intake.collection import Collection
from thirdeye.intake.exhibits import THUMBNAIL_PX, Embedder, Exhibits
from thirdeye.intake.measure import Measured, measure_all_of
from thirdeye.intake.pixels import load_image

_THREADS = 2
_IN_FLIGHT = 16  # images decoded ahead; bounds memory


@contextmanager
def survey(
    collection: Collection,
    *,
    progress: Callable[[int, int], None] | None = None,
    embedder: Embedder | None = None,
) -> Iterator[Exhibits]:
    """Look at every image of a collection.

    Args:
        collection: what was opened.
        progress: called with (images done, images in all).
        embedder: is handed every picture once, in small batches.

    Yields:
        The exhibits; what they hold on disk is gone when the context ends.
    """
    references = list(dict.fromkeys(collection.rows["image"]))
    thumbnails = np.zeros((len(references), THUMBNAIL_PX, THUMBNAIL_PX), np.uint8)
    rows = []
    for position, measured in enumerate(_measure_all(collection.root, references, progress)):
        rows.append(measured.facts)
        if measured.thumbnail is not None:
            thumbnails[position] = measured.thumbnail
    facts = pd.DataFrame(rows).set_index("image")

    def look(reference: str) -> np.ndarray | None:
        return load_image(collection.root, reference).pixels

    yield Exhibits(
        collection=collection, facts=facts, thumbnails=thumbnails, mask_facts=pd.DataFrame(), look=look
    )


def _measure_all(
    root: Path, references: Sequence[str], progress: Callable[[int, int], None] | None
) -> Iterator[Measured]:
    """Measurements in the order of `references`, a bounded number of images ahead."""
    waiting: deque[Future[Measured]] = deque()
    done = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for reference in references:
                waiting.append(pool.submit(measure_all_of, root, reference))
                if len(waiting) < _IN_FLIGHT:
                    continue
                yield waiting.popleft().result()
                done += 1
                _report(progress, done, len(references))
            while waiting:
                yield waiting.popleft().result()
                done += 1
                _report(progress, done, len(references))
        finally:  # an interruption must not wait for what was submitted
            for future in waiting:
                future.cancel()


def _report(progress: Callable[[int, int], None] | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)
