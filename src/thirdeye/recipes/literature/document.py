"""The published evidence as JSON; its schema is ``schema/literature.json``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.recipes.literature.read import contradictions_of
from thirdeye.recipes.literature.study import LECTURE, REVIEW, SOURCES, PublishedStudy
from thirdeye.report.literature.lines import Literature

VERSION = 1


def document(studies: Sequence[PublishedStudy], shown: Literature, *parts: str) -> dict[str, Any]:
    """The wanted parts, or all; a part that was not asked for is left out.

    Raises:
        UsageError: an unknown part.
    """
    makers: dict[str, Callable[[], Any]] = {
        "studies": lambda: [asdict(study) for study in studies],
        "counts": lambda: [asdict(count) for count in shown.counts],
        "contradictions": lambda: [asdict(one) for one in contradictions_of(studies)],
        "intervals": lambda: [asdict(one) for one in shown.recomputed],
        "shares": lambda: [asdict(share) for share in shown.shares],
        "own": lambda: None if shown.own is None else asdict(shown.own),
    }
    unknown = set(parts) - set(makers)
    if unknown:
        raise UsageError(f"no part '{min(unknown)}'; there are {', '.join(makers)}")
    head = {"version": VERSION, "review": REVIEW, "lecture": LECTURE, "sources": dict(SOURCES)}
    return {**head, "chosen": shown.chosen, **{name: makers[name]() for name in parts or makers}}
