"""Which picture shows which image of a case, or which slice of a volume, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from thirdeye.reading_room.telling.speech import Speech

Form = Mapping[str, Any]


def looks(
    form: Form, speech: Speech, heat_map: Callable[[Form, Speech], dict[str, Any]]
) -> dict[str, Any] | None:
    """The pictures that a reader may go through; None where there is one alone.

    Args:
        form: the opinion.
        speech: of a language.
        heat_map: what is said of a heat map, and whether it may be shown.

    Returns:
        ``kind`` ("image" or "slice"), ``told``: a sentence on how many there are, ``first``: place of the one
        that is shown first, and ``all``: label, picture, heat map ("" where none may be shown) and sentence.
    """
    found = form.get("looks") or []
    if len(found) < 2:
        return None
    shown = [_look(one, form, speech, heat_map) for one in found]
    if "slice" in found[0]:
        first = next((place for place, one in enumerate(found) if one.get("first")), 0)
        told = speech.counted("slices_marked", len(found), of=found[0]["of"])
        return {"kind": "slice", "told": told, "first": first, "all": shown}
    about = str(form["source"]).rpartition(" ")[2]
    first = next((place for place, one in enumerate(found) if str(one["image"]) == about), 0)
    return {"kind": "image", "told": "", "first": first, "all": shown}


def _look(
    one: Form, form: Form, speech: Speech, heat_map: Callable[[Form, Speech], dict[str, Any]]
) -> dict[str, Any]:
    heat = heat_map({"heat_map": one.get("heat_map")}, speech)
    said = heat["shown"] and form["abstained"] is None
    return {
        "label": speech.say("slice", number=one["slice"], of=one["of"])
        if "slice" in one
        else speech.say("image", number=one["image"]),
        "picture": one["picture"],
        "map": one.get("map", "") if said else "",
        "text": heat["text"] if form["abstained"] is None else "",
    }
