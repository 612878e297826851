"""A member of a sliding detector: rounds of learning, each from the errors of the one before."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from thirdeye.model.build_sliding import build_sliding
from thirdeye.training.course import seed_torch
from thirdeye.training.sliding.cases import HardPlaces, SlidingCase
from thirdeye.training.sliding.draw import HARD, Drawer, Shares
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
MOST_JUDGED = 6  # rounds of a network that are read on held-out images
BETTER_BY = 0.002  # mean sensitivity that a later round has to gain on held-out images to be kept

Rows = NDArray[np.int64]
Times = NDArray[np.float64]


@dataclass(frozen=True)
class SlidingMember:
    """What one network learns from: positions of its cases, and the identity of the training.

    Args:
        index: of the member.
        train, holdout: positions of the cases to learn from, and of those to be judged by.
        key: identity of the training.
        network: name of the classifier.
        place: of the network in its member; those after the first have files and chance of their own.
    """

    index: int
    train: Rows
    holdout: Rows
    key: str
    network: str = "patch_net"
    place: int = 0

    @property
    def stem(self) -> str:
        """Of its files."""
        return f"sliding_{self.index}" + (f"_{self.place}" if self.place else "")

    def stream(self, number: int) -> tuple[int, ...]:
        """What decides, with the seed, everything random of a round."""
        return (self.index, number, self.place) if self.place else (self.index, number)


@dataclass(frozen=True)
class FittedSliding:
    """A finished network.

    Args:
        network: of the best round, in evaluation mode.
        history: one record a stretch of every round, a first one of another network among them.
        rounds: one record a round: ``round``, ``mined`` (hard negatives it learnt from), ``mined_images``,
            ``validation_metric`` (mean sensitivity at 1/8 to 8 false positives an image),
            ``false_per_image`` (at a sensitivity that all rounds reach, the first with one false positive an
            image at most), ``kept``.
        first: the first round, from whose map other networks of the member may learn.
    """

    network: nn.Module
    history: list[dict[str, float]]
    rounds: list[dict[str, float]]
    first: FinishedRound | None = None


@dataclass(frozen=True)
class Mining:
    """Rounds of a network.

    Args:
        rounds: of learning; 1 mines nothing.
        folder: where unfinished work is kept; None keeps none.
        deadline: `time.monotonic()` by which the last round should end.
        on_stretch: hears of each stretch, with the share of all rounds that is done.
        way: "peaks" (false peaks of all rounds before are half of the negatives; the network goes on), "map"
            (all negatives drawn by the map of the first round's network; fresh networks learn from them) or
            "selective" (all negatives drawn anew before each round by the map of the same network).
        first: round one of another network of the member, already finished, whose map counts here too.
    """

    rounds: int
    folder: Path | None
    deadline: float
    on_stretch: Callable[[dict[str, float], float], None]
    way: str = "peaks"
    first: FinishedRound | None = None

    def shares(self) -> Times:
        """Of the time, of each round."""
        if self.way == "selective":
            return np.ones(self.rounds)
        return np.array((SHARES * (1 + self.rounds // len(SHARES)))[: self.rounds])


def fit_sliding(
    cases: Sequence[SlidingCase],
    member: SlidingMember,
    recipe: SlidingRecipe,
    how: SlidingSettings,
    mining: Mining,
) -> FittedSliding:
    """Train one network over its rounds; the round that finds most in held-out images is kept.

    With "map" the last round is kept: the first is there to draw the map.

    Args:
        cases: all of them.
        member: which of them to use.
        recipe: how each round is learnt.
        how: images are read.
        mining: how many rounds, and until when.
    """
    hard = HardPlaces.none()
    done: list[FinishedRound] = []
    network = _fresh(member, how, recipe.seed, 0)
    shares = mining.shares()
    if mining.first is not None and mining.rounds > 1:
        done.append(mining.first)
        hard = mining.first.hard
    for number in range(len(done), mining.rounds):
        share = shares[number] / shares[number:].sum()
        ending = time.monotonic() + (mining.deadline - time.monotonic()) * share
        finished = load_round(mining.folder, member.key, member.stem, number, how, member.network)
        if finished is None:
            finished = _round(network, cases, member, recipe, how, mining, number, hard, ending)
            save_round(mining.folder, member.key, member.stem, number, finished)
        done.append(finished)
        if mining.way == "map":
            network = _fresh(member, how, recipe.seed, number + 1)
        else:
            network.load_state_dict(finished.network.state_dict())
        hard = hard.with_more(finished.hard) if mining.way == "peaks" else finished.hard
        if number + 1 < mining.rounds and not len(hard):
            break  # nothing to learn from
    fitted = _best(done, cases, member, how, kept=len(done) - 1 if mining.way == "map" else None)
    if mining.first is None:
        return replace(fitted, first=done[0])
    return replace(fitted, rounds=[record for record in fitted.rounds if record["round"] > 1])


def _fresh(member: SlidingMember, how: SlidingSettings, seed: int, number: int) -> nn.Module:
    """A network that has learnt nothing, drawn by member, network and round."""
    seed_torch(seed, member.index, *((number, member.place) if number or member.place else ()))
    return build_sliding(member.network, n_in=how.view.channels, n_out=how.n_outputs)


def _round(
    network: nn.Module, cases: Sequence[SlidingCase], member: SlidingMember, recipe: SlidingRecipe,
    how: SlidingSettings, mining: Mining, number: int, hard: HardPlaces, ending: float,
) -> FinishedRound:  # fmt: skip
    """Learn, and mine where a later round can use it."""
    now, last = time.monotonic(), number + 1 == mining.rounds or (number > 0 and mining.way == "map")
    learnt_by = ending if last else now + (ending - now) * (1 - MINING_SHARE)
    own = recipe if number == 0 or mining.way != "peaks" else _later(recipe)
    learnt = fit_round(
        network, cases, Drawer(cases, member.train, hard, _shares(recipe, mining, number)), own,
        side=how.field.patch, stream=member.stream(number), key=f"{member.key}/{number}",
        deadline=learnt_by,
        on_stretch=lambda record: mining.on_stretch(
            record, (number + min(1.0, record["epoch"] / own.stretches)) / mining.rounds
        ),
        stem=None if mining.folder is None else mining.folder / member.stem,
    )  # fmt: skip
    found, read = HardPlaces.none(), 0
    if not last:
        found, read = mine(
            cases, member.train, Committee([torch_engine(learnt.network, how.field.stride)]).run, how,
            deadline=ending, rng=np.random.default_rng([recipe.seed, *member.stream(number), 1]),
            by_map=mining.way != "peaks",
        )  # fmt: skip
    elif mining.way == "map":
        found = hard  # further rounds learn from the same map
    return FinishedRound(learnt.network, learnt.history, len(hard), found, read)


def _shares(recipe: SlidingRecipe, mining: Mining, number: int) -> Shares:
    objects = recipe.objects[min(number, len(recipe.objects) - 1)]
    return Shares(objects, recipe.reach, HARD if mining.way == "peaks" else 1.0)


def _later(recipe: SlidingRecipe) -> SlidingRecipe:
    return replace(recipe, learning_rate=LATER_RATE * recipe.learning_rate)


def _best(
    done: list[FinishedRound], cases: Sequence[SlidingCase], member: SlidingMember, how: SlidingSettings,
    *, kept: int | None,
) -> FittedSliding:  # fmt: skip
    """The round whose network finds most; an earlier one unless a later one gains by `BETTER_BY`.

    Args:
        done: the rounds.
        cases, member, how: as of `fit_sliding`.
        kept: position of the one to keep, whatever it finds; None: the best.
    """
    rows = member.holdout[:: max(1, len(member.holdout) // MOST_CHECKED)][:MOST_CHECKED]
    held_out = [cases[int(row)] for row in rows]
    stride, n = how.field.stride, len(how.sizes_px)
    scores = {
        number: score_peaks(held_out, read_cases(held_out, done[number].network, how), stride, n)
        for number in _judged(len(done))
    }
    aims = _aims(list(scores.values()))
    best = min(scores) if kept is None else kept
    for number, score in scores.items():
        if kept is None and score.sensitivity > scores[best].sensitivity + BETTER_BY:
            best = number
    records = []
    for number, one in enumerate(done):
        score = scores.get(number, Score(float("nan"), {}))
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


def _judged(rounds: int) -> list[int]:
    """Which rounds are read on held-out images: all of a few, some of many, the last one always."""
    return sorted({round(one) for one in np.linspace(0, rounds - 1, min(rounds, MOST_JUDGED))})


def _aims(scores: Sequence[Score]) -> dict[int, float]:
    """Per class, the sensitivity of the first round at one false positive an image, or what all reach."""
    return {
        number: min(curve.at(1.0), *(float(one.curves[number].sensitivity.max()) for one in scores))
        for number, curve in scores[0].curves.items()
    }


def read_cases(cases: Sequence[SlidingCase], network: nn.Module, how: SlidingSettings) -> list[Peaks]:
    """What a network finds in some images, upright."""
    run = Committee([torch_engine(network, how.field.stride)]).run
    return [peaks_of(np.asarray(case.pixels), run, how) for case in cases]
