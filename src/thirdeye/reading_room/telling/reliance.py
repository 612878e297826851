"""By what a doctor weighs an opinion: how often it came true, how sure it is, what looked alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.reading_room.opinions.names import similar
from thirdeye.reading_room.telling.speech import Speech

NEAREST = 5
_METHODS = ("members", "views", "probability", "margin", "entropy")

Form = Mapping[str, Any]


def often(form: Form, speech: Speech) -> list[dict[str, Any]]:
    """How often past cases that were read alike truly had a class, each with the numbers for its dots.

    Returns:
        ``text``, ``such`` and, of a hundred, ``low``, ``middle`` and ``high``.
    """
    return [_frequency(one, speech) for one in form["frequencies"]]


def _frequency(one: Form, speech: Speech) -> dict[str, Any]:
    share = one["k"] / one["n"]
    of_patients = one["patients"] is not None and one["patients"] < one["n"]
    text = speech.say("often", share=speech.of_hundred(share), name=one["class"])
    key = "often_from_patients" if of_patients else "often_from"
    told = speech.say(
        key, n=one["n"], patients=one["patients"], low=f"{100 * one['low']:.0f}",
        high=f"{100 * one['high']:.0f}",
    )  # fmt: skip
    such = speech.say(
        "such", low=f"{100 * one['from_probability']:.0f}", high=f"{100 * one['to_probability']:.0f}"
    )
    low, middle, high = (round(100 * value) for value in (one["low"], share, one["high"]))
    return {"text": f"{text} {told}", "such": such, "low": low, "middle": middle, "high": high}


def verdicts(form: Form, speech: Speech) -> list[dict[str, Any]]:
    """What the opinion says at each threshold, with what was measured there."""
    return [_verdict(one, str(form["positive"] or ""), speech) for one in form["verdicts"]]


def _verdict(one: Form, positive: str, speech: Speech) -> dict[str, Any]:
    known = ("youden", "sensitivity_95", "specificity_95")
    name = one["operating_point"]
    title = speech.say(f"point_{name}") if name in known else speech.say("point_other", name=name)
    said = [
        speech.say("caught", share=speech.of_hundred(one["sensitivity"]), name=positive,
                   span=speech.span(one["sensitivity_interval"])) if one["sensitivity"] is not None else "",
        speech.say("spared", share=speech.of_hundred(one["specificity"]), name=positive,
                   span=speech.span(one["specificity_interval"])) if one["specificity"] is not None else "",
    ]  # fmt: skip
    return {
        "title": title,
        "threshold": speech.percent(one["threshold"]),
        "positive": bool(one["positive"]),
        "text": speech.say(
            "above" if one["positive"] else "below", threshold=speech.percent(one["threshold"])
        ),
        "measured": " ".join(filter(None, said)),
    }


def weighing(form: Form, speech: Speech) -> list[str]:
    """How sure the reader is of this case, and how well it knows such images."""
    told, certainty, familiarity = [], form["certainty"], form["familiarity"]
    if certainty is not None:
        key = certainty["method"] if certainty["method"] in _METHODS else "other"
        by = speech.say(f"by_{key}")
        told.append(speech.say("surer", share=speech.of_hundred(certainty["rank"]), by=by))
    if familiarity is not None and familiarity["rank"] is not None:
        told.append(speech.say("familiar", share=speech.of_hundred(familiarity["rank"])))
    elif familiarity is not None:
        told.append(speech.say("familiar_distance", share=speech.percent(familiarity["distance"])))
    return told


def deferral(form: Form, speech: Speech) -> dict[str, str] | None:
    """That the reader leaves the case to the doctor, and why; None where it does not."""
    certainty = form["certainty"]
    if certainty is None or not certainty["defer"]:
        return None
    return speech.passed_on(certainty["reason"] or "it is too uncertain to count on")


def past(form: Form, speech: Speech) -> dict[str, Any] | None:
    """Past cases that look alike: how they turned out, for and against, each with the name of its picture.

    The names of the cases stay out: they belong to the data of the study.
    """
    cases = form["similar"]
    if not cases:
        return None
    nearest = [one for one in cases if one["rank"] <= NEAREST][:NEAREST] or cases[:NEAREST]
    counts = Counter(one["label"] for one in nearest)
    told = [
        speech.say("count_of", number=count, name=name) if name else speech.say("count_unknown", number=count)
        for name, count in counts.most_common()
    ]
    return {
        "text": speech.counted("alike", len(nearest), told=speech.listed(told, "and")),
        "sides": _sides(form, cases, speech),
    }


def _sides(form: Form, cases: Sequence[Form], speech: Speech) -> list[dict[str, Any]]:
    spoken_of = form["positive"] or form["predicted"]
    kept: dict[str, list[dict[str, Any]]] = {"for": [], "against": [], "unknown": []}
    for place, one in enumerate(cases):
        side = "unknown" if not one["label"] else "for" if one["label"] == spoken_of else "against"
        kept[side].append(_past_case(one, place, speech))
    return [
        {"title": speech.say(f"past_{side}", name=spoken_of or ""), "cases": found}
        for side, found in kept.items()
        if found
    ]


def _past_case(one: Form, place: int, speech: Speech) -> dict[str, Any]:
    return {
        "label": one["label"] or speech.say("outcome_unknown"),
        "similarity": speech.say("similarity", share=speech.percent(max(0.0, min(1.0, one["similarity"])))),
        "same": speech.say("same_image") if one["duplicate"] else "",
        "picture": similar(place),
    }
