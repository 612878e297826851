"""From a class activation map to what is shown: the evidence for one class, 0 to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import HeatMap

METHOD = "cam"
Map = NDArray[np.float32]


def evidence(cam: Map, index: int, *, task: str) -> Map:
    """Signed evidence for one class at each place.

    The softmax does not see what all classes share, so for single-label tasks the mean over classes is taken
    off; without it a map may glow where every class is supported alike.

    Args:
        cam: (..., K, h, w) class activation maps.
        index: the class, 0..K-1.
        task: "binary", "multiclass", "ordinal" or "multilabel".

    Returns:
        (..., h, w), positive where the place speaks for the class.
    """
    of_class = cam[..., index, :, :]
    return of_class if task == "multilabel" else of_class - cam.mean(axis=-3)


def scaled_evidence(signed: Map, *, reference: float | None = None) -> Map:
    """The positive part on 0..1; all zero where nothing speaks for the class.

    Args:
        signed: (..., h, w) from `evidence`.
        reference: peak of a typical map of the development data. A map with a lower peak stays fainter
            than 1 instead of being blown up to look like evidence; None scales by its own peak.
    """
    positive = np.maximum(signed, 0.0)
    peak = positive.max(axis=(-2, -1), keepdims=True)
    scale = np.maximum(np.maximum(peak, reference or 0.0), np.finfo(np.float32).tiny)
    return (positive / scale).astype(np.float32)


def heat_map(
    cam: Map, index: int, *, task: str, class_name: str, reference: float | None, passed_sanity: bool | None
) -> HeatMap:
    """The heat map of one case.

    Args:
        cam: (K, h, w).
        index: of the class whose evidence is shown.
        task: kind of decision.
        class_name: its name.
        reference: as in `scaled_evidence`.
        passed_sanity: verdict of the study's exam.
    """
    values = scaled_evidence(evidence(cam, index, task=task), reference=reference)
    return HeatMap(values=values, method=METHOD, class_name=class_name, passed_sanity=passed_sanity)


def typical_peak(cam: Map, index: NDArray[np.int64], *, task: str) -> float:
    """Median over development images of the highest positive evidence for the class that is shown.

    Args:
        cam: (n, K, h, w).
        index: (n,) class shown of each image.
        task: kind of decision.
    """
    peaks = [max(float(evidence(one, k, task=task).max()), 0.0) for one, k in zip(cam, index, strict=True)]
    return float(np.median(peaks)) if peaks else 0.0
