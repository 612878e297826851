"""Who reads which case when: randomised reading lists of a reader study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import check_names

Design = Literal["reader_first", "concurrent", "second_reader", "independent_crossover", "crossover"]
CROSSOVERS = ("independent_crossover", "crossover")  # the second is the short name of the first
ALONE, AIDED = "alone", "aided"
MEANING = {
    "reader_first": "each case is read alone, the reading is locked, then the machine's opinion is shown",
    "concurrent": "the machine's opinion is shown from the start",
    "second_reader": "the machine marks what may have been missed after the reader has cleared the case",
    "independent_crossover": "each case is read alone and with the machine in two sessions with a washout "
    "between them, half of the cases with the machine first",
}
MEANING["crossover"] = MEANING["independent_crossover"]


@dataclass(frozen=True)
class Slot:
    """One place in a reading list.

    Args:
        reader, case: names.
        session: from 1.
        order: place within the reader's session, from 1.
        arm: "alone" or "aided"; with "reader_first" and "second_reader" both decisions are made in one slot.
    """

    reader: str
    session: int
    order: int
    case: str
    arm: str


def reading_lists(
    cases: Sequence[str],
    readers: Sequence[str],
    *,
    design: Design,
    truth: Sequence[int] | None = None,
    seed: int = 0,
) -> tuple[Slot, ...]:
    """A list for every reader, each in an order of its own.

    Args:
        cases, readers: names, each once.
        design: see `MEANING`.
        truth: (cases,) of 0 and 1; where given, both halves of a crossover hold equal shares of diseased.
        seed: any integer; the same gives the same lists.

    Returns:
        Slots by reader, session and order.

    Raises:
        UsageError: an unknown design, a name twice, or no case or reader.
    """
    if design not in get_args(Design):
        raise UsageError(f"no design is called '{design}'; choose {', '.join(get_args(Design))}")
    cases, readers = _names("case", cases), _names("reader", readers)
    for what, names in (("case", cases), ("reader", readers)):
        twice = [name for name, times in Counter(names).items() if times > 1]
        if not names or twice:
            problem = f"'{twice[0]}' twice" if twice else "none"
            raise UsageError(f"each {what} is named once, got {problem}")
    if truth is not None and len(truth) != len(cases):
        raise UsageError(f"{len(truth)} truths for {len(cases)} cases")
    rng = np.random.default_rng(seed)
    slots: list[Slot] = []
    for number, reader in enumerate(readers):
        halves = _halves(cases, truth, rng)
        if number % 2:
            halves = halves[::-1]
        for session, arms in enumerate(_sessions(design, halves), start=1):
            order = rng.permutation(len(arms))
            slots += [
                Slot(reader, session, place, arms[at][0], arms[at][1])
                for place, at in enumerate(order, start=1)
            ]
    return tuple(slots)


def _names(what: str, names: Sequence[str]) -> list[str]:
    array = check_names(f"{what}s", names)
    if array.ndim != 1:
        raise UsageError(f"{what}s: expected a list of names, got an array of {array.shape}")
    return [str(name) for name in array]


def _sessions(design: Design, halves: tuple[list[str], list[str]]) -> tuple[list[tuple[str, str]], ...]:
    """Cases with their arm, for each session."""
    if design not in CROSSOVERS:
        arm = AIDED if design == "concurrent" else ALONE
        return ([(case, arm) for case in (*halves[0], *halves[1])],)
    first, second = halves
    return (
        [*((case, ALONE) for case in first), *((case, AIDED) for case in second)],
        [*((case, AIDED) for case in first), *((case, ALONE) for case in second)],
    )


def _halves(
    cases: Sequence[str], truth: Sequence[int] | None, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """Two halves by chance, balanced over the truth; an odd case goes to either in turn."""
    halves: tuple[list[str], list[str]] = ([], [])
    status = [0] * len(cases) if truth is None else list(truth)
    for kind in sorted(set(status)):
        names = [case for case, value in zip(cases, status, strict=True) if value == kind]
        for at, place in enumerate(rng.permutation(len(names))):
            halves[(at + (len(halves[0]) > len(halves[1]))) % 2].append(names[place])
    return halves
