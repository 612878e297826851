"""Accuracy alone is refused as a headline."""

from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.headline import headline, of_whole_set

METRICS = [
    {"name": "auc", "value": 0.8},
    {"name": "accuracy", "value": 0.95, "operating_point": "youden"},
    {"name": "balanced_accuracy", "value": 0.6, "operating_point": "youden"},
    {"name": "average_precision", "value": 0.4},
    {"name": "mcc", "value": 0.2, "operating_point": "youden"},
    {"name": "accuracy", "value": 0.1, "class": "a"},
]


def test_accuracy_alone_is_refused():
    with pytest.raises(UsageError, match="accuracy alone is no headline"):
        headline(METRICS, "accuracy")
    with pytest.raises(UsageError, match="accuracy alone"):
        headline(METRICS, "accuracy", "accuracy", prevalence=0.5)


def test_accuracy_beside_another_is_given():
    assert [m["name"] for m in headline(METRICS, "auc", "accuracy", prevalence=0.5)] == ["auc", "accuracy"]


@pytest.mark.parametrize("prevalence", [0.05, 0.9])
def test_where_a_class_is_rare_accuracy_brings_the_others(prevalence):
    found = [m["name"] for m in headline(METRICS, "auc", "accuracy", prevalence=prevalence)]
    assert found == ["auc", "accuracy", "balanced_accuracy", "average_precision", "mcc"]


def test_an_unknown_name_is_refused():
    with pytest.raises(UsageError, match="no measure called 'dice'"):
        headline(METRICS, "dice")


def test_a_figure_of_the_whole_set():
    assert of_whole_set(METRICS, "auc_macro", "auc") == {"name": "auc", "value": 0.8}
    assert of_whole_set(METRICS, "accuracy") is None  # only at an operating point, or of a class
    assert of_whole_set(METRICS, "dice") is None
