"""The tasks that say where something is, by name: a new one is a line here."""

from __future__ import annotations

from thirdeye.report.located.detection import DETECTION
from thirdeye.report.located.landmarks import LANDMARKS
from thirdeye.report.located.segmentation import SEGMENTATION
from thirdeye.report.located.words import LocatedWords

WORDS: dict[str, LocatedWords] = {words.task: words for words in (SEGMENTATION, DETECTION, LANDMARKS)}


def located_words(task: str | None) -> LocatedWords | None:
    """The words of a task; None for one that names classes."""
    return WORDS.get(str(task))
