"""The envelope of appearance: how unlike an image is to the development images, by what it looks like.

Needs no network, so readers of every task have it. A Gaussian in the sense of probabilistic principal
components (Tipping & Bishop 1999) is laid around the appearance of the development images; its unit is the
distance that 99.5 % of images stay below that the Gaussian was not fitted to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.gaussian import Gaussian, edge_of, fit_gaussian

PREFIX = "look_"
FLOOR = 1e-3  # of a standard deviation; appearance is in shares and logarithms
FEWEST = 10
QUANTILE = 0.995
COMPONENTS = 60
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class LookEnvelope:
    """A Gaussian around appearances (A,).

    Args:
        centre, scale: (A,) mean and standard deviation of each number.
        components: (k, A), orthonormal rows, of the standardised numbers.
        deviation: (k,) along each component.
        rest: (1,) per remaining direction.
        edge: (1,) distance that counts as 1.
    """

    centre: Vectors
    scale: Vectors
    components: Vectors
    deviation: Vectors
    rest: Vectors
    edge: Vectors

    def distance(self, appearances: Vectors) -> Vectors:
        """Relative distance (n,) of appearances (n, A); above 1 is outside.

        Raises:
            StudyMismatch: the number of columns is another.
        """
        if appearances.ndim != 2 or appearances.shape[1] != len(self.centre):
            raise StudyMismatch(
                f"the envelope is of {len(self.centre)} numbers of appearance, not {appearances.shape}"
            )
        standard = (appearances - self.centre) / self.scale
        shape = Gaussian(np.zeros_like(self.centre), self.components, self.deviation, float(self.rest[0]))
        return shape.distance(standard) / self.edge[0]

    def as_arrays(self) -> dict[str, Any]:
        """The arrays with the names that they have in ``envelope.npz``."""
        return {f"{PREFIX}{name}": value for name, value in vars(self).items()}

    @classmethod
    def from_arrays(cls, stored: Mapping[str, Any]) -> LookEnvelope | None:
        """What `as_arrays` gave; None where an earlier version wrote the file.

        Raises:
            StudyMismatch: it is damaged.
        """
        names = [f"{PREFIX}{name}" for name in cls.__dataclass_fields__]
        if not any(name in stored for name in names):
            return None
        try:
            envelope = cls(*(np.asarray(stored[name], dtype=np.float32) for name in names))
            finite = all(np.isfinite(part).all() for part in vars(envelope).values())
            shapes = envelope.components.shape == (len(envelope.deviation), len(envelope.centre))
        except Exception as error:  # numpy raises unrelated types
            raise StudyMismatch(f"envelope.npz of the study is damaged ({type(error).__name__})") from error
        if not finite or not shapes or envelope.rest.shape != (1,) or envelope.edge.shape != (1,):
            raise StudyMismatch("envelope.npz of the study is damaged: the appearance does not fit together")
        return envelope


def fit_look_envelope(
    appearances: NDArray[np.floating], folds: NDArray[np.int64], *, quantile: float = QUANTILE
) -> tuple[LookEnvelope, NDArray[np.float32]]:
    """The envelope of appearances, and the distances of those that were held out.

    Args:
        appearances: (n, A) of the development images.
        folds: (n,) which are held out together (0, 1, ...; all images of a patient share one); -1 for those
            that are never held out.
        quantile: of the distances of held-out images that counts as 1.

    Returns:
        The envelope, fitted to all; and (n,) relative distances, each from a Gaussian fitted without its
        fold, NaN for those that are never held out.

    Raises:
        UsageError: fewer than `FEWEST` images, or a fold with all or with none.
    """
    values = np.asarray(appearances, np.float64)
    held = np.full(len(values), np.nan, np.float32)
    for fold in np.unique(folds[folds >= 0]):
        out = folds == fold
        if (~out).sum() < FEWEST:
            raise UsageError(f"the envelope needs {FEWEST} images outside a fold, not {int((~out).sum())}")
        held[out] = _raw(values[~out]).distance(values[out].astype(np.float32))
    known = held[np.isfinite(held)]
    if not known.size:
        raise UsageError("the envelope needs images that are held out; there is no fold")
    edge = edge_of(known, quantile)
    whole = _raw(values)
    fitted = LookEnvelope(
        whole.centre, whole.scale, whole.components, whole.deviation, whole.rest, np.full(1, edge, np.float32)
    )
    return fitted, held / np.float32(edge)


def _raw(values: NDArray[np.float64]) -> LookEnvelope:
    """Around some appearances, with 1 for the edge."""
    centre, scale = values.mean(axis=0), values.std(axis=0) + FLOOR
    standard = (values - centre) / scale
    shape = fit_gaussian(standard, int(min(COMPONENTS, len(values) // 4 + 1, values.shape[1] - 1)))
    parts = (centre, scale, shape.components, shape.deviation, [shape.rest], [1.0])
    return LookEnvelope(*(np.asarray(part, np.float32) for part in parts))
