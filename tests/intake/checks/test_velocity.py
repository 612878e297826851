from __future__ import annotations

from collections.abc import Callable

import pytest

from thirdeye.intake.checks.velocity_reading import check as check_reading
from thirdeye.intake.checks.velocity_training import check as check_training
from thirdeye.intake.exhibits import Exhibits, Velocity
from thirdeye.intake.not_applicable import NotApplicable

Make = Callable[..., Exhibits]
LABELS = ["a", "b"] * 50


def test_training_counts_all_but_the_test_part(made_exhibits: Make) -> None:
    split = ["train"] * 80 + ["test"] * 20
    fast = made_exhibits(LABELS, columns={"split": split}, velocity=Velocity(training_images_per_s=4.0))
    (finding,) = check_training(fast)
    assert finding.evidence["images"] == 80
    assert finding.evidence["seconds"] == 400
    assert "7 minutes" in finding.message
    assert finding.severity == "info"
    (slow,) = check_training(made_exhibits(LABELS, velocity=Velocity(training_images_per_s=0.04)))
    assert slow.severity == "warning"


def test_reading(made_exhibits: Make) -> None:
    velocity = Velocity(reading_images_per_s=20.0, checking_images_per_s=150.0)
    (finding,) = check_reading(made_exhibits(LABELS, velocity=velocity))
    assert "50 ms" in finding.message
    assert "5 seconds for all 100" in finding.message


@pytest.mark.parametrize("check", [check_training, check_reading])
def test_an_unmeasured_machine(made_exhibits: Make, check: Callable[..., object]) -> None:
    with pytest.raises(NotApplicable, match="not measured"):
        list(check(made_exhibits(LABELS)))  # type: ignore[call-overload]


def test_less_than_a_second_is_not_about(made_exhibits: Make) -> None:
    (finding,) = check_training(made_exhibits(["a", "b"], velocity=Velocity(training_images_per_s=18.0)))
    assert finding.message.startswith("Training looks once at 2 images in less than a second on this machine")
