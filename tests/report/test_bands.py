from __future__ import annotations

import pytest

from thirdeye.report import sets
from thirdeye.report.bands import band_of, benefit, benefit_marks, predictive_panels, roc_band, smooth_curve
from thirdeye.report.evidence import read_evidence
from thirdeye.report.sets import EvidenceSet


def test_places_without_limits_are_left_out() -> None:
    band = band_of([0.0, 0.1, 0.2, 0.3], [None, 0.4, 0.5, 0.6], [0.9, 0.8, 0.9, None])
    assert (band.x, band.low, band.high) == ([0.1, 0.2], [0.4, 0.5], [0.8, 0.9])
    assert band_of([0.1, 0.2], [None, 0.1], [0.2, 0.3]) is None
    assert band_of(None, [0.1], [0.2]) is None


def test_blocks_of_a_study_become_things_to_draw(make_study) -> None:
    part = sets.test_set(read_evidence(make_study("binary")))
    assert roc_band(part).x[0] == 0
    assert len(smooth_curve(part).edges) == 41
    shown, curve = benefit(part)
    assert curve["prevalence_origin"] == "set"
    marks = benefit_marks(part, shown)
    assert len(marks) == len(part.points)
    recorded = part.metric("net_benefit", point="probability_0.5")["value"]
    assert next(m.benefit for m in marks if m.threshold == 0.5) == pytest.approx(recorded)
    assert len(predictive_panels(part)) == len(part.points)


def test_an_older_study_draws_none_of_it() -> None:
    part = EvidenceSet("test", {"curves": {"roc": {"sensitivity": [0, 1]}}}, "image")
    assert roc_band(part) is smooth_curve(part) is benefit(part) is None
    assert predictive_panels(part) == []
