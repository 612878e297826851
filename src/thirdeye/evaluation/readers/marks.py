"""The marks of a free-response study: places that a reader pointed at, each with a rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_numbers
from thirdeye.evaluation.ratings import check_whole

Array = NDArray[np.float64]
UNMARKED = -np.inf
WEIGHT_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Marks:
    """One reader's marks with one test.

    Args:
        false_marks: per case, ratings of the marks that hit no lesion; (C,) sequences, empty where none.
        lesions: per case, the rating of each lesion, `UNMARKED` where it was missed; empty for healthy cases.
        weights: per case, weight of each lesion, summing to 1 in a diseased case.
    """

    false_marks: tuple[Array, ...]
    lesions: tuple[Array, ...]
    weights: tuple[Array, ...]

    @property
    def diseased(self) -> NDArray[np.bool_]:
        """(C,): cases with a lesion."""
        return np.array([len(ratings) > 0 for ratings in self.lesions], dtype=bool)

    def without(self, case: int) -> Marks:
        """The marks of all cases but one."""
        kept = [i for i in range(len(self.lesions)) if i != case]
        return Marks(
            *(tuple(part[i] for i in kept) for part in (self.false_marks, self.lesions, self.weights))
        )


def marks_of(
    lesion_counts: Sequence[int],
    weights: Sequence[Sequence[float]],
    *,
    case: Sequence[int],
    lesion: Sequence[int | None],
    rating: Sequence[float],
) -> Marks:
    """Marks from one row per mark.

    Args:
        lesion_counts: lesions of each case.
        weights: of each lesion of each case, above 0 and summing to 1; equal weights where a list is empty.
        case: (n,) case of each mark, from 0.
        lesion: (n,) lesion that it hit, from 0; None where it hit none.
        rating: (n,) finite.

    Raises:
        UsageError: columns of unequal length, or weights that are not one for each lesion.
        DataRefused: a case or lesion that does not exist, a rating that is not finite, or weights that do not
            sum to 1.
    """
    counts = _flat("lesions of each case", check_whole("lesions of each case", lesion_counts)).tolist()
    places = _flat("cases of marks", check_whole("cases of marks", case)).tolist()
    ratings = _flat("ratings of marks", check_numbers("ratings of marks", rating)).tolist()
    hits = list(lesion) if isinstance(lesion, Sequence | np.ndarray) else []
    if not len(places) == len(ratings) == len(hits):
        raise UsageError(
            f"marks need case, lesion and rating each, got {len(places)}, {len(hits)} and {len(ratings)}"
        )
    false_marks: list[list[float]] = [[] for _ in counts]
    lesions = [np.full(count, UNMARKED) for count in counts]
    for at, what, value in zip(places, hits, ratings, strict=True):
        number = (
            None if what is None else int(check_whole("the lesion of a mark", what).reshape(-1)[:1].sum())
        )
        if not 0 <= at < len(counts) or (number is not None and not 0 <= number < counts[at]):
            raise DataRefused(f"a mark names lesion {what} of case {at}, which does not exist")
        if not np.isfinite(value):
            raise DataRefused(f"a mark on case {at} has the rating {value}; expected a finite number")
        if number is None:
            false_marks[at].append(value)
        else:  # of several marks on one lesion the highest counts
            lesions[at][number] = max(lesions[at][number], value)
    return Marks(
        tuple(np.asarray(part, float) for part in false_marks), tuple(lesions), _shares(weights, counts)
    )


def highest_false(marks: Marks) -> Array:
    """(C,): the highest rating of a mark that hit no lesion."""
    return np.array([part.max(initial=UNMARKED) for part in marks.false_marks])


def highest_rating(marks: Marks) -> Array:
    """(C,): the highest rating of any mark: what the case as a whole would be rated."""
    lesion = np.array([part.max(initial=UNMARKED) for part in marks.lesions])
    return np.maximum(highest_false(marks), lesion)


def _flat(what: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim != 1:
        raise UsageError(f"{what}: expected a flat list, got an array of {values.shape}")
    return values


def _shares(weights: Any, counts: list[int]) -> tuple[Array, ...]:
    """The weights of each case; equal ones where none are given."""
    given = list(weights) if isinstance(weights, Sequence | np.ndarray) else []
    if len(given) != len(counts):
        raise UsageError(f"weights: expected a list for each of {len(counts)} cases, got {len(given)}")
    return tuple(_share(one, count) for one, count in zip(given, counts, strict=True))


def _share(given: Any, count: int) -> Array:
    share = check_numbers("weights", given)
    if share.size == 0:
        return np.full(count, 1 / max(count, 1))
    if share.shape != (count,):
        raise UsageError(f"weights: expected {count} for a case of {count} lesions, got {share.size}")
    if not (np.isfinite(share) & (share > 0)).all() or abs(float(share.sum()) - 1) > WEIGHT_TOLERANCE:
        raise DataRefused(f"weights of the lesions of a case lie above 0 and sum to 1, got {share.tolist()}")
    return share
