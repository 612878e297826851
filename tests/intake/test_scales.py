from __future__ import annotations

import pytest

from thirdeye.intake.scales import as_integers, order_of


@pytest.mark.parametrize(
    "order",
    [
        ("No DR", "Mild", "Moderate", "Severe", "Proliferative DR"),
        ("normal", "mild", "severe"),
        ("grade 1", "grade 2", "grade 10"),
        ("Stage I", "Stage II", "Stage III", "Stage IV"),
        ("G1", "G2", "G3"),
        ("aucun", "léger", "modéré", "sévère"[:0] + "grave"),
    ],
)
def test_grades_are_put_in_order(order: tuple[str, ...]) -> None:
    assert order_of(sorted(order), "label") == order


@pytest.mark.parametrize(
    "classes",
    [
        ("bcc", "mel", "nv"),
        ("0", "1", "2"),
        ("normal", "pneumonia", "covid"),
        ("mild", "severe"),
        ("low", "other", "x"),
    ],
)
def test_what_is_no_scale(classes: tuple[str, ...]) -> None:
    assert order_of(classes, "label") is None


def test_integers_are_grades_when_their_column_says_so() -> None:
    assert order_of(("0", "10", "2"), "kl_grade") == ("0", "2", "10")
    assert order_of(("0", "1", "2"), "diagnosis") is None


def test_integers() -> None:
    assert as_integers(("1", "02")) == {"1": 1, "02": 2}
    assert as_integers(("1", "1.0")) is None
    assert as_integers(("1", "inf")) is None
    assert as_integers(("1", "a")) is None
