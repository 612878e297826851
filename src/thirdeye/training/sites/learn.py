"""One network over the films of some sites, and what betrays the site in what it sees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.model.build import build_network
from thirdeye.model.network import Network
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.training.frozen import fit_head, pooled_features, with_head
from thirdeye.training.loop import Member, fine_tune
from thirdeye.training.sites.pictures import Pictures, Rows

HELD = 0.15  # of the cases, by which the rate falls and training ends
STRENGTH = 0.01  # of heads on frozen features; scikit-learn's C


def learn_network(
    pictures: Pictures, rows: Rows, plan: Plan, *, name: str, index: int, deadline: float, tell: Listener
) -> Network:
    """A network that learnt from these rows, in evaluation mode.

    Args:
        pictures: of all sites.
        rows: positions to learn from; with repeats where some count more.
        plan: architecture, weights and how to train.
        name: of the network, for the progress.
        index: of the network; with the plan's seed it decides everything random.
        deadline: `time.monotonic()` after which no further epoch starts.
        tell: hears how it goes.

    Raises:
        StageFailed: weights cannot be fetched.
    """
    rng = np.random.default_rng([plan.seed, index])
    torch.manual_seed(int(rng.integers(2**31)))
    network, _ = build_network(plan.architecture, n_outputs=len(plan.classes), weights=plan.weights)
    train, held = inner_split(pictures, rows, rng)

    def on_epoch(record: dict[str, float]) -> None:
        said = f"{name}: loss {record['train_loss']:.3f}, validation loss {record['validation_loss']:.3f}"
        tell(Event("progress", said, min(1.0, record["epoch"] / plan.epochs)))

    member = Member(index, train, held, key="")
    return fine_tune(
        network, pictures.pixels, pictures.learnt, member, plan, on_epoch=on_epoch, deadline=deadline
    ).network


def learn_heads(pictures: Pictures, rows: Mapping[str, Rows], plan: Plan) -> dict[str, Network]:
    """Name to a network whose layers stay as they were trained before; only its head learns, from these rows.

    Args:
        pictures: of all sites.
        rows: name to positions to learn from.
        plan: architecture and weights.

    Raises:
        StageFailed: weights cannot be fetched.
    """
    torch.manual_seed(plan.seed)
    network, _ = build_network(plan.architecture, n_outputs=len(plan.classes), weights=plan.weights)
    features = pooled_features(network, pictures.pixels)
    heads = {
        name: fit_head(
            features[some],
            pictures.learnt[some],
            n_outputs=len(plan.classes),
            task=plan.task,
            strength=STRENGTH,
        )
        for name, some in rows.items()
    }
    return {name: with_head(network, head) for name, head in heads.items()}


def inner_split(pictures: Pictures, rows: Rows, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """Rows to learn from, and rows of other patients by which training ends; both with either class.

    Args:
        pictures: of all sites.
        rows: positions; repeats stay together.
        rng: decides.
    """
    patients = pictures.patients[rows]
    ill = np.unique(patients[pictures.labels[rows] == 1])
    well = np.setdiff1d(patients, ill)
    held = [rng.permutation(group)[: max(1, round(HELD * len(group)))] for group in (ill, well)]
    aside = np.isin(patients, np.concatenate(held))
    return rows[~aside], np.unique(rows[aside])


def site_probe(features: NDArray[np.float32], sites: NDArray[np.int64]) -> NDArray[np.float64]:
    """(sites, C + 1): weights and bias of a logistic regression that tells the site from what a network sees.

    Args:
        features: (n, C) pooled features.
        sites: (n,) numbers from 0, each there.
    """
    head = fit_head(features, sites, n_outputs=int(sites.max()) + 1, task="multiclass", strength=STRENGTH)
    return np.concatenate([head.weight, head.bias[:, None]], axis=1)
