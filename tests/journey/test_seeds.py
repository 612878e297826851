"""Which repetitions are compared, and which of them counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.journey.seeds import Repeated, seeds_block


@dataclass(frozen=True)
class FakePlan:
    """What is read of a plan."""

    validation: str = "cross_fitted"
    positive: str | None = "sick"


def metric(apart: float, seed: int = 0, n: int = 100) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    return auc(labels, rng.normal(size=n) + apart * labels).as_json()


def evidence(apart: float = 1.5, seed: int = 0) -> dict[str, Any]:
    return {"sets": {"test": {"metrics": [metric(apart, seed)]}}}


def stages(*parts: float) -> dict[str, Any]:
    members = [{"metric": metric(apart, seed)} for seed, apart in enumerate(parts)]
    return {"stages": [{"name": "fine_tuning", "members": members}]}


def block(**changes: Any) -> dict[str, Any]:
    own = evidence()
    given: dict[str, Any] = {
        "plan": FakePlan(), "evidence": own, "stages": {"stages": []}, "heads": (), "trainings": {0: own},
    }  # fmt: skip
    return seeds_block(Repeated(**given | changes))


def test_heads_alone_give_the_cheap_answer() -> None:
    found = block(heads=[0.80, 0.82, 0.81])
    assert found["source"] == "heads"
    assert found["interval"]["details"]["between_seed_sd"] == pytest.approx(0.01)
    assert "3 repetitions of the linear head" in found["verdict"]
    assert found["trainings"] == []


def test_members_on_common_cases_are_compared_as_they_are() -> None:
    found = block(plan=FakePlan(validation="official"), stages=stages(0.5, 1.5, 2.5), heads=[0.80, 0.81])
    values = [auc_of["metric"]["value"] for auc_of in stages(0.5, 1.5, 2.5)["stages"][0]["members"]]
    assert found["source"] == "members"  # the larger of the two
    assert found["interval"]["details"]["between_seed_sd"] == pytest.approx(np.std(values, ddof=1))


def test_members_on_other_cases_lose_what_the_cases_explain() -> None:
    found = block(stages=stages(0.5, 1.5, 2.5), heads=[0.80, 0.81])
    spread = next(one for one in found["spreads"] if one["source"] == "members_excess")
    assert spread["metric"]["status"] == "unstable"
    members = [one["metric"] for one in stages(0.5, 1.5, 2.5)["stages"][0]["members"]]
    raw = np.std([m["value"] for m in members], ddof=1)
    noise = np.mean([m["details"]["standard_error"] ** 2 for m in members])
    assert spread["metric"]["value"] == pytest.approx(np.sqrt(raw**2 - noise))


def test_whole_trainings_count_before_all_else() -> None:
    trainings = {seed: evidence(1.5, seed) for seed in range(3)}
    found = block(trainings=trainings, heads=[0.1, 0.9])
    assert found["source"] == "trainings"
    assert [one["seed"] for one in found["trainings"]] == [0, 1, 2]
    mean = np.mean([one["metric"]["value"] for one in found["trainings"]])
    assert found["interval"]["value"] == pytest.approx(mean)


def test_without_repetitions_nothing_is_said() -> None:
    found = block()
    assert found["interval"] is None
    assert found["source"] is None
    assert "too few repetitions" in found["verdict"]


def test_members_of_another_architecture_do_not_differ_by_chance_alone() -> None:
    several = stages(0.5, 1.5, 9.0, 9.0)
    for member, name in zip(several["stages"][0]["members"], ("a", "a", "b", "b"), strict=True):
        member["architecture"] = name
    alike = block(plan=FakePlan(validation="official"), stages=stages(0.5, 1.5), heads=[])
    found = block(plan=FakePlan(validation="official"), stages=several, heads=[])
    assert found["spreads"] == alike["spreads"]
