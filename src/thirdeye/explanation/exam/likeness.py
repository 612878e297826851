"""How much of a map is left when the network behind it is another: the yardstick of the exam.

    retained = (similarity to the other network's map - similarity between images) / (1 - the latter)

is 0 when two maps of one image are no more alike than maps of two images, and 1 when nothing has changed.
Similarity is measured twice: structural similarity of what is shown, and the absolute rank correlation of the
signed values (absolute, since other weights turn half of the maps around, and a map turned around is still
the same picture).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from thirdeye.explanation.similarity import spearman, ssim
from thirdeye.inference.heat_map import scaled_evidence

LIMIT = 0.3
MOST_ALIKE = 0.5
SAME_FOR_ALL = 0.95  # similarity between images above which there is nothing to examine
GRID = 64  # side on which shown maps are compared
MEASURES = ("ssim", "spearman_absolute")
RULE = (
    f"upper limit of the 95 % interval of the retained similarity at most {LIMIT}, similarity at most"
    f" {MOST_ALIKE}, by both measures"
)
Maps = NDArray[np.float32]
Alike = dict[str, NDArray[np.float64]]


def alike(trained: Maps, other: Maps) -> Alike:
    """Similarity (N,) of each pair of signed maps (N, h, w), by each measure."""
    return {
        "ssim": np.array([ssim(a, b) for a, b in zip(_as_shown(trained), _as_shown(other), strict=True)]),
        "spearman_absolute": np.array([abs(spearman(a, b)) for a, b in zip(trained, other, strict=True)]),
    }


def between_images(trained: Maps) -> Alike:
    """For each image, the mean similarity of its map to those of up to eight other images."""
    shifts = range(1, min(len(trained), 9))
    each = [alike(trained, np.roll(trained, shift, axis=0)) for shift in shifts]
    return {measure: np.mean([one[measure] for one in each], axis=0) for measure in MEASURES}


def judged(others: list[Alike], between: Alike, *, seed: int) -> dict[str, dict[str, Any]]:
    """Both measures judged; `others` is one entry for each other network."""
    return {
        measure: _judged(np.stack([one[measure] for one in others]), between[measure], seed=seed)
        for measure in MEASURES
    }


def _judged(other: NDArray[np.float64], between: NDArray[np.float64], *, seed: int) -> dict[str, Any]:
    baseline = float(between.mean())
    if baseline > SAME_FOR_ALL:
        return {
            "between_images": round(baseline, 4),
            "passed": False,
            "retained": None,
            "ci_low": None,
            "ci_high": None,
        }
    low, high = _interval(other, between, seed=seed)
    return {
        "after_randomisation": round(float(other.mean()), 4),
        "between_images": round(baseline, 4),
        "retained": round(_retained(other.mean(), baseline), 4),
        "ci_low": round(low, 4),
        "ci_high": round(high, 4),
        "ci_method": "bootstrap over images and random networks, percentile, 95 %",
        "passed": bool(high <= LIMIT and other.mean() <= MOST_ALIKE),
    }


def _retained(after: float, between: float) -> float:
    return float((after - between) / max(1 - between, 1e-6))


def _interval(
    other: NDArray[np.float64], between: NDArray[np.float64], *, seed: int, repeats: int = 1000
) -> tuple[float, float]:
    generator = np.random.default_rng(seed)
    draws, n = other.shape
    values = []
    for _ in range(repeats):
        image, network = generator.integers(0, n, n), generator.integers(0, draws, draws)
        values.append(_retained(other[np.ix_(network, image)].mean(), float(between[image].mean())))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _as_shown(signed: Maps) -> list[Maps]:
    pictures = [Picture.fromarray(one) for one in scaled_evidence(signed)]
    return [np.asarray(one.resize((GRID, GRID), Picture.Resampling.BILINEAR)) for one in pictures]
