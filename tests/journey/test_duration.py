"""Time budgets as people write them, and as they read them."""

from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.journey.duration import seconds, spoken


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10m", 600),
        ("10", 600),
        ("90s", 90),
        ("1.5h", 5400),
        ("1h30m", 5400),
        ("1h 30 min", 5400),
        (" 2M ", 120),
        (45, 45),
        (45.5, 45.5),
    ],
)
def test_what_people_write(text: str | float, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    "text", ["", "soon", "10x", "m", "10m and more", "-5m", "1e3", "10m?", "ten minutes"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(UsageError, match="looks like 10m, 90s or 1h30m, got"):
        seconds(text)


@pytest.mark.parametrize("budget", ["0", "5s", 1, 0.0, -3, float("nan")])
def test_too_little(budget: str | float) -> None:
    with pytest.raises(UsageError, match="at least 20s, got"):
        seconds(budget)


@pytest.mark.parametrize(
    ("value", "words"), [(45, "45 s"), (89.4, "89 s"), (180, "3 min"), (5399, "1 h 30 min"), (4800, "80 min")]
)
def test_what_people_read(value: float, words: str) -> None:
    assert spoken(value) == words
