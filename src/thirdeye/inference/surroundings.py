"""The whole envelope of a reader: features and appearance together, with one edge.

Both are relative to what is usual, the median of held-out images. Their mean counts: it tells altered
development images from others better than the larger of the two. The edge is the mean that 98 % of the
held-out development images stay below. ``model/envelope.npz`` of earlier versions holds the features alone,
or other units, and is read as before.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import Familiarity
from thirdeye.errors import StudyMismatch
from thirdeye.inference.appearance import LENGTH, PLANES, appearance
from thirdeye.inference.envelope import FeatureEnvelope
from thirdeye.inference.look_envelope import PREFIX, LookEnvelope

Array = NDArray[np.float32]
TURNED = {
    "as a negative (black and white exchanged)": lambda image: 255 - image,
    "turned by 90 degrees": lambda image: np.rot90(image, -1),
    "turned by 270 degrees": lambda image: np.rot90(image),
    "upside down": lambda image: np.rot90(image, 2),
}


@dataclass(frozen=True)
class Surroundings:
    """Where the reader is at home.

    Args:
        features: of the network, or None.
        look: of the appearance, or None.
        edge: of the mean of the two distances; counts as 1.
        known: (n,) ascending relative distances of held-out development images; empty for earlier versions.
        edge_of_look: of the appearance where features are not looked at; None: as `edge`.
    """

    features: FeatureEnvelope | None
    look: LookEnvelope | None = None
    edge: float = 1.0
    known: Array = field(default_factory=lambda: np.zeros(0, np.float32))
    edge_of_look: float | None = None

    def distance(self, features: Array | None, prepared: Iterable[NDArray[np.uint8]]) -> Array:
        """Relative distance (n,) of images that a network prepared and saw; above 1 is outside.

        Args:
            features: (n, M * C), or None where there is no network to ask.
            prepared: n of (S, S, 3).

        Raises:
            StudyMismatch: the number of features is another.
        """
        return self.distance_of(features, self.looks(prepared))

    def looks(self, prepared: Iterable[NDArray[np.uint8]]) -> Array | None:
        """Appearances (n, A) of n prepared images (S, S, 3); None where appearance is not looked at."""
        if self.look is None:
            return None
        return np.stack([appearance(np.asarray(one)) for one in prepared])

    def distance_of(self, features: Array | None, appearances: Array | None) -> Array:
        """The same from appearances (n, A) of `thirdeye.inference.appearance`."""
        found = []
        if self.features is not None and features is not None:
            found.append(self.features.distance(features))
        if self.look is not None and appearances is not None:
            found.append(self.look.distance(appearances))
        alone = self.edge_of_look if features is None else None
        return np.mean(found, axis=0) / np.float32(alone or self.edge)

    def about(self, opinion: Opinion, distance: float, prepared: NDArray[np.uint8]) -> Opinion:
        """An opinion with how familiar its image is, and with a hint where the image may lie wrong."""
        found = replace(opinion, familiarity=self.familiarity(distance))
        turned = self.likely_turned(prepared) if distance > 1 else None
        if turned is None:
            return found
        hint = f"Shown {turned}, it would look like the images that the reader knows: check the file."
        return replace(found, warnings=(*found.warnings, hint))

    def familiarity(self, distance: float) -> Familiarity:
        """How a distance compares with those of held-out development images."""
        n = len(self.known)
        farther = n - int(np.searchsorted(self.known, distance, side="left"))
        return Familiarity(distance, (farther + 1) / (n + 1) if n else None, n)

    def likely_turned(self, prepared: NDArray[np.uint8]) -> str | None:
        """How an image outside (S, S, 3) must be changed to look like the known ones; None: no way."""
        if self.look is None or self.distance_of(None, appearance(prepared)[None])[0] <= 1:
            return None
        changed = np.stack([appearance(np.ascontiguousarray(turn(prepared))) for turn in TURNED.values()])
        distances = self.distance_of(None, changed)
        best = int(distances.argmin())
        return list(TURNED)[best] if distances[best] <= 1 else None

    def to_bytes(self) -> bytes:
        """The content of ``envelope.npz``."""
        parts: dict[str, Any] = {"edge_of_all": np.float32(self.edge), "known": self.known}
        if self.edge_of_look is not None:
            parts["edge_of_look"] = np.float32(self.edge_of_look)
        if self.features is not None:
            parts |= vars(self.features)
        if self.look is not None:
            parts |= self.look.as_arrays()
        stream = io.BytesIO()
        np.savez(stream, **parts)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Surroundings:
        """What `to_bytes` wrote, now or in earlier versions; never unpickles.

        Raises:
            StudyMismatch: the content is damaged or of another shape.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                names = set(stored.files)
                parts = {name: np.asarray(stored[name], dtype=np.float32) for name in names}
        except Exception as error:  # zipfile and numpy raise unrelated types
            raise StudyMismatch(f"envelope.npz of the study is damaged ({type(error).__name__})") from error
        look = LookEnvelope.from_arrays(parts)
        if look is not None and len(look.centre) not in (LENGTH, PLANES * LENGTH):
            look = None  # of a version that measured appearance by other numbers: the features remain
        features = (
            FeatureEnvelope.from_arrays(parts)
            if "mean" in names or not any(name.startswith(PREFIX) for name in names)
            else None
        )
        known = np.sort(parts.get("known", np.zeros(0, np.float32)).ravel())
        edge = float(parts.get("edge_of_all", np.ones(())).ravel()[0])
        alone = float(parts.get("edge_of_look", np.asarray(edge)).ravel()[0])
        if not (np.isfinite([edge, alone]).all() and min(edge, alone) > 0 and np.isfinite(known).all()):
            raise StudyMismatch("envelope.npz of the study is damaged: it has no edge")
        return cls(features, look, edge, known, alone if "edge_of_look" in names else None)
