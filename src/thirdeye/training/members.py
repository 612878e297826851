"""Fine-tuned members of the ensemble: trained one after another, each kept on disk when it is finished."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_model, save_model

from thirdeye.errors import StageFailed
from thirdeye.model.build import build_network
from thirdeye.model.network import Network
from thirdeye.plan.plan import Plan
from thirdeye.training.filters.first_layer import begin_with_filters
from thirdeye.training.loop import Member, fine_tune, predict
from thirdeye.training.margins import with_margins
from thirdeye.transform.views import VIEWS

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class FineTuned:
    """A finished member and what it says of the cases that it did not learn from.

    Args:
        fold: index of the split.
        network: in evaluation mode.
        holdout: positions of its held-out rows.
        logits: name of a view to logits (n, K) of those rows.
        history: one record per epoch.
        stopped: "finished", "early" or "deadline".
        seconds: what its training took.
    """

    fold: int
    network: Network
    holdout: Rows
    logits: Mapping[str, NDArray[np.float32]]
    history: list[dict[str, float]]
    stopped: str
    seconds: float


def member_key(identity: str, index: int) -> str:
    """Identity of one member of one run."""
    return hashlib.sha256(f"{identity}/{index}".encode()).hexdigest()


def fit_or_load(
    index: int,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    split: tuple[Rows, Rows],
    plan: Plan,
    *,
    identity: str,
    folder: Path,
    views: tuple[str, ...],
    deadline: float,
    on_epoch: Callable[[dict[str, float]], None],
) -> FineTuned:
    """Train one member, continue it, or read it back when it was finished before.

    Args:
        index: number of the member.
        images, labels: of all development cases.
        split: rows to learn from, rows held out.
        plan: every value.
        identity: of the run; finished or unfinished work of another run is ignored.
        folder: where members are kept.
        views: views in which the held-out rows are read.
        deadline: `time.monotonic()` after which no further epoch starts.
        on_epoch: hears of each epoch.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = member_key(identity, index)
    found = _load(folder, index, key, split[1], plan, views)
    if found is not None:
        return found
    # A fresh head is drawn from torch's own stream: seeded here, it does not depend on what ran before.
    torch.manual_seed(int(np.random.default_rng([plan.seed, index]).integers(2**31)))
    network, _ = build_network(plan.architecture, n_outputs=len(plan.classes), weights=plan.weights)
    started = time.monotonic()
    if plan.first_layer == "sparse_autoencoder" and plan.weights == "none":
        begin_with_filters(network, images, split[0], seed=(plan.seed, index))
    fitted = fine_tune(
        network,
        images,
        labels,
        Member(index, split[0], split[1], key),
        plan,
        on_epoch=on_epoch,
        deadline=deadline,
        checkpoint_path=folder / f"member_{index}.checkpoint.pt",
    )
    learnt = fitted.network
    if plan.head == "svm":
        learnt = with_margins(learnt, images, labels, split[0], task=plan.task)
    logits = {view: predict(learnt, images, split[1], flips=VIEWS[view]) for view in views}
    member = FineTuned(
        index, learnt, split[1], logits, fitted.history, fitted.stopped, time.monotonic() - started
    )
    _save(folder, member, key)
    return member


def _save(folder: Path, member: FineTuned, key: str) -> None:
    """Weights first, the description last: a member counts as finished when its description is there."""
    stem = folder / f"member_{member.fold}"
    description = {
        "key": key,
        "history": member.history,
        "stopped": member.stopped,
        "seconds": member.seconds,
    }
    temporary = stem.with_suffix(".part")
    try:
        save_model(member.network, str(stem.with_suffix(".safetensors")))
        save_arrays(dict(member.logits), str(stem.with_suffix(".logits.safetensors")))
        temporary.write_text(json.dumps(description), encoding="utf-8")
        temporary.replace(stem.with_suffix(".json"))
    except (OSError, SafetensorError) as error:
        raise StageFailed(
            f"cannot keep the finished {stem.name} in the study: {error}; free some space and run again"
        ) from error


def _load(
    folder: Path, index: int, key: str, holdout: Rows, plan: Plan, views: tuple[str, ...]
) -> FineTuned | None:
    stem = folder / f"member_{index}"
    try:
        description = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        if description["key"] != key:
            return None
        network, _ = build_network(plan.architecture, n_outputs=len(plan.classes), weights="none")
        load_model(network, str(stem.with_suffix(".safetensors")))
        logits = load_arrays(str(stem.with_suffix(".logits.safetensors")))
        if any(view not in logits or len(logits[view]) != len(holdout) for view in views):
            return None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError):
        return None
    return FineTuned(
        index,
        network.eval(),
        holdout,
        logits,
        description["history"],
        description["stopped"],
        description["seconds"],
    )
