from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.certainty import (
    Told,
    certainties,
    certainty_adviser,
    fit_deferral,
    positive_last,
    share_below,
)
from thirdeye.inference.manifest import Manifest

MANIFEST = Manifest(
    task="binary", classes=("ill", "well"), positive="ill", architecture="x",
    input={"size_px": 8, "resize": "pad", "intensity": "full_range"},
    calibration=Calibration("none", "binary"),
    onnx={"file": "model.onnx", "sha256": "0" * 64}, operating_points=({"name": "youden", "threshold": 0.2},),
    members=({"file": "a", "fold": 0, "say": 1.5}, {"file": "b", "fold": -1, "say": 0.5}),
)  # fmt: skip
OPINION = Opinion(source="a.png", task="binary", probabilities={"ill": 0.6, "well": 0.4})


def _logits(p: float) -> list[float]:
    return [0.0, float(np.log((1 - p) / p))]  # ill is the first class


def test_measures_by_hand() -> None:
    told = Told(
        np.array([[0.6, 0.4]]), by_view=np.array([[_logits(0.5), _logits(0.7)]]),
        members=np.array([[1.5 * np.array(_logits(0.8)), 0.5 * np.array(_logits(0.4))]]),
    )  # fmt: skip
    found = certainties(told, MANIFEST)
    assert list(found) == ["probability", "entropy", "views", "members"]
    assert found["probability"] == pytest.approx([(0.6 - 0.2) / 0.8])
    assert found["views"] == pytest.approx([0.9])
    # says 3 to 1: mean 0.7; distances 0.1 and 0.3
    assert found["members"] == pytest.approx([1 - (0.75 * 0.1 + 0.25 * 0.3)])


def test_what_is_not_known_is_left_out() -> None:
    assert list(certainties(Told(np.array([[0.6, 0.4]])), MANIFEST)) == ["probability", "entropy"]
    several = replace(
        MANIFEST,
        task="multiclass",
        positive=None,
        operating_points=(),
        calibration=Calibration("none", "multiclass"),
    )
    assert list(certainties(Told(np.array([[0.6, 0.4]])), several)) == ["probability", "margin", "entropy"]
    assert positive_last(np.array([[0.6, 0.4]]), MANIFEST).tolist() == [[0.4, 0.6]]


def test_the_rule_defers_the_least_certain_share() -> None:
    certainty = np.linspace(0, 1, 100, endpoint=False)
    form = fit_deferral(certainty, "probability")
    assert [rule["share"]["value"] for rule in form["rules"]] == [0.1, 0.2, 0.3]
    share = form["rules"][1]["share"]
    assert (share["name"], share["n"], share["ci_method"]) == ("deferred", 100, "wilson")
    assert share["ci_low"] < 0.2 < share["ci_high"]
    assert form["rules"][1]["below"] == pytest.approx(0.2)
    assert len(form["grid"]) == 101


def test_an_opinion_says_how_certain_it_is() -> None:
    form = fit_deferral(np.linspace(0, 1, 100, endpoint=False), "probability")
    adviser = certainty_adviser(None, replace(MANIFEST, trust={"certainty": form}))
    earlier = [{**rule, "share": rule["asked"]} for rule in form["rules"]]  # bare numbers, as once was
    trust = {"certainty": {**form, "rules": earlier}}
    assert certainty_adviser(None, replace(MANIFEST, trust=trust)).share == adviser.share == 0.2
    seen = SimpleNamespace(probability=np.array([0.6, 0.4]), by_view=None, members=None)
    sure = adviser.advise(OPINION, seen).certainty
    assert (sure.method, sure.defer, sure.reason) == ("probability", False, None)
    assert sure.value == pytest.approx(0.5)
    assert sure.rank == pytest.approx(0.5, abs=0.01)
    near = SimpleNamespace(probability=np.array([0.22, 0.78]), by_view=None, members=None)
    unsure = adviser.advise(OPINION, near).certainty
    assert unsure.defer
    assert "20 %" in unsure.reason
    quiet = replace(OPINION, abstained="blank")
    assert adviser.advise(quiet, near) == quiet


@pytest.mark.parametrize("seed", range(4))
def test_the_rank_counts_cases_that_were_less_certain_and_not_those_as_certain(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known = np.concatenate([np.round(rng.random(300), 1), np.ones(200), rng.random(100)])
    grid = fit_deferral(known, "members")["grid"]
    for value in (0.0, 0.1, 0.5, 0.55, 0.999, 1.0):
        assert share_below(value, grid) == pytest.approx((known < value).mean(), abs=0.011)


def test_the_rank_among_cases_that_are_all_as_certain() -> None:
    grid = fit_deferral(np.full(40, 0.7), "members")["grid"]
    assert [share_below(value, grid) for value in (0.6, 0.7, 0.8)] == [0, 0, 1]


def test_no_adviser_without_a_rule_and_no_word_without_its_measure() -> None:
    assert certainty_adviser(None, MANIFEST) is None
    form = fit_deferral(np.linspace(0, 1, 50), "views")
    adviser = certainty_adviser(None, replace(MANIFEST, trust={"certainty": form}))
    earlier = [{**rule, "share": rule["asked"]} for rule in form["rules"]]  # bare numbers, as once was
    trust = {"certainty": {**form, "rules": earlier}}
    assert certainty_adviser(None, replace(MANIFEST, trust=trust)).share == adviser.share == 0.2
    seen = SimpleNamespace(probability=np.array([0.6, 0.4]), by_view=None, members=None)
    assert adviser.advise(OPINION, seen).certainty is None
