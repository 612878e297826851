"""The one pass over the pixels: every image is decoded once, in a worker, measured, and let go."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.collection import Collection
from thirdeye.intake.exhibits import THUMBNAIL_PX, Embedder, Exhibits
from thirdeye.intake.facts_table import FactsTable
from thirdeye.intake.growing import GrowingArray
from thirdeye.intake.look import is_archive, look
from thirdeye.intake.mask_pass import facts_of_masks
from thirdeye.intake.measure import Measured, measure_all_of, measure_loaded, unreadable
from thirdeye.intake.pixels import load_image
from thirdeye.intake.reference import as_path
from thirdeye.intake.workers import Lost, Task, each, limit_for

_BATCH = 32  # pictures an embedder is handed at a time


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
    with TemporaryDirectory(prefix="thirdeye-", ignore_cleanup_errors=True) as folder:
        evidence = _Evidence(len(references), Path(folder), embedder)
        small_px = embedder.size_px if embedder else 0
        with closing(_measure_all(collection.root, references, small_px)) as found:
            for done, (reference, measured) in enumerate(zip(references, found, strict=True), 1):
                evidence.keep(reference, measured)
                if progress is not None:
                    progress(done, len(references))
        yield evidence.exhibits(collection)


class _Evidence:
    """What is kept of the images, in order, growing on disk where there are many."""

    def __init__(self, length: int, folder: Path, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._facts = FactsTable()
        self._thumbnails = GrowingArray(length, folder / "thumbnails", np.uint8, (THUMBNAIL_PX, THUMBNAIL_PX))
        self._features: GrowingArray | None = None
        self._folder, self._length = folder, length
        self._waiting: list[NDArray[np.uint8]] = []

    def keep(self, reference: str, measured: Measured) -> None:
        """Add one image."""
        self._facts.add({**measured.facts, "image": reference})
        empty = np.zeros((THUMBNAIL_PX, THUMBNAIL_PX), np.uint8)
        self._thumbnails.add((empty if measured.thumbnail is None else measured.thumbnail)[np.newaxis])
        if self._embedder is not None:
            side = self._embedder.size_px
            blank = np.zeros((side, side, 3), np.uint8)
            self._waiting.append(blank if measured.small is None else measured.small)
            if len(self._waiting) == _BATCH:
                self._embed()

    def exhibits(self, collection: Collection) -> Exhibits:
        """Everything that was kept."""
        self._embed()
        facts = self._facts.frame()
        features = None if self._features is None else self._features.finished()
        if features is not None:
            features[(facts["error"] != "").to_numpy()] = 0
        return Exhibits(
            collection=collection,
            facts=facts,
            thumbnails=self._thumbnails.finished(),
            mask_facts=facts_of_masks(collection),
            features=features,
            features_from=self._embedder.name if self._embedder else "",
            look=lambda reference: look(collection.root, reference),
        )

    def _embed(self) -> None:
        if self._embedder is None or not self._waiting:
            return
        vectors = np.asarray(self._embedder(np.stack(self._waiting)), np.float32)
        if self._features is None:
            self._features = GrowingArray(
                self._length, self._folder / "features", np.float32, vectors.shape[1:]
            )
        self._features.add(vectors)
        self._waiting.clear()


def _measure_all(root: Path, references: Sequence[str], small_px: int) -> Generator[Measured, None, None]:
    """Measurements in the order of `references`; an archive is opened once, here, and its arrays go round."""
    if is_archive(root):
        function: Callable[..., Measured] = measure_loaded
        tasks = (Task((one, *_archived(root, one), small_px)) for one in references)
    else:
        function = measure_all_of
        tasks = (Task((root, one, small_px), limit_for(as_path(root, one))) for one in references)
    with closing(each(function, tasks)) as answers:
        for reference, answer in zip(references, answers, strict=True):
            yield unreadable(reference, answer.reason) if isinstance(answer, Lost) else answer


def _archived(root: Path, reference: str) -> tuple[Image | None, str]:
    """An image of an archive, or why there is none."""
    try:
        return load_image(root, reference), ""
    except UnreadableFile as error:
        return None, error.reason
