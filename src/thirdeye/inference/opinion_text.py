"""An opinion in words, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.case.reliance import SimilarCase
from thirdeye.inference.fusion.words import fused_sentences
from thirdeye.inference.located_text import is_located, located_lines
from thirdeye.inference.opine import ABOUT_HEAT_MAPS
from thirdeye.inference.opinion_words import (
    certainty_sentence,
    deferral_sentence,
    familiarity_sentence,
    frequency_sentence,
    point_name,
    rates,
    sides_of,
    similar_sentence,
    such,
)
from thirdeye.inference.set_words import set_sentences
from thirdeye.inference.wording import percent, readable, without_name

SHOWN_CLASSES = 3
SHOWN_SIMILAR = 3  # for, and as many against
WIDTH = 110


def opinion_text(opinion: Opinion) -> str:
    """A block of lines on one case, without a trailing newline."""
    lines = [readable(opinion.source)]
    if opinion.abstained is not None:
        lines.append(f"  NO OPINION: {readable(opinion.abstained)}")
    if opinion.abstained is None and is_located(opinion):
        lines.extend(map(_wrapped, located_lines(opinion)))
    if opinion.abstained is None and opinion.probabilities:
        lines.extend(f"  {line}" for line in probability_lines(opinion))
        lines.extend(_wrapped(line) for line in weighing_lines(opinion))
    lines.extend(  # a terminal shows no heat map; what its exam said is told once, of the reader
        _wrapped(f"note: {readable(one)}") for one in opinion.warnings if one not in ABOUT_HEAT_MAPS
    )
    return "\n".join(lines)


def failure_text(source: str, error: str) -> str:
    """A block of lines on a file that could not be read, which names the file once."""
    return f"{readable(source)}\n  could not be read: {readable(without_name(source, error))}\n"


def probability_lines(opinion: Opinion) -> list[str]:
    """What is held to be likely."""
    if opinion.positive is not None:
        return [f"{readable(opinion.positive)}: {percent(opinion.probabilities[opinion.positive])}"]
    ranked = sorted(opinion.probabilities.items(), key=lambda item: -item[1])
    if opinion.task == "multilabel":
        found = readable(opinion.predicted.replace("|", ", ")) if opinion.predicted else "none"
        return [
            f"labels above one half: {found}",
            *(f"{readable(name)}: {percent(value)}" for name, value in ranked),
        ]
    lines = [f"{readable(name)}: {percent(value)}" for name, value in ranked[:SHOWN_CLASSES]]
    rest = sum(value for _, value in ranked[SHOWN_CLASSES:])
    return [*lines, f"{len(ranked) - SHOWN_CLASSES} others together: {percent(rest)}"] if rest else lines


def weighing_lines(opinion: Opinion) -> Iterator[str]:
    """By what a doctor weighs the probability, the most telling first."""
    certainty = opinion.certainty
    if certainty is not None and certainty.defer:
        yield f"DEFERRED. {deferral_sentence(certainty)}"
    for found in opinion.frequencies:
        yield f"{frequency_sentence(found)} {such(found)}"
    yield from fused_sentences(opinion)
    yield from map(verdict_line, opinion.verdicts)
    yield from level_lines(opinion)
    yield from (f"Answers left: {one}" for one in set_sentences(opinion))
    if certainty is not None:
        yield certainty_sentence(certainty)
    if opinion.familiarity is not None:
        yield familiarity_sentence(opinion.familiarity)
    yield from similar_lines(opinion)


def verdict_line(verdict: Verdict) -> str:
    """One verdict with what was measured at its operating point."""
    word = "positive" if verdict.positive else "negative"
    at = f"at the {readable(point_name(verdict.operating_point))}, from {percent(verdict.threshold)}"
    measured = rates(verdict)
    return f"{word} {at}" + (f": {', '.join(measured)} in validation" if measured else "")


def level_lines(opinion: Opinion) -> Iterator[str]:
    """The likeliest class at each level of a taxonomy above the finest."""
    for level, values in list(opinion.levels.items())[:-1]:
        name, value = max(values.items(), key=lambda item: item[1])
        yield f"{readable(level)}: {readable(name)} {percent(value)}"


def similar_lines(opinion: Opinion) -> Iterator[str]:
    """Past cases that look alike: how they turned out, and the nearest for and against."""
    if not opinion.similar:
        return
    yield similar_sentence(opinion)
    for title, cases in sides_of(opinion):
        yield f"  {readable(title)}: {', '.join(map(_case, cases[:SHOWN_SIMILAR]))}"


def _case(one: SimilarCase) -> str:
    same = ", may be the very same image" if one.duplicate else ""
    label = f"{readable(one.label)}, " if one.label else ""
    return f"{readable(one.case)} ({label}similarity {one.similarity:.2f}{same})"


def _wrapped(line: str) -> str:
    inner = "  " * (1 + line.startswith("  "))
    return textwrap.fill(
        line.strip(), WIDTH, initial_indent=inner, subsequent_indent=f"{inner}  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
