"""What was found where, as lines of a table; the picture shows the places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from thirdeye.reading_room.telling.measured import trust
from thirdeye.reading_room.telling.speech import Speech

SHOWN_POINTS = 8
SHOWN = 20  # lines of a table before the rest is folded
COLOURS = 6  # shades of boxes and of structures in pictures, the same in the style sheet

Form = Mapping[str, Any]


def located(form: Form) -> bool:
    """Whether the opinion says where something is."""
    return form["task"] in ("segmentation", "detection", "landmarks")


def found(form: Form, speech: Speech) -> dict[str, Any] | None:
    """What was found, and what was looked for and not found; None for a reader of whole images.

    Returns:
        ``lines``: name, text, trust and colour of each; ``more``: those that are folded; ``absent``: a
        sentence on what was not found, or on many points; "" without.
    """
    if not located(form):
        return None
    lines = [*_measurements(form, speech), *_regions(form, speech), *_boxes(form, speech)]
    points, many = _points(form, speech), ""
    if len(points) > SHOWN_POINTS:
        least = sorted(form["landmarks"], key=lambda one: one["certainty"])[:3]
        told = [f"{one['name']} ({speech.percent(one['certainty'])})" for one in least]
        many = speech.say("points_many", number=len(points), names=speech.listed(told, "and"))
    else:
        lines, points = lines + points, []
    present = {one["structure"] for one in form["regions"]} | {one["name"] for one in form["boxes"]}
    missing = [name for name in form["looked_for"] if name not in present]
    if form["task"] == "landmarks":
        missing = []
    if not (lines or points):
        absent = speech.say("found_nothing", names=speech.listed(form["looked_for"], "and") or "-")
        lines = [_line(form, name, "", speech) for name in form["looked_for"] if trust(form, name, speech)]
    else:
        absent = speech.say("not_found", names=speech.listed(missing, "and")) if missing else ""
    shown = many or absent
    return {"lines": lines[:SHOWN], "more": lines[SHOWN:] + points, "absent": shown, "palette": form["task"]}


def _line(form: Form, name: str, text: str, speech: Speech) -> dict[str, Any]:
    known = list(form["looked_for"])
    colour = known.index(name) % COLOURS if name in known and form["task"] != "landmarks" else None
    return {"name": name, "text": text, "trust": trust(form, name, speech), "colour": colour}


def _regions(form: Form, speech: Speech) -> list[dict[str, Any]]:
    made = []
    for one in form["regions"]:
        text = speech.say(
            f"size_{one['size_unit']}", size=speech.number(one["size"]),
            length=speech.number(one["diameter"]), unit=speech.say(f"unit_{one['length_unit']}"),
        )  # fmt: skip
        if one["pieces"] > 1:
            text = f"{text} {speech.say('pieces', number=one['pieces'])}"
        made.append(_line(form, one["structure"], text, speech))
    return made


def _boxes(form: Form, speech: Speech) -> list[dict[str, Any]]:
    counts = Counter(one["name"] for one in form["boxes"])
    best = {one["name"]: one["score"] for one in reversed(form["boxes"])}
    return [
        _line(form, name, speech.counted("boxes", count, score=speech.percent(best[name])), speech)
        for name, count in counts.items()
    ]


def _measurements(form: Form, speech: Speech) -> list[dict[str, Any]]:
    return [_line(form, one["name"], _value(one, speech), speech) for one in form["measurements"]]


def _value(one: Mapping[str, Any], speech: Speech) -> str:
    """A value with its unit and the type that it falls into, which the study has named."""
    said = f"{speech.number(one['value'])} {speech.say('unit_' + one['unit'])}".rstrip()
    return said if one.get("type") is None else f"{said}, {one['type']}"


def _points(form: Form, speech: Speech) -> list[dict[str, Any]]:
    return [
        _line(form, one["name"], speech.say("point", percent=speech.percent(one["certainty"])), speech)
        for one in form["landmarks"]
    ]
