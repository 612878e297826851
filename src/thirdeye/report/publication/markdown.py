"""Markdown from plain text: nothing in a text is markup, and what only a person knows stands open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from thirdeye.report.checklists.topics import TOPICS
from thirdeye.report.clean import clean
from thirdeye.report.publication.table import JournalRow, JournalTable

_LIVE = re.compile(r"([\\`*_\[\]|~$])")
_LIST_START = re.compile(r"^(\s*)([#+=-])(?=[\s#+=-]|$)")
_NUMBER_START = re.compile(r"^(\s*\d+)([.)])(?=\s|$)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    """`text` as Markdown that shows it: no emphasis, link, table cell, formula or HTML in it is live."""
    safe = "".join(_ENTITIES.get(character, character) for character in clean(text))
    safe = _LIVE.sub(r"\\\1", safe).replace("://", "&#58;//")
    return _NUMBER_START.sub(r"\1\\\2", _LIST_START.sub(r"\1\\\2", safe))


def bullets(items: Iterable[str]) -> list[str]:
    """Escaped lines of a list; empty items are left out."""
    return [f"- {escape(item)}" for item in items if item]


def facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """A list of terms and what they are."""
    return [f"- **{escape(term)}:** {escape(value)}" for term, value in pairs if value]


def said(topic: str, answers: Mapping[str, str]) -> list[str]:
    """The answer to a question, or the question itself, visibly open."""
    answer = " ".join(answers.get(topic, "").split())
    if answer:
        return [f"{escape(answer)}"]
    return [f"> **To be written by a person:** {escape(TOPICS[topic].asked)} (`{topic}`)"]


def open_topics(topics: Iterable[str], answers: Mapping[str, str]) -> list[str]:
    """Those of the topics that nobody has answered."""
    return [topic for topic in dict.fromkeys(topics) if not answers.get(topic)]


def table_lines(table: JournalTable, *, heading: bool = True) -> list[str]:
    """A pipe table with its notes below."""
    rule = [":--" if column.align == "left" else "--:" for column in table.columns]
    lines = [f"**{escape(table.title)}**", ""] if heading else []
    lines += [_pipes([escape(column.title) for column in table.columns]), _pipes(rule)]
    lines += [_row(one) for one in table.rows]
    return [*lines, "", *(f"<sub>{escape(note)}</sub>  " for note in table.notes)]


def page(blocks: Sequence[Sequence[str]]) -> str:
    """Blocks with an empty line between them, and one at the end."""
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _row(one: JournalRow) -> str:
    first, *rest = map(escape, one.cells)
    if one.group:
        return _pipes([f"**{first}**", *rest])
    return _pipes([f"&emsp;{first}" if one.indent else first, *rest])


def _pipes(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
