"""How alike two images are: the cosine of features, centred and scaled as development cases showed best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Measure:
    """A linear map for each of M members of C features each.

    A case that some member has learnt from is seen through the others: its vector is made from the members of
    its group alone, and a new image is compared with it through the same members.

    Args:
        mean: (M, C).
        basis: (M, C, d).
    """

    mean: Array
    basis: Array

    @property
    def members(self) -> int:
        """M."""
        return len(self.mean)

    def vectors(self, features: Array, group: Sequence[int]) -> Array:
        """Unit vectors (n, len(group) * d); the inner product of two is the mean cosine over the group.

        Args:
            features: (n, M * C) pooled features, one member after the other.
            group: numbers of the members to look through.

        Raises:
            StudyMismatch: another number of features.
        """
        members, width = self.mean.shape
        if features.ndim != 2 or features.shape[1] != members * width:
            raise StudyMismatch(
                f"similar cases are sought by {members * width} features, the network gives {features.shape}"
            )
        blocks = features.reshape(len(features), members, width)
        parts = [_unit((blocks[:, m] - self.mean[m]) @ self.basis[m]) for m in group]
        joined: Array = (np.concatenate(parts, axis=1) / np.sqrt(len(parts))).astype(np.float32)
        return joined


def _unit(rows: Array) -> Array:
    """Rows of length 1; zeros stay zeros."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(length > 0, length, 1)).astype(np.float32)
