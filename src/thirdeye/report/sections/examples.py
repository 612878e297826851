"""Right and wrong: examples with heat maps, shown as evidence only after their method passed its exam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Gallery, Notice, Paragraph, Picture, Section
from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import is_number, number

_EXPLANATIONS = {
    "true positive": "the condition is there, and the network says so",
    "false positive": "the condition is not there, but the network says so",
    "true negative": "the condition is not there, and the network says so",
    "false negative": "the condition is there, but the network passes it",
    "right": "the class named is the true one",
    "wrong": "the class named is not the true one",
}
_ORDER = tuple(_EXPLANATIONS)
_NOT_EVIDENCE = "has not passed its exam"
_MOST_PER_KIND = 8


def examples_section(evidence: Evidence) -> Section | None:
    """Galleries by kind; None where the study holds no example."""
    examples = evidence.examples.get("examples") or []
    if not examples:
        return None
    passed = evidence.heat_maps_passed
    blocks: list[Block] = [Paragraph(_introduction(evidence)), sanity_notice(evidence)]
    kinds = list(dict.fromkeys(map(_kind, examples)))
    kinds.sort(key=lambda kind: _ORDER.index(kind) if kind in _ORDER else len(_ORDER))
    for kind in kinds:
        chosen = [example for example in examples if _kind(example) == kind]
        pictures = tuple(_picture(evidence, example) for example in chosen[:_MOST_PER_KIND])
        heading = kind[:1].upper() + kind[1:] + ("s" if len(chosen) > 1 and kind in _ORDER[:4] else "")
        alone = not _drawn(evidence)
        warning = "" if passed is True or alone else _NOT_EVIDENCE
        blocks.append(Gallery(heading, _EXPLANATIONS.get(kind, ""), pictures, warning, alone=alone))
    return Section("examples", "Right and wrong", tuple(blocks))


def sanity_notice(evidence: Evidence) -> Notice:
    """What the exam of the heat maps says; its absence is said as loudly as its failure."""
    verdict = str(evidence.sanity.get("verdict") or "")
    if evidence.heat_maps_passed is True:
        return Notice("note", "The heat maps passed their exam", verdict or _what_it_is())
    what_to_do = _do_not_use() if _drawn(evidence) else ""
    if evidence.heat_maps_passed is False:
        return Notice(
            "stop", "The heat maps have not passed their exam", verdict or _what_it_is(), what_to_do
        )
    return Notice(
        "stop", "The heat maps have not passed their exam: it was not run", _what_it_is(), what_to_do
    )


def _what_it_is() -> str:
    return (
        "The exam replaces, among other things, what the network has learnt by random numbers: a map that "
        "then looks the same shows the image, not the network."
    )


def _do_not_use() -> str:
    return "Do not take the coloured areas for the reason of an answer."


def _drawn(evidence: Evidence) -> bool:
    """Whether any example has a heat map to show."""
    return any(one.get("heat_map") for one in evidence.examples.get("examples") or ())


def _introduction(evidence: Evidence) -> str:
    chosen = (
        "They were chosen to show every kind of outcome, so their mix says nothing of how often each occurs."
    )
    if not _drawn(evidence):
        return f"Examples from the test part. {chosen}"
    method = str(evidence.sanity.get("method") or "class activation map").replace("_", " ")
    method = {"cam": "class activation map"}.get(method, method)
    return (
        f"Examples from the test part, each beside its heat map ({method}): warm colours mark what "
        f"spoke for the class that is named. {chosen}"
    )


def _probability(evidence: Evidence, probability: Any) -> str:
    """Of the positive class where there is one, whatever was said; else of what was said."""
    if not is_number(probability):
        return ""
    shown = number(probability, percent=True, digits=0)
    if evidence.task == "binary":
        return f" (probability of “{shorten(evidence.positive or '', 24)}”: {shown})"
    return f" ({shown})"


def _kind(example: Mapping[str, Any]) -> str:
    return str(example.get("kind") or "example").replace("_", " ")


def _picture(evidence: Evidence, example: Mapping[str, Any]) -> Picture:
    truth, said = str(example.get("label", "")), str(example.get("predicted", ""))
    shown = _probability(evidence, example.get("probability"))
    lines = (f"Truth: {truth or 'none'}", f"Network: {said or 'none'}{shown}", str(example.get("case", "")))
    return Picture(
        image=evidence.picture(example.get("thumbnail")),
        heat_map=evidence.picture(example.get("heat_map")),
        lines=lines,
        alt=f"{_kind(example)}: {lines[0]}; {lines[1]}",
    )
