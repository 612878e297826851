"""`thirdeye speed`: engines measured on held-out cases, int8 only where it loses little."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StageFailed, StudyMismatch, UsageError
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.paired import paired_auc
from thirdeye.inference.engines_file import ENGINES_FILE, INT8_FILE, choose
from thirdeye.inference.manifest import read_manifest
from thirdeye.inference.network_file import refuse_unsafe
from thirdeye.inference.runtime import REFERENCE, Runtime, has_openvino
from thirdeye.inference.second_opinion import SecondReader
from thirdeye.journey import engine_loss, engines
from thirdeye.journey.engine_cases import EngineCases, engine_cases
from thirdeye.journey.engine_loss import Said, measured
from thirdeye.journey.material import Material


@pytest.fixture(scope="module")
def place(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished study and its data, through `speed` once."""
    place = Path(shutil.copytree(finished, tmp_path_factory.mktemp("engines") / "finished"))
    engines.speed(place / "study", threads=1)
    return place


@pytest.fixture
def study(place: Path, tmp_path: Path) -> Path:
    """A study that may be changed."""
    return Path(shutil.copytree(place, tmp_path / "finished")) / "study"


def record_of(study: Path) -> dict:
    return json.loads((study / ENGINES_FILE).read_text())


def entries(study: Path) -> dict[tuple[str, str], dict]:
    return {(one["engine"], one["precision"]): one for one in record_of(study)["measured"]}


def edit(study: Path, change) -> None:
    record = record_of(study)
    change(record)
    (study / ENGINES_FILE).write_text(json.dumps(record))


def test_every_engine_is_measured_on_the_same_cases(place: Path) -> None:
    found = entries(place / "study")
    wanted = {("onnxruntime", "f32"), ("onnxruntime", "int8")}
    if has_openvino():
        wanted |= {("openvino", one) for one in ("f32", "bf16", "int8")}
    assert set(found) == wanted
    assert found["onnxruntime", "f32"]["loss"]["value"] == 0
    assert found["onnxruntime", "f32"]["accepted"]
    assert len({one["loss"]["n"] for one in found.values()}) == 1
    for one in found.values():
        assert one["ms_per_image"] > 0
        if one["precision"] != "f32":
            high = one["loss"]["ci_high"]
            assert one["accepted"] == (high is not None and high <= 0.005)


def test_the_choice_is_the_fastest_of_those_that_lose_little(place: Path) -> None:
    record = record_of(place / "study")
    accepted = [one for one in record["measured"] if one["accepted"]]
    best = min(accepted, key=lambda one: one["ms_per_image"])
    assert record["chosen"] == {"engine": best["engine"], "precision": best["precision"]}
    reader = SecondReader.load(place / "study", threads=1)
    opinion = reader.read(next((place / "data").rglob("*.png")))
    assert opinion.model.get("engine", "onnxruntime") == best["engine"]
    assert opinion.model.get("precision", "f32") == best["precision"]


def accept_int8(study: Path) -> bytes:
    """Whatever was measured, as if int8 had been accepted; its network."""
    import hashlib

    from thirdeye.inference.quantise import quantise

    manifest = read_manifest(Study(study))
    images = np.random.default_rng(0).integers(0, 255, (4, *[manifest.input["size_px"]] * 2, 3), np.uint8)
    content = quantise((study / "model/model.onnx").read_bytes(), images)
    (study / INT8_FILE).write_bytes(content)

    def change(record: dict) -> None:
        record["int8"] = {"file": Path(INT8_FILE).name, "sha256": hashlib.sha256(content).hexdigest()}
        for one in record["measured"]:
            one["accepted"] = True

    edit(study, change)
    return content


def test_an_int8_network_reads_and_is_verified(study: Path) -> None:
    content = accept_int8(study)
    refuse_unsafe(content, "int8")
    image = next((study.parent / "data").rglob("*.png"))
    opinion = SecondReader.load(study, threads=1, engine="onnxruntime", precision="int8").read(image)
    assert opinion.model["precision"] == "int8"
    assert opinion.model["auc_loss"]["name"] == "auc_loss"
    assert opinion.model["auc_loss"]["n"] > 0
    (study / INT8_FILE).write_bytes(content + b"\0")
    with pytest.raises(StudyMismatch, match=r"engines/model_int8.onnx was changed"):
        SecondReader.load(study, threads=1, engine="onnxruntime", precision="int8")


def test_refused_int8_stays_refused_with_its_figures(study: Path) -> None:
    def change(record: dict) -> None:
        for one in record["measured"]:
            if one["precision"] == "int8":
                one |= {"accepted": False, "verdict": "AUC lower by 0.0400"}

    edit(study, change)
    with pytest.raises(StudyMismatch, match=r"int8 is refused: AUC lower by 0.0400"):
        SecondReader.load(study, precision="int8")


def test_what_was_never_measured_is_not_read_with(finished: Path) -> None:
    with pytest.raises(UsageError, match="has not been measured; do that first with: thirdeye speed"):
        SecondReader.load(finished / "study", precision="int8")


def test_a_record_of_another_network_counts_for_nothing(study: Path) -> None:
    edit(
        study, lambda record: record.update(network_sha256="0" * 64, chosen={"engine": "x", "precision": "y"})
    )
    place = Study(study)
    assert choose(place, read_manifest(place)).runtime == REFERENCE


def test_without_openvino_the_reference_reads(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(study, lambda record: record.update(chosen={"engine": "openvino", "precision": "bf16"}))
    monkeypatch.setattr("thirdeye.inference.engines_file.has_openvino", lambda: False)
    place = Study(study)
    assert choose(place, read_manifest(place)).runtime == REFERENCE


@pytest.mark.parametrize("content", ["[]", "{}", '{"version": 1}', "not json", '{"version": 99}'])
def test_a_damaged_record_is_a_sentence(study: Path, content: str) -> None:
    digest = read_manifest(Study(study)).onnx["sha256"]
    (study / ENGINES_FILE).write_text(content.replace("1}", f'1, "network_sha256": "{digest}"}}'))
    with pytest.raises(StudyMismatch, match=r"engines.json"):
        SecondReader.load(study)


def test_a_wish_that_loses_too_much_is_refused_and_the_figures_kept(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_loss, "LARGEST_LOSS", -1.0)
    with pytest.raises(StageFailed, match=r"int8 is refused: .*cannot be excluded"):
        engines.speed(study, precision="int8", threads=1)
    assert record_of(study)["chosen"] == {"engine": "onnxruntime", "precision": "f32"}
    assert not (study / INT8_FILE).exists()
    assert not any(one["accepted"] for key, one in entries(study).items() if key != ("onnxruntime", "f32"))


def dealt(n: int, folds: int, *, members: list[int] | None = None, per_patient: int = 3):
    """Material of n rows and cross-fitted splits by patient."""
    patient = np.arange(n) // per_patient
    fold = patient % folds
    material = Material(
        pd.DataFrame({"fold": fold}),
        np.zeros((n, 2, 2, 3), np.uint8),
        np.arange(n) % 2,
        np.array([f"p{one}" for one in patient]),
    )
    splits = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(folds)]
    manifest = SimpleNamespace(members=[{"fold": k} for k in members or range(folds)])
    return manifest, material, splits, fold


def test_no_patient_is_in_both_groups_and_none_is_measured_by_who_knew_it() -> None:
    manifest, material, splits, fold = dealt(300, 5)
    cases = engine_cases(manifest, material, splits, most_ranging=40)
    assert 40 <= len(cases.ranging) <= 43
    assert len(cases.rows) == 300 - len(cases.ranging)
    for row, held in zip(cases.rows, cases.held_out, strict=True):
        assert held.tolist() == [fold[row] == k for k in range(5)]
    counted = pd.Series(material.patients[cases.rows]).value_counts()
    assert set(counted) == {3}  # whole patients


def test_training_cases_of_an_official_split_give_the_ranges() -> None:
    manifest, material, _, _ = dealt(100, 2, members=[0, 0])
    splits = [(np.arange(60), np.arange(60, 100))] * 2
    cases = engine_cases(manifest, material, splits, most_ranging=10)
    assert cases.rows.tolist() == list(range(60, 100))
    assert len(cases.ranging) >= 10


def test_the_loss_is_the_clustered_paired_difference() -> None:
    random = np.random.default_rng(1)
    manifest, material, splits, _ = dealt(300, 5)
    manifest = SimpleNamespace(
        members=manifest.members, classes=("no", "yes"), task="binary", positive="yes",
        operating_points=({"name": "youden", "threshold": 0.5},),
    )  # fmt: skip
    cases = engine_cases(manifest, material, splits, most_ranging=40)
    truth = material.labels[cases.rows]
    first = np.clip(0.3 * truth + random.random(len(truth)) * 0.7, 0, 1)
    second = np.clip(first + random.normal(0, 0.1, len(truth)), 0, 1)
    said = [
        Said(np.column_stack([1 - p, p]), np.column_stack([1 - p, p]), ms)
        for p, ms in ((first, 4.0), (second, 2.0))
    ]
    entry = measured(Runtime("onnxruntime", "int8"), said[0], said[1], manifest, cases)
    clusters = np.unique(material.patients[cases.rows], return_inverse=True)[1]
    expected = paired_auc(truth, first, second, clusters=clusters)
    assert entry["loss"]["value"] == pytest.approx(expected.difference)
    assert entry["loss"]["ci_high"] == pytest.approx(expected.ci_high)
    assert entry["loss"]["ci_method"] == "obuchowski_1997_paired"
    assert entry["times_as_fast"] == 2.0
    assert entry["answers_changed"]["k"] == int(((first >= 0.5) != (second >= 0.5)).sum())
    assert not entry["accepted"]
    assert "cannot be excluded" in entry["verdict"]


def _entry(truth: np.ndarray, first: np.ndarray, second: np.ndarray) -> dict:
    manifest = SimpleNamespace(
        classes=("no", "yes"), task="binary", positive="yes", operating_points=(), positive_first=False
    )
    n = len(truth)
    material = Material(
        pd.DataFrame({"fold": np.zeros(n)}), np.zeros((n, 2, 2, 3), np.uint8), truth, np.arange(n).astype(str)
    )
    cases = EngineCases(material, np.arange(n), np.ones((n, 1), bool), material.images[:1])
    said = [Said(*[np.column_stack([1 - p, p])] * 2, 1.0) for p in (first, second)]
    return measured(Runtime("onnxruntime", "int8"), *said, manifest, cases)


def test_few_cases_that_both_engines_part_entirely_are_no_proof_that_nothing_is_lost() -> None:
    truth = np.arange(12) % 2
    first = np.where(truth == 1, 0.9, 0.1) + np.linspace(-0.05, 0.05, 12)
    entry = _entry(truth, first, np.where(truth == 1, 0.52, 0.48) + np.linspace(0.01, -0.01, 12))
    assert entry["loss"]["value"] == 0
    assert (entry["loss"]["ci_high"], entry["loss"]["status"]) == (None, "degenerate")
    assert not entry["accepted"]
    rounded = _entry(truth, first, first + 1e-6 * (-1.0) ** np.arange(12))
    assert (rounded["loss"]["ci_low"], rounded["loss"]["ci_high"]) == (0, 0)
    assert rounded["accepted"]


def test_the_loss_is_a_whole_metric_also_where_it_is_undefined() -> None:
    found = _entry(np.zeros(5, int), np.linspace(0, 1, 5), np.linspace(0, 1, 5))["loss"]
    assert Metric.from_json(found).status == "undefined"
    random = np.random.default_rng(0)
    truth = np.arange(40) % 2
    found = _entry(truth, random.random(40), random.random(40))["loss"]
    assert Metric.from_json(found).as_json() == found
    assert set(found["details"]) == {"auc_reference", "auc"}


def test_the_head_on_frozen_features_has_learnt_from_every_case_of_a_cross_fitted_study() -> None:
    manifest, material, splits, fold = dealt(300, 5)
    mixed = SimpleNamespace(members=[*manifest.members, {"fold": -1}])
    cases = engine_cases(mixed, material, splits, most_ranging=40)
    assert not cases.held_out[:, 5].any()
    assert (cases.held_out.sum(axis=1) == 1).all()
    alone = engine_cases(SimpleNamespace(members=[{"fold": -1}]), material, splits, most_ranging=40)
    assert set(fold[alone.rows]) == {0}
    split = [(np.arange(200), np.arange(200, 300))] * 2
    official = SimpleNamespace(members=[{"fold": 0}, {"fold": 1}, {"fold": -1}])
    assert engine_cases(official, material, split, most_ranging=40).held_out.all()


def test_members_of_an_older_network_cannot_be_told_apart() -> None:
    from thirdeye.inference.engine import Pass

    found = Pass(
        np.zeros((2, 2), np.float32), np.zeros((2, 1), np.float32), np.zeros((2, 2, 1, 1), np.float32)
    )
    with pytest.raises(StudyMismatch, match="train the study again"):
        engine_loss._held_out(found, np.array([[True, False], [False, True]]))
    assert engine_loss._held_out(found, np.ones((2, 2), bool)) is found.logits
    members = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], np.float32)
    kept = engine_loss._held_out(replace(found, members=members), np.array([[True, False], [False, True]]))
    assert kept.tolist() == [[1, 2], [7, 8]]
