"""Pictures of several sites, as a network learns from them. No torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Pictures:
    """What is learnt from.

    Args:
        pixels: (n, S, S, 3) bytes.
        labels: (n,) of 0 and 1.
        sites: (n,) number of the site.
        patients: (n,) number of the patient.
        findings: (n, F) of 0 and 1, where the network learns several at once; None: it learns `labels`.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    sites: NDArray[np.int64]
    patients: NDArray[np.int64]
    findings: NDArray[np.int64] | None = None

    @property
    def learnt(self) -> NDArray[np.int64]:
        """What the network learns: (n,) or (n, F)."""
        return self.labels if self.findings is None else self.findings


def even_rows(pictures: Pictures, rows: Rows, rng: np.random.Generator) -> Rows:
    """The rows with those of the rarer class of each site repeated until it is as frequent as the other.

    A site then says nothing about the class.
    """
    found = []
    for site in np.unique(pictures.sites[rows]):
        here = rows[pictures.sites[rows] == site]
        parts = [here[pictures.labels[here] == label] for label in (0, 1)]
        most = max(map(len, parts))
        found += [np.resize(rng.permutation(part), most) for part in parts if len(part)]
    return np.concatenate(found)
