"""The step on made-up evidence: views, variables and kinds, as training leaves and reading uses them."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.document import evaluation_document, evaluation_schema
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.engine import Pass
from thirdeye.inference.fusion.model import Images, read_case_model
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.fusion.levels import decide_levels
from thirdeye.journey.fusion.measuring import join_cases
from thirdeye.journey.fusion.step import fuse
from thirdeye.journey.material import Material
from thirdeye.journey.scoring import DECIDED, Scored, predictions_csv
from thirdeye.journey.trust.held_out import HeldOut
from thirdeye.plan.make import make_plan
from thirdeye.plan.rules import Facts
from thirdeye.report.document import Document
from thirdeye.report.html import render_html
from thirdeye.report.sections.fusion import fusion_section
from thirdeye.report.sections.levels import levels_section
from thirdeye.training.choice import macro_auc
from thirdeye.training.event import silent

CLASSES = ("nv", "mel", "bcc")
EDGES = (
    ("nv", "benign", "malignancy"),
    ("mel", "malignant", "malignancy"),
    ("bcc", "malignant", "malignancy"),
)
CASES, VIEWS, FOLDS = 150, ("axial", "coronal"), 5


def material(seed: int) -> tuple[Material, np.ndarray, np.ndarray]:
    """Cases of two views: the first tells much, the second little; age tells the first class."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, CASES)
    label = np.repeat(truth, 2)
    strength = np.tile([1.3, 0.1], CASES)
    logits = rng.normal(size=(2 * CASES, 3)) + strength[:, None] * np.eye(3)[label]
    raised = np.exp(logits)
    case = np.repeat(np.arange(CASES), 2)
    rows = pd.DataFrame({
        "image": [f"{i}.png" for i in range(2 * CASES)], "case": [f"c{i}" for i in case],
        "patient": [f"p{i}" for i in case], "label": [CLASSES[i] for i in label], "split": "train",
        "fold": case % FOLDS, "view": list(VIEWS) * CASES, "kept_together": [f"p{i}" for i in case],
        "Age": np.repeat((50 + 25 * (truth > 0) + rng.normal(size=CASES) * 10).round().astype(str), 2),
    })  # fmt: skip
    images = np.zeros((2 * CASES, 4, 4, 3), np.uint8)
    features = (logits @ rng.normal(size=(3, 8))).astype(np.float32)
    return (
        Material(rows, images, label, rows["patient"].to_numpy(str)),
        raised / raised.sum(1, keepdims=True),
        features,
    )


def manifest(trust: dict[str, Any]) -> Manifest:
    return Manifest(
        "multiclass", CLASSES, None, "none", {"size_px": 4, "resize": "pad", "intensity": "full_range"},
        Calibration("none", "multiclass"), {"file": "model.onnx", "sha256": "0"}, trust=trust,
        members=({"file": "m", "fold": -1},),
    )  # fmt: skip


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, HeldOut, dict[str, Any]]:
    place = Study(Path(tmp_path_factory.mktemp("fusion")))
    given, probabilities, features = material(0)
    facts = Facts(
        "multiclass", CLASSES, None, dict.fromkeys(CLASSES, 50), 300, 300, {}, 40, 64.0, 1.0, 0.0, 0.0, False,
        10.0, 60.0, 0, unit="case", views=VIEWS, variables=("Age",), taxonomy=EDGES,
    )  # fmt: skip
    plan = make_plan(facts, {"fusion": ("mean", "noisy_or", "weights", "attention")})
    splits = [
        (np.flatnonzero(given.rows["fold"] != k), np.flatnonzero(given.rows["fold"] == k))
        for k in range(FOLDS)
    ]
    dataset = Dataset(place.folder, given.rows, "multiclass", CLASSES, None, "patient", "drawn")
    held = HeldOut(
        place, manifest({}), dataset, given, plan, splits, np.arange(2 * CASES),
        np.log(probabilities).astype(np.float32), probabilities, np.ones((2 * CASES, 1), bool), 1, silent,
    )  # fmt: skip
    held.__dict__["seen"] = Pass(held.logits, features, np.zeros((2 * CASES, 3, 1, 1), np.float32))
    return place, held, {"fusion": fuse(held), "levels": decide_levels(held)}


def test_the_plan_offers_the_ways_that_the_views_allow(fitted: Any) -> None:
    _, held, _ = fitted
    assert held.plan.variables == ("Age",)
    assert held.plan.reasons["variables"].startswith("known before")


def test_weights_find_the_telling_view_and_are_kept(fitted: Any) -> None:
    _, _, trust = fitted
    form = trust["fusion"]
    assert form["unit"] == "case"
    assert (form["n"], form["n_images"]) == (CASES, 2 * CASES)
    assert {one["method"] for one in form["candidates"]} == {"mean", "noisy_or", "weights", "attention"}
    assert sum(one["kept"] for one in form["candidates"]) == 1
    assert form["pooling"]["method"] in ("weights", "attention")
    if form["pooling"]["method"] == "weights":
        assert form["pooling"]["weights"]["axial"] > 2 * form["pooling"]["weights"]["coronal"]


def test_age_is_kept_and_the_kinds_have_thresholds(fitted: Any) -> None:
    _, _, trust = fitted
    assert trust["fusion"]["variables"]["kept"]
    (level,) = trust["levels"]
    assert level["positive"] == "malignant"
    assert {point["name"] for point in level["operating_points"]} >= {"youden", "sensitivity_95"}


def test_frequencies_count_what_belongs_together_and_nothing_where_nobody_knows(fitted: Any) -> None:
    _, held, trust = fitted
    fusion = trust["fusion"]
    for one in (fusion, fusion["variables"]["together"], fusion["variables"]["alone"]):
        told = [entry for ranges in one["frequency"].values() for entry in ranges]
        assert {entry["cluster"] for entry in told} == {"patient"}
        assert all(entry["patients"] == entry["n"] for entry in told)  # one case of each
    lesions = replace(held, dataset=replace(held.dataset, group="lesion_id"))
    assert _frequencies(lesions)[0]["cluster"] == "lesion"
    unknown = replace(held, dataset=replace(held.dataset, group="image"))
    assert {entry["patients"] for entry in _frequencies(unknown)} == {None}


def _frequencies(held: HeldOut) -> list[dict[str, Any]]:
    bare = replace(held, plan=replace(held.plan, fusion=("mean",), variables=(), taxonomy=()))
    form = fuse(bare)
    assert form is not None
    return [entry for ranges in form["frequency"].values() for entry in ranges]


def test_kinds_have_thresholds_with_and_without_variables(fitted: Any) -> None:
    _, _, trust = fitted
    (both,), (images,) = (trust["fusion"][name] for name in ("levels", "levels_by_images"))
    assert both["groups"] == images["groups"]
    assert both["operating_points"] != images["operating_points"]


def test_reading_decides_as_training_said_and_the_test_part_shows_it(fitted: Any) -> None:
    place, held, trust = fitted
    reader = manifest(trust)
    model = read_case_model(place, reader)
    assert model is not None
    assert model.clinical is not None
    new, probabilities, features = material(1)
    images = Images(
        probabilities, np.repeat(np.arange(CASES), 2), list(VIEWS) * CASES, features, lambda: features
    )
    alone = model.of_images(images)
    age = {"Age": list(new.rows["Age"][::2])}
    both = model.clinical.with_images(alone, age, images.case_features, multilabel=False)
    truth = new.labels[::2]
    loss = [-np.log(table[np.arange(CASES), truth]).mean() for table in (probabilities[1::2], alone, both)]
    assert loss[2] < loss[1] < loss[0]
    np.testing.assert_allclose(both.sum(axis=1), 1)

    entry: dict[str, Any] = {}
    decided = join_cases(
        place, entry, Scored(new, np.arange(2 * CASES), probabilities, None, features), held.plan, reader,
        patients_known=True,
    )  # fmt: skip
    assert decided is not None
    assert (decided.unit, decided.rows["case"].tolist()) == ("case", new.rows["case"][::2].tolist())
    np.testing.assert_allclose(decided.probabilities, both)
    table = pd.read_csv(StringIO(predictions_csv(held.plan, [], (decided.rows, decided.probabilities))))
    assert set(table["source"]) == {DECIDED}
    np.testing.assert_allclose(table[[f"probability_{name}" for name in CLASSES]], both, rtol=1e-5)
    assert entry["by_case"]["unit"] == "case"
    assert entry["by_case"]["n"] == CASES
    assert entry["levels"][0]["unit"] == "image"
    assert entry["by_case"]["levels"][0]["n"] == CASES
    adds, by_images, _ = entry["clinical"]["comparisons"]
    assert adds["measures"][0]["difference"]["value"] > 0
    assert by_images["measures"][0]["difference"]["value"] > 0
    assert adds["p_adjusted"] >= adds["measures"][0]["p_value"]
    measured = {**entry["by_case"], **entry}
    document = evaluation_document(
        task="multiclass", positive=None, unit="image", classes=CLASSES, sets={"test": measured}
    )
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), evaluation_schema())
    shown = SimpleNamespace(evaluation=document, drawn_by="patient")
    together, kinds = fusion_section(shown), levels_section(shown)
    assert together is not None
    assert kinds is not None
    assert together.title == "Several images of a case and clinical variables"
    said = render_html(Document("t", "s", "n", (together, kinds), "i"))
    for words in (
        "300 images are of 150 cases",
        "When the reader is not sure of a case by its images",
        "When the reader is not sure of a case by images and clinical variables",
        "The prediction sets keep their promise",
        "What the clinical variables add",
        "malignant against the rest",
    ):
        assert words in said
    bare = SimpleNamespace(evaluation={"unit": "image", "sets": {"test": {}}}, drawn_by="patient")
    assert fusion_section(bare) is None
    assert levels_section(bare) is None


def test_sets_and_deferral_are_fixed_on_whole_cases_and_measured_on_others(fitted: Any) -> None:
    place, held, trust = fitted
    form = trust["fusion"]
    for one in (form, form["variables"]["together"]):
        assert one["sets"]["coverage"] == 0.9
        patients = {tuple(rule["patients"]) for rule in one["sets"]["rules"] if rule["scope"] == "all cases"}
        assert patients == {(CASES,) * len(CLASSES)} or patients == {(CASES,)}  # cases, not images
        assert [rule["asked"] for rule in one["certainty"]["rules"]] == [0.1, 0.2, 0.3]
    assert form["variables"]["together"]["sets"]["guarantee"] == "cross_fitted"
    new, probabilities, features = material(2)
    entry: dict[str, Any] = {}
    join_cases(
        place, entry, Scored(new, np.arange(2 * CASES), probabilities, None, features), held.plan,
        manifest(trust), patients_known=True,
    )  # fmt: skip
    for block in (entry["by_case"], entry["clinical"]):
        told = block["uncertainty"]
        (rule,) = [one for one in told["sets"]["rules"] if one["scope"] == "all cases"]
        assert rule["overall"]["n"] == CASES
        assert rule["overall"]["details"]["as_expected"] == "yes"
        least = told["certainty"]["rules"][0]
        kept, everybody = ({m["name"]: m["value"] for m in least[name]} for name in ("kept", "all"))
        assert kept["accuracy"] > everybody["accuracy"]
    images, both = (block["uncertainty"]["sets"]["rules"] for block in (entry["by_case"], entry["clinical"]))
    assert both[0]["size"]["value"] < images[0]["size"]["value"]  # age rules classes out


def test_sets_promise_by_theory_only_where_nothing_was_learnt_from_the_held_out_cases(fitted: Any) -> None:
    _, held, _ = fitted
    bare = replace(held, plan=replace(held.plan, fusion=("mean",), variables=(), taxonomy=()))
    learnt = replace(bare, held_out=np.zeros_like(held.held_out))
    learnt.__dict__["seen"] = bare.__dict__["seen"] = held.seen
    assert [fuse(one)["sets"]["guarantee"] for one in (bare, learnt)] == ["split", "cross_fitted"]  # type: ignore[index]
    few = replace(
        bare, probabilities=np.where(np.arange(2 * CASES)[:, None] < 38, held.probabilities, np.nan)
    )
    few.__dict__["seen"] = held.seen
    form = fuse(few)
    assert form is not None
    assert form["n"] == 19
    assert not {"sets", "certainty"} & set(form)


def test_a_missing_value_is_filled_and_none_at_all_changes_little(fitted: Any) -> None:
    place, _, trust = fitted
    model = read_case_model(place, manifest(trust))
    assert model is not None
    assert model.clinical is not None
    alone = np.array([[0.2, 0.5, 0.3]])
    none = np.empty((1, 0))
    found = model.clinical.with_images(alone, {}, none, multilabel=False)
    middle = model.clinical.with_images(
        alone, {"Age": [str(model.clinical.variables[0].middle)]}, none, multilabel=False
    )
    np.testing.assert_allclose(found, middle, atol=1e-9)


@pytest.mark.parametrize("technique", ["svm", "boosting"])
def test_features_and_variables_in_one_table_are_read_as_they_were_fitted(
    fitted: Any, technique: str, tmp_path: Path
) -> None:
    _, held, _ = fitted
    place = Study(tmp_path)
    here = replace(held, study=place, plan=replace(held.plan, joining=technique, taxonomy=()))
    here.__dict__["seen"] = held.seen
    form = fuse(here)
    assert form is not None
    assert form["variables"]["joined"]["technique"] == technique
    assert "model" not in form["variables"]["together"]
    trust = json.loads(json.dumps({"fusion": form}, allow_nan=False))
    model = read_case_model(place, manifest(trust))
    assert model is not None
    assert model.clinical is not None
    figures = form["variables"]["figures"]
    assert figures["together"]["value"] > figures["variables"]["value"] > 0.6
    rows, probabilities = held.material.rows, np.asarray(held.probabilities)
    features = held.seen.features
    images = Images(probabilities, np.repeat(np.arange(CASES), 2), list(VIEWS) * CASES, features, list)
    age, alone = {"Age": list(rows["Age"][::2])}, model.of_images(images)
    both = model.clinical.with_images(alone, age, images.case_features, multilabel=False)
    assert macro_auc(held.material.labels[::2], np.log(both)) > figures["together"]["value"]  # it learnt them
    np.testing.assert_allclose(model.clinical.by_themselves(age, CASES).sum(axis=1), 1)
    (place.folder / "model" / "joined.npz").write_bytes(b"other")
    with pytest.raises(StudyMismatch, match="changed after training"):
        read_case_model(place, manifest(trust))


@pytest.mark.parametrize("technique", ["svm", "boosting"])
def test_no_case_is_decided_by_what_it_taught(fitted: Any, technique: str, tmp_path: Path) -> None:
    """Labels that nothing tells: knowing them by heart would show."""
    _, held, _ = fitted
    rng = np.random.default_rng(5)
    label = np.repeat(rng.integers(0, 3, CASES), 2)
    other = replace(held.material, labels=label)
    blind = replace(
        held, study=Study(tmp_path), material=other,
        plan=replace(held.plan, joining=technique, taxonomy=(), fusion=("mean",)),
    )  # fmt: skip
    blind.__dict__["seen"] = held.seen
    form = fuse(blind)
    assert form is not None
    for name in ("together", "variables"):
        assert form["variables"]["figures"][name]["value"] < 0.62
    assert not form["variables"]["kept"]


def test_plans_without_cases_or_variables_have_no_step(fitted: Any) -> None:
    _, held, _ = fitted
    bare = replace(held, plan=replace(held.plan, fusion=(), variables=(), taxonomy=()))
    assert fuse(bare) is None
    assert decide_levels(bare) is None
