"""Conger's, Brennan and Prediger's kappa and the test of Fleiss', as R's irr and irrCAC give them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from thirdeye.errors import DataRefused
from thirdeye.evaluation.rater_kappas import brennan_prediger, conger_kappa, fleiss_test
from thirdeye.evaluation.ratings import category_counts

RATINGS = np.random.default_rng(1).integers(0, 3, (40, 2))


@pytest.fixture
def diagnoses(known):
    columns = known.columns("fleiss.diagnoses").items()
    raters = [np.asarray([str(x)[0] for x in column], float) for name, column in columns if name != "subject"]
    return np.column_stack(raters) - 1


@pytest.mark.data
def test_as_irr_and_irrcac(known, diagnoses) -> None:
    told, others = known["fleiss.diagnoses"]["value"], known["irrcac.diagnoses"]["value"]
    found = fleiss_test(category_counts(diagnoses, 5))
    assert (found.kappa, found.z) == pytest.approx((told["kappa"], told["z"]), rel=1e-6)
    assert np.round(found.by_category, 3).tolist() == told["category_kappas"]
    conger = conger_kappa(diagnoses, k=5)
    assert conger.value == pytest.approx(told["conger_exact"], rel=1e-6)
    assert conger.ci_low == pytest.approx(others["conger"]["ci"][0], abs=0.02)
    assert brennan_prediger(diagnoses, k=5).value == pytest.approx(
        others["brennan_prediger"]["coeff"], abs=5e-6
    )


def test_two_raters_are_cohen() -> None:
    assert conger_kappa(RATINGS, k=3).value == pytest.approx(cohen_kappa_score(*RATINGS.T))


def test_one_category_and_gaps() -> None:
    assert conger_kappa(np.zeros((12, 3)), k=2, n_resamples=20).status == "undefined"
    assert fleiss_test([[3, 0], [3, 0]]).kappa is None
    for measure in (conger_kappa, brennan_prediger):
        with pytest.raises(DataRefused, match="missing"):
            measure([[0, 1], [np.nan, 1]], k=2)
