"""One round of learning: patches with the objects in their middle against patches from elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from thirdeye.model.architectures.patch_net import PATCH, PatchNet
from thirdeye.training import checkpoint
from thirdeye.training.averaging import WeightAverage
from thirdeye.training.checkpoint import Progress
from thirdeye.training.schedule import rate_factor
from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.training.sliding.draw import Drawer
from thirdeye.training.sliding.patches import cut_patches

STEPS = 25  # between two looks at the clock
GRADIENT_NORM = 5.0


@dataclass(frozen=True)
class SlidingRecipe:
    """How one round is learnt.

    Args:
        batch_size: patches a step.
        stretches: of 25 steps.
        learning_rate, weight_decay: AdamW's; the rate rises for a tenth of the steps, then falls to zero.
        tone: strength of the changes of brightness, contrast, tint and noise.
        averaging: decay of the moving average of the weights.
        precision: "fp32" or "bf16".
        seed: of everything random.
    """

    batch_size: int
    stretches: int
    learning_rate: float
    weight_decay: float
    tone: float
    averaging: float
    precision: str
    seed: int


def fit_round(
    network: PatchNet,
    cases: Sequence[SlidingCase],
    drawer: Drawer,
    recipe: SlidingRecipe,
    *,
    stream: tuple[int, int],
    key: str,
    deadline: float,
    on_stretch: Callable[[dict[str, float]], None],
    checkpoint_path: Path | None = None,
) -> tuple[PatchNet, list[dict[str, float]]]:
    """Train; the averaged network in evaluation mode, and one record a stretch.

    The schedule shrinks when the machine turns out slower than planned, so that the rate still falls to zero
    before the deadline.

    Args:
        network: where it begins; changed in place.
        cases: all of them.
        drawer: says which places a batch is made of.
        recipe: how.
        stream: member and round; with the seed they decide everything random.
        key: identity of this training, for its checkpoint.
        deadline: `time.monotonic()` by which it should end.
        on_stretch: hears of each stretch.
        checkpoint_path: where unfinished work is kept; None keeps none.
    """
    trainer = _Trainer(network, cases, drawer, recipe, stream)
    progress = trainer.resume(checkpoint_path, key)
    started = time.monotonic() - progress.seconds
    stretches = recipe.stretches
    while progress.epoch < stretches:
        began = time.monotonic()
        record = trainer.stretch(progress.epoch, stretches)
        took = max(time.monotonic() - began, 1e-3)
        progress.epoch += 1
        stretches = min(stretches, progress.epoch + max(0, math.floor((deadline - time.monotonic()) / took)))
        progress.seconds = record["seconds"] = time.monotonic() - started
        progress.history.append(record)
        on_stretch(record)
        if checkpoint_path is not None and progress.epoch < stretches:
            trainer.save(checkpoint_path, key, progress)
    if checkpoint_path is not None:
        checkpoint_path.unlink(missing_ok=True)
    return trainer.average.network.eval(), progress.history


class _Trainer:
    """Network, optimiser and average of one round."""

    def __init__(
        self,
        network: PatchNet,
        cases: Sequence[SlidingCase],
        drawer: Drawer,
        recipe: SlidingRecipe,
        stream: tuple[int, int],
    ) -> None:
        self.network = network.to(memory_format=torch.channels_last)
        self.cases, self.drawer, self.recipe, self.stream = cases, drawer, recipe, stream
        self.average = WeightAverage(self.network, decay=recipe.averaging)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
        )

    def resume(self, path: Path | None, key: str) -> Progress:
        fresh = Progress(epoch=0, history=[], best=None, best_loss=float("inf"), seconds=0.0)
        if path is None:
            return fresh
        loaded = checkpoint.load(
            path, key=key, network=self.network, optimiser=self.optimiser, average=self.average
        )
        return loaded or fresh

    def save(self, path: Path, key: str, progress: Progress) -> None:
        checkpoint.save(
            path, key=key, network=self.network, optimiser=self.optimiser, average=self.average,
            progress=progress,
        )  # fmt: skip

    def stretch(self, number: int, stretches: int) -> dict[str, float]:
        """Some steps; all that is random follows from seed, member, round and stretch."""
        rng = np.random.default_rng([self.recipe.seed, *self.stream, number])
        torch.manual_seed(int(rng.integers(2**31)))
        self.network.train()
        total = 0.0
        for step in range(STEPS):
            factor = rate_factor(number * STEPS + step, stretches * STEPS)
            total += self._step(rng, factor)
        return {
            "epoch": number + 1,
            "train_loss": total / STEPS,
            "learning_rate": self.recipe.learning_rate * factor,
        }

    def _step(self, rng: np.random.Generator, factor: float) -> float:
        drawn = self.drawer.draw(self.recipe.batch_size, rng)
        patches, classes = cut_patches(self.cases, drawn, PATCH, rng, tone=self.recipe.tone)
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * factor
        patches = patches.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.precision == "bf16"):
            logits = self.network(patches)
        loss = F.cross_entropy(logits.float()[:, :, 0, 0], classes)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.optimiser.step()
        self.average.update()
        return float(loss.detach())
