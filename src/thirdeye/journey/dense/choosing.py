"""What held-out cases choose: mirrored views and tidying, each kept only if it is better."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.pixel_auc import Counts, pixel_counts
from thirdeye.inference.dense.segment import Reader
from thirdeye.journey.dense.material import windows_of
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.dense.engine import TorchEngine
from thirdeye.training.dense.loop import dice_by_structure, mean_dice
from thirdeye.training.dense.losses import IGNORED
from thirdeye.training.dense.material import DenseCase
from thirdeye.transform.dense.tidy import tidied
from thirdeye.transform.dense.windows import most_likely, read_slabs

BETTER_BY = 0.001  # mean Dice on held-out cases that a choice has to gain
MOST_TRIED = 12  # cases on which mirrored views are tried
MOST_TIDIED = 60  # cases on which tidying is tried
Rows = NDArray[np.int64]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class HeldOut:
    """Cases as read by the members that did not learn from them.

    Args:
        mirrored: axes along which they were mirrored.
        labels: position of a case to its label map on the network's grid.
        pixels: position of a case to how many of its pixels have which score (`pixel_counts`); of images in
            which one structure is looked for.
    """

    mirrored: tuple[int, ...]
    labels: dict[int, Labels]
    pixels: dict[int, Counts] = field(default_factory=dict)


def read_held_out(
    networks: Sequence[DenseNetwork],
    cases: Sequence[DenseCase],
    splits: Sequence[tuple[Rows, Rows]],
    plan: DensePlan,
    *,
    until: float,
) -> HeldOut:
    """Read every held-out case once; in mirrored views where these gain and the time allows it.

    Args:
        networks: members.
        cases: all of them.
        splits: rows to learn from and rows held out, of each member.
        plan: every value.
        until: `time.monotonic()` by which reading in mirrored views must be done.
    """
    rows = sorted({int(row) for _, holdout in splits for row in holdout})

    def reader(row: int, mirrored: tuple[int, ...]) -> Reader:
        own: list[Any] = [
            TorchEngine(network, plan.precision)
            for network, (_, holdout) in zip(networks, splits, strict=True)
            if row in holdout
        ]
        return Reader(own, mirrored)

    if not plan.mirrored or not rows:
        return _held_out((), {row: _read(reader(row, ()), cases[row], plan) for row in rows})
    tried = _some(rows, MOST_TRIED)
    began = time.monotonic()
    both = {row: _both(reader(row, ()), reader(row, plan.mirrored), cases[row], plan) for row in tried}
    now = time.monotonic()
    each_s = (now - began) / len(tried)
    plain, seen = ({row: pair[i] for row, pair in both.items()} for i in (0, 1))
    gain = quality_of(_labels(seen), cases, plan) - quality_of(_labels(plain), cases, plan)
    in_time = now + each_s * (len(rows) - len(tried)) <= until
    mirrored, known = (plan.mirrored, seen) if gain > BETTER_BY and in_time else ((), plain)
    rest = {row: _read(reader(row, mirrored), cases[row], plan) for row in rows if row not in known}
    return _held_out(mirrored, known | rest)


@dataclass(frozen=True)
class _Seen:
    """One case as it was read: its label map and its pixels by their scores."""

    labels: Labels
    pixels: Counts | None = None


def _held_out(mirrored: tuple[int, ...], seen: dict[int, _Seen]) -> HeldOut:
    pixels = {row: one.pixels for row, one in sorted(seen.items()) if one.pixels is not None}
    return HeldOut(mirrored, _labels(dict(sorted(seen.items()))), pixels)


def _labels(seen: dict[int, _Seen]) -> dict[int, Labels]:
    return {row: one.labels for row, one in seen.items()}


def _read(reader: Reader, case: DenseCase, plan: DensePlan) -> _Seen:
    image, windows = np.asarray(case.image), windows_of(plan)
    if not _scored(case, plan):
        return _Seen(most_likely(image, reader.run, windows, n_outputs=len(plan.classes) + 1))
    slabs = read_slabs(image, reader.run, windows, n_outputs=2)
    return _counted(np.concatenate([logits[1] - logits[0] for _, logits in slabs]), case)


def _scored(case: DenseCase, plan: DensePlan) -> bool:
    """Whether single pixels are scored: in images, of one structure."""
    return len(plan.classes) == 1 and np.asarray(case.target).ndim == 2


def _counted(odds: NDArray[np.float32], case: DenseCase) -> _Seen:
    """What is marked where the log odds are above 0, and how often each score is there."""
    target = np.asarray(case.target)
    return _Seen((odds > 0).astype(np.uint8), pixel_counts(odds, target == 1, target != IGNORED))


def _both(plain: Reader, mirrored: Reader, case: DenseCase, plan: DensePlan) -> tuple[_Seen, _Seen]:
    """A case without and with mirrored views, which hold the plain one: each view is read once."""
    n_outputs, views = len(plan.classes) + 1, len(mirrored.views)
    flipped = Reader(mirrored.engines, ())
    flipped.views = mirrored.views[1:]

    def run(windows: NDArray[np.float32]) -> NDArray[np.float32]:
        once = plain.run(windows)
        mean = once / views + flipped.run(windows) * ((views - 1) / views)
        return np.concatenate([once, mean], axis=1)

    scored = _scored(case, plan)
    slabs = read_slabs(
        np.asarray(case.image), run, windows_of(plan), n_outputs=2 * n_outputs, normalised=scored
    )
    if scored:
        found = [(logits[1] - logits[0], logits[3] - logits[2]) for _, logits in slabs]
        without, with_views = (np.concatenate(part) for part in zip(*found, strict=True))
        return _counted(without, case), _counted(with_views, case)
    found = [(logits[:n_outputs].argmax(0), logits[n_outputs:].argmax(0)) for _, logits in slabs]
    without, with_views = (np.concatenate(part).astype(np.uint8) for part in zip(*found, strict=True))
    return _Seen(without), _Seen(with_views)


def _some(rows: Sequence[int], most: int) -> list[int]:
    """At most so many, from the first to the last."""
    return [rows[i] for i in np.unique(np.linspace(0, len(rows) - 1, most).astype(int))] if rows else []


def quality_of(labels: dict[int, Labels], cases: Sequence[DenseCase], plan: DensePlan) -> float:
    """Mean over structures of the mean Dice over cases; 0 where no case holds a structure."""
    n_outputs = len(plan.classes) + 1
    table = [
        dice_by_structure(found, np.asarray(cases[row].target), n_outputs) for row, found in labels.items()
    ]
    return mean_dice(np.array(table)) or 0.0 if table else 0.0


def choose_tidying(labels: dict[int, Labels], cases: Sequence[DenseCase], plan: DensePlan) -> dict[int, str]:
    """For each structure the candidate with the highest mean Dice; none where nothing gains `BETTER_BY`."""
    rows = list(labels)
    some = (
        [rows[i] for i in np.unique(np.linspace(0, len(rows) - 1, MOST_TIDIED).astype(int))] if rows else []
    )
    chosen: dict[int, str] = {}
    for number in range(1, len(plan.classes) + 1):
        reached = {name: _dice_with(labels, some, cases, number, name) for name in plan.tidying}
        best = max(reached, key=lambda name: (reached[name], name == "none"))
        if best != "none" and reached[best] > reached.get("none", 0.0) + BETTER_BY:
            chosen[number] = best
    return chosen


def _dice_with(
    labels: dict[int, Labels], rows: Sequence[int], cases: Sequence[DenseCase], number: int, name: str
) -> float:
    values = [
        dice_by_structure(tidied(labels[row], {number: name}), np.asarray(cases[row].target), number + 1)[-1]
        for row in rows
    ]
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else 0.0
