"""Filters over the studies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypedDict

from thirdeye.errors import UsageError
from thirdeye.recipes.literature.study import PublishedStudy

DASHES = ("-", "–", "..", ":")


class Choice(TypedDict, total=False):
    """The fields of `Wanted`, as keyword arguments."""

    specialty: str | None
    year: str | None
    network: str | None
    task: str | None
    origin: str | None
    compared_with_doctors: bool | None


@dataclass(frozen=True)
class Wanted:
    """What to keep; None keeps all.

    Args:
        specialty: "ophthalmology", "chest imaging", ...; a part of the word is enough.
        year: "2017", "2016-2018", "-2016" or "2018-".
        network: "AlexNet", "own", ...; a part is enough.
        task: "binary", "detection", ...
        origin: country or part of the world; a part is enough.
        compared_with_doctors: True or False.
    """

    specialty: str | None = None
    year: str | None = None
    network: str | None = None
    task: str | None = None
    origin: str | None = None
    compared_with_doctors: bool | None = None

    @property
    def words(self) -> str:
        """The filters as a clause; empty where nothing is filtered."""
        said = [f"{name}: {value}" for name, value in vars(self).items() if isinstance(value, str)]
        if self.compared_with_doctors is not None:
            said.append(("" if self.compared_with_doctors else "not ") + "compared with doctors")
        return "; ".join(said)


def choose(studies: Iterable[PublishedStudy], wanted: Wanted) -> tuple[PublishedStudy, ...]:
    """The studies that fit every filter.

    Raises:
        UsageError: a value that no study has; what there is is named.
    """
    known = tuple(studies)
    kept = _by_words(known, known, "specialty", wanted.specialty, lambda study: (study.specialty,))
    kept = _by_words(known, kept, "network", wanted.network, lambda study: study.networks)
    kept = _by_words(known, kept, "task", wanted.task, lambda study: study.tasks)
    kept = _by_words(known, kept, "origin", wanted.origin, lambda study: (study.origin, study.region))
    if wanted.year is not None:
        first, last = years(wanted.year)
        kept = tuple(study for study in kept if first <= study.year <= last)
    if wanted.compared_with_doctors is not None:
        kept = tuple(study for study in kept if _compared(study) is wanted.compared_with_doctors)
    return kept


def _compared(study: PublishedStudy) -> bool:
    fact = study.practice.get("doctors")
    return fact is not None and fact.value is True


def _by_words(
    known: tuple[PublishedStudy, ...], kept: tuple[PublishedStudy, ...], name: str, wanted: str | None,
    words: Callable[[PublishedStudy], tuple[str, ...]],
) -> tuple[PublishedStudy, ...]:  # fmt: skip
    """Those of `kept` with the word; whole words go before parts, so that China is not Indochina."""
    if wanted is None:
        return kept
    part = _folded(wanted)
    every = sorted({word for study in known for word in words(study)})
    fitting = [word for word in every if _folded(word) == part]
    fitting = fitting or [word for word in every if part and part in _folded(word)]
    if not fitting:
        raise UsageError(f"--{name} {wanted[:60]!r}: no published study has it; there are {', '.join(every)}")
    return tuple(study for study in kept if not set(fitting).isdisjoint(words(study)))


def _folded(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def years(text: str) -> tuple[int, int]:
    """First and last year of "2017", "2016-2018", "-2016" or "2018-".

    Raises:
        UsageError: something else, or a span that runs backwards.
    """
    dash = next((mark for mark in DASHES if mark in text), None)
    parts = [text] if dash is None else text.split(dash)
    first, last = parts[0].strip(), parts[-1].strip()
    right = all(len(part) == 4 and part.isascii() and part.isdigit() for part in (first, last) if part)
    if len(parts) > 2 or not right or not (first or last):
        raise UsageError(f"--year {text[:60]!r}: expected a year or a span, such as 2017 or 2016-2018")
    span = int(first or 0), int(last or 9999)
    if span[0] > span[1]:
        raise UsageError(f"--year {text}: the span runs backwards; try {last}-{first}")
    return span
