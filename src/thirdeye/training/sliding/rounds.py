"""A member of a sliding detector: rounds of learning, each from the errors of the one before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.model.architectures.patch_net import PatchNet
from thirdeye.training.sliding.cases import HardPlaces, SlidingCase
from thirdeye.training.sliding.draw import Drawer
from thirdeye.training.sliding.engine import torch_engine
from thirdeye.training.sliding.finished import FinishedRound, load_round, save_round
from thirdeye.training.sliding.loop import SlidingRecipe, fit_round
from thirdeye.training.sliding.mining import mine
from thirdeye.training.sliding.score import Score, false_per_image_at, score_peaks
from thirdeye.transform.sliding.committee import Committee
from thirdeye.transform.sliding.peaks import Peaks
from thirdeye.transform.sliding.settings import SlidingSettings, peaks_of

SHARES = (0.45, 0.35, 0.2)  # of the time, of each round
MINING_SHARE = 0.25  # of the time of a round that mining may take at the end
LATER_RATE = 0.5  # of the learning rate, after the first round
MOST_CHECKED = 64  # held-out images read after a round
BETTER_BY = 0.002  # mean sensitivity that a later round has to gain on held-out images to be kept

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class SlidingMember:
    """What one member learns from: positions of its cases, and the identity of the training."""

    index: int
    train: Rows
    holdout: Rows
    key: str


@dataclass(frozen=True)
class FittedSliding:
    """A finished member.

    Args:
        network: of the best round, in evaluation mode.
        history: one record a stretch of every round.
        rounds: one record a round: ``round``, ``mined`` (hard negatives it learnt from), ``mined_images``,
            ``validation_metric`` (mean sensitivity at 1/8 to 8 false positives an image),
            ``false_per_image`` (at a sensitivity that all rounds reach, the first with one false positive an
            image at most), ``kept``.
    """

    network: PatchNet
    history: list[dict[str, float]]
    rounds: list[dict[str, float]]


@dataclass(frozen=True)
class Mining:
    """Rounds of a member.

    Args:
        rounds: of learning; 1 mines nothing.
        folder: where unfinished work is kept; None keeps none.
        deadline: `time.monotonic()` by which the last round should end.
        on_stretch: hears of each stretch, with the share of all rounds that is done.
    """

    rounds: int
    folder: Path | None
    deadline: float
    on_stretch: Callable[[dict[str, float], float], None]


def fit_sliding(
    cases: Sequence[SlidingCase],
    member: SlidingMember,
    recipe: SlidingRecipe,
    how: SlidingSettings,
    mining: Mining,
) -> FittedSliding:
    """Train one member over its rounds; the round that finds most in held-out images is kept.

    Args:
        cases: all of them.
        member: which of them to use.
        recipe: how each round is learnt.
        how: images are read.
        mining: how many rounds, and until when.
    """
    hard = HardPlaces.none()
    done: list[FinishedRound] = []
    torch.manual_seed(int(np.random.default_rng([recipe.seed, member.index]).integers(2**31)))
    network = PatchNet(n_in=how.view.channels, n_out=how.n_outputs)
    shares = np.array((SHARES * (1 + mining.rounds // len(SHARES)))[: mining.rounds])
    for number in range(mining.rounds):
        share = shares[number] / shares[number:].sum()
        ending = time.monotonic() + (mining.deadline - time.monotonic()) * share
        last = number + 1 == mining.rounds
        finished = load_round(mining.folder, member.key, member.index, number, how)
        if finished is None:
            finished = _round(network, cases, member, recipe, how, mining, number, hard, ending, last)
            save_round(mining.folder, member.key, member.index, number, finished)
        done.append(finished)
        network.load_state_dict(finished.network.state_dict())
        hard = hard.with_more(finished.hard)
        if not last and not len(hard):
            break  # nothing to learn from
    return _best(done, cases, member, how)


def _round(
    network: PatchNet, cases: Sequence[SlidingCase], member: SlidingMember, recipe: SlidingRecipe,
    how: SlidingSettings, mining: Mining, number: int, hard: HardPlaces, ending: float, last: bool,
) -> FinishedRound:  # fmt: skip
    """Learn, and unless it is the last round mine."""
    now = time.monotonic()
    learnt_by = ending if last else now + (ending - now) * (1 - MINING_SHARE)
    own = recipe if number == 0 else _later(recipe)
    learnt = fit_round(
        network, cases, Drawer(cases, member.train, hard), own,
        stream=(member.index, number), key=f"{member.key}/{number}", deadline=learnt_by,
        on_stretch=lambda record: mining.on_stretch(
            record, (number + min(1.0, record["epoch"] / own.stretches)) / mining.rounds
        ),
        stem=None if mining.folder is None else mining.folder / f"sliding_{member.index}",
    )  # fmt: skip
    found, read = HardPlaces.none(), 0
    if not last:
        found, read = mine(
            cases, member.train, Committee([torch_engine(learnt.network)]).run, how, deadline=ending,
            rng=np.random.default_rng([recipe.seed, member.index, number, 1]),
        )  # fmt: skip
    return FinishedRound(learnt.network, learnt.history, len(hard), found, read)


def _later(recipe: SlidingRecipe) -> SlidingRecipe:
    return SlidingRecipe(**{**vars(recipe), "learning_rate": LATER_RATE * recipe.learning_rate})


def _best(
    done: list[FinishedRound], cases: Sequence[SlidingCase], member: SlidingMember, how: SlidingSettings
) -> FittedSliding:
    """The round whose network finds most; an earlier one unless a later one gains by `BETTER_BY`."""
    rows = member.holdout[:: max(1, len(member.holdout) // MOST_CHECKED)][:MOST_CHECKED]
    held_out = [cases[int(row)] for row in rows]
    stride, n = how.field.stride, len(how.sizes_px)
    scores = [score_peaks(held_out, read_cases(held_out, one.network, how), stride, n) for one in done]
    aims = _aims(scores)
    best = 0
    for number in range(1, len(done)):
        if scores[number].sensitivity > scores[best].sensitivity + BETTER_BY:
            best = number
    records = []
    for number, (one, score) in enumerate(zip(done, scores, strict=True)):
        rates = [false_per_image_at(curve, aims[at]) for at, curve in score.curves.items()]
        records.append(
            {
                "round": number + 1.0,
                "mined": float(one.learnt_from),
                "mined_images": float(done[number - 1].read) if number else 0.0,
                "validation_metric": score.sensitivity,
                "false_per_image": float(np.mean(rates)) if rates else float("nan"),
                "kept": float(number == best),
            }
        )
    history = [{**record, "round": number + 1.0} for number, one in enumerate(done) for record in one.history]
    return FittedSliding(done[best].network, history, records)


def _aims(scores: Sequence[Score]) -> dict[int, float]:
    """Per class, the sensitivity of the first round at one false positive an image, or what all reach."""
    return {
        number: min(curve.at(1.0), *(float(one.curves[number].sensitivity.max()) for one in scores))
        for number, curve in scores[0].curves.items()
    }


def read_cases(cases: Sequence[SlidingCase], network: PatchNet, how: SlidingSettings) -> list[Peaks]:
    """What a network finds in some images, upright."""
    run = Committee([torch_engine(network)]).run
    return [peaks_of(np.asarray(case.pixels), run, how) for case in cases]
