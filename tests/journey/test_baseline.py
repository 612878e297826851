"""The traditional technique gets the network's folds, and nothing of the test part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.journey.baseline import Baseline, features_of, fit_baseline
from thirdeye.journey.material import Material, gather, member_splits, read_plan, read_study_dataset
from thirdeye.plan.plan import Plan
from thirdeye.training.event import silent
from thirdeye.transform.handcrafted.describe import describe


@pytest.fixture(scope="module")
def parts(finished: Path) -> tuple[Plan, Material]:
    study = Study(finished / "study")
    plan = read_plan(study)
    return plan, gather(study, read_study_dataset(study, None), plan, "train", "validation")


@pytest.fixture(scope="module")
def baseline(parts: tuple[Plan, Material]) -> Baseline:
    plan, development = parts
    splits = member_splits(development.rows, plan)
    return fit_baseline(development, splits * 2, plan, time_limit_s=1.0, threads=1, tell=silent)


def test_features_are_those_of_each_image(parts: tuple[Plan, Material]) -> None:
    images = parts[1].images[:3]
    assert np.array_equal(features_of(images), np.stack([describe(np.asarray(image)) for image in images]))


def test_repeated_splits_are_fitted_once(baseline: Baseline) -> None:
    assert len(baseline.result.folds) == 2


def test_held_out_probabilities_are_distributions_for_every_row(
    baseline: Baseline, parts: tuple[Plan, Material]
) -> None:
    found = baseline.held_out(np.arange(len(parts[1].rows)))
    assert found.shape == (len(parts[1].rows), 2)
    assert np.allclose(found.sum(axis=1), 1)


def test_operating_points_and_words(baseline: Baseline) -> None:
    assert {point["name"] for point in baseline.operating_points} >= {"youden", "sensitivity_95"}
    assert all(0 <= point["threshold"] <= 1 for point in baseline.operating_points)
    assert "hand-crafted features" in baseline.description


def test_new_images_are_the_mean_of_the_folds(baseline: Baseline, parts: tuple[Plan, Material]) -> None:
    found = baseline.predict(parts[1].images[:4])
    assert found.shape == (4, 2)
    assert np.allclose(found.sum(axis=1), 1)
