"""Examples: which are chosen, and what is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.explanation.examples import Example, choose_examples, write_examples
from thirdeye.inference.second_opinion import SecondReader


def binary(p: list[float], labels: list[int], **more) -> tuple[Example, ...]:
    table = np.column_stack([1 - np.array(p), p])
    return choose_examples(
        labels=np.array(labels),
        probabilities=table,
        classes=("benign", "malignant"),
        task="binary",
        positive="malignant",
        **more,
    )


def test_binary_kinds_follow_the_threshold() -> None:
    chosen = binary([0.9, 0.3, 0.35, 0.1], [1, 1, 0, 0], threshold=0.32)
    assert {one.position: one.kind for one in chosen} == {
        0: "true_positive", 1: "false_negative", 2: "false_positive", 3: "true_negative",
    }  # fmt: skip
    assert {one.position: (one.label, one.predicted) for one in chosen}[2] == ("benign", "malignant")


def test_wrong_ones_are_the_most_confident_and_right_ones_are_typical() -> None:
    wrong = [0.55, 0.97, 0.6, 0.8]
    right = [0.51, 0.7, 0.75, 0.8, 0.99]
    chosen = binary(wrong + right, [0] * 4 + [1] * 5, per_kind=2)
    by_kind = {
        kind: [o.probability for o in chosen if o.kind == kind]
        for kind in ("false_positive", "true_positive")
    }
    assert by_kind["false_positive"] == [0.97, 0.8]
    assert by_kind["true_positive"][0] == 0.75
    assert 0.99 not in by_kind["true_positive"]
    assert 0.51 not in by_kind["true_positive"]


def test_positive_may_be_the_first_class() -> None:
    chosen = choose_examples(
        labels=np.array([0, 1]),
        probabilities=np.array([[0.9, 0.1], [0.8, 0.2]]),
        classes=("malignant", "normal"),
        task="binary",
        positive="malignant",
    )
    assert {one.position: (one.kind, one.probability) for one in chosen} == {
        0: ("true_positive", 0.9), 1: ("false_positive", 0.8),
    }  # fmt: skip


def test_multiclass_and_multilabel() -> None:
    table = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
    chosen = choose_examples(
        labels=np.array([0, 1]), probabilities=table, classes="abc", task="multiclass", positive=None
    )
    assert {(o.kind, o.label, o.predicted) for o in chosen} == {("right", "a", "a"), ("wrong", "b", "c")}
    flags = np.array([[1, 0, 0], [1, 0, 1]])
    table = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
    chosen = choose_examples(
        labels=flags, probabilities=table, classes="abc", task="multilabel", positive=None
    )
    assert {(o.kind, o.label, o.predicted) for o in chosen} == {("right", "a", "a"), ("wrong", "a|c", "c")}


def test_no_cases_no_examples() -> None:
    assert binary([], []) == ()


def test_files_have_numbers_for_names_and_open(blob_study: Path, tmp_path: Path, blob_image) -> None:
    study = Study(Path(shutil.copytree(blob_study, tmp_path / "study")))
    random = np.random.default_rng(0)
    shown = {f"MUELLER_{k}.png": blob_image(random, positive=bool(k)) for k in (0, 1)}
    chosen = binary([0.1, 0.9], [0, 1])
    names = list(shown)
    write_examples(
        study,
        chosen,
        cases=names,
        images=names,
        load=shown.__getitem__,
        reader=SecondReader.load(study.folder),
    )
    entries = study.read_json("explanation/examples.json")["examples"]
    assert len(entries) == 2
    keys = {"case", "image", "label", "predicted", "probability", "kind", "heat_map", "thumbnail"}
    keys |= {"opinion"}
    for entry in entries:
        assert entry["opinion"].startswith("A case of the test part\n  nodule: ")
        assert set(entry) == keys
        assert study.has(entry["heat_map"], entry["thumbnail"])
    files = [path.name for path in study.path("explanation/examples").iterdir()]
    assert len(files) == 4
    assert not any("MUELLER" in name for name in files)
    json.dumps(entries, allow_nan=False)


def test_a_case_outside_the_envelope_has_no_map(blob_study: Path, tmp_path: Path, blob_image) -> None:
    from thirdeye.case.image import Image

    study = Study(Path(shutil.copytree(blob_study, tmp_path / "study")))
    flat = Image(np.full((40, 40), 90, np.uint8), 8, "x")
    write_examples(
        study,
        binary([0.1], [0])[:1],
        cases=["a"],
        images=["a"],
        load=lambda _: flat,
        reader=SecondReader.load(study.folder),
    )
    (entry,) = study.read_json("explanation/examples.json")["examples"]
    assert entry["heat_map"] is None
    assert study.has(entry["thumbnail"])


@pytest.mark.parametrize("passed", [True, False, None])
def test_a_map_that_failed_its_exam_is_not_drawn(
    blob_study: Path, tmp_path: Path, blob_image, passed: bool | None
) -> None:
    study = Study(Path(shutil.copytree(blob_study, tmp_path / "study")))
    study.write_json(
        "model/model.json", {**study.read_json("model/model.json"), "sanity": {"passed": passed}}
    )
    image = blob_image(np.random.default_rng(2), positive=True)
    write_examples(
        study,
        binary([0.9], [1]),
        cases=["a"],
        images=["a"],
        load=lambda _: image,
        reader=SecondReader.load(study.folder),
    )
    (entry,) = study.read_json("explanation/examples.json")["examples"]
    assert (entry["heat_map"] is None) is (passed is False)
