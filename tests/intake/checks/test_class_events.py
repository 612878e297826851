from __future__ import annotations

from collections.abc import Callable

import pytest

from thirdeye.intake.checks.class_events import check
from thirdeye.intake.exhibits import Exhibits

Make = Callable[..., Exhibits]


def test_widths_of_a_stated_test_part(made_exhibits: Make) -> None:
    """40 with and 60 without. Wilson at 36 of 40 and 54 of 60; Hanley & McNeil's SE of 0.85 is 0.042."""
    labels = ["ill"] * 40 + ["sound"] * 60
    (finding,) = check(made_exhibits(labels, columns={"split": ["test"] * 100}, positive="ill"))
    (row,) = finding.evidence["table"]["rows"]
    assert row[:3] == ["ill", 40, 60]
    assert row[3:] == pytest.approx([(0.9604 - 0.7695) / 2, (0.9534 - 0.7985) / 2, 1.96 * 0.042], abs=2e-3)
    assert finding.severity == "info"


def test_a_drawn_part_is_a_fifth_of_the_patients(made_exhibits: Make) -> None:
    labels = ["ill"] * 50 + ["sound"] * 450
    (finding,) = check(made_exhibits(labels, positive="ill"))
    assert finding.evidence["events"] == {"ill": 10}
    assert finding.severity == "warning"


def test_enough_is_clean(made_exhibits: Make) -> None:
    labels = ["ill", "sound"] * 100
    assert not list(check(made_exhibits(labels, columns={"split": ["test"] * 200}, positive="ill")))
