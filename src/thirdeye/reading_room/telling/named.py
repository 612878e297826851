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

    fused = form.get("fused")
    return {
        **form,
        "positive": _maybe(form["positive"], say),
        "predicted": _maybe(form["predicted"], say),
        "probabilities": _keyed(form["probabilities"], say),
        "heat_map": _one(form["heat_map"], "class", say),
        "regions": _each(form["regions"], "structure", say),
        "boxes": _each(form["boxes"], "name", say),
        "landmarks": _each(form["landmarks"], "name", say),
        "looked_for": [say(one) for one in form["looked_for"]],
        "frequencies": _each(form["frequencies"], "class", say),
        "sets": [{**one, "classes": [say(name) for name in one["classes"]]} for one in form["sets"]],
        "similar": _each(form["similar"], "label", say),
        "levels": {level: _keyed(values, say) for level, values in form["levels"].items()},
        "measured": _each(form["measured"], "about", say),
        "unvalidated": [with_names(one, names.by_class, say) for one in form["unvalidated"]],
        "fused": None if fused is None else _fused(fused, say),
        "images": [_image(one, say) for one in form.get("images", ())],
    }


def _maybe(name: str | None, say: Say) -> str | None:
    return None if name is None else say(name)


def _keyed(values: Mapping[str, float], say: Say) -> dict[str, float]:
    return {say(name): value for name, value in values.items()}


def _one(entry: Form | None, field: str, say: Say) -> Form | None:
    return None if entry is None else {**entry, field: _maybe(entry[field], say)}


def _each(entries: Any, field: str, say: Say) -> list[Any]:
    return [_one(entry, field, say) for entry in entries]


def _image(entry: Form, say: Say) -> Form:
    if "probabilities" not in entry:
        return entry
    named = {**entry, "probabilities": _keyed(entry["probabilities"], say)}
    return {**named, "predicted": _maybe(entry["predicted"], say)} if "predicted" in entry else named


def _fused(fused: Form, say: Say) -> Form:
    images = [_image(one, say) for one in fused["images"]]
    return {**fused, "images": images, "by_images": _keyed(fused["by_images"], say)}
