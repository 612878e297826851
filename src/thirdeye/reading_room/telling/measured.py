"""How good the reader is, what it has not been validated on, which it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.reading_room.telling.speech import Speech

_SHARES = ("lesion_sensitivity", "lesion_ppv", "case_sensitivity")
_DISTANCES = ("mre_mm", "mre_px", "mae")
_KNOWN = (
    *_SHARES,
    *_DISTANCES,
    "dice",
    "hd95_max_of_directed",
    "false_positives_per_image",
    "auc",
    "auc_macro",
)

Form = Mapping[str, Any]


def trust(form: Form, name: str, speech: Speech) -> str:
    """How far to trust what was found of one name, as measured on validation cases; "" where nothing was."""
    told = [_sentence(one, speech) for one in form["measured"] if one["about"] == name]
    return " ".join(told)


def overall(form: Form, speech: Speech) -> list[str]:
    """How good the reader is as a whole, in sentences."""
    return [_sentence(one, speech) for one in form["measured"] if one["about"] == ""]


def _sentence(one: Form, speech: Speech) -> str:
    """One measure as somebody would explain it, with its interval and what it rests on."""
    name = one["measure"] if one["measure"] in _KNOWN else "other"
    share = one["measure"] in _SHARES or one["measure"] in ("auc", "auc_macro", "dice")
    scale = 100 if share else 1
    limits = None if one["low"] is None or one["high"] is None else (one["low"], one["high"])
    return speech.say(
        f"measure_{name}", what=one["measure"],
        value=speech.number(scale * one["value"], digits=0 if share else None),
        unit=speech.say(f"unit_{one['unit']}") if one["unit"] in ("mm", "px", "deg") else "",
        span=speech.span(limits, scale=scale), n=speech.number(one["n"], digits=0),
        part=speech.say(f"part_{one['part']}"),
    )  # fmt: skip


def model(form: Form, speech: Speech) -> list[tuple[str, str]]:
    """Which model it is: what, and the value in full."""
    names = ("name", "sha256", "dataset_sha256", "plan_sha256", "software")
    return [
        (speech.say(f"model_{name}"), str(form["model"][name])) for name in names if form["model"].get(name)
    ]
