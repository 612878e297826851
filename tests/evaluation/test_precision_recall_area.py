from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.precision_recall_area import area_davis_goadrich, area_integral


@pytest.mark.data
@pytest.mark.parametrize("score", ["ndka", "wfns"])
def test_as_prroc(known, score: str) -> None:
    case = known[f"prauc.asah.{score}"]
    columns = known.columns(f"prauc.asah.{score}")
    labels = columns["outcome"].astype(int)
    assert area_davis_goadrich(labels, columns[score]) == pytest.approx(
        case["value"]["auc_pr_davis_goadrich"], rel=1e-7
    )
    assert area_integral(labels, columns[score]) == pytest.approx(case["value"]["auc_pr_integral"], rel=1e-7)


def test_perfect_and_hopeless() -> None:
    assert area_integral([0, 0, 1, 1], [1, 2, 3, 4]) == pytest.approx(1.0)
    assert area_davis_goadrich([0, 0, 1, 1], [1, 2, 3, 4]) == pytest.approx(1.0)
    assert area_integral([0, 1] * 10, [1] * 20) == pytest.approx(0.5)  # one threshold: the prevalence
    assert np.isnan(area_integral([0, 0], [1, 2]))


def test_both_agree_where_cases_are_many(rng) -> None:
    labels = (rng.random(4000) < 0.3).astype(int)
    scores = rng.normal(labels, 1)
    assert area_davis_goadrich(labels, scores) == pytest.approx(area_integral(labels, scores), abs=1e-4)
