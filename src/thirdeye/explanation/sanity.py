"""The exam of a heat map: does it depend on what the network has learnt?

Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018: a map that hardly changes when the weights
are drawn at random shows the picture's edges, not the network's reasons. For each image the map of the
trained network is compared with maps of networks with random weights. The yardstick is how alike the trained
network's maps of two *different* images are:

    retained = (similarity to the random network's map - similarity between images) / (1 - the latter)

is 0 when nothing is left and 1 when the map has not changed. The exam is passed when, with all weights
random, the upper limit of the 95 % interval of its mean is at most `LIMIT` and the similarity itself at most
`MOST_ALIKE` (all maps may sit in the middle, whatever the weights), both by structural similarity of what is
shown and by the absolute rank correlation of the signed values (absolute, since random weights turn half of
the maps around, and a map turned around is still the same picture). What is left after the head alone, then
after deeper stages, is reported too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Picture

from thirdeye.errors import UsageError
from thirdeye.explanation.cam import signed_maps
from thirdeye.explanation.randomise import forgotten, stages
from thirdeye.explanation.similarity import spearman, ssim
from thirdeye.inference.heat_map import METHOD, scaled_evidence
from thirdeye.model.network import Network

LIMIT = 0.3
MOST_ALIKE = 0.5
DRAWS = 10
FEWEST_IMAGES = 4
MOST_FLAT = 0.25  # share of maps with one value everywhere above which they are useless
SAME_FOR_ALL = 0.95  # similarity between images above which there is nothing to examine
GRID = 64  # side on which shown maps are compared
MEASURES = ("ssim", "spearman_absolute")
Maps = NDArray[np.float32]
MapMaker = Callable[[Network], Maps]


@dataclass(frozen=True)
class Exam:
    """Result of the exam, the content of ``explanation/sanity.json``.

    Args:
        method: which heat map was examined.
        passed: whether it may be shown as evidence.
        verdict: one sentence for a person.
        statistics: what it rests on, JSON-ready.
    """

    method: str
    passed: bool
    verdict: str
    statistics: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def examine_cam(
    network: Network,
    prepared: NDArray[np.uint8],
    *,
    task: str,
    positive: int | None,
    seed: int,
    draws: int = DRAWS,
) -> Exam:
    """Examine the class activation map of a trained network.

    Args:
        network: a member; it stays as it is.
        prepared: (N, S, S, 3) images, 16 to 32 of them are enough.
        task: kind of decision.
        positive: index of the class whose evidence is shown; None: each image's most probable class.
        seed: of the random weights and the bootstrap.
        draws: number of networks with all weights random.

    Raises:
        UsageError: fewer than `FEWEST_IMAGES` images.
    """
    if len(prepared) < FEWEST_IMAGES:
        raise UsageError(f"the sanity check needs at least {FEWEST_IMAGES} images, got {len(prepared)}")
    images = torch.from_numpy(prepared.astype(np.float32) / 255).movedim(-1, 1).contiguous()
    shown = _shown(network, images, positive)
    return examine(
        network, images, lambda one: signed_maps(one, images, shown, task=task), seed=seed, draws=draws
    )


def examine(
    network: Network,
    images: torch.Tensor,
    make_maps: MapMaker,
    *,
    seed: int,
    draws: int = DRAWS,
    method: str = METHOD,
) -> Exam:
    """Examine any map.

    Args:
        network: trained.
        images: (N, 3, S, S) in 0..1.
        make_maps: gives signed maps (N, h, w) of a network in evaluation mode for these images.
        seed, draws: as in `examine_cam`.
        method: its name.
    """
    trained = make_maps(forgotten(network, images, depth=0, seed=seed))
    flat = float(np.mean(np.ptp(trained.reshape(len(trained), -1), axis=1) <= 0))
    if flat > MOST_FLAT:
        statistics: dict[str, Any] = {"n_images": len(images), "share_without_shape": flat}
        return Exam(method, False, _flat_verdict(flat), statistics)
    cascade = []
    for depth, (name, _) in enumerate(stages(network), start=1):
        one = _alike(trained, make_maps(forgotten(network, images, depth=depth, seed=seed)))
        cascade.append({"stage": name, **{key: round(float(value.mean()), 4) for key, value in one.items()}})
    drawn = [
        _alike(trained, make_maps(forgotten(network, images, depth=None, seed=seed + 1 + k)))
        for k in range(draws)
    ]
    random = {measure: np.stack([one[measure] for one in drawn]) for measure in MEASURES}  # (draws, N)
    between = _between_images(trained)
    measures = {m: _judged(random[m], between[m], seed=seed) for m in MEASURES}
    passed = all(one["passed"] for one in measures.values())
    statistics = {
        "n_images": len(images),
        "n_random_networks": draws,
        "rule": (
            "with all weights random: upper limit of the 95 % interval of the retained similarity at most"
            f" {LIMIT}, similarity at most {MOST_ALIKE}, by both measures"
        ),
        "measures": measures,
        "cascade": cascade,
        "source": "Adebayo et al., NeurIPS 2018",
    }
    return Exam(method, passed, _verdict(measures, passed=passed), statistics)


def _judged(random: NDArray[np.float64], between: NDArray[np.float64], *, seed: int) -> dict[str, Any]:
    baseline = float(between.mean())
    if baseline > SAME_FOR_ALL:
        return {
            "between_images": round(baseline, 4),
            "passed": False,
            "retained": None,
            "ci_low": None,
            "ci_high": None,
        }
    low, high = _interval(random, between, seed=seed)
    return {
        "after_randomisation": round(float(random.mean()), 4),
        "between_images": round(baseline, 4),
        "retained": round(_retained(random.mean(), baseline), 4),
        "ci_low": round(low, 4),
        "ci_high": round(high, 4),
        "ci_method": "bootstrap over images and random networks, percentile, 95 %",
        "passed": bool(high <= LIMIT and random.mean() <= MOST_ALIKE),
    }


def _retained(after: float, between: float) -> float:
    return float((after - between) / max(1 - between, 1e-6))


def _interval(
    random: NDArray[np.float64], between: NDArray[np.float64], *, seed: int, repeats: int = 1000
) -> tuple[float, float]:
    generator = np.random.default_rng(seed)
    draws, n = random.shape
    values = []
    for _ in range(repeats):
        image, network = generator.integers(0, n, n), generator.integers(0, draws, draws)
        values.append(_retained(random[np.ix_(network, image)].mean(), float(between[image].mean())))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _verdict(measures: dict[str, Any], *, passed: bool) -> str:
    if any(one["retained"] is None for one in measures.values()):
        return (
            "Not passed: the heat maps are the same for every image, so they say nothing about one of them."
        )
    shown = f"{max(0.0, *(one['retained'] for one in measures.values())):.0%}"
    if passed:
        return (
            f"Passed: with random weights the heat maps change ({shown} of their likeness is left), so they"
            " depend on what was learnt."
        )
    return (
        f"Not passed: with random weights {shown} of the heat maps' likeness is left, or too little was"
        " examined to exclude it; they may follow the picture instead of what was learnt."
    )


def _flat_verdict(share: float) -> str:
    return (
        f"Not passed: {share:.0%} of the heat maps have one value everywhere, so they show no place;"
        " larger images would give them more than one cell."
    )


def _alike(trained: Maps, other: Maps) -> dict[str, NDArray[np.float64]]:
    """Similarity (N,) of each pair of maps by each measure."""
    return {
        "ssim": np.array([ssim(a, b) for a, b in zip(_as_shown(trained), _as_shown(other), strict=True)]),
        "spearman_absolute": np.array([abs(spearman(a, b)) for a, b in zip(trained, other, strict=True)]),
    }


def _between_images(trained: Maps) -> dict[str, NDArray[np.float64]]:
    """For each image, the mean similarity of its map to those of up to eight other images."""
    shifts = range(1, min(len(trained), 9))
    each = [_alike(trained, np.roll(trained, shift, axis=0)) for shift in shifts]
    return {measure: np.mean([one[measure] for one in each], axis=0) for measure in MEASURES}


def _as_shown(signed: Maps) -> list[Maps]:
    pictures = [Picture.fromarray(one) for one in scaled_evidence(signed)]
    return [np.asarray(one.resize((GRID, GRID), Picture.Resampling.BILINEAR)) for one in pictures]


def _shown(network: Network, images: torch.Tensor, positive: int | None) -> NDArray[np.int64]:
    if positive is not None:
        return np.full(len(images), positive)
    before = network.training
    network.eval()
    with torch.no_grad():
        index = network(images).argmax(dim=1).numpy()
    network.train(before)
    return index
