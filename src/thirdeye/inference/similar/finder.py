"""Which past cases look like a new one: all galleries searched, own patient left out, for and against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.reliance import SimilarCase
from thirdeye.inference.similar.coded import Coded
from thirdeye.inference.similar.gallery import TRAINING, Gallery, PastCase
from thirdeye.inference.similar.lists import BEYOND
from thirdeye.inference.similar.measure import Measure
from thirdeye.inference.similar.pictures import small_pictures
from thirdeye.inference.similar.run import Run, runs_of
from thirdeye.inference.similar.search import largest, similarities

NEAREST = 5
EACH_SIDE = 2  # at least so many for and against the answer, where there are any
ENOUGH = 10  # cases of other patients in the lists, on each side too, before they are enough to choose from
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class _Looked:
    """Cases that were looked at.

    Args:
        rows: (m,) their places among all, in order.
        found: (m,) likeness; minus infinity of those that are left out.
        all_: whether these are all cases.
    """

    rows: Rows
    found: Floats
    all_: bool


@dataclass(frozen=True)
class Finder:
    """Searches galleries.

    Args:
        measure: of likeness.
        of_pictures: the measure of small pictures, by which copies are known.
        galleries: past cases.
        duplicate_limit: likeness of pictures from which on a case may be the same image; None: it was not
            fixed.
        beyond: with more cases than so many, lists are used where there are any.
    """

    measure: Measure
    of_pictures: Measure
    galleries: tuple[Gallery, ...]
    duplicate_limit: float | None
    beyond: int = BEYOND.cases

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """What is searched, in order."""
        total = sum(len(gallery.cases) for gallery in self.galleries)
        return runs_of(self.galleries, self.measure, by_lists=total > self.beyond)

    @cached_property
    def labels(self) -> Coded:
        """Of all cases, gallery after gallery; "" where nobody knows."""
        return Coded.of(one.label for gallery in self.galleries for one in gallery.cases)

    @cached_property
    def patients(self) -> Coded:
        """Marks of the patients of all cases; "" where unknown."""
        return Coded.of(one.patient for gallery in self.galleries for one in gallery.cases)

    def similarities(self, features: Floats) -> Floats:
        """(n,) of one image's features (F,) with every case, none left out."""
        return np.concatenate([run.everything(self._query(features, run)) for run in self.runs])

    def find(
        self,
        features: Floats,
        prepared: NDArray[np.uint8],
        *,
        answer: str | None,
        own: frozenset[str] = frozenset(),
    ) -> tuple[SimilarCase, ...]:
        """The nearest cases, and the nearest for and against an answer if they are not among them.

        Where lists are used, more of them are looked at until there are enough cases of other patients, in
        the end all; a place is then one among the cases that were looked at.

        Args:
            features: (F,) of the new image.
            prepared: (S, S, 3) the image as the network got it.
            answer: what the reader says; None where it says nothing.
            own: marks of its patient; such cases are left out. The patient of a case that may be the same
                image counts as the own too, and only that case is shown.
        """
        patient = self.patients.codes
        own_codes = self.patients.known(own)
        twins = self._copies(prepared)
        twins = twins[~np.isin(patient[twins], own_codes)]
        hidden = sorted({*own_codes, *map(int, patient[twins])} - {0})
        factor, looked = 1, self._looked(features, twins, hidden, 1)
        while not looked.all_ and not self._enough(looked, answer):
            factor *= 2
            looked = self._looked(features, twins, hidden, factor)
        marked = set(map(int, twins))
        return tuple(
            self._case(int(at), looked, duplicate=int(looked.rows[at]) in marked)
            for at in self._chosen(looked, answer)
        )

    def _looked(self, features: Floats, twins: Rows, hidden: list[int], factor: int) -> _Looked:
        """Copies are always looked at."""
        parts = [run.looked_at(self._query(features, run), factor) for run in self.runs]
        rows = np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)])
        found = np.concatenate([np.empty(0, np.float32), *(part[1] for part in parts)])
        place = np.searchsorted(rows, twins)
        met = place[rows[np.minimum(place, len(rows) - 1)] == twins] if len(rows) else place
        shown = found[met]
        for code in hidden:
            found[self.patients.codes[rows] == code] = -np.inf
        found[met] = shown
        missed = np.setdiff1d(twins, rows[met])
        if missed.size:
            rows = np.concatenate([rows, missed])
            found = np.concatenate([found, [self._alike(features, int(row)) for row in missed]])
            order = np.argsort(rows)
            rows, found = rows[order], found[order].astype(np.float32)
        return _Looked(rows, found, all(part[2] for part in parts))

    def _enough(self, looked: _Looked, answer: str | None) -> bool:
        seen = looked.found > -np.inf
        enough = int(seen.sum()) >= ENOUGH
        if answer is None or not enough:
            return enough
        here = self.labels.codes[looked.rows[seen]]
        wanted = self.labels.names.get(answer, -1)
        of_all, known = self.labels.codes, int((self.labels.codes > 0).sum())
        same, all_same = int((here == wanted).sum()), int((of_all == wanted).sum())
        other, all_other = int((here > 0).sum()) - same, known - all_same
        return same >= min(ENOUGH, all_same) and other >= min(ENOUGH, all_other)

    def _copies(self, prepared: NDArray[np.uint8]) -> Rows:
        """Places of cases that may be the same image; always sought among all."""
        if self.duplicate_limit is None:
            return np.empty(0, np.int64)
        query = self.of_pictures.vectors(small_pictures(prepared[None]), (0,))[0]
        alike = [similarities(gallery.pictures, query) for gallery in self.galleries]
        return np.flatnonzero(np.concatenate(alike) >= self.duplicate_limit)

    def _chosen(self, looked: _Looked, answer: str | None) -> Rows:
        """Which of those looked at, in order: the `NEAREST`, and `EACH_SIDE` with and without the label."""
        found = looked.found
        chosen = [largest(found, NEAREST)]
        if answer is not None:
            codes = self.labels.codes[looked.rows]
            same = codes == self.labels.names.get(answer, -1)
            for side in (same, ~same & (codes > 0)):
                chosen.append(largest(np.where(side, found, -np.inf).astype(np.float32), EACH_SIDE))
        every = np.unique(np.concatenate(chosen))
        ordered: Rows = every[np.argsort(-found[every], kind="stable")]
        return ordered

    def _case(self, at: int, looked: _Looked, *, duplicate: bool) -> SimilarCase:
        gallery, one = self._at(int(looked.rows[at]))
        found, value = looked.found, looked.found[at]
        rank = 1 + int((found > value).sum()) + int((found[:at] == value).sum())
        return SimilarCase(
            one.case, one.image, one.label, float(np.clip(value, 0, 1)), duplicate, rank=rank,
            archive=None if gallery.name == TRAINING else gallery.name,
        )  # fmt: skip

    def _at(self, row: int) -> tuple[Gallery, PastCase]:
        start = 0
        for gallery in self.galleries:
            if row < start + len(gallery.cases):
                return gallery, gallery.cases[row - start]
            start += len(gallery.cases)
        raise IndexError(row)

    def _alike(self, features: Floats, row: int) -> float:
        run = next(one for one in reversed(self.runs) if one.first <= row)
        return float(run.vectors[row - run.first] @ self._query(features, run))

    def _query(self, features: Floats, run: Run) -> Floats:
        return self.measure.vectors(features[None], run.members)[0]
