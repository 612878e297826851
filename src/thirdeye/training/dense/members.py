"""Members of a segmenting reader: trained one after another, each kept on disk when it is finished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from thirdeye.model.build import Origin
from thirdeye.model.build_dense import build_dense
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.model.label_head import give_label_head
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.dense.label import LabelTask
from thirdeye.training.dense.loop import DenseMember, FittedDense, fit_dense
from thirdeye.training.dense.material import DenseCase
from thirdeye.training.dense.recipe import recipe_of, shape_of
from thirdeye.training.kept import keep_network, kept_network


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
    kept = stem.with_suffix(".safetensors")
    about = kept_network(kept, network, key=member.key)
    if about is not None:
        return FittedDense(network.eval(), about["history"], about["stopped"], about["case_s"]), origin
    fitted = fit_dense(
        network, cases, member, recipe_of(plan), n_outputs=len(plan.classes) + 1, on_round=on_round,
        deadline=deadline, final_s=final_s, checkpoint_path=stem.with_suffix(".checkpoint.pt"),
        label=label,
    )  # fmt: skip
    about = {"history": fitted.history, "stopped": fitted.stopped, "case_s": fitted.case_s}
    keep_network(kept, fitted.network, key=member.key, about=about)
    return fitted, origin


def _built(plan: DensePlan, label: LabelTask | None) -> tuple[DenseNetwork, Origin]:
    """A fresh network, with a head for the label where there is one."""
    network, origin = build_dense(plan.architecture, shape_of(plan), supervised=plan.supervised)
    if label is not None:
        give_label_head(network, n_classes=label.n_classes, sides=plan.patch, channels=plan.inputs)
    return network, origin
