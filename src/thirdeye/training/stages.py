"""Training in stages: an early honest number, then better ones, each kept only if validation data say so.

1. The frozen backbone's features and a linear head.
2. Fine-tuning, one member per fold, architecture and copy; several architectures decide together.
3. Both together, in the proportion that validation data prefer.
4. Mirrored views at reading time.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.evaluation.metric import Metric
from thirdeye.intake.words import counted
from thirdeye.model.build import Origin, build_network
from thirdeye.model.network import Network
from thirdeye.plan.lineup import Entry, Seat, complete, entries, seats
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.training.features_file import save_features
from thirdeye.training.frozen import STRENGTHS, Head, fit_head, mean_head, pooled_features, with_head
from thirdeye.training.margins import fit_margins
from thirdeye.training.members import FineTuned, fit_or_load
from thirdeye.training.record import CurveWriter, Stage
from thirdeye.training.selection import Truth, better, figure, log_loss, scaled_to_likelihood
from thirdeye.training.splits import distinct_splits
from thirdeye.training.together import join, mixed
from thirdeye.transform.views import VIEWS

SHARES = tuple(round(0.1 * i, 1) for i in range(1, 10))

Rows = NDArray[np.int64]
Views = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Material:
    """What there is to learn from; test rows are not among it.

    Args:
        images: (N, S, S, 3) prepared images of the development part.
        truth: of the same rows.
        splits: per member: rows to learn from, rows held out. Rows held out for some member are the
            validation cases.
        identity: hash of plan and data, so that unfinished work of another run is never continued.
    """

    images: NDArray[np.uint8]
    truth: Truth
    splits: Sequence[tuple[Rows, Rows]]
    identity: str


@dataclass(frozen=True)
class Trained:
    """What training gives.

    Args:
        networks: members of the ensemble; the mean of their logits is the ensemble's.
        folds: split of each member, -1 for the frozen backbone's.
        views: names of the views that are averaged at reading time.
        rows: (n,) positions of the validation cases.
        logits: (n, K) of the validation cases, each from members that did not learn from it.
        early: (n, K), the same from the frozen features alone.
        stages: what each stage reached.
        origin: of the first weights.
        by_view: (n, V, K) logits in each of `views`, whose mean is `logits`.
        say: of each member, 1 on average: its head was scaled by it, so its own logits are those that it
            gives over this.
        architectures: name of each member's.
    """

    networks: tuple[Network, ...]
    folds: tuple[int, ...]
    views: tuple[str, ...]
    rows: Rows
    logits: NDArray[np.float32]
    early: NDArray[np.float32]
    stages: tuple[Stage, ...]
    origin: Origin
    by_view: NDArray[np.float32]
    say: tuple[float, ...]
    architectures: tuple[str, ...] = ()


@dataclass(frozen=True)
class _State:
    """The best so far: networks, folds, architectures, the validation logits in each view, members' say."""

    networks: tuple[Network, ...]
    folds: tuple[int, ...]
    architectures: tuple[str, ...]
    rows: Rows
    logits: Views
    say: tuple[float, ...]

    def at(self, rows: Rows) -> Views:
        """Logits of some of the rows (ascending, all among `self.rows`)."""
        where = np.searchsorted(self.rows, rows)
        return {view: values[where] for view, values in self.logits.items()}


class StagedTraining:
    """Runs the stages of a plan, telling a listener how it goes.

    Args:
        material: development cases.
        plan: every value.
        folder: the study's ``runs``: unfinished work and curves.
        deadline: `time.monotonic()` after which no further member starts.
        tell: hears how it goes.
        on_stage: called with each finished stage, so that it can be written down at once.
        elapsed: gives the seconds since the start of the run.
    """

    def __init__(
        self,
        material: Material,
        plan: Plan,
        *,
        folder: Path,
        deadline: float,
        tell: Listener,
        on_stage: Callable[[Stage], None],
        elapsed: Callable[[], float],
    ) -> None:
        self.material, self.plan, self.folder, self.deadline = material, plan, folder, deadline
        self.tell, self.on_stage, self.elapsed = tell, on_stage, elapsed
        self.views = ("identity", *(view for view in plan.test_time_augmentation if view != "identity"))
        self.stages: list[Stage] = []
        self.entries = entries(plan)

    def run(self) -> Trained:
        """All stages in order."""
        early, origin = self._frozen_features()
        best = early
        tuned = self._fine_tuning(early)
        if tuned is not None:
            best = self._ensemble(early, tuned)
        views = self._views(best)
        return Trained(
            networks=best.networks,
            folds=best.folds,
            views=views,
            rows=best.rows,
            logits=_mean(best.logits, views),
            early=early.at(best.rows)["identity"],
            stages=tuple(self.stages),
            origin=origin,
            by_view=np.stack([best.logits[view] for view in views], axis=1),
            say=best.say,
            architectures=best.architectures,
        )

    def _frozen_features(self) -> tuple[_State, Origin]:
        self.tell(Event("stage", "Frozen pre-trained features and a linear head"))
        started = time.monotonic()
        torch.manual_seed(self.plan.seed)
        backbone, origin = build_network(
            self.plan.architecture, n_outputs=len(self.plan.classes), weights=self.plan.weights
        )
        features = {
            view: pooled_features(backbone, self.material.images, flips=VIEWS[view], progress=self._progress)
            for view in self.views
        }
        save_features(self.folder, features["identity"], self.material.identity)
        head, rows, logits = cross_fit_head(features, self.material, self.plan)
        state = _State((with_head(backbone, head),), (-1,), (self.plan.architecture,), rows, logits, (1.0,))
        self._record(
            "frozen_features",
            "A linear head on the features of the pre-trained network, which stays as it is",
            state.logits["identity"], rows, kept=True, reason="the first honest number", started=started,
        )  # fmt: skip
        return state, origin

    def _progress(self, done: int, total: int) -> None:
        self.tell(Event("progress", "features", done / total))

    def _fine_tuning(self, early: _State) -> _State | None:
        plan = self.plan
        if plan.epochs == 0:
            self._write_curves(())
            return None
        started = time.monotonic()
        trained = self._trained_members(started)
        if not trained:
            return None
        members = [member for _, member in trained]
        state, told = _held_out(trained, self.views, self.entries, self.material.truth, plan.joined)
        self._write_curves(members)
        several = counted(len(members), "member") + (f" of {len(self.entries)} networks" if told else "")
        alike = state.logits["identity"] if not told else _alike(trained, state.rows)
        self._record(
            "fine_tuning", f"All weights trained further, {plan.epochs} epochs, {several}",
            alike, state.rows, started=started,
            kept=better(alike, early.at(state.rows)["identity"], self._truth(state.rows)),
            reason="compared with the frozen features on the same cases",
            members=tuple(self._member_figure(seat, member) for seat, member in trained),
        )  # fmt: skip
        if told:
            self._record(
                "joined", f"Several networks: {told}", state.logits["identity"], state.rows, kept=True,
                reason=f"joined={plan.joined}: on the validation cases themselves, so a little favourable",
                started=time.monotonic(),
            )  # fmt: skip
        return state

    def _trained_members(self, started: float) -> list[tuple[Seat, FineTuned]]:
        """As many as the time allows; of several architectures only splits that all of them have learnt."""
        wanted = seats(self.plan, len(self.material.splits))
        self.tell(Event("stage", f"Fine-tuning: {len(wanted)} members of {self.plan.epochs} epochs"))
        members: dict[Seat, FineTuned] = {}
        for seat in wanted:
            if not self._time_for_another(list(members.values())):
                self.tell(Event("note", f"the time budget is spent: {len(members)} of {len(wanted)} members"))
                break
            members[seat] = self._member(seat, len(wanted), started)
        return [(seat, members[seat]) for seat in complete(list(members), wanted)]

    def _time_for_another(self, members: Sequence[FineTuned]) -> bool:
        """Whether a member that takes as long as the last one would be finished before the deadline."""
        needed = members[-1].seconds if members else 0.0
        return time.monotonic() + needed <= self.deadline

    def _member(self, seat: Seat, n_seats: int, started: float) -> FineTuned:
        one = self.entries[seat.entry]
        plan = replace(self.plan, architecture=one.architecture, weights=one.weights)  # type: ignore[arg-type]
        index, total = seat.index, n_seats * plan.epochs

        def heard(record: dict[str, float]) -> None:
            done = (index * plan.epochs + record["epoch"]) / total
            reached = record.get("validation_metric")
            figure_now = "" if reached is None else f", AUC {reached:.3f}"
            text = (
                f"member {index + 1}, epoch {record['epoch']:.0f}: "
                f"validation loss {record['validation_loss']:.3f}{figure_now}"
            )
            self.tell(Event("progress", text, done, (time.monotonic() - started) * (1 - done) / done))

        return fit_or_load(
            index, self.material.images, self.material.truth.labels, self.material.splits[seat.split], plan,
            identity=self.material.identity, folder=self.folder / "members", views=self.views,
            deadline=self.deadline, on_epoch=heard,
        )  # fmt: skip

    def _member_figure(self, seat: Seat, member: FineTuned) -> dict[str, object]:
        found = figure(member.logits["identity"], self._truth(member.holdout))
        name = {"architecture": self.entries[seat.entry].architecture} if len(self.entries) > 1 else {}
        return {
            "fold": member.fold,
            "seed": self.plan.seed,
            **name,
            "metric": found.as_json(),
            "epochs": len(member.history),
            "stopped": member.stopped,
            "seconds": round(member.seconds, 1),
        }

    def _ensemble(self, early: _State, tuned: _State) -> _State:
        self.tell(Event("stage", "Frozen and fine-tuned networks together"))
        started = time.monotonic()
        truth = self._truth(tuned.rows)
        frozen = early.at(tuned.rows)
        factor = scaled_to_likelihood(frozen["identity"], truth)
        share = best_share(tuned.logits["identity"], frozen["identity"] * factor, truth)
        mixed = {
            view: share * tuned.logits[view] + (1 - share) * factor * frozen[view] for view in tuned.logits
        }
        alone = max((tuned.logits, frozen), key=lambda logits: _value(figure(logits["identity"], truth)))
        kept = better(mixed["identity"], alone["identity"], truth)
        self._record(
            "ensemble", f"{share:.0%} of the say to the fine-tuned members, the rest to the frozen features",
            mixed["identity"], tuned.rows, kept=kept, started=started,
            reason="compared with the better of the two alone",
        )  # fmt: skip
        if kept:
            count = len(tuned.networks)
            own = share * (count + 1) / count
            networks = (
                *(_weighted(network, own) for network in tuned.networks),
                _weighted(early.networks[0], (1 - share) * factor * (count + 1)),
            )
            say = (*(own * say for say in tuned.say), (1 - share) * (count + 1))
            names = (*tuned.architectures, *early.architectures)
            return _State(networks, (*tuned.folds, -1), names, tuned.rows, mixed, say)
        return tuned if alone is tuned.logits else early

    def _views(self, state: _State) -> tuple[str, ...]:
        """The views that are worth averaging: none but the image itself, or all of the plan's."""
        if len(self.views) == 1:
            return self.views
        started = time.monotonic()
        mean = _mean(state.logits, self.views)
        kept = better(mean, state.logits["identity"], self._truth(state.rows))
        self._record(
            "test_time_augmentation", f"Each image read {len(self.views)} times: {', '.join(self.views)}",
            mean, state.rows, kept=kept, started=started, reason="compared with one reading of each image",
        )  # fmt: skip
        return self.views if kept else ("identity",)

    def _truth(self, rows: Rows) -> Truth:
        return self.material.truth.at(rows)

    def _record(
        self,
        name: str,
        description: str,
        logits: NDArray[np.float32],
        rows: Rows,
        *,
        kept: bool,
        reason: str,
        started: float,
        members: tuple[dict[str, object], ...] = (),
    ) -> None:
        found = figure(logits, self._truth(rows))
        seconds = time.monotonic() - started
        stage = Stage(name, description, found, kept, reason, seconds, self.elapsed(), members)
        self.stages.append(stage)
        self.on_stage(stage)
        self.tell(Event("figure", f"{description}: {spoken(found)}{'' if kept else ' (not kept)'}"))

    def _write_curves(self, members: Sequence[FineTuned]) -> None:
        writer = CurveWriter(self.folder)
        writer.rewrite({member.fold: member.history for member in members})
        for member in members:
            writer.tensorboard(member.fold, member.history)


def cross_fit_head(
    features: Mapping[str, NDArray[np.float32]], material: Material, plan: Plan
) -> tuple[Head, Rows, Views]:
    """Heads on every split's learning rows, with the penalty that the held-out rows prefer.

    Returns:
        The mean head, the held-out rows, and their logits in each view.
    """
    labels, splits = material.truth.labels, distinct_splits(material.splits)
    rows = np.unique(np.concatenate([holdout for _, holdout in splits]))
    fit = fit_margins if plan.head == "svm" else fit_head
    candidates = []
    for strength in STRENGTHS:
        heads = [
            fit(
                features["identity"][train], labels[train],
                n_outputs=len(plan.classes), task=plan.task, strength=strength,
            )
            for train, _ in splits
        ]  # fmt: skip
        logits = {
            view: _assembled(
                [
                    (holdout, head.logits(values[holdout]))
                    for head, (_, holdout) in zip(heads, splits, strict=True)
                ],
                rows,
            )
            for view, values in features.items()
        }
        truth, plain = material.truth.at(rows), logits["identity"]
        scale = scaled_to_likelihood(plain, truth) if plan.head == "svm" else 1.0  # margins have no unit
        candidates.append((log_loss(plain * scale, truth), heads, logits))
    _, heads, logits = min(candidates, key=lambda candidate: candidate[0])
    return mean_head(heads), rows, logits


def best_share(tuned: NDArray[np.float32], frozen: NDArray[np.float32], truth: Truth) -> float:
    """The tuned members' share under which the best-scaled mixture makes the labels most likely."""

    def cost(share: float) -> float:
        mixed = share * tuned + (1 - share) * frozen
        return log_loss(mixed * scaled_to_likelihood(mixed, truth), truth)

    return min(SHARES, key=cost)


def spoken(metric: Metric) -> str:
    """A figure with its interval, for a line on a terminal."""
    if metric.value is None:
        return f"{metric.name} undefined ({metric.reason})"
    if metric.ci_low is None or metric.ci_high is None:
        return f"{metric.name} {metric.value:.3f} (no interval: {metric.reason})"
    return f"{metric.name} {metric.value:.3f} ({metric.ci_low:.3f} to {metric.ci_high:.3f})"


def _held_out(
    trained: Sequence[tuple[Seat, FineTuned]],
    views: Sequence[str],
    every: Sequence[Entry],
    truth: Truth,
    how: str,
) -> tuple[_State, str]:
    """Members with their say, what they say of the rows held out for them, and how several were joined."""
    rows = np.unique(np.concatenate([member.holdout for _, member in trained]))
    found = sorted({seat.entry for seat, _ in trained})
    names = [every[entry].architecture for entry in found]
    each = [_of_entry(trained, entry, rows, views) for entry in found]
    joined = join([one["identity"] for one in each], truth.at(rows), how=how, names=names)
    count = {entry: sum(seat.entry == entry for seat, _ in trained) for entry in found}
    share = dict(zip(found, joined.shares, strict=True))
    kept = [(seat, member) for seat, member in trained if share[seat.entry] > 0]
    say = tuple(round(share[seat.entry] * len(kept) / count[seat.entry], 9) for seat, _ in kept)
    state = _State(
        tuple(
            member.network if one == 1.0 else _weighted(member.network, one)
            for (_, member), one in zip(kept, say, strict=True)
        ),
        tuple(seat.split for seat, _ in kept),
        tuple(every[seat.entry].architecture for seat, _ in kept),
        rows,
        {view: mixed([one[view] for one in each], joined.shares) for view in views},
        say,
    )
    return state, joined.told if len(found) > 1 else ""


def _of_entry(
    trained: Sequence[tuple[Seat, FineTuned]], entry: int, rows: Rows, views: Sequence[str]
) -> Views:
    """What one architecture says of the rows, in each view."""
    members = [member for seat, member in trained if seat.entry == entry]
    return {
        view: _assembled([(member.holdout, member.logits[view]) for member in members], rows)
        for view in views
    }


def _alike(trained: Sequence[tuple[Seat, FineTuned]], rows: Rows) -> NDArray[np.float32]:
    """What all members say, each with the same say."""
    return _assembled([(member.holdout, member.logits["identity"]) for _, member in trained], rows)


def _assembled(parts: Sequence[tuple[Rows, NDArray[np.float32]]], rows: Rows) -> NDArray[np.float32]:
    """Mean logits of each row over the members that held it out."""
    total = np.zeros((len(rows), parts[0][1].shape[1]), np.float32)
    count = np.zeros((len(rows), 1), np.float32)
    for held, logits in parts:
        where = np.searchsorted(rows, held)
        total[where] += logits
        count[where] += 1
    return total / count


def _mean(logits: Views, views: Sequence[str]) -> NDArray[np.float32]:
    return np.mean([logits[view] for view in views], axis=0)


def _value(metric: Metric) -> float:
    return -1.0 if metric.value is None else metric.value


def _weighted(network: Network, factor: float) -> Network:
    """A copy whose logits are `factor` times as large."""
    result = copy.deepcopy(network)
    with torch.no_grad():
        result.head.weight.mul_(factor)
        result.head.bias.mul_(factor)
    return result
