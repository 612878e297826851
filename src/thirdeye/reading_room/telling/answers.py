"""What an opinion holds to be true: a probability, classes, the answers that are left, its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thirdeye.reading_room.telling.speech import Speech

SHOWN_CLASSES = 6
EACH, ALL = "each class", "all cases"

Form = Mapping[str, Any]


def headline(form: Form, speech: Speech) -> dict[str, Any] | None:
    """The probability of the positive class, else of the likeliest one; None where there is none.

    Returns:
        ``name``, ``value`` (0 to 1), ``percent`` and ``text``.
    """
    if not form["probabilities"]:
        return None
    if form["task"] == "multilabel":
        found = [name for name, value in form["probabilities"].items() if value >= 0.5]
        said = speech.say("labels", names=speech.listed(found, "and")) if found else speech.say("no_label")
        return {"name": "", "value": None, "percent": "", "text": said}
    name = form["positive"] or form["predicted"]
    value = float(form["probabilities"][name])
    return {
        "name": name,
        "value": value,
        "percent": speech.percent(value),
        "text": speech.say("chance", name=name, percent=speech.percent(value)),
    }


def bars(form: Form, speech: Speech) -> list[dict[str, Any]]:
    """The classes, the likeliest first; none for two classes of which one is positive."""
    if form["positive"] is not None or not form["probabilities"]:
        return []
    ranked = sorted(form["probabilities"].items(), key=lambda item: -item[1])
    shown = ranked if form["task"] == "multilabel" else ranked[:SHOWN_CLASSES]
    found = set((form["predicted"] or "").split("|"))
    made = [
        {"name": name, "value": float(value), "percent": speech.percent(value), "first": name in found}
        for name, value in shown
    ]
    rest = ranked[len(shown) :]
    if rest:
        value = float(sum(value for _, value in rest))
        name = speech.counted("others", len(rest))
        made.append({"name": name, "value": value, "percent": speech.percent(value), "first": False})
    return made


def answers_left(form: Form, speech: Speech) -> list[str]:
    """A sentence for each different set of classes among which the truth lies as often as promised."""
    alike: dict[tuple[Any, ...], list[Form]] = {}
    for one in form["sets"]:
        common = one["scope"] in (EACH, ALL)
        alike.setdefault((tuple(one["classes"]), one["coverage"], common or one["scope"]), []).append(one)
    return [f"{_left(form, group[0], speech)} {_promise(group, speech)}" for group in alike.values()]


def _left(form: Form, one: Form, speech: Speech) -> str:
    names = [speech.quoted(name) for name in one["classes"]]
    if not names:
        return speech.say("left_none")
    if len(names) > 1:
        return speech.say("left_many", names=speech.listed(names, "and"))
    first = form["predicted"]
    differs = first in form["probabilities"] and one["scope"] == EACH and first not in one["classes"]
    key = "left_although" if differs else "left_one"
    return speech.say(key, name=names[0], first=speech.quoted(first or ""), coverage=_share(one))


def _promise(group: Sequence[Form], speech: Speech) -> str:
    scopes = {one["scope"] for one in group}
    if scopes == {EACH, ALL}:
        whom = speech.say("whom_both")
    elif scopes == {EACH}:
        whom = speech.say("whom_each")
    else:
        whom = "" if scopes == {ALL} else speech.say("whom_group", group=group[0]["scope"])
    return speech.say("promise", coverage=_share(group[0]), whom=whom)


def _share(one: Form) -> str:
    return f"{100 * one['coverage']:.3g}"


def _number(image: Form, place: int) -> str:
    """The number of an image in its case."""
    name, _, number = str(image["source"]).rpartition(" ")
    return number if name == "image" else str(place)


def came_about(form: Form, speech: Speech) -> Iterator[str]:
    """What was put together for an opinion, and what it is at coarser levels of a taxonomy."""
    for level, values in list(form["levels"].items())[:-1]:
        name, value = max(values.items(), key=lambda item: item[1])
        yield speech.say("level", level=level, name=name, percent=speech.percent(value))
    yield from together(form, speech)


def unread(form: Form, speech: Speech) -> Iterator[str]:
    """What of the case was not read; nothing where all of it was."""
    found = form.get("unread")
    if found:
        image = speech.say("image", number=str(form["source"]).rpartition(" ")[2])
        yield speech.counted(f"unread_{found['read']}", found["number"], image=image)


def together(form: Form, speech: Speech) -> Iterator[str]:
    """Which images and clinical variables were put together for an opinion; nothing for a single image."""
    fused, name = form.get("fused"), form["positive"] or form["predicted"] or ""
    if fused is None:
        return
    counted = [image for image in fused["images"] if image["left_out"] is None]
    if len(fused["images"]) > 1:
        said = [
            f"{image['view'] or speech.say('image', number=_number(image, place))}"
            f"{speech.say('colon')} {speech.percent(image['probabilities'].get(name, 0.0))}"
            for place, image in enumerate(fused["images"], 1)
            if image in counted
        ]
        yield speech.say("together", number=len(counted), name=name, told=speech.listed(said, "and"))
    if fused["variables"]:
        values = [f"{one} {value}" for one, value in fused["variables"].items()]
        alone = speech.percent(fused["by_images"].get(name, 0.0))
        yield speech.say("with_variables", values=speech.listed(values, "and"), name=name, percent=alone)
    if fused["missing"] and fused["variables"]:
        yield speech.say("not_given", names=speech.listed(fused["missing"], "and"))
