"""The spread over members is told, whatever form their figures have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from thirdeye.report.sections.stages import members_trained, spread_text


@pytest.mark.parametrize("wrapped", [True, False])
def test_spread_over_members(wrapped: bool) -> None:
    figures = (0.80, 0.90, 0.85)
    members: list[dict[str, Any]] = [
        {"fold": i, "seed": 0, "metric": {"name": "auc", "value": value} if wrapped else value}
        for i, value in enumerate(figures)
    ]
    text = spread_text({"name": "fine_tuning", "members": members}, "AUC")
    assert "3 members range from 0.800 to 0.900" in text
    assert "standard deviation 0.050" in text


def test_undefined_members_are_left_out() -> None:
    members = [{"fold": 0, "metric": {"name": "auc", "value": None}}, {"fold": 1, "metric": {"value": 0.9}}]
    assert spread_text({"name": "fine_tuning", "members": members}, "AUC") == ""


@pytest.mark.parametrize(("folds", "found"), [((0, 1), (2, 5)), ((0, 1, 2, 3, 4), None), ((), None)])
def test_a_training_cut_short_is_known(folds: tuple[int, ...], found: tuple[int, int] | None) -> None:
    plan = {"folds": 5, "validation": "cross_fitted"}
    stage = {"name": "fine_tuning", "members": [{"fold": fold} for fold in folds]}
    evidence: Any = SimpleNamespace(plan_value=plan.get, stages={"stages": [stage]})
    assert members_trained(evidence) == found
