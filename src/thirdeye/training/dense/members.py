"""Members of a segmenting reader: trained one after another, each kept on disk when it is finished."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_model, save_model

from thirdeye.errors import StageFailed
from thirdeye.model.build import Origin
from thirdeye.model.build_dense import build_dense
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.model.label_head import give_label_head
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.dense.label import LabelTask
from thirdeye.training.dense.loop import DenseMember, FittedDense, fit_dense
from thirdeye.training.dense.material import DenseCase
from thirdeye.training.dense.recipe import recipe_of, shape_of


def fit_or_load(
    cases: Sequence[DenseCase],
    member: DenseMember,
    plan: DensePlan,
    *,
    folder: Path,
    deadline: float,
    final_s: Callable[[float], float],
    on_round: Callable[[dict[str, float]], None],
    label: LabelTask | None = None,
) -> tuple[FittedDense, Origin]:
    """Train one member, continue it, or read it back when it was finished before.

    Args:
        cases: all of them.
        member: what it learns from; finished or unfinished work under another key is ignored.
        plan: every value.
        folder: where members are kept.
        deadline, final_s, on_round, label: see `fit_dense`.

    Raises:
        StageFailed: the finished member cannot be kept.
    """
    stem = folder / f"dense_{member.index}"
    # Fresh weights are drawn from torch's own stream: seeded here, they do not depend on what ran before.
    torch.manual_seed(int(np.random.default_rng([plan.seed, member.index]).integers(2**31)))
    network, origin = _built(plan, label)
    found = _description(stem, member.key)
    try:
        if found is not None:
            load_model(network, stem.with_suffix(".safetensors"))
            return FittedDense(network.eval(), *found), origin
    except (OSError, RuntimeError, SafetensorError):  # damaged: the work is done again
        network, origin = _built(plan, label)
    fitted = fit_dense(
        network, cases, member, recipe_of(plan), n_outputs=len(plan.classes) + 1, on_round=on_round,
        deadline=deadline, final_s=final_s, checkpoint_path=stem.with_suffix(".checkpoint.pt"),
        label=label,
    )  # fmt: skip
    _save(stem, fitted, member.key)
    return fitted, origin


def _built(plan: DensePlan, label: LabelTask | None) -> tuple[DenseNetwork, Origin]:
    """A fresh network, with a head for the label where there is one."""
    network, origin = build_dense(plan.architecture, shape_of(plan), supervised=plan.supervised)
    if label is not None:
        give_label_head(network, n_classes=label.n_classes, sides=plan.patch, channels=plan.inputs)
    return network, origin


def _save(stem: Path, fitted: FittedDense, key: str) -> None:
    """Weights first, the description last: a member counts as finished when its description is there."""
    description = {"key": key, "history": fitted.history, "stopped": fitted.stopped, "case_s": fitted.case_s}
    temporary = stem.with_suffix(".part")
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        stem.with_suffix(".json").unlink(missing_ok=True)  # it tells of the weights that are replaced
        save_model(fitted.network, str(stem.with_suffix(".safetensors")))
        temporary.write_text(json.dumps(description), encoding="utf-8")
        temporary.replace(stem.with_suffix(".json"))
    except (OSError, SafetensorError) as error:
        raise StageFailed(
            f"cannot keep the finished {stem.name} in the study: {error}; free some space and run again"
        ) from error


def _description(stem: Path, key: str) -> tuple[list[dict[str, float]], str, float] | None:
    try:
        found = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        return (found["history"], found["stopped"], found["case_s"]) if found["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
