from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from thirdeye.intake.checks.table_missing import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable

Make = Callable[..., Exhibits]
LABELS = ["a", "b"] * 60


def test_gaps_that_tell_the_label(made_exhibits: Make) -> None:
    ages = ["" if label == "a" else "60" for label in LABELS]
    (finding,) = check(made_exhibits(LABELS, columns={"age": ages, "patient": [f"p{n}" for n in range(120)]}))
    assert finding.severity == "warning"
    assert "'age' is missing in 100 % of 'a' and in 0 % of 'b'" in finding.message


def test_gaps_by_chance_are_information(made_exhibits: Make) -> None:
    for seed in range(20):
        gaps = np.random.default_rng(seed).random(120) < 0.2
        (finding,) = check(made_exhibits(LABELS, columns={"age": np.where(gaps, "NaN", "60")}))
        assert finding.severity == "info"


def test_images_of_one_patient_count_once(made_exhibits: Make) -> None:
    """Four patients, thirty images each: no association can be proven."""
    labels = ["a"] * 60 + ["b"] * 60
    patient = [f"p{n // 30}" for n in range(120)]
    (finding,) = check(made_exhibits(labels, columns={"age": ["60"] * 60 + [""] * 60, "patient": patient}))
    assert "no difference between the classes could be shown" in finding.message


def test_no_gaps(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable, match="no column"):
        list(check(made_exhibits(LABELS)))


def test_without_labels_no_class_is_spoken_of(made_exhibits: Make) -> None:
    ages = ["" if number % 3 else "60" for number in range(120)]
    (finding,) = check(made_exhibits([""] * 120, columns={"age": ages}, classes=(), task="unlabelled"))
    assert finding.message == "Values are missing from age (67 %)."
