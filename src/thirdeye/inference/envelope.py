"""The envelope in feature space: how far an image lies from what the network has learnt from.

For each member a Gaussian is laid around its own training images' features (the leading principal components
and one variance for the rest), and the distance that 99.5 % of the images it did not learn from stay below is
its unit. A distance is relative: 1 is the edge, more is outside. This sees other body parts, modalities and
photographs; it does not see a subtle shift, and it is no guarantee.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.gaussian import COMPONENTS, Gaussian, edge_of, fit_gaussian

QUANTILE = 0.995
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

    def held_out_distance(self, features: Array, held_out: NDArray[np.bool_]) -> Array:
        """Relative distance (n,) by the members that did not learn from an image; NaN where all did.

        Args:
            features: (n, M * C).
            held_out: (n, M).
        """
        members = len(self.mean)
        blocks = features.reshape(len(features), members, -1)
        each = np.stack([self._raw(blocks[:, m], m) / self.edge[m] for m in range(members)], axis=1)
        count = held_out.sum(axis=1)
        summed = np.where(held_out, each, 0.0).sum(axis=1)
        return np.where(count > 0, summed / np.maximum(count, 1), np.nan).astype(np.float32)

    def _raw(self, features: Array, member: int) -> Array:
        """Mahalanobis distance per direction (n,) of features (n, C)."""
        parts = self.mean[member], self.components[member], self.deviation[member]
        return Gaussian(*parts, float(self.rest[member])).distance(features)

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
                parts = {name: np.asarray(stored[name], dtype=np.float32) for name in stored.files}
        except Exception as error:  # zipfile and numpy raise unrelated types
            raise StudyMismatch(f"envelope.npz of the study is damaged ({type(error).__name__})") from error
        return cls.from_arrays(parts)

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> FeatureEnvelope:
        """The same from the arrays of the file.

        Raises:
            StudyMismatch: one is missing, or of another shape.
        """
        try:
            envelope = cls(**{name: stored[name] for name in cls.__dataclass_fields__})
        except KeyError as error:
            raise StudyMismatch(f"envelope.npz of the study is damaged: it lacks {error}") from error
        if envelope.mean.ndim != 2 or not all(np.isfinite(part).all() for part in vars(envelope).values()):
            raise StudyMismatch("envelope.npz of the study is damaged: not a finite table per member")
        return envelope


def fit_feature_envelope(
    features: NDArray[np.floating], held_out: NDArray[np.bool_], *, quantile: float = QUANTILE
) -> FeatureEnvelope:
    """The envelope of an ensemble.

    Args:
        features: (n, M * C) pooled features of the development images, from the exported ensemble.
        held_out: (n, M) True where member m did not learn from image i: its fold when cross-fitted, the
            validation images when there is an official validation part.
        quantile: of the distances of held-out images that counts as 1.

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
    fits = [fit_gaussian(blocks[~held_out[:, m], m], n_components) for m in range(members)]
    mean, components, deviation = (
        np.stack([getattr(fit, name) for fit in fits]) for name in ("mean", "components", "deviation")
    )
    rest = np.asarray([fit.rest for fit in fits], np.float32)
    unscaled = FeatureEnvelope(mean, components, deviation, rest, edge=np.ones(members, np.float32))
    away = [unscaled._raw(blocks[held_out[:, m], m].astype(np.float32), m) for m in range(members)]
    return replace(unscaled, edge=np.asarray([edge_of(distance, quantile) for distance in away], np.float32))


def fit_untaught_envelope(
    features: NDArray[np.floating], folds: NDArray[np.int64], *, quantile: float = QUANTILE
) -> tuple[FeatureEnvelope, Array]:
    """The envelope of one network that learnt from none of the images, and the distances of all, held out.

    Args:
        features: (n, C).
        folds: (n,) which are held out together; at least two, of which none holds all but one image.
        quantile: of the distances that counts as 1.
    """
    values, held = features.astype(np.float64), np.empty(len(features), np.float32)
    for fold in np.unique(folds):
        out = folds == fold
        held[out] = fit_gaussian(values[~out]).distance(features[out].astype(np.float32))
    whole, edge = fit_gaussian(values), np.float32(edge_of(held, quantile))
    parts = (whole.mean, whole.components, whole.deviation, whole.rest, edge)
    return FeatureEnvelope(*(np.asarray(part, np.float32)[None] for part in parts)), held / edge
