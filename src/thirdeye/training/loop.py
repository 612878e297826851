"""Fine-tuning of one member: epochs over augmented images, checked on the images held out for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from thirdeye.model.network import Network
from thirdeye.plan.plan import Plan
from thirdeye.training import checkpoint
from thirdeye.training.adamw import AdamW
from thirdeye.training.averaging import WeightAverage
from thirdeye.training.checkpoint import Progress
from thirdeye.training.losses import loss, soft_targets
from thirdeye.training.samplers import batches, epoch_order
from thirdeye.training.schedule import MOMENTUM, momentum_at, plateau_factor, rate_factor
from thirdeye.training.selection import Truth, figure
from thirdeye.training.stopping import cost, is_over
from thirdeye.transform.augment import Augmenter

READING_BATCH = 64
GRADIENT_NORM = 5.0
NORM_MOMENTUM = 0.1
RMS_DECAY, RMS_EPSILON = 0.9, 0.1  # of Inception v3 (Szegedy et al., CVPR 2016)


@dataclass(frozen=True)
class Member:
    """What one member of the ensemble learns from.

    Args:
        index: number of the member; with the plan's seed it decides everything random.
        train, holdout: row positions of the images to learn from and to be checked on.
        key: identity of plan, data and member; a checkpoint with another key is ignored.
    """

    index: int
    train: NDArray[np.int64]
    holdout: NDArray[np.int64]
    key: str


@dataclass(frozen=True)
class Fitted:
    """A finished member.

    Args:
        network: with its final weights, in evaluation mode.
        history: per epoch: epoch, seconds, train_loss, validation_loss, validation_metric (AUC, macro for
            several classes; left out where undefined), learning_rate.
        stopped: "finished", "early" (as `stopping` of the plan says) or "deadline".
    """

    network: Network
    history: list[dict[str, float]]
    stopped: str


def to_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """(B, S, S, 3) bytes to (B, 3, S, S) floats in 0..1, channels last in memory."""
    own = np.require(pixels, requirements=["C", "W"])  # a copy of what a memory map holds
    return torch.from_numpy(own).permute(0, 3, 1, 2).float().div_(255)


def fine_tune(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    member: Member,
    plan: Plan,
    *,
    on_epoch: Callable[[dict[str, float]], None],
    deadline: float,
    checkpoint_path: Path | None = None,
) -> Fitted:
    """Train one member.

    Args:
        network: with pre-trained weights and a fresh head; changed in place.
        images: (N, S, S, 3) prepared images, possibly a memory map.
        labels: (N,) class indices, or (N, K) of 0 and 1.
        member: which rows to use.
        plan: how.
        on_epoch: called with each epoch's record.
        deadline: `time.monotonic()` after which no further epoch starts.
        checkpoint_path: where to keep unfinished work; None keeps none.
    """
    trainer = _Trainer(network, images, labels, member, plan)
    progress = trainer.resume(checkpoint_path)
    stopped = "finished"
    started = time.monotonic() - progress.seconds
    while progress.epoch < plan.epochs:
        if time.monotonic() > deadline and progress.epoch > 0:
            stopped = "deadline"
            break
        record = trainer.epoch(progress.epoch, progress.history)
        progress.epoch += 1
        progress.seconds = record["seconds"] = time.monotonic() - started
        progress.history.append(record)
        trainer.keep_best(progress, cost(record, plan.stopping))
        on_epoch(record)
        if is_over(progress.history, plan.stopping, plan.epochs) and progress.epoch < plan.epochs:
            stopped = "early"
            break
        if checkpoint_path is not None and progress.epoch < plan.epochs:
            trainer.save(checkpoint_path, progress)
    if checkpoint_path is not None:
        checkpoint_path.unlink(missing_ok=True)
    return Fitted(trainer.finish(progress), progress.history, stopped)


class _Trainer:
    """Network, optimiser and average of one member, and the arrays they work on."""

    def __init__(
        self,
        network: Network,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64],
        member: Member,
        plan: Plan,
    ) -> None:
        self.network = network.to(memory_format=torch.channels_last)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = NORM_MOMENTUM
        self.images, self.labels, self.member, self.plan = images, labels, member, plan
        self.augmenter = Augmenter(plan.augmentation)
        self.average = WeightAverage(network, decay=plan.averaging)
        self.optimiser = _optimiser(network, plan)
        self.weights = _class_weights(labels[member.train], len(plan.classes), plan)
        positive = None if plan.positive is None else plan.classes.index(plan.positive)
        each = np.arange(len(member.holdout)).astype(str)
        self.truth = Truth(labels[member.holdout], plan.classes, positive, each, plan.task)
        self.steps_per_epoch = len(batches(np.arange(len(member.train)), plan.batch_size))

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
            path,
            key=self.member.key,
            network=self.network,
            optimiser=self.optimiser,
            average=self.average,
            progress=progress,
        )

    def epoch(self, number: int, history: list[dict[str, float]]) -> dict[str, float]:
        """One pass; all that is random follows from seed, member and epoch: a resumed run is the same run."""
        rng = np.random.default_rng([self.plan.seed, self.member.index, number])
        torch.manual_seed(int(rng.integers(2**31)))
        self.network.train()
        train = self.member.train
        order = epoch_order(self.labels[train], rng, balanced=self.plan.class_weighting == "sampler")
        total, falls = 0.0, plateau_factor(self.plan.schedule, history)
        if self.plan.optimiser.startswith("sgd:"):
            for group in self.optimiser.param_groups:
                group["momentum"] = momentum_at(self.plan.optimiser, number)
        for index, batch in enumerate(batches(order, self.plan.batch_size)):
            factor = rate_factor(
                number * self.steps_per_epoch + index, self.plan.epochs * self.steps_per_epoch,
                self.plan.schedule, self.steps_per_epoch,
            ) * falls  # fmt: skip
            total += self._step(train[batch], rng, factor) * len(batch)
        return {
            "epoch": number + 1,
            "train_loss": total / len(train),
            **self._validated(),
            "learning_rate": self.plan.learning_rate * factor,
        }

    def _step(self, rows: NDArray[np.int64], rng: np.random.Generator, factor: float) -> float:
        plan = self.plan
        pixels = np.stack([self.augmenter(np.asarray(self.images[row]), rng) for row in rows])
        images = to_tensor(pixels)
        targets = soft_targets(
            torch.from_numpy(self.labels[rows]),
            n_outputs=len(plan.classes),
            task=plan.task,
            smoothing=plan.label_smoothing,
        )
        if plan.mixup > 0:
            share = float(rng.beta(plan.mixup, plan.mixup))
            partner = torch.from_numpy(rng.permutation(len(rows)))
            images = torch.lerp(images[partner], images, share)
            targets = torch.lerp(targets[partner], targets, share)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        with torch.autocast("cpu", torch.bfloat16, enabled=plan.precision == "bf16"):
            logits = self.network(images)
        value = loss(logits.float(), targets, task=plan.task, class_weights=self.weights)
        self.optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), GRADIENT_NORM)
        self.optimiser.step()
        self.average.update()
        return float(value.detach())

    def _validated(self) -> dict[str, float]:
        """Cross-entropy (without smoothing) and AUC of the averaged network on the held-out images.

        The AUC, macro where there are several classes, is left out where it is undefined.
        """
        rows, plan = self.member.holdout, self.plan
        logits = predict(self.average.network, self.images, rows)
        labels = torch.from_numpy(self.labels[rows])
        targets = soft_targets(labels, n_outputs=len(plan.classes), task=plan.task, smoothing=0.0)
        value = float(loss(torch.from_numpy(logits), targets, task=plan.task, class_weights=None))
        reached = figure(logits, self.truth).value
        return {"validation_loss": value} | ({} if reached is None else {"validation_metric": reached})

    def keep_best(self, progress: Progress, cost_now: float) -> None:
        if cost_now < progress.best_loss:
            progress.best_loss = cost_now
            state = self.average.network.state_dict()
            progress.best = {name: tensor.detach().clone() for name, tensor in state.items()}

    def finish(self, progress: Progress) -> Network:
        network = self.average.network
        if progress.best is not None:
            network.load_state_dict(progress.best)
        return network.eval()


def predict(
    network: nn.Module, images: NDArray[np.uint8], rows: NDArray[np.int64], *, flips: tuple[int, ...] = ()
) -> NDArray[np.float32]:
    """Logits (n, K) of the given rows.

    Args:
        network: in evaluation mode.
        images: (N, S, S, 3) prepared images.
        rows: positions to read.
        flips: axes of (B, 3, S, S) along which the images are mirrored first (-2 vertical, -1 horizontal).
    """
    parts = []
    with torch.inference_mode():
        for start in range(0, len(rows), READING_BATCH):
            batch = to_tensor(np.asarray(images[rows[start : start + READING_BATCH]]))
            parts.append(network(batch.flip(flips) if flips else batch).numpy())
    return np.concatenate(parts)


def _optimiser(network: Network, plan: Plan) -> AdamW | torch.optim.Optimizer:
    """That of the plan; no decay on norms and biases; the backbone at a fraction of the head's rate."""
    decayed: list[nn.Parameter] = []
    plain: list[nn.Parameter] = []
    for parameter in network.backbone.parameters():
        (decayed if parameter.ndim > 1 else plain).append(parameter)
    slow = plan.learning_rate * plan.backbone_rate
    groups = [
        {"params": decayed, "peak": slow, "weight_decay": plan.weight_decay},
        {"params": plain, "peak": slow, "weight_decay": 0.0},
        {"params": network.head.parameters(), "peak": plan.learning_rate, "weight_decay": plan.weight_decay},
    ]
    if plan.optimiser.startswith("sgd"):
        return torch.optim.SGD(groups, lr=plan.learning_rate, momentum=momentum_at(plan.optimiser, 0))
    if plan.optimiser == "rmsprop":
        return torch.optim.RMSprop(
            groups, lr=plan.learning_rate, alpha=RMS_DECAY, momentum=MOMENTUM, eps=RMS_EPSILON
        )
    return AdamW(groups, lr=plan.learning_rate)


def _class_weights(labels: NDArray[np.int64], n_classes: int, plan: Plan) -> Tensor | None:
    """Inverse square root of the class frequency, mean 1; for labels, of the odds."""
    if plan.class_weighting != "loss":
        return None
    if labels.ndim == 2:
        share = labels.mean(axis=0).clip(1 / len(labels), 1 - 1 / len(labels))
        return torch.from_numpy(np.sqrt((1 - share) / share).astype(np.float32))
    counts = np.bincount(labels, minlength=n_classes).clip(1)
    weights = 1 / np.sqrt(counts)
    return torch.from_numpy((weights / weights.mean()).astype(np.float32))
