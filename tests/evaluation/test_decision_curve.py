from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.decision_curve import decision_curve, survival_decision_curve


def outcome(column: np.ndarray) -> np.ndarray:
    return (column == "TRUE").astype(int) if column.dtype.kind == "U" else column.astype(int)


@pytest.mark.data
@pytest.mark.parametrize("model", ["cancerpredmarker", "famhistory"])
def test_as_dcurves(known, model: str) -> None:
    case = known[f"dca.df_binary.{model}"]
    columns = known.columns(f"dca.df_binary.{model}")
    found = decision_curve(outcome(columns["cancer"]), columns[model], case["value"]["threshold"])
    assert found.model == pytest.approx(case["value"]["net_benefit"], rel=1e-8, abs=1e-12)


@pytest.mark.data
def test_at_a_stated_prevalence_as_dcurves(known) -> None:
    case = known["dca.prevalence05.cancerpredmarker"]
    columns = known.columns("dca.prevalence05.cancerpredmarker")
    found = decision_curve(
        outcome(columns["cancer"]), columns["cancerpredmarker"], case["value"]["threshold"], prevalence=0.05
    )
    assert found.model == pytest.approx(case["value"]["net_benefit"], rel=1e-8)
    assert found.treat_all == pytest.approx(known["dca.prevalence05.all"]["value"]["net_benefit"], rel=1e-8)


@pytest.mark.data
def test_survival_as_dcurves(known) -> None:
    case = known["dca.df_surv.cancerpredmarker"]
    columns = known.columns("dca.df_surv.cancerpredmarker")
    found = survival_decision_curve(
        columns["ttcancer"], outcome(columns["cancer"]), columns["cancerpredmarker"],
        case["value"]["threshold"], horizon=1,
    )  # fmt: skip
    assert found.model == pytest.approx(case["value"]["net_benefit"], rel=1e-8)
    assert found.treat_all == pytest.approx(known["dca.df_surv.all"]["value"]["net_benefit"], rel=1e-8)


def test_a_perfect_model_is_worth_the_prevalence() -> None:
    found = decision_curve([0, 0, 0, 1], [0, 0, 0, 1], [0.1, 0.9])
    assert found.model.tolist() == [0.25, 0.25]


def test_a_case_at_the_threshold_is_treated() -> None:
    assert decision_curve([0, 1], [0.2, 0.2], [0.2]).model == pytest.approx([0.5 - 0.5 * 0.25])


def test_refusals() -> None:
    with pytest.raises(UsageError, match="above 0 and below 1"):
        decision_curve([0, 1], [0, 1], [0.5, 1.0])
    with pytest.raises(UsageError, match="prevalence"):
        decision_curve([0, 1], [0, 1], [0.5], prevalence=1.5)
    with pytest.raises(DataRefused, match="both classes"):
        decision_curve([1, 1], [0, 1], [0.5], prevalence=0.5)
    with pytest.raises(UsageError, match="outside the time of follow-up"):
        survival_decision_curve([1, 2], [1, 0], [0.5, 0.4], [0.2], horizon=9)


@pytest.mark.parametrize("horizon", [float("nan"), -1.0, 0.0, float("inf")])
def test_a_horizon_lies_within_follow_up(horizon: float) -> None:
    with pytest.raises(UsageError, match="horizon"):
        survival_decision_curve([1.0, 2.0], [1, 0], [0.2, 0.4], [0.3], horizon=horizon)
