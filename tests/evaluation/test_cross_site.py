from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.evaluation.cross_site import Films, auc_at, by_prevalence, lost, paired_at, recognised


@pytest.fixture
def films() -> Films:
    """One site with half ill, one with few; the share at the site is all that a lazy model knows."""
    labels = np.array([1] * 20 + [0] * 20 + [1] * 4 + [0] * 36)
    sites = np.array(["full"] * 40 + ["empty"] * 40)
    return Films(labels, sites, np.arange(80).astype(str))


def test_sorting_by_site_is_worth_nothing_at_a_site_and_much_on_both(films: Films) -> None:
    scores = by_prevalence(films.sites, {"full": 0.5, "empty": 0.1}, elsewhere=0.3)
    assert auc_at(films, scores, ("full",)).value == 0.5
    assert auc_at(films, scores, ("nowhere",)).reason == "no case is from there"
    both = auc_at(films, scores, ("full", "empty"))
    assert both.value == pytest.approx(roc_auc_score(films.labels, scores))
    assert both.value > 0.7
    assert by_prevalence(["new"], {"full": 0.5}, elsewhere=0.3).tolist() == [0.3]


def test_what_is_lost_is_there_minus_home(films: Films) -> None:
    rng = np.random.default_rng(0)
    scores = films.labels * (films.sites == "full") * 2.0 + rng.normal(size=80)
    home, away = (auc_at(films, scores, (site,)) for site in ("full", "empty"))
    assert home.value is not None
    assert away.value is not None
    found = lost(home, away)
    assert found.difference.value == pytest.approx(away.value - home.value)
    assert found.difference.ci_high is not None
    assert found.difference.ci_low is not None
    assert found.difference.ci_low < away.value - home.value < 0 < found.difference.ci_high


def test_pairs_need_both_classes(films: Films) -> None:
    first, second = np.arange(80.0), -np.arange(80.0)
    pair = paired_at(films, first, second, ("full",))
    assert pair is not None
    assert pair.difference == pytest.approx(-1)
    ill = Films(np.ones(2, dtype=np.int64), np.array(["a", "a"]), np.array(["p", "q"]))
    assert paired_at(ill, first[:2], second[:2], ("a",)) is None


def test_sites_are_recognised_or_not(films: Films) -> None:
    told = films.sites.copy()
    told[:8] = "empty"
    share, chance = recognised(told, films, ("full", "empty"))
    assert (share.value, share.n, chance) == (0.9, 80, 0.5)
    assert share.ci_low is not None
    assert share.ci_low > 0.5
