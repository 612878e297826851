"""Which past cases look like a new one: all galleries searched, own patient left out, for and against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.reliance import SimilarCase
from thirdeye.inference.similar.gallery import TRAINING, Gallery, PastCase
from thirdeye.inference.similar.measure import Measure
from thirdeye.inference.similar.pictures import small_pictures
from thirdeye.inference.similar.search import largest, similarities

NEAREST = 5
EACH_SIDE = 2  # at least so many for and against the answer, where there are any
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Finder:
    """Searches galleries.

    Args:
        measure: of likeness.
        of_pictures: the measure of small pictures, by which copies are known.
        galleries: past cases.
        duplicate_limit: likeness of pictures from which on a case may be the same image; None: it was not
            fixed.
    """

    measure: Measure
    of_pictures: Measure
    galleries: tuple[Gallery, ...]
    duplicate_limit: float | None

    @cached_property
    def labels(self) -> NDArray[np.str_]:
        """Of all cases, gallery after gallery; "" where nobody knows."""
        return np.array([one.label for gallery in self.galleries for one in gallery.cases], str)

    @cached_property
    def patients(self) -> NDArray[np.str_]:
        """Marks of the patients of all cases; "" where unknown."""
        return np.array([one.patient for gallery in self.galleries for one in gallery.cases], str)

    def similarities(self, features: Floats) -> Floats:
        """(n,) of one image's features (F,) with every case."""
        return np.concatenate([self._of_gallery(gallery, features[None]) for gallery in self.galleries])

    def find(
        self,
        features: Floats,
        prepared: NDArray[np.uint8],
        *,
        answer: str | None,
        own: frozenset[str] = frozenset(),
    ) -> tuple[SimilarCase, ...]:
        """The nearest cases, and the nearest for and against an answer if they are not among them.

        Args:
            features: (F,) of the new image.
            prepared: (S, S, 3) the image as the network got it.
            answer: what the reader says; None where it says nothing.
            own: marks of its patient; such cases are left out. The patient of a case that may be the same
                image counts as the own too, and only that case is shown.
        """
        found = self.similarities(features)
        own_rows = np.isin(self.patients, list(own)) & (self.patients != "")
        twins = self._copies(prepared) & ~own_rows
        same_patient = np.isin(self.patients, self.patients[twins]) & (self.patients != "") & ~twins
        found[own_rows | same_patient] = -np.inf
        return tuple(
            self._case(int(row), found, duplicate=bool(twins[row])) for row in self._chosen(found, answer)
        )

    def _copies(self, prepared: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """(n,) whether a case may be the same image."""
        query = self.of_pictures.vectors(small_pictures(prepared[None]), (0,))[0]
        alike = [similarities(gallery.pictures, query) for gallery in self.galleries]
        limit = np.inf if self.duplicate_limit is None else self.duplicate_limit
        return np.asarray(np.concatenate(alike) >= limit)

    def _chosen(self, found: Floats, answer: str | None) -> NDArray[np.int64]:
        """Rows, in order: the `NEAREST`, and the first `EACH_SIDE` for and against among known labels."""
        rows = [largest(found, NEAREST)]
        if answer is not None:
            known, same = self.labels != "", self.labels == answer
            for side in (same, ~same & known):
                rows.append(largest(np.where(side, found, -np.inf).astype(np.float32), EACH_SIDE))
        every = np.unique(np.concatenate(rows))
        ordered: NDArray[np.int64] = every[np.argsort(-found[every], kind="stable")]
        return ordered

    def _case(self, row: int, found: Floats, *, duplicate: bool) -> SimilarCase:
        gallery, one = self._at(row)
        rank = 1 + int((found > found[row]).sum()) + int((found[:row] == found[row]).sum())
        return SimilarCase(
            one.case, one.image, one.label, float(np.clip(found[row], 0, 1)), duplicate, rank=rank,
            archive=None if gallery.name == TRAINING else gallery.name,
        )  # fmt: skip

    def _at(self, row: int) -> tuple[Gallery, PastCase]:
        start = 0
        for gallery in self.galleries:
            if row < start + len(gallery.cases):
                return gallery, gallery.cases[row - start]
            start += len(gallery.cases)
        raise IndexError(row)

    def _of_gallery(self, gallery: Gallery, features: Floats) -> Floats:
        parts, start = [np.empty(0, np.float32)], 0
        for members, count in gallery.groups:
            query = self.measure.vectors(features, members)[0]
            parts.append(similarities(gallery.vectors[start : start + count, : len(query)], query))
            start += count
        return np.concatenate(parts)
