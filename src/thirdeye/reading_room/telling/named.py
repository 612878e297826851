"""A sealed opinion with every class called by its name, as screens show it; the sealed one stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.errors import UsageError
from thirdeye.inference.named_sentences import with_names

Form = Mapping[str, Any]
Say = Callable[[str], str]


def names_kept(kept: Any) -> ClassNames:
    """The names of a study as its row keeps them; every class stands for itself where none are kept.

    Args:
        kept: content of the column ``names``.
    """
    try:
        return UNNAMED if kept is None else ClassNames.from_json(kept)
    except UsageError:  # of a later program
        return UNNAMED


def named_form(form: Form, names: ClassNames, language: str) -> Form:
    """An opinion's form with every class called by its name.

    Args:
        form: the opinion as it was sealed; it stays as it is.
        names: of the classes.
        language: of the names.
    """
    if not names.by_class:
        return form

    def say(name: str) -> str:
        return names.of(name, language)

    turns: dict[str, Callable[[Any], Any]] = {
        "positive": lambda name: _maybe(name, say),
        "predicted": lambda name: _maybe(name, say),
        "probabilities": lambda values: _keyed(values, say),
        "heat_map": lambda one: _one(one, "class", say),
        "regions": lambda found: _each(found, "structure", say),
        "boxes": lambda found: _each(found, "name", say),
        "landmarks": lambda found: _each(found, "name", say),
        "looked_for": lambda found: [say(one) for one in found],
        "frequencies": lambda found: _each(found, "class", say),
        "sets": lambda found: [{**one, "classes": [say(name) for name in one["classes"]]} for one in found],
        "similar": lambda found: _each(found, "label", say),
        "levels": lambda levels: {level: _keyed(values, say) for level, values in levels.items()},
        "measured": lambda found: _each(found, "about", say),
        "unvalidated": lambda told: [with_names(one, names.by_class, say) for one in told],
        "fused": lambda fused: None if fused is None else _fused(fused, say),
        "images": lambda found: [named_form(one, names, language) for one in found],
        "looks": lambda found: [named_form(one, names, language) for one in found],
    }
    return {field: turns[field](value) if field in turns else value for field, value in form.items()}


def _maybe(name: str | None, say: Say) -> str | None:
    return None if name is None else say(name)


def _keyed(values: Mapping[str, float], say: Say) -> dict[str, float]:
    return {say(name): value for name, value in values.items()}


def _one(entry: Form | None, field: str, say: Say) -> Form | None:
    return None if entry is None else {**entry, field: _maybe(entry[field], say)}


def _each(entries: Any, field: str, say: Say) -> list[Any]:
    return [_one(entry, field, say) for entry in entries]


def _fused(fused: Form, say: Say) -> Form:
    images = [{**one, "probabilities": _keyed(one["probabilities"], say)} for one in fused["images"]]
    return {**fused, "images": images, "by_images": _keyed(fused["by_images"], say)}
