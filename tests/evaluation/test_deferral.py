from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.deferral import performance_with_deferral, risk_coverage


@pytest.mark.data
def test_known_answer(known) -> None:
    told, columns = known["deferral.risk_coverage"]["value"], known.columns("deferral.risk_coverage")
    found = risk_coverage(columns["y"], columns["p"])
    assert found.aurc == pytest.approx(told["aurc"], rel=1e-9)
    assert found.risk[-1] == pytest.approx(told["error_full"])
    for coverage in (50, 80, 90):
        assert found.risk_at(coverage / 100) == pytest.approx(told[f"risk_at_coverage_{coverage}"], rel=1e-9)


def test_certain_cases_first() -> None:
    found = risk_coverage([1, 0, 1], [0.9, 0.6, 0.95])
    assert found.confidence.tolist() == [0.95, 0.9, 0.6]
    assert found.risk == pytest.approx([0, 0, 1 / 3])
    with pytest.raises(UsageError, match="coverage"):
        found.risk_at(0)


def test_the_pair_is_the_person_when_all_is_deferred(rng) -> None:
    labels, person = rng.integers(0, 2, 100), rng.integers(0, 2, 100)
    p = rng.random(100)
    alone = performance_with_deferral(labels, p, person, threshold=0.5, defer_below=2)
    assert alone.workload == 1
    assert alone.sensitivity == pytest.approx(person[labels == 1].mean())
    none = performance_with_deferral(labels, p, person, threshold=0.5, defer_below=0)
    assert none.deferred == 0
    assert none.specificity == pytest.approx((p < 0.5)[labels == 0].mean())


def test_no_diseased_case_leaves_sensitivity_undefined() -> None:
    found = performance_with_deferral([0, 0], [0.2, 0.9], [0, 0], threshold=0.5, defer_below=0.6)
    assert (found.sensitivity, found.specificity) == (None, 0.5)
    assert np.isfinite(found.specificity_interval).all()
