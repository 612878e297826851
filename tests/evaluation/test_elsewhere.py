"""A measure of two independent sets: difference, interval and what it says."""

from __future__ import annotations

import math
from typing import Any

import pytest

from thirdeye.evaluation.elsewhere import _shown, against_test


def _metric(
    name: str, value: float | None, low: float | None = None, high: float | None = None
) -> dict[str, Any]:
    return {"name": name, "value": value, "ci_low": low, "ci_high": high, "level": 0.95, "n": 20}


def test_the_interval_joins_both_by_hand() -> None:
    found = against_test(
        _metric("dice", 0.8, 0.75, 0.84), _metric("dice", 0.6, 0.5, 0.68), name="B", title="Dice"
    )
    gap = found["difference"]
    assert gap["value"] == pytest.approx(-0.2)
    assert gap["ci_low"] == pytest.approx(-0.2 - math.hypot(0.1, 0.04))
    assert gap["ci_high"] == pytest.approx(-0.2 + math.hypot(0.08, 0.05))
    assert found["outcome"] == "worse"
    assert found["sentence"].startswith(
        "The reader does worse on B than on its own test part: Dice 0.600 (0.500 to"
    )


@pytest.mark.parametrize(
    ("name", "own", "other", "outcome"),
    [
        ("dice", 0.6, 0.9, "better"),
        ("mre_mm", 0.6, 0.9, "worse"),  # a distance: less is better
        ("mre_mm", 0.9, 0.6, "better"),
        ("dice", 0.8, 0.81, "as_well_or_unclear"),
    ],
)
def test_which_way_is_better(name: str, own: float, other: float, outcome: str) -> None:
    ends = [_metric(name, value, value - 0.05, value + 0.05) for value in (own, other)]
    assert against_test(*ends, name="B", title="x")["outcome"] == outcome


@pytest.mark.parametrize(("value", "status"), [(None, "undefined"), (0.5, "unstable")])
def test_without_an_interval_nothing_is_claimed(value: float | None, status: str) -> None:
    found = against_test(_metric("dice", 0.8, 0.7, 0.9), _metric("dice", value), name="B", title="Dice")
    assert (found["outcome"], found["difference"]["status"]) == ("undetermined", status)
    assert "not known" in found["sentence"]


@pytest.mark.parametrize(
    ("value", "of", "sign", "expected"),
    [
        (0.0297, (0.128,), "", "0.030"),
        (-0.0529, (0.128, 0.181), "+", "-0.053"),
        (4.666, (12.0, 7.3), "+", "+4.7"),
    ],
)
def test_the_digits_of_a_measure_are_those_of_its_ends(
    value: float, of: tuple[float, ...], sign: str, expected: str
) -> None:
    assert _shown(value, of=of, sign=sign) == expected
