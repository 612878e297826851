from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.hosmer_lemeshow import hosmer_lemeshow


@pytest.mark.data
def test_as_desctools(known) -> None:
    told, columns = known["calibration.sim300"]["value"], known.columns("calibration.sim300")
    fitted = hosmer_lemeshow(columns["y"], columns["p"], fitted_here=True)
    assert (fitted.chi2, fitted.df, fitted.p) == pytest.approx(
        tuple(told["hosmer_lemeshow_C"].values()), rel=1e-6
    )
    other = hosmer_lemeshow(columns["y"], columns["p"], fitted_here=False)
    assert (other.df, other.p) == pytest.approx(
        tuple(told["hosmer_lemeshow_C_df_external_g"].values()), rel=1e-6
    )


def test_equal_quantiles_are_merged() -> None:
    p = np.repeat([0.2, 0.4, 0.6], 20)
    assert hosmer_lemeshow(np.arange(60) % 2, p, fitted_here=False).groups < 10


def test_probabilities_of_zero_have_no_variance() -> None:
    found = hosmer_lemeshow([0, 1] * 20, np.repeat([0.0, 1.0], 20), fitted_here=False)
    assert np.isnan(found.chi2)


def test_level_of_a_calibrated_model(rng) -> None:
    rejected = 0
    for _ in range(300):
        p = rng.uniform(0.05, 0.95, 400)
        rejected += hosmer_lemeshow(rng.random(400) < p, p, fitted_here=False).p < 0.05
    assert 4 <= rejected <= 28  # 15 expected


def test_too_few_groups() -> None:
    with pytest.raises(UsageError, match="groups: 2 cannot be"):
        hosmer_lemeshow([0, 1], [0.1, 0.9], groups=2, fitted_here=True)
