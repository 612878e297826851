"""The techniques beside the traditional one, on cases that brightness and age tell apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from thirdeye.inference.calibration import Calibration
from thirdeye.journey.baseline import Baseline, features_of
from thirdeye.journey.material import Material
from thirdeye.journey.rivalry import supplementary_comparisons, traditional_evidence
from thirdeye.journey.rivals import Ground, Rival, learner_rivals, simplest_rivals, tables_of
from thirdeye.journey.scoring import Scored
from thirdeye.training.classical import Learner
from thirdeye.training.traditional import cross_fit_traditional

N = 60
PLAN: Any = SimpleNamespace(task="binary", seed=0, classes=("no", "yes"), positive="yes")
COMMON = {"classes": ["no", "yes"], "task": "binary", "positive": "yes", "clusters": None}


@pytest.fixture(scope="module")
def material() -> Material:
    rng = np.random.default_rng(0)
    labels = np.arange(N) % 2
    images = rng.normal(90, 10, (N, 32, 32, 3)) + 40 * labels[:, None, None, None]
    rows = pd.DataFrame({"case": range(N), "age": 50 + 10 * labels + rng.normal(0, 5, N)})
    return Material(rows, images.clip(0, 255).astype(np.uint8), labels, np.arange(N).astype(str))


@pytest.fixture(scope="module")
def baseline(material: Material) -> Baseline:
    features = features_of(material.images)
    fold = np.arange(N) // 2 % 2
    splits = [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in (0, 1)]
    result = cross_fit_traditional(
        features, material.labels, splits, task="binary", groups=material.patients, seed=0, n_classes=2,
        candidates=(Learner("logistic", 0.01), Learner("bayes", 5)),
    )  # fmt: skip
    ground = Ground(material, splits, PLAN, lambda logits: Calibration("none", "binary"))
    rivals = (*learner_rivals(result, ground), *simplest_rivals(features, ground))
    return Baseline(result, Calibration("none", "binary"), (), "words", features, material.labels, rivals)


def _by_source(baseline: Baseline) -> dict[str, Rival]:
    return {rival.source: rival for rival in baseline.rivals}


def test_each_learner_and_the_simplest_techniques_take_part(baseline: Baseline) -> None:
    assert list(_by_source(baseline)) == ["learner:logistic", "learner:bayes", "simple", "clinical"]
    for rival in baseline.rivals:
        found = rival.held_out(np.arange(N))
        assert found.shape == (N, 2)
        assert (found.argmax(axis=1) == baseline.labels).mean() > 0.7
        assert rival.inner_auc is not None
        assert rival.inner_auc > 0.7
    assert "age" in _by_source(baseline)["clinical"].description


def test_new_cases_without_the_clinical_columns_are_judged_by_the_others(
    baseline: Baseline, material: Material
) -> None:
    bare = material.rows[["case"]]
    assert set(tables_of(baseline.rivals, baseline.features, bare)) == {
        "learner:logistic", "learner:bayes", "simple",
    }  # fmt: skip
    assert "clinical" in tables_of(baseline.rivals, baseline.features, material.rows)


def test_a_table_without_clinical_columns_has_no_such_technique(
    material: Material, baseline: Baseline
) -> None:
    bare = Material(material.rows[["case"]], material.images, material.labels, material.patients)
    fold = np.arange(N) % 4 < 2
    splits = [(np.flatnonzero(fold), np.flatnonzero(~fold))]
    ground = Ground(bare, splits, PLAN, lambda logits: Calibration("none", "binary"))
    assert [rival.kind for rival in simplest_rivals(baseline.features, ground)] == ["simple"]


def test_comparisons_are_adjusted_together_and_name_their_source(
    baseline: Baseline, material: Material
) -> None:
    rows = np.arange(N)
    network = np.random.default_rng(1).dirichlet((1, 1), N)
    others = {rival.source: rival.held_out(rows) for rival in baseline.rivals}
    others["combined"] = baseline.held_out(rows)
    scored = Scored(material, rows, network, baseline.held_out(rows), others=others)
    found = supplementary_comparisons(scored, baseline, COMMON | {"labels": material.labels}, seed=0)
    assert [entry["source"] for entry in found] == ["combined", *_by_source(baseline)]
    assert found[0]["second"] == "network"
    assert found[0]["outcome"] == "better"
    assert all(entry["first"] == "network" and entry["outcome"] == "worse" for entry in found[1:])
    assert {entry["adjusted_over"] for entry in found} <= {4, 5}
    assert all(len(entry["measures"]) == 1 for entry in found)


def test_what_it_leans_on_is_told(baseline: Baseline, material: Material) -> None:
    fold = np.arange(N) // 2 % 2
    splits = [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in (0, 1)]
    told = traditional_evidence(
        baseline, material, splits * 2, PLAN, patients_known=True, seconds=60
    )  # repetitions of a split count once
    assert told["n_features"] == 626
    assert {entry["name"].split(",")[0] for entry in told["chosen"]} == {"logistic regression", "naive Bayes"}
    losses = [entry["loss"]["value"] for entry in told["importance"]]
    assert losses == sorted(losses, reverse=True)
    assert {entry["loss"]["n"] for entry in told["importance"]} == {N}
