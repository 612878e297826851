"""The exam of one method: every question put to it. Needs torch."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray

from thirdeye.explanation.exam.labels import PERMUTATIONS, judge_labels, maps_of_heads
from thirdeye.explanation.exam.likeness import alike, between_images, mean_likeness
from thirdeye.explanation.exam.order import judge_order
from thirdeye.explanation.exam.regions import judge_regions
from thirdeye.explanation.exam.sitting import RANDOM_NETWORKS, Sitting
from thirdeye.explanation.exam.verdicts import about, failures, verdict
from thirdeye.explanation.method import Maps, Method
from thirdeye.explanation.sanity import DRAWS, examine
from thirdeye.explanation.subject import of_network


def examine_method(name: str, method: Method, sitting: Sitting, *, asked: bool = False) -> dict[str, Any]:
    """Everything that was asked of one method, JSON-ready; see ``explanation/sanity.json``.

    Args:
        name: in the register.
        method: the method.
        sitting: images and networks.
        asked: a person asked for it, so it may take longer.
    """
    method = sitting.sampled(method, asked=asked)
    n = sitting.count(name, method, asked=asked)
    images, directions, patients = sitting.images[:n], sitting.directions[:n], sitting.patients[:n]
    heads = maps_of_heads(method, sitting.heads, images, directions)
    trained = heads[0]

    def make(network: Any) -> Maps:
        return method.maps(of_network(network), images, directions)[:, 0]

    cheap = method.passes <= 3
    draws = DRAWS if cheap else RANDOM_NETWORKS
    weights = examine(
        sitting.network, torch.from_numpy(images), make, seed=sitting.seed, method=name, trained=trained,
        draws=draws, cascade=cheap, patients=patients,
    )  # fmt: skip
    form: dict[str, Any] = {
        **about(method),
        "n_images": n,
        "n_patients": len(set(patients.tolist())),
        "sampled": sampled(method, n, draws),
        "weights": {"passed": weights.passed, "verdict": weights.verdict, **weights.statistics},
        "labels": judge_labels(heads, seed=sitting.seed, patients=patients, tuned=sitting.tuned),
        "order": judge_order(
            of_network(sitting.network), images, directions, trained,
            (sitting.chance[0][:n], sitting.chance[1][:n]), patients=patients,
        ),
        "agreement": None
        if sitting.other is None
        else agreement(trained, make(sitting.other), patients),
        "localisation": None,
    }  # fmt: skip
    if sitting.regions is not None:
        form["localisation"] = judge_regions(trained, sitting.regions[:n], patients=patients)
    failed = failures(form)
    said = verdict(method.title, failed, tuned=sitting.tuned)
    return {**form, "passed": not failed, "failed": list(failed), "verdict": said}


def sampled(method: Method, images: int, networks: int) -> str:
    """What an exam rests on, in words."""
    passes = "one pass" if method.passes == 1 else f"{method.passes} passes"
    return f"{images} images, {passes} a map, {networks} random networks, {PERMUTATIONS} permutations"


def agreement(one: Maps, other: Maps, patients: NDArray[Any] | None = None) -> dict[str, Any]:
    """How alike maps of two members are, beside maps of two images of one; intervals by patient."""
    members, images = alike(one, other), between_images(one)
    return {
        "between_members": mean_likeness(members, patients),
        "between_images": mean_likeness(images, patients),
    }
