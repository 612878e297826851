"""The question that a study answers, as its title."""

from __future__ import annotations

from thirdeye.report.clean import shorten
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.tasks import located_words


def question(evidence: Evidence) -> str:
    """A question in plain words; the classes of the data are its only jargon."""
    classes, task = [shorten(name, 60) for name in evidence.classes], evidence.task
    if not classes or task is None:
        return "A study without a finished reader"
    located = located_words(task)
    if located is not None:
        return located.question(classes)
    seen = "cases" if evidence.model.get("system") else "images"
    if task == "binary":
        return _binary(classes, shorten(evidence.positive or classes[-1], 60), seen)
    if task == "ordinal":
        return f"Can the grade, from “{classes[0]}” to “{classes[-1]}”, be read from these {seen}?"
    if task == "multilabel":
        return f"Which of {len(classes)} labels ({_few(classes)}) can be seen in these images?"
    return f"Can {len(classes)} classes ({_few(classes)}) be told apart in these {seen}?"


def other_class(evidence: Evidence) -> str:
    """The class that is not the positive one (binary)."""
    others = [name for name in evidence.classes if name != evidence.positive]
    return others[0] if others else "the rest"


def _binary(classes: list[str], positive: str, seen: str) -> str:
    others = [name for name in classes if name != positive]
    return f"Can “{positive}” be told from “{others[0] if others else 'the rest'}” in these {seen}?"


def _few(names: list[str], most: int = 3) -> str:
    shown = ", ".join(shorten(name, 28) for name in names[:most])
    return shown if len(names) <= most else f"{shown}, …"
