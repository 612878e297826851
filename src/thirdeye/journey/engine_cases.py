"""Which development cases an int8 network takes its ranges from, and which ones engines are compared on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.material import Material, Rows
from thirdeye.training.splits import distinct_splits

MOST_MEASURED = 2000
_SHARE_RANGING = 0.2


@dataclass(frozen=True)
class EngineCases:
    """Development cases in two groups without a common patient.

    Args:
        material: of the development rows.
        rows: (n,) positions of the cases that engines are compared on; each was held out from a member.
        held_out: (n, M) True where member m did not learn from it.
        ranging: (r, S, S, 3) prepared images that an int8 network takes its ranges from.
    """

    material: Material
    rows: Rows
    held_out: NDArray[np.bool_]
    ranging: NDArray[np.uint8]

    def as_json(self) -> dict[str, Any]:
        """What the comparison rests on."""
        patients = self.material.patients[self.rows]
        return {
            "part": "validation",
            "n": len(self.rows),
            "n_patients": len(set(patients.tolist())),
            "n_ranging": len(self.ranging),
            "patients_in_both": 0,
        }


def engine_cases(
    manifest: Manifest, material: Material, splits: Sequence[tuple[Rows, Rows]], *, most_ranging: int
) -> EngineCases:
    """Deal the development cases.

    Args:
        manifest: of the reader, with the fold of each member.
        material: development rows.
        splits: per fold: rows to learn from, rows held out.
        most_ranging: images that the ranges are taken from.

    Raises:
        StudyMismatch: an earlier version wrote a cross-fitted reader, whose members cannot be told apart.
    """
    held_out = _held_out([int(member["fold"]) for member in manifest.members], splits, len(material.rows))
    ranging = _ranging(material.patients, held_out, most_ranging)
    apart = ~np.isin(material.patients, material.patients[ranging])
    rows = np.flatnonzero(held_out.any(axis=1) & apart)
    if len(rows) > MOST_MEASURED:
        rows = np.sort(np.random.default_rng(0).permutation(rows)[:MOST_MEASURED])
    if len(rows) == 0:
        raise StudyMismatch("no validation case is left to compare engines on; train with more cases")
    return EngineCases(material, rows, held_out[rows], np.asarray(material.images[ranging]))


def _held_out(folds: Sequence[int], splits: Sequence[tuple[Rows, Rows]], n: int) -> NDArray[np.bool_]:
    """(n, M) True where a member did not learn from a row.

    The head on frozen features (fold -1) is a mean over splits: with several of them it has learnt a little
    from every row, and counts only where there is no other member.
    """
    found = np.zeros((n, len(folds)), dtype=bool)
    mixed = len(distinct_splits(splits)) > 1 and max(folds) >= 0
    for column, fold in enumerate(folds):
        if fold >= 0 or not mixed:
            found[splits[max(fold, 0)][1], column] = True
    return found


def _ranging(patients: NDArray[np.str_], held_out: NDArray[np.bool_], most: int) -> Rows:
    """Rows of some patients, at most a fifth of all cases; those that no comparison needs come first."""
    names, of_row = np.unique(patients, return_inverse=True)
    needed = np.bincount(of_row, weights=held_out.any(axis=1)) > 0
    shuffled = np.random.default_rng(0).permutation(len(names))
    order = shuffled[np.argsort(needed[shuffled], kind="stable")]
    count = max(1, min(most, int(_SHARE_RANGING * len(patients))))
    sizes = np.cumsum(np.bincount(of_row)[order])
    chosen = order[: int(np.searchsorted(sizes, count)) + 1]
    return np.flatnonzero(np.isin(of_row, chosen))
