"""The map of the test part: what the network sees of each case, laid out in the plane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.document import Figure, Notice, Paragraph, Section
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.case_map import MOST_PANELS, case_map_figure, case_panels_figure
from thirdeye.report.numbers import number
from thirdeye.report.sets import test_set

WARNING = (
    "Look at it, and measure nothing on it. The size of a cloud, the distance between two and the axes mean"
    " nothing, and other settings draw another map. Clouds that are apart show that the network tells these"
    " classes apart on this test part, for which there are figures above; clouds that run into each other do"
    " not show that it cannot. It says nothing about why, and nothing about other hospitals. No decision was"
    " taken from it."
)


def case_map_section(evidence: Evidence) -> Section | None:
    """None where the features of the test part were not laid out."""
    part = test_set(evidence)
    found = part.content.get("case_map") if part is not None else None
    if not isinstance(found, Mapping):
        return None
    blocks = (Paragraph(_how(found)), _figure(found, several=evidence.task == "multilabel"))
    return Section("case-map", "A map of the cases", (*blocks, Notice("note", "How not to read it", WARNING)))


def _how(found: Mapping[str, Any]) -> str:
    drawn = "" if found["n"] == found["n_of"] else f", {found['n']} of {found['n_of']} drawn at random"
    layout = f"{found['method']}, perplexity {number(found['perplexity'], digits=0)}, seed {found['seed']}"
    return (
        f"Each point is a case of the test part{drawn}: what the network sees of it before it answers (its"
        " last hidden layer), laid out in the plane so that cases that look alike to the network lie together"
        f" ({layout}). The layout does not know the classes. How far neighbours on the map are neighbours in"
        f" the network too: {number(found['trustworthiness'], digits=2)} (1 is perfectly; trustworthiness of"
        " ten neighbours)."
    )


def _figure(found: Mapping[str, Any], *, several: bool) -> Figure:
    points = tuple((float(x), float(y)) for x, y in found["points"])
    belongs = tuple(tuple(one) for one in found["belongs"])
    groups = tuple(found["groups"])
    if several:
        drawing = case_panels_figure(points, belongs, groups)
        left = len(groups) - MOST_PANELS
        caption = "Triangles are cases with the finding, grey points are those without." + (
            f" The first {MOST_PANELS} of {len(groups)} findings." if left > 0 else ""
        )
    else:
        drawing = case_map_figure(points, belongs, groups)
        level = f", at the level '{found['level']}'" if found.get("level") else ""
        caption = f"Colour and shape are the true class{level}; in brackets, how many cases."
    counts = [sum(k in one for one in belongs) for k in range(len(groups))]
    told = ", ".join(f"{name} {count}" for name, count in zip(groups, counts, strict=True))
    return Figure(
        drawing, caption, f"Map of {len(points)} cases: {told}.", "Cases as the network sees them", "case_map"
    )
