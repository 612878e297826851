"""Which networks are trained, and in which order."""

from __future__ import annotations

from dataclasses import dataclass

from thirdeye.plan.lineup import Entry, Seat, complete, entries, seats


@dataclass(frozen=True)
class Asked:
    architecture: str = "one"
    weights: str = "hub"
    networks: tuple[str, ...] = ()
    copies: int = 1


def test_one_architecture_has_one_network_on_every_split() -> None:
    assert entries(Asked()) == (Entry("one", "hub"),)
    assert seats(Asked(), 3) == (Seat(0, 0, 0), Seat(1, 1, 0), Seat(2, 2, 0))


def test_further_architectures_may_start_from_other_weights() -> None:
    found = entries(Asked(networks=("torchvision:vgg16", "alexnet@none")))
    assert found == (Entry("one", "hub"), Entry("torchvision:vgg16", "hub"), Entry("alexnet", "none"))


def test_copies_of_every_architecture_on_every_split() -> None:
    found = seats(Asked(networks=("two",), copies=2), 2)
    assert [seat.index for seat in found] == list(range(8))
    assert [(seat.split, seat.entry) for seat in found] == [
        (0, 0), (0, 0), (0, 1), (0, 1), (1, 0), (1, 0), (1, 1), (1, 1),
    ]  # fmt: skip


def test_a_split_that_not_all_have_learnt_is_left_out_where_another_is_whole() -> None:
    every = seats(Asked(networks=("two",)), 3)
    assert complete(list(every[:5]), every) == list(every[:4])
    assert complete(list(every[:1]), every) == [every[0]]
    assert complete([], every) == []
