"""Heads over features: gated attention over the images of a case (Ilse et al. 2018), and a plain one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch

Array = NDArray[np.float32]
_NAMES = ("columns", "mean", "basis", "v", "v_bias", "u", "u_bias", "w", "head", "bias")


@dataclass(frozen=True)
class AttentionHead:
    """Gated attention pooling and a linear decision (Ilse, Tomczak, Welling, ICML 2018, equation 9).

    Args:
        columns: (F,) which features are used.
        mean: (F,) subtracted first.
        basis: (F, P) directions that features are projected on, scaled to unit spread.
        v, v_bias, u, u_bias: (D, P) and (D,) of the tanh and of the sigmoid gate.
        w: (D,).
        head, bias: (K, P) and (K,).
    """

    columns: NDArray[np.int64]
    mean: Array
    basis: Array
    v: Array
    v_bias: Array
    u: Array
    u_bias: Array
    w: Array
    head: Array
    bias: Array

    def attention(self, features: Array, of_image: NDArray[np.integer]) -> NDArray[np.float64]:
        """(n,) share of each image in its case; the shares of a case sum to 1."""
        return self._pooled(features, of_image)[1]

    def logits(self, features: Array, of_image: NDArray[np.integer]) -> NDArray[np.float64]:
        """(C, K) of the cases.

        Args:
            features: (n, all features) of the images.
            of_image: (n,) case of each image.
        """
        return self._pooled(features, of_image)[0]

    def _pooled(
        self, features: Array, of_image: NDArray[np.integer]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        z = (features[:, self.columns] - self.mean) @ self.basis
        gate = np.tanh(z @ self.v.T + self.v_bias) / (
            1 + np.exp(-np.clip(z @ self.u.T + self.u_bias, -60, 60))
        )
        score = np.asarray(gate @ self.w, dtype=float)
        top = np.full(int(of_image.max()) + 1, -np.inf)
        np.maximum.at(top, of_image, score)
        raised = np.exp(score - top[of_image])
        share = raised / np.bincount(of_image, weights=raised)[of_image]
        pooled = np.column_stack([np.bincount(of_image, weights=share * column) for column in z.T])
        return np.asarray(pooled @ self.head.T + self.bias, dtype=float), share


def to_bytes(heads: Sequence[AttentionHead]) -> bytes:
    """Heads as one ``.npz``."""
    stream = io.BytesIO()
    arrays = {f"{index}_{name}": getattr(head, name) for index, head in enumerate(heads) for name in _NAMES}
    np.savez(stream, **arrays)
    return stream.getvalue()


def from_bytes(content: bytes) -> tuple[AttentionHead, ...]:
    """The heads that `to_bytes` wrote.

    Raises:
        StudyMismatch: it is something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            count = len({name.split("_", 1)[0] for name in stored.files})
            return tuple(
                AttentionHead(**{name: stored[f"{index}_{name}"] for name in _NAMES})
                for index in range(count)
            )
    except (OSError, ValueError, KeyError) as error:
        raise StudyMismatch(f"the attention of the model folder is damaged ({error}); train again") from error


def composed(prepared: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two or three prepared views (V, S, S, 3), made grey, as channels; of two the third is the mean."""
    grey = prepared.mean(axis=3)
    third = grey[2] if len(grey) > 2 else grey.mean(axis=0)
    return np.stack([grey[0], grey[1], third], axis=-1).round().astype(np.uint8)
