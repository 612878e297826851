"""Kappa against scikit-learn and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from thirdeye.errors import UsageError
from thirdeye.evaluation.agreement import (
    gwet_ac1,
    kappa,
    kappa_null_error,
    kappa_of_table,
    kappa_standard_error,
)
from thirdeye.evaluation.confusion import confusion_matrix


@pytest.fixture
def ratings(rng):
    first = rng.integers(0, 5, 200)
    return first, np.clip(first + rng.integers(-1, 2, 200), 0, 4)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")]
)
def test_value_matches_scikit_learn(ratings, ours, theirs):
    table = confusion_matrix(*ratings, k=5)
    assert kappa_of_table(table, ours) == pytest.approx(cohen_kappa_score(*ratings, weights=theirs))


@pytest.mark.parametrize(("ours", "theirs"), [("unweighted", None), ("quadratic", "quadratic")])
def test_standard_error_matches_statsmodels(ratings, ours, theirs):
    table = confusion_matrix(*ratings, k=5)
    expected = cohens_kappa(table, wt=theirs)
    assert kappa_standard_error(table, ours) == pytest.approx(expected.std_kappa, rel=1e-9)


def test_bootstrap_interval_is_as_wide_as_the_large_sample_one(ratings):
    found = kappa(*ratings, k=5, weights="quadratic")
    width = 2 * 1.96 * kappa_standard_error(confusion_matrix(*ratings, k=5), "quadratic")
    assert found.ci_high - found.ci_low == pytest.approx(width, rel=0.1)
    assert (found.name, found.status) == ("quadratic_kappa", "ok")


def test_absent_categories_count_in_the_weights():
    """With grades 0, 1 and 4 of five, scikit-learn must be told the grades; the distance is 3, not 1."""
    first, second = [0, 1, 4, 4, 1, 0], [0, 4, 4, 1, 1, 0]
    expected = cohen_kappa_score(first, second, weights="quadratic", labels=range(5))
    found = kappa_of_table(confusion_matrix(first, second, k=5), "quadratic")
    assert found == pytest.approx(expected)
    assert found != pytest.approx(cohen_kappa_score(first, second, weights="quadratic"))


def test_constant_raters_are_undefined():
    assert np.isnan(kappa_of_table(np.array([[4, 0], [0, 0]])))
    assert np.isnan(kappa_standard_error(np.array([[4, 0], [0, 0]])))
    found = kappa([0, 0, 0], [0, 0, 0], k=2)
    assert (found.value, found.status) == (None, "undefined")
    assert gwet_ac1(np.array([[4, 0], [0, 0]])) == 1


def test_patients_widen_the_interval(rng):
    first = rng.integers(0, 3, 60)
    second = np.where(rng.random(60) < 0.7, first, rng.integers(0, 3, 60))
    copies = [np.repeat(part, 4) for part in (first, second)]
    naive = kappa(*copies, k=3)
    honest = kappa(*copies, k=3, clusters=np.repeat(np.arange(60), 4))
    assert honest.ci_high - honest.ci_low > 1.7 * (naive.ci_high - naive.ci_low)


def test_unknown_weights_are_refused():
    with pytest.raises(UsageError, match="cubic"):
        kappa_of_table(np.eye(2), "cubic")


@pytest.mark.parametrize(
    ("weights", "theirs"), [("unweighted", None), ("linear", "linear"), ("quadratic", "fc")]
)
def test_the_error_without_agreement_as_statsmodels(weights, theirs) -> None:
    table = np.random.default_rng(6).integers(1, 20, (4, 4))
    found = cohens_kappa(table, **({} if theirs is None else {"wt": theirs}))
    assert kappa_null_error(table, weights) == pytest.approx(found.std_kappa0)
    assert kappa_of_table(table, weights) / kappa_null_error(table, weights) == pytest.approx(found.z_value)
    assert np.isnan(kappa_null_error(np.array([[9, 0], [0, 0]]), weights))
