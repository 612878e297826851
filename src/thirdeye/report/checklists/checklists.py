"""``checklists.json``: every item of every checklist with what the run and the authors say about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.canvas_fill import NOTHING, Filled
from thirdeye.report.checklists.fill import FILLERS
from thirdeye.report.checklists.lists import CHECKLISTS, Checklist, Item
from thirdeye.report.checklists.topics import TOPICS
from thirdeye.report.document import Block, Form, FormRow, Paragraph, Section
from thirdeye.report.evidence import Evidence

CHECKLISTS_VERSION = 1


def checklists(evidence: Evidence, answers: Mapping[str, str]) -> dict[str, Any]:
    """The content of ``checklists.json``.

    Args:
        evidence: of the study.
        answers: topic to what a person said.
    """
    known = {topic: FILLERS[topic](evidence) if topic in FILLERS else NOTHING for topic in TOPICS}
    return {
        "version": CHECKLISTS_VERSION,
        "note": "Paraphrased; authors complete the official instruments.",
        "checklists": [_entry(one, known, answers) for one in CHECKLISTS],
        "open_topics": [
            topic.name for topic in TOPICS.values() if topic.asked and not answers.get(topic.name)
        ],
    }


def checklist_sections(filled: Mapping[str, Any]) -> list[Section]:
    """One section of the report for each checklist."""
    return [_section(one) for one in filled["checklists"]]


def _entry(one: Checklist, known: Mapping[str, Filled], answers: Mapping[str, str]) -> dict[str, Any]:
    items = [_item(item, known, answers) for item in one.items]
    counts = {state: sum(item["state"] == state for item in items) for state in ("filled", "partly", "open")}
    return {"name": one.name, "title": one.title, "source": one.source, "counts": counts, "items": items}


def _item(item: Item, known: Mapping[str, Filled], answers: Mapping[str, str]) -> dict[str, Any]:
    """Filled when every topic is answered by the run or a person; partly when some are."""
    texts, done = [], []
    for topic in item.topics:
        said, found = answers.get(topic), known[topic]
        text = said or found.text
        if text:
            texts.append(text)
        done.append(bool(said) or bool(found.text and found.complete))
    state = "filled" if all(done) else "partly" if texts else "open"
    return {
        "item": item.number,
        "asked": item.asked,
        "topics": list(item.topics),
        "text": "; ".join(texts) or None,
        "state": state,
    }


def _section(one: Mapping[str, Any]) -> Section:
    counts, items = one["counts"], one["items"]
    rows = tuple(FormRow(i["item"], i["asked"], i["text"] or "", i["state"]) for i in items)
    blocks: tuple[Block, ...] = (
        Paragraph(
            f"{counts['filled']} of {len(items)} items are filled, {counts['partly']} in part; "
            f"{counts['open']} wait for a person: thirdeye report STUDY --ask. Paraphrased after "
            f"{one['source']}; authors complete the official instrument."
        ),
        Form(rows, one["title"]),
    )
    return Section(f"checklist-{one['name'].replace('_', '-')}", f"Checklist {one['title']}", blocks)
