"""The envelope in feature space: how far an image lies from what the network has learnt from.

For each member a Gaussian is laid around its own training images' features (the leading principal components
and one variance for the rest), and the distance that 99.5 % of the images it did not learn from stay below is
its unit. A distance is relative: 1 is the edge, more is outside. This sees other body parts, modalities and
photographs; it does not see a subtle shift, and it is no guarantee.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch, UsageError

QUANTILE = 0.995
COMPONENTS = 32
MARGIN = 1.1  # on the largest distance where there are too few images for the quantile
Array = NDArray[np.float32]


@dataclass(frozen=True)
class FeatureEnvelope:
    """Gaussians of M members, each over C of the M * C features.

    Args:
        mean: (M, C).
        components: (M, k, C), orthonormal rows.
        deviation: (M, k) standard deviation along each component.
        rest: (M,) standard deviation per remaining direction.
        edge: (M,) distance that counts as 1.
    """

    mean: Array
    components: Array
    deviation: Array
    rest: Array
    edge: Array

    def distance(self, features: Array) -> Array:
        """Relative distance (n,) of features (n, M * C); above 1 is outside.

        Raises:
            StudyMismatch: the number of features is another.
        """
        members, width = self.mean.shape
        if features.ndim != 2 or features.shape[1] != members * width:
            raise StudyMismatch(
                f"the envelope is of {members * width} features, the network gives {features.shape}"
            )
        blocks = features.reshape(len(features), members, width)
        return np.mean([self._raw(blocks[:, m], m) / self.edge[m] for m in range(members)], axis=0)

    def _raw(self, features: Array, member: int) -> Array:
        """Mahalanobis distance per direction (n,) of features (n, C)."""
        centred = features - self.mean[member]
        along = centred @ self.components[member].T
        beyond = np.maximum((centred**2).sum(axis=1) - (along**2).sum(axis=1), 0.0)
        inside = ((along / self.deviation[member]) ** 2).sum(axis=1)
        return np.sqrt((inside + beyond / self.rest[member] ** 2) / features.shape[1])

    def to_bytes(self) -> bytes:
        """The content of ``envelope.npz``."""
        stream = io.BytesIO()
        parts: dict[str, Any] = dict(vars(self))
        np.savez(stream, **parts)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> FeatureEnvelope:
        """The envelope that `to_bytes` wrote; never unpickles.

        Raises:
            StudyMismatch: the content is damaged or of another shape.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                parts = {
                    name: np.asarray(stored[name], dtype=np.float32) for name in cls.__dataclass_fields__
                }
        except Exception as error:  # zipfile and numpy raise unrelated types
            raise StudyMismatch(f"envelope.npz of the study is damaged ({type(error).__name__})") from error
        envelope = cls(**parts)
        if envelope.mean.ndim != 2 or not all(np.isfinite(part).all() for part in parts.values()):
            raise StudyMismatch("envelope.npz of the study is damaged: not a finite table per member")
        return envelope


def fit_feature_envelope(features: NDArray[np.floating], held_out: NDArray[np.bool_]) -> FeatureEnvelope:
    """The envelope of an ensemble.

    Args:
        features: (n, M * C) pooled features of the development images, from the exported ensemble.
        held_out: (n, M) True where member m did not learn from image i: its fold when cross-fitted, the
            validation images when there is an official validation part.

    Raises:
        UsageError: a member has fewer than two images on either side.
    """
    n, members = held_out.shape
    if len(features) != n or features.shape[1] % members:
        raise UsageError(f"features {features.shape} do not fit {members} members and {n} images")
    learnt = (~held_out).sum(axis=0)
    if learnt.min() < 2 or (n - learnt).min() < 2:
        raise UsageError(
            f"each member needs two images it learnt from and two it did not; got {learnt.tolist()} of {n}"
        )
    blocks = features.reshape(n, members, -1).astype(np.float64)
    n_components = int(min(COMPONENTS, learnt.min() // 4 + 1, blocks.shape[2] - 1))
    fits = [_gaussian(blocks[~held_out[:, m], m], n_components) for m in range(members)]
    mean, components, deviation, rest = (
        np.stack(part).astype(np.float32) for part in zip(*fits, strict=True)
    )
    unscaled = FeatureEnvelope(mean, components, deviation, rest, edge=np.ones(members, np.float32))
    away = [unscaled._raw(blocks[held_out[:, m], m].astype(np.float32), m) for m in range(members)]
    return replace(unscaled, edge=np.asarray([_edge(distance) for distance in away], np.float32))


def _gaussian(features: NDArray[np.float64], n_components: int) -> tuple[NDArray[np.float64], ...]:
    """Mean, components, their deviations and the deviation of the rest (Tipping & Bishop 1999, eq. 3.8)."""
    mean = features.mean(axis=0)
    _, singular, rows = np.linalg.svd(features - mean, full_matrices=False)
    variance = singular**2 / (len(features) - 1)
    n_rest = max(features.shape[1] - n_components, 1)
    rest = variance[n_components:].sum() / n_rest
    floor = max(rest, 1e-6 * variance[0], 1e-12)
    return mean, rows[:n_components], np.sqrt(np.maximum(variance[:n_components], floor)), np.sqrt(floor)


def _edge(distance: Array) -> float:
    """Finite-sample quantile, as in split conformal prediction; beyond the largest where n is too small."""
    rank = int(np.ceil((len(distance) + 1) * QUANTILE))
    if rank > len(distance):
        return float(distance.max()) * MARGIN
    return float(np.sort(distance)[rank - 1])
