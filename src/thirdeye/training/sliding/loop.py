"""One round of learning: patches with the objects in their middle against patches from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thirdeye.training.course import Course, Learnt, learn
from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.training.sliding.draw import JITTER, OBJECTS, Drawer
from thirdeye.training.sliding.patches import cut_patches

STEPS = 25  # between two looks at the clock


@dataclass(frozen=True)
class SlidingRecipe:
    """How one round is learnt.

    Args:
        batch_size: patches a step.
        stretches: of 25 steps.
        learning_rate, weight_decay: of the optimiser.
        tone: strength of the changes of brightness, contrast, tint and noise.
        averaging: decay of the moving average of the weights.
        precision: "fp32" or "bf16".
        seed: of everything random.
        objects: share of a batch, by round; the last one for all further rounds.
        reach: of an object's side: how far from its middle it is still shown as that object.
        optimiser, schedule: as of `Course`, a stretch standing for a round.
    """

    batch_size: int
    stretches: int
    learning_rate: float
    weight_decay: float
    tone: float
    averaging: float
    precision: str
    seed: int
    objects: tuple[float, ...] = (OBJECTS,)
    reach: float = JITTER
    optimiser: str = "adamw"
    schedule: str = "cosine"


def fit_round(
    network: nn.Module,
    cases: Sequence[SlidingCase],
    drawer: Drawer,
    recipe: SlidingRecipe,
    *,
    side: int,
    stream: tuple[int, ...],
    key: str,
    deadline: float,
    on_stretch: Callable[[dict[str, float]], None],
    stem: Path | None = None,
) -> Learnt[nn.Module]:
    """Train for one round; see `learn`.

    Args:
        network: where it begins; changed in place.
        cases: all of them.
        drawer: says which places a batch is made of.
        recipe: how.
        side: of a patch.
        stream: member, round and (but for the first) network; with the seed they decide everything random.
        key: identity of this training, for its checkpoint.
        deadline: `time.monotonic()` by which it should end.
        on_stretch: hears of each stretch.
        stem: of the files in which it is kept; None keeps none.
    """
    course = Course(
        rounds=recipe.stretches, steps=STEPS, learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay, encoder_rate=1.0, averaging=recipe.averaging, seed=recipe.seed,
        index=stream, key=key, optimiser=recipe.optimiser, schedule=recipe.schedule,
    )  # fmt: skip
    lesson = _Patches(cases, drawer, recipe, side)
    return learn(network, lesson, course, on_round=on_stretch, deadline=deadline, stem=stem)


class _Patches:
    """Places of the cases, to be named one by one."""

    def __init__(
        self, cases: Sequence[SlidingCase], drawer: Drawer, recipe: SlidingRecipe, side: int
    ) -> None:
        self.cases, self.drawer, self.recipe, self.side = cases, drawer, recipe, side

    def batch_loss(self, network: nn.Module, rng: np.random.Generator) -> Tensor:
        """Cross-entropy of the classes of one batch."""
        drawn = self.drawer.draw(self.recipe.batch_size, rng)
        patches, classes = cut_patches(self.cases, drawn, self.side, rng, tone=self.recipe.tone)
        patches = patches.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.precision == "bf16"):
            logits = network(patches)
        return F.cross_entropy(logits.float()[:, :, 0, 0], classes)

    def checked(self, network: nn.Module) -> dict[str, float]:
        """Nothing: rounds are compared when all have ended."""
        return {}
