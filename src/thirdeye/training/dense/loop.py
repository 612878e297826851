"""Training of one member of a dense reader: rounds of patches, checked on whole images held out for it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from thirdeye.model.dense_network import DenseNetwork
from thirdeye.training.dense.checks import Checks
from thirdeye.training.dense.difficulty import Difficulty
from thirdeye.training.dense.drawing import Drawing
from thirdeye.training.dense.engine import TorchEngine, laid_out
from thirdeye.training.dense.label import LabelTask
from thirdeye.training.dense.losses import DENSE_LOSSES, IGNORED, supervised_loss
from thirdeye.training.dense.material import DenseCase
from thirdeye.training.dense.tone import toned
from thirdeye.training.dense.warp import Warping, cut
from thirdeye.training.optimised import Optimised
from thirdeye.training.schedule import rate_factor
from thirdeye.transform.dense.windows import Windows, most_likely

PACED_BY = 5  # last rounds, checks and checkpoints included, from which the time of the next ones is foreseen

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class DenseRecipe:
    """How one member is trained.

    Args:
        patch: sides of what is read at a time.
        learnt: sides of what is learnt at a time.
        margin: places on either side of either that the network sees besides.
        batch_size: patches a step.
        rounds, steps: of a training; steps of a round.
        optimiser: "adamw" or "rmsprop".
        learning_rate, weight_decay: of the optimiser; the rate rises for a tenth of the steps, then falls
            to zero.
        encoder_rate: share of the rate at which pre-trained weights move.
        loss: name of a registered dense loss.
        sampling, foreground: how patches are drawn, see `thirdeye.training.dense.drawing.Drawing`.
        mining: share of the patches that are taken from cases in proportion to their recent loss, 0 to 1.
        warping: how patches are turned and scaled.
        mirrored: axes along which patches are mirrored at random.
        tone: strength of the changes of brightness, contrast and noise; 0 turns them off.
        precision: "fp32" or "bf16".
        averaging: decay of the moving average of the weights.
        overlap: of windows when whole images are read.
        seed: of everything random.
    """

    patch: tuple[int, ...]
    learnt: tuple[int, ...]
    margin: tuple[int, ...]
    batch_size: int
    rounds: int
    steps: int
    optimiser: str
    learning_rate: float
    weight_decay: float
    encoder_rate: float
    loss: str
    sampling: str
    foreground: float
    mining: float
    warping: Warping
    mirrored: tuple[int, ...]
    tone: float
    precision: str
    averaging: float
    overlap: float
    seed: int

    @property
    def seen(self) -> tuple[int, ...]:
        """Sides of what is learnt with its surroundings."""
        margin = self.margin or (0,) * len(self.learnt)
        return tuple(side + 2 * beyond for side, beyond in zip(self.learnt, margin, strict=True))


@dataclass(frozen=True)
class DenseMember:
    """What one member learns from: positions of its cases, and the identity of the training."""

    index: int
    train: Rows
    holdout: Rows
    key: str


@dataclass(frozen=True)
class FittedDense:
    """A finished member.

    Args:
        network: averaged, in evaluation mode.
        history: one record a round.
        stopped: "finished", or "shortened" where time was short.
        case_s: seconds to read one image whole; 0 where none was read.
    """

    network: DenseNetwork
    history: list[dict[str, float]]
    stopped: str
    case_s: float = 0.0


def fit_dense(
    network: DenseNetwork,
    cases: Sequence[DenseCase],
    member: DenseMember,
    recipe: DenseRecipe,
    *,
    n_outputs: int,
    on_round: Callable[[dict[str, float]], None],
    deadline: float,
    final_s: Callable[[float], float] = lambda case_s: 0.0,
    checkpoint_path: Path | None = None,
    label: LabelTask | None = None,
) -> FittedDense:
    """Train one member.

    The schedule shrinks when the machine turns out slower than planned, so that the rate still falls to zero
    before the deadline. Checks on held-out images take a small share of the time (see `Checks`).

    Args:
        network: with `answers`, as `UNet` has it; changed in place.
        cases: all of them.
        member: which of them to use.
        recipe: how.
        n_outputs: background and structures.
        on_round: called with each round's record.
        deadline: `time.monotonic()` by which all work on the member should end.
        final_s: seconds for one image to seconds that must be left for reading after the last round.
        checkpoint_path: where to keep unfinished work; None keeps none.
        label: of the cases, where there is one to learn besides; the network then has a `label_head`.
    """
    trainer = _Trainer(network, cases, member, recipe, n_outputs, label)
    progress, checks = trainer.state.resume(checkpoint_path), Checks()
    started = time.monotonic() - progress.seconds
    rounds, stopped = recipe.rounds, "finished"
    ends = [time.monotonic()]
    while progress.epoch < rounds:
        record = trainer.round(progress.epoch, rounds, deadline - final_s(checks.case_s))
        progress.epoch += 1
        record |= trainer.checked(checks, progress.epoch, rounds, time.monotonic() - ends[-1])
        ends.append(time.monotonic())
        pace = (ends[-1] - ends[max(0, len(ends) - 1 - PACED_BY)]) / min(PACED_BY, len(ends) - 1)
        possible = (deadline - final_s(checks.case_s) - ends[-1]) / max(pace, 1e-3)
        rounds, stopped = _shortened(progress.epoch, rounds, possible, stopped)
        progress.seconds = record["seconds"] = time.monotonic() - started
        progress.history.append(record)
        on_round(record)
        if checkpoint_path is not None and progress.epoch < rounds:
            trainer.state.save(checkpoint_path, progress)
    if checkpoint_path is not None:
        checkpoint_path.unlink(missing_ok=True)
    return FittedDense(trainer.state.average.network.eval(), progress.history, stopped, checks.case_s)


def _shortened(done: int, rounds: int, possible: float, stopped: str) -> tuple[int, str]:
    """Rounds that there will be when so many more are possible."""
    left = max(0, math.floor(possible))
    return (done + left, "shortened") if done + left < rounds else (rounds, stopped)


class _Trainer:
    """The network of one member in training, and the cases that it works on."""

    def __init__(
        self,
        network: DenseNetwork,
        cases: Sequence[DenseCase],
        member: DenseMember,
        recipe: DenseRecipe,
        n_outputs: int,
        label: LabelTask | None = None,
    ) -> None:
        self.label = label
        self.layout = torch.channels_last if len(recipe.patch) == 2 else torch.channels_last_3d
        self.cases, self.member, self.recipe, self.n_outputs = cases, member, recipe, n_outputs
        self.loss = DENSE_LOSSES.get(recipe.loss)
        self.difficulty = Difficulty(member.train, recipe.mining)
        self.drawing = Drawing(cases, self.difficulty, recipe.learnt, recipe.sampling, recipe.foreground)
        self.state = Optimised(
            laid_out(network), learning_rate=recipe.learning_rate,
            weight_decay=recipe.weight_decay, encoder_rate=recipe.encoder_rate, averaging=recipe.averaging,
            key=member.key, optimiser=recipe.optimiser,
        )  # fmt: skip

    def round(self, number: int, rounds: int, stop_at: float) -> dict[str, float]:
        """Some steps, fewer where time is up; all that is random follows from seed, member and round."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, self.member.index, number])
        torch.manual_seed(int(rng.integers(2**31)))
        self.state.network.train()
        losses: list[float] = []
        for step in range(recipe.steps):
            place = number * recipe.steps + step
            factor = rate_factor(place, rounds * recipe.steps)
            losses.append(self._step(rng, factor, place))
            if time.monotonic() > stop_at:
                break
        return {
            "epoch": number + 1,
            "train_loss": sum(losses) / len(losses),
            "learning_rate": recipe.learning_rate * factor,
        }

    def _step(self, rng: np.random.Generator, factor: float, place: int) -> float:
        rows, images, targets = self._batch(rng)
        self.state.use_rate(factor)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.precision == "bf16"):
            answers = self.state.network.answers(images)
        loss = supervised_loss(self.loss, answers, targets)
        self.difficulty.learn(rows, answers[0], targets)
        self.state.forget_gradients()
        loss.backward()
        if self.label is not None and place % self.label.every == 0:
            self._label_loss(self.label, rng).backward()
        self.state.move()
        return float(loss.detach())

    def _label_loss(self, label: LabelTask, rng: np.random.Generator) -> Tensor:
        recipe = self.recipe
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.precision == "bf16"):
            return label.loss(
                self.state.network, self.member.train, rng, mirrored=recipe.mirrored, tone=recipe.tone
            )

    def _batch(self, rng: np.random.Generator) -> tuple[list[int], Tensor, Tensor]:
        """Positions of the cases, images (B, C, ...) and targets (B, ...)."""
        recipe, drawn = self.recipe, []
        rows = list[int]()
        for row, centre in self.drawing.draw(recipe.batch_size, rng):
            case = self.cases[row]
            matrix = recipe.warping.draw(len(recipe.patch), rng)
            moves = recipe.warping.bend(recipe.seen, rng)
            image, target = cut(case.image, case.target, centre, recipe.learnt, matrix, recipe.margin, moves)
            rows.append(row)
            flipped = [axis for axis in recipe.mirrored if rng.random() < 0.5]
            image = toned(image.flip([axis + 1 for axis in flipped]), recipe.tone, rng)
            drawn.append((image, target.flip(flipped)))
        images = torch.stack([image for image, _ in drawn]).contiguous(memory_format=self.layout)
        return rows, images, torch.stack([target for _, target in drawn])

    def checked(self, checks: Checks, done: int, rounds: int, round_s: float) -> dict[str, float]:
        """Mean Dice over some held-out images, where it is time for that."""
        held_out = self.member.holdout
        count = checks.cases(done, rounds, round_s * rounds, len(held_out))
        if not count:
            return {}
        began = time.monotonic()
        rows = held_out[np.linspace(0, len(held_out) - 1, count).astype(int)]
        found = np.array(
            [dice_by_structure(self.read(row), self._truth(row), self.n_outputs) for row in rows]
        )
        checks.took(time.monotonic() - began, count)
        quality = mean_dice(found)
        return {} if quality is None or count == 1 < len(held_out) else {"validation_metric": quality}

    def _truth(self, row: int) -> NDArray[np.uint8]:
        return np.asarray(self.cases[row].target)

    def read(self, row: int) -> NDArray[np.uint8]:
        """The averaged network's label map of one case."""
        return read_labels(
            self.state.average.network,
            np.asarray(self.cases[row].image),
            self.recipe,
            n_outputs=self.n_outputs,
        )


def read_labels(
    network: DenseNetwork, image: NDArray[np.float32], recipe: DenseRecipe, *, n_outputs: int
) -> NDArray[np.uint8]:
    """The most likely class of every place of a prepared image (C, ...), by torch."""

    run = TorchEngine(network, recipe.precision).run
    windows = Windows(recipe.patch, recipe.overlap, margin=recipe.margin if any(recipe.margin) else ())
    return most_likely(image, run, windows, n_outputs=n_outputs)


def mean_dice(table: NDArray[np.float64]) -> float | None:
    """Mean over structures of the mean over images; None where no image holds a structure.

    Args:
        table: (images, structures), NaN where undefined.
    """
    known = ~np.isnan(table)
    columns = [column[there].mean() for column, there in zip(table.T, known.T, strict=True) if there.any()]
    return float(np.mean(columns)) if columns else None


def dice_by_structure(labels: NDArray[np.uint8], truth: NDArray[np.uint8], n_outputs: int) -> list[float]:
    """Dice of each structure, NaN where neither marks it; places that are `IGNORED` take no part."""
    known = truth != IGNORED
    values = []
    for number in range(1, n_outputs):
        one, other = (labels == number) & known, truth == number
        total = int(one.sum()) + int(other.sum())
        values.append(2 * int((one & other).sum()) / total if total else float("nan"))
    return values
