"""The axis of quality: the same cases, read again after each step that makes them poorer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.document import evaluation_schema
from thirdeye.journey import quality
from thirdeye.journey.quality import join_quality

LABELS = np.array([0, 1] * 20)


def probabilities(noise: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    ill = 1 / (1 + np.exp(-(LABELS * 4 - 2 + rng.normal(0, noise, len(LABELS)))))
    return np.stack([1 - ill, ill], axis=1)


def scored(noise: float) -> Any:
    patients = np.array([str(number // 2) for number in range(len(LABELS))])
    return SimpleNamespace(network=probabilities(noise), labels=LABELS, patients=patients)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch, plan: Any) -> list[Any]:
    """What the test part was prepared by, in order; the poorer, the noisier the answers."""
    seen: list[Any] = []

    def gathered(place: Any, dataset: Any, asked: Any, *parts: str) -> Any:
        assert parts == ("test",)
        seen.append(asked)
        return asked.preparation[0][1]

    monkeypatch.setattr(quality, "gather", gathered)
    monkeypatch.setattr(quality, "score_material", lambda place, strength, *_: scored(100 * strength))
    return seen


@pytest.fixture
def plan() -> Any:
    from thirdeye.plan.make import make_plan
    from thirdeye.plan.rules import Facts

    facts = Facts(
        task="binary", classes=("well", "ill"), positive="ill", class_counts={"well": 20, "ill": 20},
        n_development=40, n_training=40, validation_counts={}, fewest_groups=20, side_px=100.0,
        aspect_spread=1.0, colour_share=1.0, deep_share=0.0, has_bf16=False, images_per_s=20.0,
        budget_s=600.0, seed=0,
    )  # fmt: skip
    steps = {"quality": (("blurred", 0.2), ("dark", 0.01)), "preparation": (("fundus", 0.1),)}
    return make_plan(facts, steps)


def joined(plan: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    join_quality(None, entry, scored(1.0), None, plan, None, lambda event: None, patients_known=True)  # type: ignore[arg-type]
    return entry


def test_every_way_is_compared_with_the_pictures_as_they_are(plan: Any, plans: list[Any]) -> None:
    blurred, dark = joined(plan)["quality"]
    assert (blurred["step"], blurred["strength"]) == ("blurred", 0.2)
    assert blurred["n_clusters"] == 20
    assert blurred["outcome"] == "better"
    assert blurred["verdict"].startswith(
        "On blurred pictures (0.2) the network reads worse: as they are, AUC"
    )
    assert blurred["p_adjusted"] >= blurred["measures"][0]["p_value"]
    assert "not shown to read worse" in dark["verdict"]


def test_a_poorer_picture_is_made_before_the_plans_own_steps(plan: Any, plans: list[Any]) -> None:
    joined(plan)
    assert [one.preparation for one in plans] == [
        (("blurred", 0.2), ("fundus", 0.1)),
        (("dark", 0.01), ("fundus", 0.1)),
    ]


def test_entries_fit_the_published_schema(plan: Any, plans: list[Any]) -> None:
    from jsonschema import Draft202012Validator

    schema = evaluation_schema()
    part = schema["$defs"]["set"]["properties"]["quality"]
    Draft202012Validator({**part, "$defs": schema["$defs"]}).validate(joined(plan)["quality"])


def test_nothing_is_read_again_where_the_plan_names_nothing(plan: Any, plans: list[Any]) -> None:
    from dataclasses import replace

    assert joined(replace(plan, quality=())) == {}
    assert plans == []
