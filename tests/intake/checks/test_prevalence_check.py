from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.intake.checks.prevalence import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.open import open_collection

Make = Callable[..., Exhibits]


def test_a_shift_between_the_parts_has_its_interval(made_exhibits: Make) -> None:
    """56 of 70 against 48 of 80: Newcombe 1998, table II (a), method 10: 0.0524 to 0.3339."""
    labels = ["y"] * 56 + ["x"] * 14 + ["y"] * 48 + ["x"] * 32
    (finding,) = check(made_exhibits(labels, columns={"split": ["test"] * 70 + ["train"] * 80}))
    (row,) = finding.evidence["table"]["rows"]
    assert row == ["y", 0.6, 0.8, 0.2, 0.052, 0.334]
    assert finding.severity == "warning"


def test_equal_parts_and_no_parts_are_clean(made_exhibits: Make) -> None:
    labels = ["x", "y"] * 50
    assert not list(check(made_exhibits(labels)))
    assert not list(check(made_exhibits(labels, columns={"split": ["train", "train", "test", "test"] * 25})))


def test_the_prevalence_of_use(made_exhibits: Make) -> None:
    """Bayes by hand: 0.9 * 0.02 / (0.9 * 0.02 + 0.1 * 0.98) = 15.5 %; at 50 % it is 90 %."""
    (finding,) = check(made_exhibits(["x", "y"] * 100, prevalence={"y": 0.02, "x": 0.98}))
    assert "90 % here and 16 % there" in finding.message or "90 % here and 84 % there" in finding.message
    assert not list(check(made_exhibits(["x", "y"] * 100, prevalence={"y": 0.48})))


def test_the_option_reaches_the_collection(class_folders: Callable[..., Path]) -> None:
    folder = class_folders({"no": 6, "yes": 6})
    assert open_collection(folder, prevalence="3%").prevalence == pytest.approx({"yes": 0.03, "no": 0.97})
