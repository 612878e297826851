"""Training of one member of a detector: windows with the boxes in them, checked on held-out images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.model.detectors.detection_network import DetectionNetwork
from thirdeye.training.course import Course, Learnt, learn
from thirdeye.training.detection.case import DetectionCase
from thirdeye.training.detection.window import Augmentation, draw_window

Rows = NDArray[np.int64]
Check = Callable[[DetectionNetwork], float | None]
FittedDetector = Learnt[DetectionNetwork]


@dataclass(frozen=True)
class DetectionRecipe:
    """How one member is trained.

    Args:
        batch_size: windows a step.
        rounds, steps: of a training; steps of a round.
        learning_rate, weight_decay: of the optimiser.
        encoder_rate: share of the rate at which pre-trained weights move.
        augmentation: how windows are drawn.
        precision: "fp32" or "bf16".
        averaging: decay of the moving average of the weights.
        seed: of everything random.
        optimiser, schedule: as of `Course`.
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
    optimiser: str = "adamw"
    schedule: str = "cosine"


@dataclass(frozen=True)
class DetectionMember:
    """What one member learns from: positions of its cases, and the identity of the training."""

    index: int
    train: Rows
    holdout: Rows
    key: str


@dataclass(frozen=True)
class DetectionLesson:
    """What lies where in windows of images.

    Args:
        cases: all of them.
        train: which of them to learn from.
        recipe: how.
        check: gives the quality of a network on held-out images, None where it is undefined.
    """

    cases: list[DetectionCase]
    train: Rows
    recipe: DetectionRecipe
    check: Check

    def batch_loss(self, network: DetectionNetwork, rng: np.random.Generator) -> Tensor:
        """Of one batch."""
        recipe = self.recipe
        drawn = [
            draw_window(self.cases, self.train, recipe.augmentation, rng) for _ in range(recipe.batch_size)
        ]
        windows = torch.stack([window for window, _ in drawn]).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.precision == "bf16"):
            return network.loss(windows, [truth for _, truth in drawn])

    def checked(self, network: DetectionNetwork) -> dict[str, float]:
        """The quality of the averaged network; left out where it is undefined."""
        quality = self.check(network)
        return {} if quality is None else {"validation_metric": quality}


def fit_detector(
    network: DetectionNetwork,
    cases: list[DetectionCase],
    member: DetectionMember,
    recipe: DetectionRecipe,
    *,
    on_round: Callable[[dict[str, float]], None],
    check: Check,
    deadline: float,
    stem: Path | None = None,
) -> FittedDetector:
    """Train one member, continue it, or read it back when it was finished before.

    Args:
        network: changed in place.
        cases: all of them.
        member: which of them to use.
        recipe: how.
        on_round, deadline, stem: see `thirdeye.training.course.learn`.
        check: gives the quality of a network on held-out images; called a few times.
    """
    course = Course(
        rounds=recipe.rounds, steps=recipe.steps, learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay, encoder_rate=recipe.encoder_rate, averaging=recipe.averaging,
        seed=recipe.seed, index=(member.index,), key=member.key,
        optimiser=recipe.optimiser, schedule=recipe.schedule,
    )  # fmt: skip
    lesson = DetectionLesson(cases, member.train, recipe, check)
    return learn(network, lesson, course, on_round=on_round, deadline=deadline, stem=stem)
