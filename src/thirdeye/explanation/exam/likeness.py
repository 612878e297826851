"""How much of a map is left when the network behind it is another: the yardstick of the exam.

    retained = (similarity to the other network's map - similarity between images) / (1 - the latter)

is 0 when two maps of one image are no more alike than maps of two images, and 1 when nothing has changed.
Similarity is measured twice: structural similarity of what is shown, and the absolute rank correlation of the
signed values (absolute, since other weights turn half of the maps around, and a map turned around is still
the same picture).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from thirdeye.evaluation.mean_of_cases import mean_of_cases
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.explanation.similarity import spearman, ssim
from thirdeye.inference.heat_map import scaled_evidence

LIMIT = 0.3
MOST_ALIKE = 0.5
SAME_FOR_ALL = 0.95  # similarity between images above which there is nothing to examine
FEWEST_PATIENTS = 5  # below which resampling them says nothing
REPEATS = 1000
GRID = 64  # side on which shown maps are compared
MEASURES = ("ssim", "spearman_absolute")
RULE = (
    f"upper limit of the 95 % interval of the retained similarity at most {LIMIT}, similarity at most"
    f" {MOST_ALIKE}, by both measures"
)
RETAINED = "(likeness to the other network's map - between images) / (1 - the latter); 0: none is left"
_CONVENTIONS = {
    "ssim": "structural similarity of what is shown",
    "spearman_absolute": "absolute rank correlation of the signed values",
}
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


def mean_likeness(one: Alike, patients: NDArray[Any] | None = None) -> dict[str, dict[str, Any]]:
    """Each measure, averaged over images, as a JSON-ready metric with an interval by patient.

    Args:
        one: from `alike` or `between_images`.
        patients: (N,) whose image it is; None: one image of each.
    """
    return {measure: _mean(values, measure, patients).as_json() for measure, values in one.items()}


def value_of(told: Any) -> float | None:
    """The number of a metric in its JSON form; studies of earlier versions hold the number itself."""
    return told.get("value") if isinstance(told, Mapping) else told


def _mean(values: NDArray[np.float64], name: str, patients: NDArray[Any] | None) -> Metric:
    return mean_of_cases(values, name=name, clusters=patients, most=1.0, convention=_CONVENTIONS.get(name))


def judged(
    others: list[Alike], between: Alike, *, seed: int, patients: NDArray[Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Both measures judged.

    Args:
        others: one entry for each other network.
        between: from `between_images`.
        seed: of the bootstrap.
        patients: (N,) whose image it is; None: one image of each.
    """
    return {
        measure: _judged(
            np.stack([one[measure] for one in others]), between[measure], seed=seed, patients=patients
        )
        for measure in MEASURES
    }


def _judged(
    other: NDArray[np.float64], between: NDArray[np.float64], *, seed: int, patients: NDArray[Any] | None
) -> dict[str, Any]:
    baseline = float(between.mean())
    means = {
        "after_randomisation": _mean(other.mean(axis=0), "likeness_after_randomisation", patients).as_json(),
        "between_images": _mean(between, "likeness_between_images", patients).as_json(),
    }
    _, place = np.unique(np.arange(len(between)) if patients is None else patients, return_inverse=True)
    kept = _kept(other, between, place, seed=seed)
    enough = kept.ci_high is not None and kept.ci_high <= LIMIT and float(other.mean()) <= MOST_ALIKE
    return {**means, "retained": kept.as_json(), "passed": bool(enough and baseline <= SAME_FOR_ALL)}


def _kept(
    other: NDArray[np.float64], between: NDArray[np.float64], place: NDArray[np.int64], *, seed: int
) -> Metric:
    """How much of the likeness is retained; `place` is the patient of each image."""
    n_patients = int(place.max()) + 1
    about: dict[str, Any] = {"n": len(between), "n_clusters": n_patients}
    if between.mean() > SAME_FOR_ALL:
        return undefined("likeness_retained", "the maps are the same for every image", **about)
    about["value"] = float(_retained(other.mean(), between.mean()))
    about["convention"] = RETAINED
    if n_patients < FEWEST_PATIENTS:
        reason = f"rests on {n_patients} patients: no interval"
        return Metric(name="likeness_retained", status="unstable", reason=reason, **about)
    low, high = _interval(other, between, place, seed=seed)
    if n_patients < MIN_EVENTS:
        about |= {"status": "unstable", "reason": f"rests on {n_patients} patients"}
    method = "percentile_bootstrap_patients_and_networks"
    return Metric(name="likeness_retained", ci_low=low, ci_high=high, ci_method=method, **about)


def _retained(after: Any, between: Any) -> Any:
    return (after - between) / np.maximum(1 - between, 1e-6)


def _interval(
    other: NDArray[np.float64], between: NDArray[np.float64], place: NDArray[np.int64], *, seed: int
) -> tuple[float, float]:
    """Limits from patients and networks drawn with replacement; `place` is the patient of each image."""
    generator = np.random.default_rng(seed)
    draws, n_patients = len(other), int(place.max()) + 1
    networks = generator.multinomial(draws, np.full(draws, 1 / draws), REPEATS) / draws
    images = generator.multinomial(n_patients, np.full(n_patients, 1 / n_patients), REPEATS)[:, place]
    total = images.sum(axis=1)
    after = np.einsum("rk,kn,rn->r", networks, other, images) / total
    low, high = np.percentile(_retained(after, images @ between / total), [2.5, 97.5])
    return float(low), float(high)


def _as_shown(signed: Maps) -> list[Maps]:
    pictures = [Picture.fromarray(one) for one in scaled_evidence(signed)]
    return [np.asarray(one.resize((GRID, GRID), Picture.Resampling.BILINEAR)) for one in pictures]
