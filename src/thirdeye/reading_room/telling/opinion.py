"""A sealed opinion as what is shown of it: sentences and numbers, JSON-ready, so that they can be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.inference.opine import ABOUT_HEAT_MAPS
from thirdeye.reading_room.telling.answers import answers_left, bars, came_about, headline, unread
from thirdeye.reading_room.telling.looks import looks
from thirdeye.reading_room.telling.measured import model, overall
from thirdeye.reading_room.telling.named import named_form
from thirdeye.reading_room.telling.places import found, located
from thirdeye.reading_room.telling.reliance import deferral, often, past, verdicts, weighing
from thirdeye.reading_room.telling.speech import Speech

Form = Mapping[str, Any]
_REASONS = re.compile(
    "; (?!the network )"
)  # reasons are joined by it; within one, "the network has only seen"


def told(form: Form, language: str, names: ClassNames = UNNAMED) -> dict[str, Any]:
    """Everything that a screen says of an opinion.

    Args:
        form: the opinion as `thirdeye read --json` gives it.
        language: of the sentences.
        names: of the classes.
    """
    speech, form = Speech(language), named_form(form, names, language)
    said = {
        "language": language,
        "notes": [speech.passed_on(one) for one in form["warnings"] if one not in ABOUT_HEAT_MAPS],
        "unvalidated": [speech.passed_on(one) for one in form["unvalidated"]],
        "good": overall(form, speech),
        "model": model(form, speech),
        "located": located(form),
        "others": _others(form, speech),
        "higher": speech.say("image_higher") if _is_higher(form) else "",
        "looks": looks(form, speech, heat_map),
    }
    if form["abstained"] is not None:
        reasons = [speech.passed_on(one) for one in _REASONS.split(str(form["abstained"]))]
        return {**said, "abstained": reasons}
    return {**said, "abstained": None, **_answer(form, speech)}


def _answer(form: Form, speech: Speech) -> dict[str, Any]:
    return {
        "headline": headline(form, speech),
        "bars": bars(form, speech),
        "thresholds": [one["threshold"] for one in form["verdicts"]],
        "deferral": deferral(form, speech),
        "often": often(form, speech),
        "verdicts": verdicts(form, speech),
        "left": answers_left(form, speech),
        "came_about": list(came_about(form, speech)),
        "weighing": weighing(form, speech),
        "past": past(form, speech),
        "found": found(form, speech),
        "found_in": _found_in(form, speech),
        "heat_map": heat_map(form, speech),
    }


def _found_in(form: Form, speech: Speech) -> list[dict[str, Any]]:
    """What was found in each other image of the case, by a reader that says where something is."""
    if not located(form):
        return []
    return [
        {
            "image": speech.say("image", number=str(one["source"]).rpartition(" ")[2]),
            **(found(one, speech) or {}),
        }
        for one in form.get("images", ())
        if "error" not in one and not one["abstained"]
    ]


def _others(form: Form, speech: Speech) -> list[str]:
    """Which image an opinion is about, where the case has several, and what is said of each of the others."""
    images, left = form.get("images", ()), list(unread(form, speech))
    if not images:
        return left
    about = speech.say("image", number=str(form["source"]).rpartition(" ")[2])
    others = [
        _other(one, str(form["positive"] or ""), speech)
        for one in images
        if not located(form) or one.get("error") or one.get("abstained")
    ]
    return [speech.say("image_each" if located(form) else "image_about", image=about), *others, *left]


def _is_higher(form: Form) -> bool:
    """Whether another image has a higher probability of the positive class."""
    positive = form["positive"]
    if positive is None or form["abstained"] is not None:
        return False
    first = form["probabilities"].get(positive, 0.0)
    others = (one.get("probabilities", {}).get(positive, 0.0) for one in form.get("images", ()))
    return any(value > first for value in others)


def _other(one: Form, positive: str, speech: Speech) -> str:
    """What is said of another image of the case, by itself."""
    name = speech.say("image", number=str(one["source"]).rpartition(" ")[2])
    if one.get("error") or one.get("abstained"):
        return speech.say("image_without", image=name)
    spoken_of = positive or one["predicted"] or ""
    value = one["probabilities"].get(spoken_of)
    if value is None:
        return speech.say("image_without", image=name)
    return speech.say("image_says", image=name, name=spoken_of, percent=speech.percent(value))


def heat_map(form: Form, speech: Speech) -> dict[str, Any]:
    """Whether the heat map may be shown as evidence, and what is said of it.

    Returns:
        ``shown``: whether a picture of it may be drawn; ``text``: one sentence or two.
    """
    heat = form["heat_map"]
    if heat is None:
        return {"shown": False, "text": ""}
    if heat["passed_sanity"] is not True:
        return {
            "shown": False,
            "text": speech.say("map_failed" if heat["passed_sanity"] is False else "map_unknown"),
        }
    return {"shown": True, "text": speech.say("map_passed", name=heat["class"])}
