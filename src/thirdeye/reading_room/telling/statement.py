"""What somebody signs: the result, how it came about, which model was shown. Sentences, JSON-ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.reading_room.telling.answers import together, unread
from thirdeye.reading_room.telling.named import named_form
from thirdeye.reading_room.telling.places import located
from thirdeye.reading_room.telling.speech import Speech, plain
from thirdeye.reading_room.web.words import translator


@dataclass(frozen=True)
class Findings:
    """What a statement is made of.

    Args:
        case: whose.
        positive: the class that is asked for; None: `answer` names one, or places are asked for.
        probability, answer: the result.
        how: as of `thirdeye.reading_room.workflow.second_reading.Result`.
        values: (part, answer, probability) of each reader.
        choice: of the first reader.
        locked: their probability before they saw the opinion.
        locked_answer: the class that they named then.
        reason: theirs.
        opinion: the form that was shown; None: none was.
        opinion_sha256, model_sha256: of what was shown.
        seen_first: whether the opinion was shown before the first reader locked (concurrent reading).
        names: of the classes.
    """

    case: str
    positive: str | None
    probability: float
    answer: str | None
    how: str
    values: Sequence[tuple[str, str | None, float]]
    choice: str
    locked: float
    locked_answer: str | None
    reason: str
    opinion: Mapping[str, Any] | None
    opinion_sha256: str | None
    model_sha256: str | None
    seen_first: bool = False
    names: ClassNames = UNNAMED


def statement(found: Findings, language: str) -> dict[str, Any]:
    """The statement that is shown before a signature, and sealed with it.

    Args:
        found: what it is made of.
        language: of its sentences.
    """
    speech = Speech(language, found.names)
    return {
        "case": found.case,
        "language": language,
        "result": held(found.positive, found.answer, found.probability, speech),
        "sentences": [*_came_about(found, speech), *_machine(found, speech)],
        "reason": plain(found.reason),
        "probability": found.probability,
        "answer": found.answer,
        "opinion_sha256": found.opinion_sha256,
        "model_sha256": found.model_sha256,
        "notice": RESEARCH_USE if language == "en" else translator(language)("room.notice"),
    }


def held(positive: str | None, answer: str | None, probability: float, speech: Speech) -> str:
    """What a reader holds, in a line: "malignant: 30 %"."""
    known = positive or answer
    name = known and speech.name(known)
    percent = speech.percent(probability)
    return (
        speech.say("holds", name=name, percent=percent)
        if name
        else speech.say("holds_marks", percent=percent)
    )


def _came_about(found: Findings, speech: Speech) -> list[str]:
    before = held(found.positive, found.locked_answer, found.locked, speech)
    how = "signed_seen" if found.seen_first else "signed"
    told = [speech.say(f"{how}_{found.choice}", before=before)]
    if found.how != "first":
        values = [held(found.positive, answer, value, speech) for _, answer, value in found.values]
        told.append(speech.say(f"signed_how_{found.how}", values="; ".join(values)))
    return told


def _machine(found: Findings, speech: Speech) -> list[str]:
    if found.opinion is None:
        return [speech.say("signed_no_opinion")]
    form = named_form(found.opinion, found.names, speech.language)
    name, sealed = str(form["model"].get("name", "?")), (found.model_sha256 or "")[:12]
    if form["abstained"] is not None:
        return [speech.say("signed_abstained", model=name, sha=sealed), *_about(form, speech)]
    spoken_of = form["positive"] or form["predicted"]
    value = form["probabilities"].get(spoken_of)
    if value is None:
        return [speech.say("signed_located", model=name, sha=sealed), *_about(form, speech)]
    said = speech.say("holds", name=spoken_of, percent=speech.percent(value))
    told = speech.say("signed_opinion", model=name, sha=sealed, said=said)
    return [told, *together(form, speech), *_about(form, speech)]


def _about(form: Mapping[str, Any], speech: Speech) -> Iterator[str]:
    """Which image that is about where each was read by itself, and what was not read."""
    if form.get("images") and not located(form):
        image = speech.say("image", number=str(form["source"]).rpartition(" ")[2])
        yield speech.say("signed_about", image=image)
    yield from unread(form, speech)
