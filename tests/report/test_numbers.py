"""Numbers in words."""

from typing import Any

import pytest

from thirdeye.report.numbers import (
    duration,
    full_text,
    inline_text,
    interval_text,
    number,
    p_text,
    per_hundred,
    per_hundred_text,
    plain,
    value_text,
)


def metric(**changes: Any) -> dict[str, Any]:
    return {
        "name": "sensitivity",
        "value": 0.9132,
        "ci_low": 0.842,
        "ci_high": 0.954,
        "status": "ok",
    } | changes


def test_value_with_interval() -> None:
    assert full_text(metric()) == "91.3% (95% interval 84.2% to 95.4%)"
    assert inline_text(metric(name="auc", level=0.9)) == "0.913, 90% interval 0.842 to 0.954"


@pytest.mark.parametrize("value", [None, 0.0, 0.5])
def test_undefined_is_never_a_number(value: float | None) -> None:
    found = metric(value=value, status="undefined", reason="no positive case")
    assert value_text(found) == full_text(found) == "undefined (no positive case)"
    assert interval_text(found) == ""


def test_what_is_not_there_is_said() -> None:
    assert value_text(None) == "not computed"
    assert interval_text(metric(ci_low=None, reason="one cluster")) == "no interval: one cluster"
    assert full_text(metric(ci_high=None)) == "91.3% (no interval: none recorded)"
    assert value_text(metric(name="lr_pos", value="inf")) == "infinite"


def test_differences_carry_their_sign() -> None:
    assert value_text(metric(name="auc_difference", value=0.14)) == "+0.140"
    assert value_text(metric(name="sensitivity_difference", value=-0.02)) == "−2.0%"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0"), (0.004, "fewer than 1"), (0.006, "1"), (0.914, "91"), (0.996, "more than 99"), (1, "100")],
)
def test_natural_frequencies_keep_their_ends_honest(share: float, text: str) -> None:
    assert per_hundred(share) == text


def test_natural_frequency_with_interval() -> None:
    assert per_hundred_text(metric()) == "91 (95% interval 84 to 95)"


def test_minus_zero_has_no_sign() -> None:
    assert number(-0.0001) == "0.000"
    assert number(-0.01) == "−0.010"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (4.25, "4.2 s"),
        (48, "48 s"),
        (600, "10 min"),
        (570, "9 min 30 s"),
        (7500, "2 h 05 min"),
        (None, "not recorded"),
    ],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_p_values() -> None:
    assert [p_text(0.0004), p_text(0.0132), p_text(None)] == ["p < 0.001", "p = 0.013", ""]


def test_plain_values() -> None:
    assert (
        plain({"gpu": None, "memory_gb": 24.0, "flags": ["a", True]})
        == "gpu none, memory gb 24, flags a, yes"
    )
