"""A point chosen on the test part is called exploratory wherever it appears."""

from __future__ import annotations

import copy

from thirdeye.report.exploratory import mark_exploratory
from thirdeye.report.names import operating_point_title

EVALUATION = {
    "sets": {
        "test": {
            "operating_points": [
                {"name": "youden", "origin": "chosen_on_test"},
                {"name": "sensitivity_95", "origin": "tuned_on_validation"},
            ],
            "metrics": [
                {"name": "sensitivity", "operating_point": "youden"},
                {"name": "sensitivity", "operating_point": "sensitivity_95"},
                {"name": "auc", "operating_point": None},
            ],
            "comparisons": [{"measures": [{"operating_point": "youden"}]}],
            "subgroups": [{"groups": [{"metrics": [{"operating_point": "youden"}]}]}],
        },
        "validation": {"operating_points": [{"name": "youden", "origin": "tuned_on_validation"}]},
    }
}


def test_every_mention_is_renamed_and_nothing_else() -> None:
    before = copy.deepcopy(EVALUATION)
    test = mark_exploratory(EVALUATION)["sets"]["test"]
    assert before == EVALUATION
    assert [point["name"] for point in test["operating_points"]] == ["youden_exploratory", "sensitivity_95"]
    assert [m["operating_point"] for m in test["metrics"]] == ["youden_exploratory", "sensitivity_95", None]
    assert test["comparisons"][0]["measures"][0]["operating_point"] == "youden_exploratory"
    assert test["subgroups"][0]["groups"][0]["metrics"][0]["operating_point"] == "youden_exploratory"
    assert mark_exploratory(EVALUATION)["sets"]["validation"] == EVALUATION["sets"]["validation"]


def test_its_title_says_so() -> None:
    assert operating_point_title("youden_exploratory") == "Balanced point (exploratory)"


def test_a_broken_file_is_left_alone() -> None:
    for broken in ({}, {"sets": None}, {"sets": {"test": None}}, {"sets": {"test": {"operating_points": 3}}}):
        assert mark_exploratory(broken) == broken
