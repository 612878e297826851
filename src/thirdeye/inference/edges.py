"""Where the known images end: an edge for the features, one for the appearance, one for both together.

An image may lie far out in one of them alone, or a little in both. Each has a share of the few known images
that may be turned away (Bonferroni), so that together they turn away no more than promised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch
from thirdeye.inference.gaussian import edge_of

TURNED_AWAY = 0.02  # of the known images, at most about
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Edges:
    """Edges of relative distances; infinite where there is none.

    Args:
        features: of the distance from the network's features.
        look: of the distance from the appearance.
        both: of the mean of the two.
    """

    features: float = float("inf")
    look: float = float("inf")
    both: float = float("inf")

    def farthest(self, features: Array | None, look: Array | None) -> Array:
        """How many times the edge images (n,) lie out, by that of the three which says most.

        Args:
            features, look: (n,) relative distances; not both None.
        """
        parts = ((features, self.features), (look, self.look))
        found = [(one, edge) for one, edge in parts if one is not None]
        if len(found) == 1:
            distance, edge = found[0]
            return np.asarray(distance / np.float32(edge if np.isfinite(edge) else self.both))
        mean = np.mean([one for one, _ in found], axis=0)
        return np.max([one / np.float32(edge) for one, edge in (*found, (mean, self.both))], axis=0)

    def as_array(self) -> Array:
        """(3,) for the file."""
        return np.asarray([self.features, self.look, self.both], np.float32)

    @classmethod
    def from_array(cls, stored: NDArray[np.floating]) -> Edges:
        """What `as_array` gave.

        Raises:
            StudyMismatch: it is damaged.
        """
        values = np.ravel(stored)
        if values.shape != (3,) or not (values > 0).all() or not np.isfinite(values).any():
            raise StudyMismatch("envelope.npz of the study is damaged: it has no edge")
        return cls(*map(float, values))


def edges_of(features: NDArray[np.floating] | None, look: NDArray[np.floating] | None) -> Edges:
    """Edges that few held-out images lie beyond.

    Args:
        features, look: (n,) relative distances of the same images, each NaN where the part was fitted to the
            image; None where there is no such part.
    """
    if features is None or look is None:
        (name, only), *_ = ((n, v) for n, v in (("features", features), ("look", look)) if v is not None)
        return Edges(**{name: edge_of(_known(only), 1 - TURNED_AWAY)})
    parts = (features, look, (features + look) / 2)
    return Edges(*(edge_of(_known(one), 1 - TURNED_AWAY / len(parts)) for one in parts))


def _known(distances: NDArray[np.floating]) -> NDArray[np.floating]:
    return distances[np.isfinite(distances)]
