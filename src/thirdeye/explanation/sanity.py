"""The exam of a heat map: does it depend on what the network has learnt?

Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018: a map that hardly changes when the weights
are drawn at random shows the picture's edges, not the network's reasons. For each image the map of the
trained network is compared with maps of networks with random weights, by the yardstick of
`thirdeye.explanation.exam.likeness`: the exam is passed when, with all weights random, the upper limit of the
95 % interval of what is retained is at most `LIMIT` and the similarity itself at most `MOST_ALIKE` (all maps
may sit in the middle, whatever the weights), by both measures. What is left after the head alone, then after
deeper stages, is reported too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.explanation.cam import signed_maps
from thirdeye.explanation.exam.likeness import RULE, alike, between_images, judged, mean_likeness, value_of
from thirdeye.explanation.randomise import forgotten, stages
from thirdeye.inference.heat_map import METHOD
from thirdeye.model.network import Network

DRAWS = 10
FEWEST_IMAGES = 4
MOST_FLAT = 0.25  # share of maps with one value everywhere above which they are useless
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
    cascade: bool = True,
    trained: Maps | None = None,
    patients: NDArray[Any] | None = None,
) -> Exam:
    """Examine any map.

    Args:
        network: trained.
        images: (N, 3, S, S) in 0..1.
        make_maps: gives signed maps (N, h, w) of a network in evaluation mode for these images.
        seed, draws: as in `examine_cam`.
        method: its name.
        cascade: also say what is left after the head alone, then after deeper stages.
        trained: maps of the trained network, where they are known.
        patients: (N,) whose image it is, the unit of the intervals; None: one image of each.
    """
    if trained is None:
        trained = make_maps(forgotten(network, images, depth=0, seed=seed))
    flat = float(np.mean(np.ptp(trained.reshape(len(trained), -1), axis=1) <= 0))
    if flat > MOST_FLAT:
        statistics: dict[str, Any] = {"n_images": len(images), "share_without_shape": flat}
        return Exam(method, False, _flat_verdict(flat), statistics)
    steps = []
    for depth, (stage, _) in enumerate(stages(network) if cascade else (), 1):
        one = alike(trained, make_maps(forgotten(network, images, depth=depth, seed=seed)))
        steps.append({"stage": stage, **mean_likeness(one, patients)})
    drawn = [
        alike(trained, make_maps(forgotten(network, images, depth=None, seed=seed + 1 + k)))
        for k in range(draws)
    ]
    measures = judged(drawn, between_images(trained), seed=seed, patients=patients)
    passed = all(one["passed"] for one in measures.values())
    statistics = {
        "n_images": len(images),
        "n_random_networks": draws,
        "rule": f"with all weights random: {RULE}",
        "measures": measures,
        "cascade": steps,
        "source": "Adebayo et al., NeurIPS 2018",
    }
    return Exam(method, passed, _verdict(measures, passed=passed), statistics)


def _verdict(measures: dict[str, Any], *, passed: bool) -> str:
    kept = [value_of(one["retained"]) for one in measures.values()]
    if None in kept:
        return (
            "Not passed: the heat maps are the same for every image, so they say nothing about one of them."
        )
    shown = f"{max(0.0, *(value for value in kept if value is not None)):.0%}"
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


def _shown(network: Network, images: torch.Tensor, positive: int | None) -> NDArray[np.int64]:
    if positive is not None:
        return np.full(len(images), positive)
    before = network.training
    network.eval()
    with torch.no_grad():
        index = network(images).argmax(dim=1).numpy()
    network.train(before)
    return index
