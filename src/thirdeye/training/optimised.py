"""A network in training: its optimiser, the average of its weights, and its unfinished work on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import nn

from thirdeye.training import checkpoint
from thirdeye.training.adamw import AdamW
from thirdeye.training.averaging import WeightAverage
from thirdeye.training.checkpoint import Progress
from thirdeye.training.schedule import MOMENTUM

GRADIENT_NORM = 5.0
RMS_DECAY = 0.9

N = TypeVar("N", bound=nn.Module)


class Optimised(Generic[N]):
    """A network, its optimiser, and the moving average of the weights.

    Args:
        network: changed in place; one with `pretrained()` says which of its weights are moved more gently.
        learning_rate: highest.
        weight_decay: of the optimiser.
        encoder_rate: share of the rate at which pre-trained weights move.
        averaging: decay of the moving average.
        optimiser: "adamw", "rmsprop" or "sgd" (momentum 0.9).
        key: identity of the training; what another left is ignored.
    """

    def __init__(
        self, network: N, *, learning_rate: float, weight_decay: float, encoder_rate: float,
        averaging: float, key: str, optimiser: str = "adamw",
    ) -> None:  # fmt: skip
        self.network, self.learning_rate, self.key = network, learning_rate, key
        self.average = WeightAverage(network, decay=averaging)
        groups = parameter_groups(network, encoder_rate)
        self.optimiser: AdamW | torch.optim.Optimizer
        if optimiser == "rmsprop":
            self.optimiser = torch.optim.RMSprop(
                groups, lr=learning_rate, alpha=RMS_DECAY, weight_decay=weight_decay
            )
        elif optimiser == "sgd":
            self.optimiser = torch.optim.SGD(
                groups, lr=learning_rate, momentum=MOMENTUM, weight_decay=weight_decay
            )
        else:
            self.optimiser = AdamW(groups, lr=learning_rate, weight_decay=weight_decay)

    def resume(self, path: Path | None) -> Progress:
        """Go on with what `save` left at `path`; a fresh start where it left nothing."""
        fresh = Progress(epoch=0, history=[], best=None, best_loss=float("inf"), seconds=0.0)
        if path is None:
            return fresh
        loaded = checkpoint.load(
            path, key=self.key, network=self.network, optimiser=self.optimiser, average=self.average
        )
        return loaded or fresh

    def save(self, path: Path, progress: Progress) -> None:
        """Keep unfinished work."""
        checkpoint.save(
            path, key=self.key, network=self.network, optimiser=self.optimiser, average=self.average,
            progress=progress,
        )  # fmt: skip

    def use_rate(self, factor: float) -> None:
        """Move weights at this share of the highest rate."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate * group["share"] * factor

    def forget_gradients(self) -> None:
        """Before losses are propagated."""
        self.optimiser.zero_grad()

    def move(self) -> None:
        """Along the gradients, cut to a norm of `GRADIENT_NORM`."""
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.optimiser.step()
        self.average.update()


def parameter_groups(network: Any, encoder_rate: float) -> list[dict[str, Any]]:
    """Pre-trained weights apart from fresh ones, each with its ``share`` of the learning rate.

    Args:
        network: with `pretrained()` where it has learnt weights.
        encoder_rate: share of the rate at which these move.
    """
    learnt = network.pretrained() if hasattr(network, "pretrained") else []
    known = {id(one) for one in learnt}
    fresh = [one for one in network.parameters() if id(one) not in known]
    groups: list[dict[str, Any]] = [{"params": fresh, "share": 1.0}]
    return [*groups, {"params": learnt, "share": encoder_rate}] if learnt else groups
