"""``checklists.json``: every item of every checklist with what the run and the authors say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.canvas_fill import NOTHING, Filled
from thirdeye.report.checklists.fill import DRAFTS, FILLERS
from thirdeye.report.checklists.lists import CHECKLISTS, Checklist, Item
from thirdeye.report.checklists.places import PLACES
from thirdeye.report.checklists.topics import TOPICS
from thirdeye.report.document import Fold, Form, FormRow, Paragraph, Section
from thirdeye.report.evidence import Evidence

CHECKLISTS_VERSION = 1


def checklists(evidence: Evidence, answers: Mapping[str, str]) -> dict[str, Any]:
    """The content of ``checklists.json``.

    Args:
        evidence: of the study.
        answers: topic to what a person said.
    """
    fillers = {**FILLERS, **DRAFTS}
    known = {topic: fillers[topic](evidence) if topic in fillers else NOTHING for topic in TOPICS}
    return {
        "version": CHECKLISTS_VERSION,
        "note": "Paraphrased; authors complete the official instruments.",
        "checklists": [_entry(one, known, answers) for one in CHECKLISTS],
        "open_topics": [
            topic.name for topic in TOPICS.values() if topic.asked and not answers.get(topic.name)
        ],
    }


def checklist_section(filled: Mapping[str, Any], sections: Sequence[Section] = ()) -> Section:
    """The section of the report with every checklist, each folded under its count.

    Args:
        filled: content of ``checklists.json``.
        sections: of the report, which items point to.
    """
    titles = {section.anchor: section.title for section in sections}
    lead = Paragraph(
        "What journals ask the authors of such a study to report, filled from the run as far as it knows. "
        "The rest waits for a person: thirdeye report STUDY --ask. The items are paraphrased; authors "
        "complete the official instruments."
    )
    return Section(
        "checklists",
        "Checklists for a journal",
        (lead, *(_fold(one, titles) for one in filled["checklists"])),
    )


def _entry(one: Checklist, known: Mapping[str, Filled], answers: Mapping[str, str]) -> dict[str, Any]:
    items = [_item(item, known, answers) for item in one.items]
    counts = {state: sum(item["state"] == state for item in items) for state in ("filled", "partly", "open")}
    return {"name": one.name, "title": one.title, "source": one.source, "counts": counts, "items": items}


def _item(item: Item, known: Mapping[str, Filled], answers: Mapping[str, str]) -> dict[str, Any]:
    """Filled when every topic is answered by the run or a person; partly when some are.

    What only a person can say stays open until a person has said it: the run's words are a draft then.
    """
    texts, done = [], []
    for topic in item.topics:
        said, found = answers.get(topic), known[topic]
        texts += [text for text in (said, found.text) if text and text not in texts]
        done.append(bool(said) or bool(found.text and found.complete))
    draft = item.fill == "ask" and not any(answers.get(topic) for topic in item.topics)
    text = "; ".join(texts)
    return {
        "item": item.number,
        "fill": item.fill,
        "asked": item.asked,
        "topics": list(item.topics),
        "text": (f"Draft from the run: {text}" if draft else text) if text else None,
        "state": "filled" if all(done) else "open" if draft or not texts else "partly",
        "where": _where(item, known),
    }


def _where(item: Item, known: Mapping[str, Filled]) -> list[str]:
    """Anchors of the sections of the report that hold what the run knows."""
    found = (anchor for topic in item.topics if known[topic].text for anchor in PLACES.get(topic, ()))
    return list(dict.fromkeys(found))


def _fold(one: Mapping[str, Any], titles: Mapping[str, str]) -> Fold:
    counts, items = one["counts"], one["items"]
    rows = tuple(
        FormRow(
            i["item"], i["asked"], i["text"] or "", i["state"],
            tuple((anchor, titles[anchor]) for anchor in i["where"] if anchor in titles),
        )
        for i in items
    )  # fmt: skip
    title = (
        f"{one['title']}: {counts['filled']} of {len(items)} items filled, {counts['partly']} in part, "
        f"{counts['open']} open"
    )
    return Fold(title, (Paragraph(f"After {one['source']}.", "small"), Form(rows, one["title"])))
