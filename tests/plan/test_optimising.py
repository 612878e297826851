"""What plans of boxes and of points say of their rate is what the rate does."""

from __future__ import annotations

import pytest

from thirdeye.plan.detection.rules import DETECTION_RULES
from thirdeye.plan.landmarks.rules import LANDMARK_RULES
from thirdeye.plan.optimising import PLAIN_DECAY, PLAIN_RATE, peak_rate, weight_decay

USUAL = {"optimiser": "adamw", "schedule": "cosine", "technique": "anchors"}


def test_the_usual_rate_rises_and_falls() -> None:
    assert peak_rate(USUAL, 1e-3, "a tenth of the steps") == (
        1e-3, "rises for a tenth of the steps, then falls by half a cosine"
    )  # fmt: skip


@pytest.mark.parametrize("rules", [DETECTION_RULES, LANDMARK_RULES], ids=["boxes", "points"])
@pytest.mark.parametrize("schedule", ["constant", "steps:4:0.1", "linear:9:0.04"])
def test_no_cosine_is_told_of_where_there_is_none(rules: dict, schedule: str) -> None:
    _, why = rules["learning_rate"](None, {**USUAL, "schedule": schedule})
    assert "cosine" not in why
    assert f"schedule={schedule}" in why


def test_gradient_descent_has_a_rate_and_a_decay_of_its_own() -> None:
    plain = {**USUAL, "optimiser": "sgd"}
    assert peak_rate(plain, 1e-3, "")[0] == PLAIN_RATE
    assert [weight_decay(None, one)[0] for one in (USUAL, plain)] == [0.01, PLAIN_DECAY]
