"""Two classifiers on the same cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.compare import compare_models
from thirdeye.journey.versus.cases import compare_cases, labels_of

PLAN = {"task": "binary", "classes": ["ill", "well"], "positive": "ill"}
N = 60


def said(noise: float, *, seed: int = 0, source: str = "network") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ill = np.arange(N) % 3 == 0
    p = np.clip(0.5 + np.where(ill, 0.2, -0.2) + rng.normal(0, noise, N), 0.01, 0.99)
    return pd.DataFrame({
        "case": [f"i{n}" for n in range(N)], "patient": [f"p{n // 2}" for n in range(N)],
        "label": np.where(ill, "ill", "well"), "source": source, "probability_ill": p,
        "probability_well": 1 - p,
    })  # fmt: skip


def test_is_the_paired_comparison_of_what_both_said(side):
    mine, theirs = said(0.1), said(0.5, seed=1)
    found = compare_cases(side("a", mine, PLAN), side("b", theirs.iloc[::-1], PLAN), seed=0)
    labels = (mine["label"] == "well").astype(int).to_numpy()
    columns = ["probability_ill", "probability_well"]
    known = compare_models(
        labels=labels, first=mine[columns].to_numpy(), second=theirs[columns].to_numpy(),
        classes=PLAN["classes"], task="binary", positive="ill", clusters=mine["patient"].to_numpy(str),
        names=("a", "b"),
    )  # fmt: skip
    assert found == known | {"unit": "image"}
    assert (found["outcome"], found["n"], found["n_clusters"]) == ("better", N, N // 2)


def test_a_study_is_no_better_than_itself(side):
    one = side("a", said(0.3), PLAN)
    found = compare_cases(one, one, seed=0)
    assert found["outcome"] == "not_better"
    assert found["measures"][0]["difference"]["value"] == 0


def test_only_cases_of_both_test_parts_count(side):
    found = compare_cases(side("a", said(0.1), PLAN), side("b", said(0.5).iloc[:45], PLAN), seed=0)
    assert found["n"] == 45


def test_the_last_word_on_a_case_comes_before_that_on_an_image(side):
    """`decided` rows hold the answer when clinical variables are taken together with the image."""
    whole = pd.concat([said(0.5, seed=2), said(0.0, source="decided")])
    plain = side("b", said(0.5, seed=2), PLAN)
    found = compare_cases(side("a", whole, PLAN), plain, seed=0)
    assert found["measures"][0]["first"]["value"] == 1.0
    assert found["measures"][0]["second"]["value"] < 1.0


def test_units_that_differ_are_compared_image_by_image(side):
    decided = said(0.0, source="decided").iloc[::2]
    one = side("a", pd.concat([said(0.5, seed=2), decided]), PLAN)
    one.test["by_case"] = {"unit": "lesion"}
    found = compare_cases(one, side("b", said(0.4), PLAN), seed=0)
    assert (found["unit"], found["n"]) == ("image", N)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"positive": "well"}, "differ in positive: ill and well"), ({"task": "ordinal"}, "differ in task"),
        ({"classes": ["ill", "dead"]}, "other classes"),
    ],
)  # fmt: skip
def test_other_questions_are_refused(side, plan, says):
    with pytest.raises(StudyMismatch, match=says):
        compare_cases(side("a", said(0.1), PLAN), side("b", said(0.1), PLAN | plan), seed=0)


def test_other_labels_are_refused(side):
    swapped = said(0.1)
    swapped.loc[3, "label"] = "ill" if swapped.loc[3, "label"] == "well" else "well"
    with pytest.raises(StudyMismatch, match="other labels"):
        compare_cases(side("a", said(0.1), PLAN), side("b", swapped, PLAN), seed=0)


def test_labels_become_numbers_and_columns():
    assert labels_of(pd.Series(["b", "a"]), ["a", "b"], "multiclass").tolist() == [1, 0]
    assert labels_of(pd.Series(["b|a", "a", None]), ["a", "b"], "multilabel").tolist() == [
        [1, 1], [1, 0], [0, 0],
    ]  # fmt: skip
