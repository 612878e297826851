"""Which networks a plan trains, in which order: every architecture and copy on every split."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Protocol


class Several(Protocol):
    """The part of a plan that says which networks are trained."""

    @property
    def architecture(self) -> str:
        """Name of the first."""

    @property
    def weights(self) -> str:
        """What it starts from."""

    @property
    def networks(self) -> tuple[str, ...]:
        """Further ones."""

    @property
    def copies(self) -> int:
        """Of each, which differ by their seed alone."""


@dataclass(frozen=True)
class Entry:
    """One architecture of a plan.

    Args:
        architecture: name.
        weights: what it starts from: "embedded", "hub" or "none".
    """

    architecture: str
    weights: str


@dataclass(frozen=True)
class Seat:
    """One network to be trained.

    Args:
        index: its number; with the plan's seed it decides everything random.
        split: number of the split that it learns from.
        entry: position of its architecture among `entries`.
    """

    index: int
    split: int
    entry: int


def entries(plan: Several) -> tuple[Entry, ...]:
    """The architectures of a plan; "NAME@WEIGHTS" starts from other weights than the first."""
    further = (name.partition("@") for name in plan.networks)
    return (
        Entry(plan.architecture, plan.weights),
        *(Entry(name, weights or plan.weights) for name, _, weights in further),
    )


def seats(plan: Several, n_splits: int) -> tuple[Seat, ...]:
    """Networks in the order of their training, split by split; of one architecture and copy, one a split."""
    order = product(range(n_splits), range(1 + len(plan.networks)), range(plan.copies))
    return tuple(Seat(index, split, entry) for index, (split, entry, _) in enumerate(order))


def complete(found: list[Seat], every: tuple[Seat, ...]) -> list[Seat]:
    """Those on splits on which all networks were trained; all of them where there is no such split."""
    each = {split: sum(seat.split == split for seat in every) for split in {seat.split for seat in every}}
    done = {split for split, wanted in each.items() if sum(seat.split == split for seat in found) == wanted}
    return [seat for seat in found if seat.split in done] or found
