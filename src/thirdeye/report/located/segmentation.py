"""Masks on paper."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.clean import shorten
from thirdeye.report.document import Paragraph
from thirdeye.report.located.phrases import counted, listed
from thirdeye.report.located.segmentation_limits import RULES
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.numbers import (
    MetricJson,
    has_interval,
    has_value,
    inline_text,
    level_text,
    number,
    value_text,
)
from thirdeye.report.sets import EvidenceSet


def _question(names: Sequence[str]) -> str:
    return f"Can {listed(names)} be outlined in these images?"


def _lead(part: EvidenceSet, names: Sequence[str]) -> tuple[Paragraph, ...]:
    metric = SEGMENTATION.main_metric(part)
    if metric is None or not has_value(metric):
        said = f"How far the outlines of the network and of the expert agree is {value_text(metric)}."
        return (Paragraph(said, "lead"), Paragraph(counted(part)))
    found, right = (_share(part, name, names) for name in ("pixel_sensitivity", "pixel_precision"))
    over = f", averaged over {len(names)} structures" if len(names) > 1 else ""
    space = "volume" if part.content.get("size_unit") == "mm3" else "area"
    if found is None or right is None:
        said = f"Overlap of the outlines of the network and of the expert: Dice {inline_text(metric)}{over}."
    else:
        said = (
            f"On average the network marks {per_hundred_share(found)} of the {space} that the expert marked, "
            f"and {per_hundred_share(right)} of what it marks is right{over}."
        )
    dice = (
        f"Overlap of both outlines: Dice {inline_text(metric)}; 1 is the same outline, 0 nothing in common."
    )
    return (Paragraph(said, "lead"), Paragraph(f"{counted(part)} {dice}{_range(part, names)}"))


def _share(part: EvidenceSet, name: str, names: Sequence[str]) -> MetricJson | None:
    metric = part.metric(name) or part.metric(name, class_name=names[0] if len(names) == 1 else None)
    return metric if has_value(metric) else None


def per_hundred_share(metric: MetricJson) -> str:
    """``87% (95% interval 83% to 90%)``."""
    value = number(metric["value"], percent=True, digits=0)
    if not has_interval(metric):
        return f"{value} (no interval)"
    low, high = (number(metric[end], percent=True, digits=0) for end in ("ci_low", "ci_high"))
    return f"{value} ({level_text(metric)} interval {low} to {high})"


def _range(part: EvidenceSet, names: Sequence[str]) -> str:
    """The structure that is outlined worst and the one that is outlined best."""
    found = [
        (float(m["value"]), name, m)
        for name in names
        if has_value(m := part.metric("dice", class_name=name)) and m
    ]
    if len(found) < 2:
        return ""
    ranked = sorted(found, key=lambda one: one[:2])
    (_, worst, low), (_, best, high) = ranked[0], ranked[-1]
    return (
        f" Best outlined is “{shorten(best, 40)}” (Dice {inline_text(high)}), "
        f"worst “{shorten(worst, 40)}” (Dice {inline_text(low)})."
    )


SEGMENTATION = LocatedWords(
    task="segmentation",
    kind="outlines of structures",
    noun="structure",
    nouns="structures",
    marked="Images in which it is marked",
    question=_question,
    headlines=("dice", "hd95_max_of_directed", "nsd_*", "pixel_auc"),
    lead=_lead,
    rules=RULES,
    always=("Where the border truly is. Two experts draw it apart too; a second reading tells how far.",),
)
