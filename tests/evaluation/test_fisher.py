"""Fisher's mid-p against scipy's distribution."""

from __future__ import annotations

import pytest
from scipy.stats import fisher_exact, hypergeom

from thirdeye.errors import UsageError
from thirdeye.evaluation.fisher import fisher_midp


@pytest.mark.parametrize("counts", [(7, 12, 1, 10), (0, 12, 9, 30), (5, 10, 5, 10), (40, 100, 60, 110)])
def test_against_scipy(counts: tuple[int, int, int, int]) -> None:
    x1, n1, x2, n2 = counts
    exact = fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue
    held = hypergeom(n1 + n2, x1 + x2, n1)
    seen = held.pmf(x1)
    tied = sum(p for k in range(x1 + x2 + 1) if abs((p := held.pmf(k)) - seen) <= 1e-7 * seen)
    assert fisher_midp(*counts) == pytest.approx(exact - tied / 2, rel=1e-9)


def test_sides_do_not_matter() -> None:
    assert fisher_midp(7, 12, 1, 10) == pytest.approx(fisher_midp(1, 10, 7, 12))
    assert fisher_midp(7, 12, 1, 10) == pytest.approx(fisher_midp(5, 12, 9, 10))


def test_nothing_to_tell_apart() -> None:
    assert fisher_midp(0, 10, 0, 20) == 0.5
    with pytest.raises(UsageError, match="11 of 10"):
        fisher_midp(11, 10, 0, 20)
