"""Acceptance of a new model, against plain arithmetic and by simulation."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from thirdeye.errors import UsageError
from thirdeye.evaluation.acceptance import Margins, acceptance, margins_from


def models(seed: int, *, n: int = 400, old: float = 1.5, new: float = 1.5, per_patient: int = 1):
    """Truth, two calibrated models on the same cases with partly shared noise, patients."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.4
    shared = rng.normal(size=n)
    found = []
    for apart in (new, old):
        seen = apart * truth + 0.8 * shared + 0.6 * rng.normal(size=n)
        found.append(1 / (1 + np.exp(-(apart * seen - apart**2 / 2 + np.log(0.4 / 0.6)))))
    return truth, *found, np.arange(n) // per_patient


AGREED = Margins()


def judged(seed: int, margins: Margins = AGREED, **how):
    truth, new, old, patients = models(seed, **how)
    return acceptance(
        truth, new, old, new_calls=new >= 0.5, old_calls=old >= 0.5, patients=patients, margins=margins
    )


def test_values_are_those_of_plain_arithmetic() -> None:
    truth, new, old, _ = models(0)
    found = {one.measured.first.name: one.measured for one in judged(0).criteria}
    assert found["auc"].result.difference == pytest.approx(
        roc_auc_score(truth, new) - roc_auc_score(truth, old)
    )
    assert found["brier"].result.difference == pytest.approx(
        brier_score_loss(truth, new) - brier_score_loss(truth, old)
    )
    for name, among in (("sensitivity", truth), ("specificity", ~truth)):
        rates = [np.mean((one >= 0.5)[among] == truth[among]) for one in (new, old)]
        assert found[name].result.difference == pytest.approx(rates[0] - rates[1])


def test_a_better_model_passes_and_a_worse_one_does_not() -> None:
    assert judged(1, new=2.5, n=1500).passed
    worse = judged(1, new=0.8, n=1500)
    assert not worse.passed
    assert worse.criteria[0].passed is False


def test_the_same_model_passes() -> None:
    truth, _, old, patients = models(2)
    calls = old >= 0.5
    same = acceptance(truth, old, old, new_calls=calls, old_calls=calls, patients=patients, margins=Margins())
    assert same.passed


def test_a_model_at_the_margin_seldom_passes() -> None:
    """A model whose true AUC is lower by the margin passes the AUC at most about one time in forty."""
    truth, new, old, _ = models(9, n=200_000, new=1.2)
    gap = roc_auc_score(truth, old) - roc_auc_score(truth, new)
    margins = Margins(auc=float(gap))
    passed = sum(bool(judged(seed, margins, new=1.2, n=300).criteria[0].passed) for seed in range(200))
    assert passed <= 12  # 200 * 0.025 = 5, and three standard deviations


def test_too_few_cases_are_never_enough() -> None:
    found = judged(3, n=60, new=3.0)
    assert not found.enough
    assert not found.passed
    json.dumps(found.as_json(), allow_nan=False)


def test_patients_with_many_cases_widen_the_interval() -> None:
    truth, new, old, _ = models(4, n=400)
    four = [np.repeat(one, 4) for one in (truth, new, old, np.arange(400))]
    many = acceptance(four[0], four[1], four[2], new_calls=four[1] >= 0.5, old_calls=four[2] >= 0.5,
                      patients=four[3], margins=Margins())  # fmt: skip
    one = judged(4, n=400)
    assert many.n_patients == 400
    for few, rows in zip(one.criteria, many.criteria, strict=True):
        width = [c.measured.result.ci_high - c.measured.result.ci_low for c in (few, rows)]
        assert width[1] == pytest.approx(width[0], rel=0.05)


def test_margins_that_cannot_be() -> None:
    for wrong in ({"auc": 0.0}, {"brier": 1.0}, {"level": 0.4}, {"fewest": 3}):
        with pytest.raises(UsageError):
            Margins(**wrong)
    with pytest.raises(UsageError, match="margins are"):
        margins_from({"nothing": 1})
    with pytest.raises(UsageError, match="one kind only"):
        acceptance([1, 1], [0.5, 0.6], [0.5, 0.6], new_calls=[1, 1], old_calls=[1, 1], patients=None,
                   margins=Margins())  # fmt: skip
