"""Operating points that stand the other way round than their names let expect."""

from __future__ import annotations

from typing import Any

from thirdeye.report.document import Paragraph
from thirdeye.report.measures import point_blocks
from thirdeye.report.points_crossed import crossed_sentence
from thirdeye.report.sets import EvidenceSet


def points(sensitive: float, specific: float, origin: str = "tuned_on_validation") -> list[dict[str, Any]]:
    return [
        {"name": "youden", "threshold": 0.5, "origin": origin},
        {"name": "sensitivity_95", "threshold": sensitive, "origin": origin},
        {"name": "specificity_95", "threshold": specific, "origin": origin},
    ]


def test_said_only_where_the_two_are_crossed_and_came_from_validation() -> None:
    assert crossed_sentence(points(0.6, 0.4)).startswith("The sensitive point lies at a higher threshold")
    assert crossed_sentence(points(0.4, 0.6)) == ""
    assert crossed_sentence(points(0.5, 0.5)) == ""
    assert crossed_sentence(points(0.6, 0.4, "prespecified")) == ""
    assert crossed_sentence(points(0.6, 0.4)[:2]) == ""
    assert crossed_sentence([]) == ""


def test_the_report_says_it_beside_the_points() -> None:
    metric = {
        "name": "sensitivity", "value": 0.9, "ci_low": 0.8, "ci_high": 0.95, "ci_method": "wilson", "n": 50,
        "status": "ok", "class": None, "convention": "",
    }  # fmt: skip
    found = points(0.6, 0.4)
    metrics = [{**metric, "operating_point": point["name"]} for point in found]
    content = {"unit": "image", "n": 50, "operating_points": found, "metrics": metrics}
    told = [
        block.text
        for block in point_blocks(EvidenceSet("test", content, "image"))
        if isinstance(block, Paragraph)
    ]
    assert crossed_sentence(found) in told
