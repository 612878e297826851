"""Through which members a case is seen: through those that have not learnt from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.manifest import Manifest
from thirdeye.inference.similar.gallery import Group

FEATURES = ("frozen", "taught_members", "both")
FROZEN_FOLD = -1  # of the member that kept its pretrained backbone; its features have learnt from no case


@dataclass(frozen=True)
class Members:
    """Which members have learnt from which case.

    Args:
        frozen: numbers of members whose backbone was never trained on the study.
        tuned: numbers of the others.
        held_out: (n, M) True where a member did not learn from a case.
    """

    frozen: Group
    tuned: Group
    held_out: NDArray[np.bool_]

    @classmethod
    def of(cls, manifest: Manifest, held_out: NDArray[np.bool_]) -> Members:
        """Of a finished reader; `held_out` as of `thirdeye.journey.trust.held_out.HeldOut`."""
        folds = [int(member["fold"]) for member in manifest.members]
        frozen = tuple(m for m, fold in enumerate(folds) if fold == FROZEN_FOLD)
        return cls(frozen, tuple(m for m in range(len(folds)) if m not in frozen), held_out)

    def choices(self) -> tuple[str, ...]:
        """Features that every case can be seen by without a member that has learnt from it; maybe none."""
        complete = bool(self.tuned) and bool(self.held_out[:, self.tuned].any(axis=1).all())
        if not complete:
            return ("frozen",) if self.frozen else ()
        return FEATURES if self.frozen else ("taught_members",)

    def group(self, features: str, row: int | None) -> Group:
        """Members that see a development case, or a case that none has learnt from (`row` None).

        Where no member is left, all tuned members see it: such features flatter, and the index says so.
        """
        tuned = tuple(m for m in self.tuned if row is None or self.held_out[row, m])
        wanted = {"frozen": self.frozen, "taught_members": tuned, "both": (*tuned, *self.frozen)}[features]
        return wanted or self.tuned

    def groups(self, features: str, rows: Sequence[int]) -> dict[Group, list[int]]:
        """Rows by the members that see them."""
        found: dict[Group, list[int]] = {}
        for row in rows:
            found.setdefault(self.group(features, row), []).append(row)
        return found
