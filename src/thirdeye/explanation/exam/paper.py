"""The exam of one method: every question put to it. Needs torch."""

from __future__ import annotations

from typing import Any

import torch

from thirdeye.explanation.exam.labels import judge_labels, maps_of_heads
from thirdeye.explanation.exam.likeness import alike, between_images
from thirdeye.explanation.exam.order import judge_order
from thirdeye.explanation.exam.regions import judge_regions
from thirdeye.explanation.exam.sitting import RANDOM_NETWORKS, Sitting
from thirdeye.explanation.exam.verdicts import about, failures, verdict
from thirdeye.explanation.method import Maps, Method
from thirdeye.explanation.sanity import DRAWS, examine
from thirdeye.explanation.subject import of_network


def examine_method(name: str, method: Method, sitting: Sitting) -> dict[str, Any]:
    """Everything that was asked of one method, JSON-ready; see ``explanation/sanity.json``.

    Args:
        name: in the register.
        method: the method.
        sitting: images and networks.
    """
    n = sitting.count(name, method)
    images, directions = sitting.images[:n], sitting.directions[:n]
    heads = maps_of_heads(method, sitting.heads, images, directions)
    trained = heads[0]

    def make(network: Any) -> Maps:
        return method.maps(of_network(network), images, directions)[:, 0]

    cheap = method.passes <= 3
    weights = examine(
        sitting.network, torch.from_numpy(images), make, seed=sitting.seed, method=name, trained=trained,
        draws=DRAWS if cheap else RANDOM_NETWORKS, cascade=cheap,
    )  # fmt: skip
    form: dict[str, Any] = {
        **about(method),
        "n_images": n,
        "weights": {"passed": weights.passed, "verdict": weights.verdict, **weights.statistics},
        "labels": judge_labels(heads, seed=sitting.seed),
        "order": judge_order(
            of_network(sitting.network), images, directions, trained,
            (sitting.chance[0][:n], sitting.chance[1][:n]), patients=sitting.patients[:n],
        ),
        "agreement": None if sitting.other is None else agreement(trained, make(sitting.other)),
        "localisation": None,
    }  # fmt: skip
    if sitting.regions is not None:
        form["localisation"] = judge_regions(trained, sitting.regions[:n], patients=sitting.patients[:n])
    failed = failures(form)
    return {**form, "passed": not failed, "failed": list(failed), "verdict": verdict(method.title, failed)}


def agreement(one: Maps, other: Maps) -> dict[str, Any]:
    """How alike the maps of two members are, beside maps of two images of one member."""
    members, images = alike(one, other), between_images(one)
    return {
        "between_members": {name: round(float(values.mean()), 4) for name, values in members.items()},
        "between_images": {name: round(float(values.mean()), 4) for name, values in images.items()},
    }
