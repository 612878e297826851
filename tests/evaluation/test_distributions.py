"""The few distribution functions against scipy.stats."""

from __future__ import annotations

import pytest
from scipy import stats

from thirdeye.errors import UsageError
from thirdeye.evaluation import distributions as ours


def test_match_scipy_stats():
    assert ours.normal_quantile(0.2) == pytest.approx(stats.norm.ppf(0.2), rel=1e-12)
    assert ours.two_sided_z(0.95) == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)
    assert ours.normal_cdf(-1.3) == pytest.approx(stats.norm.cdf(-1.3), rel=1e-12)
    assert ours.normal_two_sided_p(-9.0) == pytest.approx(2 * stats.norm.sf(9), rel=1e-10)
    assert ours.t_two_sided_p(2.1, 7.5) == pytest.approx(2 * stats.t.sf(2.1, 7.5), rel=1e-10)
    assert ours.chi2_upper_p(5.4, 1) == pytest.approx(stats.chi2.sf(5.4, 1), rel=1e-10)
    assert ours.beta_quantile(0.1, 3, 5) == pytest.approx(stats.beta.ppf(0.1, 3, 5), rel=1e-10)
    assert ours.binomial_half_cdf(4, 11) == pytest.approx(stats.binom.cdf(4, 11, 0.5), rel=1e-12)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(level):
    with pytest.raises(UsageError, match=r"for 95 % pass 0\.95"):
        ours.check_level(level)
