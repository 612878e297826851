"""Operating points as they come from files."""

from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.threshold import half, read_thresholds

POINT = {"name": "youden", "threshold": 0.3, "origin": "tuned_on_validation", "sensitivity": {}}


def test_extra_keys_are_left_aside_and_marks_reach_the_metric():
    point = read_thresholds([POINT], classes=["well", "sick"])[0]
    marked = point.mark(Metric(name="sensitivity", value=0.8, n=10))
    assert (marked.operating_point, marked.threshold, marked.prespecified) == ("youden", 0.3, False)
    assert point.as_json() == {
        "name": "youden",
        "class": None,
        "threshold": 0.3,
        "origin": "tuned_on_validation",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"threshold": "high"}, "'high' is not a number"),
        ({"threshold": float("nan")}, "nan is not a number"),
        ({"threshold": True}, "True is not a number"),
        ({"origin": "guess"}, "'guess'; expected"),
        ({"class": "flu"}, "no class 'flu'"),
    ],
)
def test_bad_points_are_quoted(change, words):
    with pytest.raises(UsageError, match=words):
        read_thresholds([POINT | change], classes=["well", "sick"])


def test_missing_keys_are_named():
    with pytest.raises(UsageError, match="lacks origin, threshold"):
        read_thresholds([{"name": "youden"}], classes=["a"])


def test_a_name_comes_once_for_each_class():
    with pytest.raises(UsageError, match="two operating points"):
        read_thresholds([POINT, POINT], classes=["a"])
    both = [POINT | {"class": name} for name in ("a", "b")]
    assert len(read_thresholds(both, classes=["a", "b"])) == 2


def test_probability_a_half_is_prespecified():
    assert (half().threshold, half().origin) == (0.5, "prespecified")
