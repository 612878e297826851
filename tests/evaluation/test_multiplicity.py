from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.multiplicity import adjusted, gatekeeping

METHODS = ("bonferroni", "holm", "hochberg", "hommel", "bh", "by")


@pytest.mark.data
@pytest.mark.parametrize("method", METHODS)
def test_as_r(known, method) -> None:
    case = known["multiplicity.example"]
    told = case["value"].get(method, case["value"].get(method.upper()))
    assert adjusted(case["params"]["p"], method) == pytest.approx(told, rel=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_as_statsmodels(rng, method) -> None:
    names = {"hochberg": "simes-hochberg", "bh": "fdr_bh", "by": "fdr_by"}
    for size in (1, 2, 3, 7, 20):
        p = np.round(rng.random(size) ** 2, 2)
        told = multipletests(p, method=names.get(method, method))[1]
        assert adjusted(p, method) == pytest.approx(told, abs=1e-12)


def test_hommel_is_the_closure_of_simes() -> None:
    p = np.array([0.01, 0.02, 0.022, 0.09, 0.3])
    closed = []
    for i in range(p.size):
        worst = 0.0
        for size in range(1, p.size + 1):
            for part in combinations(range(p.size), size):
                if i in part:
                    ordered = np.sort(p[list(part)])
                    worst = max(worst, float((size * ordered / np.arange(1, size + 1)).min()))
        closed.append(worst)
    assert adjusted(p, "hommel") == pytest.approx(closed)


def test_gatekeeping_stops_at_the_first_failure() -> None:
    assert gatekeeping([0.01, 0.2, 0.001]) == (True, False, False)


def test_refusals() -> None:
    with pytest.raises(UsageError, match="choose bonferroni"):
        adjusted([0.1], "none")  # type: ignore[arg-type]
    with pytest.raises(DataRefused, match="nan at position 1"):
        adjusted([0.1, float("nan")], "holm")
    assert adjusted([], "holm").size == 0
