"""Training of one network in rounds of steps, whatever it learns: schedule, average, checkpoints."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from thirdeye.training.kept import keep_network, kept_network
from thirdeye.training.optimised import Optimised
from thirdeye.training.schedule import rate_factor

CHECKS = 4  # times in a training that held-out images are read

N = TypeVar("N", bound=nn.Module)
M = TypeVar("M", bound=nn.Module, contravariant=True)


class Lesson(Protocol[M]):
    """What a network learns, and how well it does."""

    def batch_loss(self, network: M, rng: np.random.Generator) -> Tensor:
        """Of one batch, drawn with `rng`."""

    def checked(self, network: M) -> dict[str, float]:
        """Figures of held-out images, to be added to the record of a round."""


@dataclass(frozen=True)
class Course:
    """How a network is trained.

    Args:
        rounds, steps: of the training; steps of a round.
        learning_rate, weight_decay: of the optimiser; the rate moves by `schedule`.
        encoder_rate: share of the rate at which pre-trained weights move.
        averaging: decay of the moving average of the weights.
        seed: of everything random.
        index: of the member, and of the network within it where there are several.
        key: identity of the training; what another left is ignored.
        optimiser: "adamw", "sgd" or "rmsprop"; see `Optimised`.
        schedule: as of `rate_factor`, a round standing for an epoch.
    """

    rounds: int
    steps: int
    learning_rate: float
    weight_decay: float
    encoder_rate: float
    averaging: float
    seed: int
    index: tuple[int, ...]
    key: str
    optimiser: str = "adamw"
    schedule: str = "cosine"


@dataclass(frozen=True)
class Learnt(Generic[N]):
    """The averaged network in evaluation mode, one record a round, and why training ended."""

    network: N
    history: list[dict[str, float]]
    stopped: str


def learn(
    network: N,
    lesson: Lesson[N],
    course: Course,
    *,
    on_round: Callable[[dict[str, float]], None],
    deadline: float,
    stem: Path | None = None,
) -> Learnt[N]:
    """Train a network, continue it, or read it back when it was finished before.

    The schedule shrinks when the machine turns out slower than planned, so that the rate still falls to zero
    before the deadline; a round that reaches it ends with the step it is at. Held-out images are not read
    when the time is over, and what reading them took is kept free for the next time.

    Args:
        network: changed in place; one with `pretrained()` says which of its weights are moved more gently.
        lesson: what to learn.
        course: how.
        on_round: called with each round's record.
        deadline: `time.monotonic()` by which training should end.
        stem: of the files in which the finished network and unfinished work are kept; None keeps none.

    Raises:
        StageFailed: the network cannot be kept.
    """
    kept = None if stem is None else stem.with_name(f"{stem.name}.safetensors")
    about = None if kept is None else kept_network(kept, network, key=course.key)
    if about is not None:
        return Learnt(network.eval(), about["history"], about["stopped"])
    checkpoint_path = None if stem is None else stem.with_name(f"{stem.name}.checkpoint.pt")
    pupil = _Pupil(network, lesson, course)
    progress = pupil.state.resume(checkpoint_path)
    started = time.monotonic() - progress.seconds
    rounds, stopped, check_s = course.rounds, "finished", 0.0
    while progress.epoch < rounds:
        began = time.monotonic()
        record = pupil.round(progress.epoch, rounds, deadline - check_s)
        took = time.monotonic() - began
        progress.epoch += 1
        left = max(0, math.floor((deadline - check_s - time.monotonic()) / max(took, 1e-3)))
        if progress.epoch + left < rounds or record["steps"] < course.steps:
            rounds, stopped = progress.epoch + left, "shortened"
        due = progress.epoch % max(1, rounds // CHECKS) == 0 or progress.epoch == rounds
        if due and time.monotonic() < deadline:
            began = time.monotonic()
            record |= lesson.checked(pupil.state.average.network)
            check_s = max(check_s, time.monotonic() - began)
        progress.seconds = record["seconds"] = time.monotonic() - started
        progress.history.append(record)
        on_round(record)
        if checkpoint_path is not None and progress.epoch < rounds:
            pupil.state.save(checkpoint_path, progress)
    if kept is not None and checkpoint_path is not None:
        about = {"history": progress.history, "stopped": stopped}
        keep_network(kept, pupil.state.average.network, key=course.key, about=about)
        checkpoint_path.unlink(missing_ok=True)
    return Learnt(pupil.state.average.network.eval(), progress.history, stopped)


def seed_torch(*parts: int) -> None:
    """Seed torch's own stream, from which a fresh decoder is drawn, by seed and place of the training."""
    torch.manual_seed(int(np.random.default_rng(parts).integers(2**31)))


class _Pupil(Generic[N]):
    """A network in training, and what it learns."""

    def __init__(self, network: N, lesson: Lesson[N], course: Course) -> None:
        self.lesson, self.course = lesson, course
        self.state = Optimised(
            network.to(memory_format=torch.channels_last), learning_rate=course.learning_rate,
            weight_decay=course.weight_decay, encoder_rate=course.encoder_rate, averaging=course.averaging,
            key=course.key, optimiser=course.optimiser,
        )  # fmt: skip

    def round(self, number: int, rounds: int, stop_at: float) -> dict[str, float]:
        """Some steps, fewer where time is up; all that is random follows from seed, member and round."""
        course = self.course
        rng = np.random.default_rng([course.seed, *course.index, number])
        torch.manual_seed(int(rng.integers(2**31)))
        self.state.network.train()
        losses: list[float] = []
        factor = 1.0
        for step in range(course.steps):
            factor = rate_factor(
                number * course.steps + step, rounds * course.steps, course.schedule, course.steps
            )
            losses.append(self._step(rng, factor))
            if time.monotonic() > stop_at:
                break
        return {
            "epoch": number + 1,
            "steps": len(losses),
            "train_loss": sum(losses) / len(losses),
            "learning_rate": course.learning_rate * factor,
        }

    def _step(self, rng: np.random.Generator, factor: float) -> float:
        self.state.use_rate(factor)
        loss = self.lesson.batch_loss(self.state.network, rng)
        self.state.forget_gradients()
        loss.backward()
        self.state.move()
        return float(loss.detach())
