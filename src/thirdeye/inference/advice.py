"""What is added to a bare probability so that a doctor can weigh it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.inference.engine import Pass
from thirdeye.inference.facts import ImageFacts


@dataclass(frozen=True)
class Seen:
    """One image and everything that was computed of it.

    Args:
        image: as decoded.
        prepared: (S, S, 3) as the network got it.
        fact: what is plain to see.
        probability: (K,) calibrated.
        logits: (K,) mean over members and views.
        features: (F,) pooled features of all members, one member after the other.
        cam: (K, h, w) class activation map.
        distance: of the features, relative to the envelope's edge; above 1 is outside; 0 without an envelope.
        members: (M, K) logits of each member; None for a reader written by an earlier version.
        by_view: (V, K) logits of each view.
    """

    image: Image
    prepared: NDArray[np.uint8]
    fact: ImageFacts
    probability: NDArray[np.float64]
    logits: NDArray[np.float32]
    features: NDArray[np.float32]
    cam: NDArray[np.float32]
    distance: float
    members: NDArray[np.float32] | None
    by_view: NDArray[np.float32] | None

    @classmethod
    def of(
        cls,
        found: Pass,
        row: int,
        image: Image,
        prepared: NDArray[np.uint8],
        fact: ImageFacts,
        probability: NDArray[np.float64],
        distance: float,
    ) -> Seen:
        """One row of a pass with what else is known of it; arguments as of the class."""
        return cls(
            image, prepared, fact, probability, found.logits[row], found.features[row],
            found.cam[row], distance, None if found.members is None else found.members[row],
            None if found.by_view is None else found.by_view[row],
        )  # fmt: skip


class Adviser(Protocol):
    """Adds one kind of advice to opinions."""

    def advise(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with what it adds; an opinion that abstains comes back as it is."""
