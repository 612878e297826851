"""Figure of agreement: its labels never use powers of ten."""

from __future__ import annotations

import pytest

from thirdeye.report.figures.bland_altman import signed


@pytest.mark.parametrize(
    ("value", "text"), [(1243.6, "+1,244"), (-624.2, "−624"), (0.01234, "+0.0123"), (-1.5, "−1.5")]
)
def test_three_digits_that_matter(value: float, text: str) -> None:
    assert signed(value) == text
