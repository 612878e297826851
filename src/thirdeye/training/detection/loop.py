"""Training of one member of a detector: rounds of windows, checked on images held out for it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from thirdeye.model.detectors.detection_network import DetectionNetwork, Truth
from thirdeye.training import checkpoint
from thirdeye.training.averaging import WeightAverage
from thirdeye.training.checkpoint import Progress
from thirdeye.training.detection.case import DetectionCase
from thirdeye.training.detection.window import Augmentation, draw_window
from thirdeye.training.schedule import rate_factor

GRADIENT_NORM = 5.0
CHECKS = 6  # times in a training that held-out images are read

Rows = NDArray[np.int64]
Check = Callable[[DetectionNetwork], float | None]


@dataclass(frozen=True)
class DetectionRecipe:
    """How one member is trained.

    Args:
        batch_size: windows a step.
        rounds, steps: of a training; steps of a round.
        learning_rate, weight_decay: AdamW's; the rate rises for a tenth of the steps, then falls to zero.
        encoder_rate: share of the rate at which pre-trained weights move.
        augmentation: how windows are drawn.
        precision: "fp32" or "bf16".
        averaging: decay of the moving average of the weights.
        seed: of everything random.
    """

    batch_size: int
    rounds: int
    steps: int
    learning_rate: float
    weight_decay: float
    encoder_rate: float
    augmentation: Augmentation
    precision: str
    averaging: float
    seed: int


@dataclass(frozen=True)
class DetectionMember:
    """What one member learns from: positions of its cases, and the identity of the training."""

    index: int
    train: Rows
    holdout: Rows
    key: str


@dataclass(frozen=True)
class FittedDetector:
    """A finished member: its averaged network in evaluation mode, one record a round, and why it ended."""

    network: DetectionNetwork
    history: list[dict[str, float]]
    stopped: str


def fit_detector(
    network: DetectionNetwork,
    cases: list[DetectionCase],
    member: DetectionMember,
    recipe: DetectionRecipe,
    *,
    on_round: Callable[[dict[str, float]], None],
    check: Check,
    deadline: float,
    checkpoint_path: Path | None = None,
) -> FittedDetector:
    """Train one member.

    The schedule shrinks when the machine turns out slower than planned, so that the rate still falls to zero
    before the deadline.

    Args:
        network: changed in place.
        cases: all of them.
        member: which of them to use.
        recipe: how.
        on_round: called with each round's record.
        check: gives the quality of a network on held-out images, None where it is undefined; called a few
            times.
        deadline: `time.monotonic()` by which training should end.
        checkpoint_path: where to keep unfinished work; None keeps none.
    """
    trainer = _Trainer(network, cases, member, recipe)
    progress = trainer.resume(checkpoint_path)
    started = time.monotonic() - progress.seconds
    rounds, stopped = recipe.rounds, "finished"
    while progress.epoch < rounds:
        began = time.monotonic()
        record = trainer.round(progress.epoch, rounds)
        took = time.monotonic() - began
        progress.epoch += 1
        left = max(0, math.floor((deadline - time.monotonic()) / max(took, 1e-3)))
        if progress.epoch + left < rounds:
            rounds, stopped = progress.epoch + left, "shortened"
        if progress.epoch % max(1, rounds // CHECKS) == 0 and progress.epoch < rounds:
            record |= trainer.checked(check)
        progress.seconds = record["seconds"] = time.monotonic() - started
        progress.history.append(record)
        on_round(record)
        if checkpoint_path is not None and progress.epoch < rounds:
            trainer.save(checkpoint_path, progress)
    if checkpoint_path is not None:
        checkpoint_path.unlink(missing_ok=True)
    return FittedDetector(trainer.average.network.eval(), progress.history, stopped)


class _Trainer:
    """Network, optimiser and average of one member, and the cases they work on."""

    def __init__(
        self,
        network: DetectionNetwork,
        cases: list[DetectionCase],
        member: DetectionMember,
        recipe: DetectionRecipe,
    ) -> None:
        self.network = network.to(memory_format=torch.channels_last)
        self.cases, self.member, self.recipe = cases, member, recipe
        self.average = WeightAverage(self.network, decay=recipe.averaging)
        self.optimiser = torch.optim.AdamW(
            _groups(self.network, recipe),
            lr=recipe.learning_rate,
            weight_decay=recipe.weight_decay,
            fused=True,
        )

    def resume(self, path: Path | None) -> Progress:
        fresh = Progress(epoch=0, history=[], best=None, best_loss=float("inf"), seconds=0.0)
        if path is None:
            return fresh
        loaded = checkpoint.load(
            path, key=self.member.key, network=self.network, optimiser=self.optimiser, average=self.average
        )
        return loaded or fresh

    def save(self, path: Path, progress: Progress) -> None:
        checkpoint.save(
            path, key=self.member.key, network=self.network, optimiser=self.optimiser, average=self.average,
            progress=progress,
        )  # fmt: skip

    def round(self, number: int, rounds: int) -> dict[str, float]:
        """Some steps; all that is random follows from seed, member and round."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, self.member.index, number])
        torch.manual_seed(int(rng.integers(2**31)))
        self.network.train()
        total = 0.0
        for step in range(recipe.steps):
            factor = rate_factor(number * recipe.steps + step, rounds * recipe.steps)
            total += self._step(rng, factor)
        return {
            "epoch": number + 1,
            "train_loss": total / recipe.steps,
            "learning_rate": recipe.learning_rate * factor,
        }

    def _step(self, rng: np.random.Generator, factor: float) -> float:
        windows, truths = self._batch(rng)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * group["share"] * factor
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.precision == "bf16"):
            loss = self.network.loss(windows, truths)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.optimiser.step()
        self.average.update()
        return float(loss.detach())

    def _batch(self, rng: np.random.Generator) -> tuple[Tensor, list[Truth]]:
        recipe = self.recipe
        drawn = [
            draw_window(self.cases, self.member.train, recipe.augmentation, rng)
            for _ in range(recipe.batch_size)
        ]
        windows = torch.stack([window for window, _ in drawn]).contiguous(memory_format=torch.channels_last)
        return windows, [truth for _, truth in drawn]

    def checked(self, check: Check) -> dict[str, float]:
        """The quality of the averaged network; left out where it is undefined."""
        quality = check(self.average.network)
        return {} if quality is None else {"validation_metric": quality}


def _groups(network: DetectionNetwork, recipe: DetectionRecipe) -> list[dict[str, Any]]:
    """Pre-trained weights apart from fresh ones."""
    learnt = network.pretrained()
    known = {id(one) for one in learnt}
    fresh = [one for one in network.parameters() if id(one) not in known]
    return [{"params": fresh, "share": 1.0}, {"params": learnt, "share": recipe.encoder_rate}]
