"""From the files of a study to arrays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.intake.pixels import load_image
from thirdeye.journey.material import (
    data_root,
    gather,
    label_array,
    member_splits,
    read_plan,
    read_study_dataset,
)
from thirdeye.plan.file import plan_from_json
from thirdeye.plan.plan import Plan
from thirdeye.transform.prepare import prepare


@pytest.fixture
def plan(finished: Path) -> Plan:
    return read_plan(Study(finished / "study"))


def changed(plan: Plan, **values: object) -> Plan:
    form = json.loads(json.dumps(plan.as_json()))
    for name, value in values.items():
        form["values"][name]["value"] = value
    return plan_from_json(form)


def test_the_dataset_knows_where_its_images_lie(finished: Path) -> None:
    study = Study(finished / "study")
    for data in (None, finished / "data"):
        dataset = read_study_dataset(study, data)
        assert dataset.root == (finished / "data").resolve()
        assert (dataset.task, dataset.positive, dataset.group) == ("binary", "malignant", "patient")


def test_data_that_are_gone(place: Path) -> None:
    shutil.rmtree(place / "data")
    with pytest.raises(UsageError, match="not where they were; say where with --data"):
        data_root(Study(place / "study"), None)
    with pytest.raises(UsageError, match="--data"):
        data_root(Study(place / "study"), place / "elsewhere")


def test_gathered_rows_pixels_labels_and_patients_belong_together(finished: Path, plan: Plan) -> None:
    study = Study(finished / "study")
    dataset = read_study_dataset(study, None)
    found = gather(study, dataset, plan, "test")
    expected = dataset.rows[dataset.rows["split"] == "test"]
    assert found.rows["image"].tolist() == expected["image"].tolist()
    for index, row in enumerate(found.rows.itertuples()):
        image = load_image(dataset.root, str(row.image))
        square = prepare(image, size_px=32, resize=plan.resize, intensity=plan.intensity)
        assert np.array_equal(found.images[index], square)
        assert plan.classes[found.labels[index]] == row.label
        assert found.patients[index] == row.patient


def test_development_and_test_share_nothing(finished: Path, plan: Plan) -> None:
    study = Study(finished / "study")
    dataset = read_study_dataset(study, None)
    development = gather(study, dataset, plan, "train", "validation")
    test = gather(study, dataset, plan, "test")
    assert not set(development.rows["image"]) & set(test.rows["image"])
    assert not set(development.patients) & set(test.patients)
    assert len(development.rows) + len(test.rows) == len(dataset.rows)


def test_labels_of_several_kinds(plan: Plan) -> None:
    rows = pd.DataFrame({"label": ["malignant", "healthy", "malignant"]})
    assert label_array(rows, plan).tolist() == [1, 0, 1]
    several = changed(plan, task="multilabel", classes=["a", "b", "c"], positive=None)
    rows = pd.DataFrame({"label": ["a|c", "", "b"]})
    assert label_array(rows, several).tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


def test_members_of_folds_hold_out_every_row_once(plan: Plan) -> None:
    rows = pd.DataFrame({"split": ["train"] * 6, "fold": [0, 1, 0, 1, 1, 0]})
    splits = member_splits(rows, plan)
    assert [holdout.tolist() for _, holdout in splits] == [[0, 2, 5], [1, 3, 4]]
    for train, holdout in splits:
        assert sorted([*train, *holdout]) == list(range(6))


def test_members_of_an_official_split_share_it(plan: Plan) -> None:
    rows = pd.DataFrame({"split": ["train", "validation", "train", "validation"], "fold": -1})
    splits = member_splits(rows, changed(plan, validation="official", folds=3))
    assert [(train.tolist(), holdout.tolist()) for train, holdout in splits] == [([0, 2], [1, 3])] * 3


@pytest.mark.parametrize(
    ("split", "fold", "values", "words"),
    [
        (["train"] * 4, [0, 1, 0, 1], {"folds": 3}, "3 folds, but dataset.csv was dealt into 2"),
        (["train"] * 4, [0, 1, -1, 1], {}, "2 folds, but"),
        (["train"] * 4, [0, 1, 0, 1], {"validation": "official"}, "has no validation part"),
        (["validation"] * 4, [-1] * 4, {"validation": "official"}, "has no validation part beside"),
    ],
)
def test_a_plan_that_no_longer_fits(
    plan: Plan, split: list[str], fold: list[int], values: dict[str, object], words: str
) -> None:
    rows = pd.DataFrame({"split": split, "fold": fold})
    with pytest.raises(StudyMismatch, match=words):
        member_splits(rows, changed(plan, **values))


def test_a_plan_for_other_classes_is_refused(place: Path) -> None:
    study = Study(place / "study")
    form = study.read_json("plan.json")
    form["values"]["classes"]["value"] = ["healthy", "sick"]
    form["values"]["positive"]["value"] = "sick"
    study.write_json("plan.json", form)
    with pytest.raises(StudyMismatch, match=r"other classes than fingerprint\.json"):
        read_plan(study)


def test_the_order_of_classes_may_be_changed(place: Path) -> None:
    study = Study(place / "study")
    form = study.read_json("plan.json")
    form["values"]["classes"]["value"].reverse()
    study.write_json("plan.json", form)
    assert read_plan(study).classes == ("malignant", "healthy")


def test_progress_is_told(place: Path, plan: Plan) -> None:
    study = Study(place / "study")
    shutil.rmtree(study.path("runs/cache"))
    told: list[tuple[int, int]] = []
    dataset = read_study_dataset(study, None)
    gather(study, dataset, plan, "train", progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == len(dataset.part("train"))
