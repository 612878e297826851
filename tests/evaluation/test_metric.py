"""The result contract."""

from __future__ import annotations

import json
import math

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.metric import Metric, number, undefined

FIELDS = {
    "name", "class", "operating_point", "value", "ci_low", "ci_high", "ci_method", "level", "n", "n_pos",
    "n_neg", "n_units", "n_clusters", "n_excluded", "status", "reason", "prespecified", "threshold",
    "threshold_origin", "convention", "details",
}  # fmt: skip


def test_json_holds_every_field_and_comes_back():
    metric = Metric(
        name="sensitivity", value=0.9, n=50, ci_low=0.8, ci_high=0.95, ci_method="wilson", n_clusters=40,
        n_excluded={"unreadable": 2}, threshold=0.3, threshold_origin="tuned_on_validation",
        class_name="melanoma", operating_point="youden", details={"design_effect": 1.2},
    )  # fmt: skip
    written = metric.as_json()
    assert set(written) == FIELDS
    assert (written["class"], written["prespecified"]) == ("melanoma", False)
    assert Metric.from_json(json.loads(json.dumps(written, allow_nan=False))) == metric


def test_undefined_is_null_and_never_a_number():
    metric = undefined("ppv", "no case was called positive", n=0)
    assert metric.as_json()["value"] is None
    assert metric.status == "undefined"
    with pytest.raises(UsageError, match="does not go with status 'undefined'"):
        metric.with_(value=0.0)
    with pytest.raises(UsageError, match="does not go with status 'ok'"):
        Metric(name="ppv", value=None, n=0)


def test_nan_is_refused():
    with pytest.raises(UsageError, match="'auc' holds NaN"):
        Metric(name="auc", value=math.nan, n=3)
    assert number(math.nan) is None


def test_infinity_survives_json():
    metric = Metric(name="lr_pos", value=math.inf, n=10)
    written = json.dumps(metric.as_json(), allow_nan=False)
    assert '"inf"' in written
    assert Metric.from_json(json.loads(written)).value == math.inf


def test_fields_of_a_later_version_are_left_aside():
    written = Metric(name="auc", value=0.8, n=10).as_json() | {"invented_later": 1}
    assert Metric.from_json(written).value == 0.8


def test_only_a_fixed_threshold_is_prespecified():
    metric = Metric(name="accuracy", value=0.8, n=10)
    assert metric.prespecified is None
    assert metric.with_(threshold_origin="prespecified").prespecified is True
    assert metric.with_(threshold_origin="chosen_on_test").prespecified is False


def test_unknown_status_is_refused():
    with pytest.raises(UsageError, match="fine"):
        Metric(name="auc", value=0.8, n=10, status="fine")
