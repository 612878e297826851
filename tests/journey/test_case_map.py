"""The map of the test part holds places and classes, and no name of a case."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thirdeye.journey.case_map import MOST_GROUPS, OTHERS, join_case_map


def made(
    labels: np.ndarray, classes: tuple[str, ...], *, task: str = "multiclass", taxonomy: tuple = ()
) -> dict[str, Any]:
    features = np.random.default_rng(0).normal(size=(len(labels), 6)).astype(np.float32)
    scored: Any = SimpleNamespace(features=features, labels=labels)
    plan: Any = SimpleNamespace(seed=1, task=task, classes=classes, taxonomy=taxonomy)
    entry: dict[str, Any] = {}
    join_case_map(entry, scored, plan)
    return entry["case_map"]


def test_each_case_is_of_its_class() -> None:
    labels = np.arange(30) % 3
    found = made(labels, ("a", "b", "c"))
    assert found["groups"] == ["a", "b", "c"]
    assert found["belongs"] == [[int(one)] for one in labels]
    assert (found["n"], found["n_of"], len(found["points"])) == (30, 30, 30)
    assert set(found) == {
        "method", "perplexity", "seed", "n", "n_of", "trustworthiness", "level", "groups", "points",
        "belongs",
    }  # fmt: skip
    json.dumps(found, allow_nan=False)


def test_several_labels_at_once() -> None:
    labels = np.random.default_rng(0).integers(0, 2, (30, 2))
    found = made(labels, ("x", "y"), task="multilabel")
    assert found["belongs"] == [[k for k in range(2) if row[k]] for row in labels]


def test_many_classes_become_the_kinds_of_a_level_or_the_common_ones() -> None:
    classes = tuple(f"leaf {k}" for k in range(12))
    labels = np.arange(36) % 12
    tree = tuple((name, f"kind {k % 3}", "kinds") for k, name in enumerate(classes))
    found = made(labels, classes, taxonomy=tree)
    assert (found["level"], sorted(found["groups"])) == ("kinds", ["kind 0", "kind 1", "kind 2"])
    assert all(found["groups"][held[0]] == f"kind {k % 12 % 3}" for k, held in enumerate(found["belongs"]))
    plain = made(np.repeat(np.arange(12), np.arange(12, 0, -1)), classes)
    assert plain["level"] is None
    assert plain["groups"] == [*classes[: MOST_GROUPS - 1], OTHERS]
    assert plain["belongs"][-1] == [MOST_GROUPS - 1]


@pytest.mark.parametrize("features", [None, np.zeros((5, 3), np.float32)])
def test_without_features_or_cases_there_is_none(features: np.ndarray | None) -> None:
    entry: dict[str, Any] = {}
    scored: Any = SimpleNamespace(features=features, labels=np.zeros(5, int))
    plan: Any = SimpleNamespace(seed=1, task="binary", classes=("a", "b"), taxonomy=())
    join_case_map(entry, scored, plan)
    assert entry == {}
