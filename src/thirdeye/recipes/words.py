"""A recipe in words: its row, where each statement comes from, what is wrong with it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from thirdeye.recipes.recipe import KNOWN, NONE, TAGS, Chosen, Recipe, Row, Told

EXACTNESS = {
    "exact": "as printed in the source, or as in public code",
    "paper": "from the paper; widths or schedule partly from memory",
    "substitute": "a declared substitute: the original is unknown or not public",
}
NAMES = {
    "postprocessing": "post-processing",
    "preprocessing": "pre-processing",
    "pretraining": "pre-training",
    "schedule": "optimiser, schedule",
}
_WIDTH = 20


def recipe_text(recipe: Recipe, *, width: int = 100) -> str:
    """Everything about a recipe, wrapped to a width; tags with a legend say how it is known."""
    lines: list[str] = [f"{recipe.id}: {recipe.title}", "", *_rows(_pairs(recipe), width)]
    lines += ["", *_rows(_legend(recipe), width)]
    return "\n".join(line.rstrip() for line in lines)


def recipe_json(recipe: Recipe) -> dict[str, Any]:
    """The form of ``thirdeye recipes show ID --json``."""
    return {
        "version": 1,
        "id": recipe.id,
        "title": recipe.title,
        "tasks": list(recipe.tasks),
        "question": recipe.question,
        "row": {name: asdict(told) for name, told in told_of(recipe.row)},
        "sources": list(recipe.sources),
        "confidence": recipe.confidence,
        "exactness": recipe.exactness,
        "expected": [asdict(one) for one in recipe.expected],
        "fixture": {"about": recipe.fixture.about, "overrides": dict(recipe.fixture.overrides)},
        "lighter": {name: asdict(one) for name, one in recipe.lighter.items()},
        "public": [asdict(one) for one in recipe.public],
        "flaws": [asdict(one) for one in recipe.flaws],
        "trained": recipe.values is not None,
        "shape": "plan" if recipe.system is None else "system",
    }


def told_of(row: Row) -> Iterator[tuple[str, Told]]:
    """The statements that play a part, in order."""
    for one in fields(row):
        told = getattr(row, one.name)
        if told != NONE:
            yield one.name, told


def told_text(told: Told) -> str:
    """A statement with the tag of how it is known."""
    return f"{told.text} [{TAGS[told.known]}]"


def chosen_text(one: Chosen) -> str:
    """Why a value of the plan is as it is, with the tag of how that is known."""
    return f"{one.why} [{TAGS[one.known]}]"


def _value(value: Any) -> str:
    """A value of the plan, lists without brackets."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _rows(pairs: Iterator[tuple[str, str]], width: int) -> Iterator[str]:
    """A name and its text a row, the text wrapped to a column of its own."""
    for name, text in pairs:
        wrapped = textwrap.wrap(text, max(30, width - _WIDTH - 1)) or [""]
        yield from (f"{name if number == 0 else '':<{_WIDTH}} {part}" for number, part in enumerate(wrapped))


def _pairs(recipe: Recipe) -> Iterator[tuple[str, str]]:
    yield "question", recipe.question
    yield "kind of decision", ", ".join(recipe.tasks)
    for name, told in told_of(recipe.row):
        yield NAMES.get(name, name), told_text(told)
    for public in recipe.public:
        yield "public data", f"{public.name}: {public.layout} [{TAGS[public.known]}]"
    yield "runs on", recipe.fixture.about
    for name, one in recipe.lighter.items():
        yield "lighter form", f"{name} {_value(one.value)}: {chosen_text(one)}"
    for expected in recipe.expected:
        least = expected.value - expected.tolerance
        yield "there it reaches", f"{expected.measure} {expected.value:g}, at least {least:g}; {expected.why}"
    for flaw in recipe.flaws:
        yield "flaw", flaw.text + (f" (reproduced by --flaw {flaw.switch})" if flaw.switch else "")
    yield "specification", f"{EXACTNESS[recipe.exactness]}; confidence {recipe.confidence}"
    for source in recipe.sources:
        yield "source", source


def _legend(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """What the tags of this recipe mean, in the order of `KNOWN`."""
    used = {told.known for _, told in told_of(recipe.row)}
    used |= {one.known for one in recipe.public} | {one.known for one in recipe.lighter.values()}
    yield from ((f"[{TAGS[known]}]", text) for known, text in KNOWN.items() if known in used)
