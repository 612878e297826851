"""External validation, end to end on small data: figures, leaks, refusals, files, and what stays."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from sklearn.metrics import roc_auc_score

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, StudyMismatch, UsageError
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.inference.second_opinion import SecondReader
from thirdeye.journey.results import Validated
from thirdeye.journey.validating import validate

pytestmark = pytest.mark.usefixtures("known_machine")


@pytest.fixture(scope="module")
def predictions(measured: Validated) -> pd.DataFrame:
    return pd.read_csv(measured.study / "external" / "b" / "predictions.csv", keep_default_na=False)


def test_the_evidence_fits_its_schema(measured: Validated) -> None:
    Draft202012Validator(evaluation_schema()).validate(measured.evidence)
    on_disk = json.loads((measured.study / "evaluation.json").read_text(encoding="utf-8"))
    assert on_disk == measured.evidence


def test_the_figures_are_those_of_the_predictions(measured: Validated, predictions: pd.DataFrame) -> None:
    rows = predictions[predictions["source"] == "network"]
    assert len(rows) == 60 == measured.evidence["sets"]["external:b"]["n"]
    expected = roc_auc_score(rows["label"] == "malignant", rows["probability_malignant"])
    assert measured.metric("auc", part="external:b")["value"] == pytest.approx(expected)


def test_operating_points_are_those_that_were_fixed_before(measured: Validated) -> None:
    sets = measured.evidence["sets"]
    thresholds = [
        {point["name"]: (point["threshold"], point["origin"]) for point in sets[name]["operating_points"]}
        for name in ("test", "external:b")
    ]
    assert thresholds[0] == thresholds[1]


def test_cases_are_read_as_new_ones_are(
    measured: Validated, predictions: pd.DataFrame, elsewhere: Path
) -> None:
    reader = SecondReader.load(measured.study, threads=1)
    for row in predictions[predictions["source"] == "network"].head(20).itertuples():
        opinion = reader.read(elsewhere / str(row.image))
        assert (opinion.abstained is not None) == bool(row.outside_envelope)
        if opinion.abstained is None:
            assert opinion.probabilities["malignant"] == pytest.approx(row.probability_malignant, abs=2e-5)


def test_the_envelope_is_told_beside_the_headline(measured: Validated, predictions: pd.DataFrame) -> None:
    entry = measured.evidence["sets"]["external:b"]
    rows = predictions[predictions["source"] == "network"]
    outside = int((rows["outside_envelope"] != "").sum())
    assert entry["within_envelope"]["n_abstained"] == outside
    assert entry["within_envelope"]["n"] == 60 - outside


def test_the_shift_says_what_is_unlike(measured: Validated) -> None:
    shift = measured.evidence["sets"]["external:b"]["shift"]
    assert shift["discrimination"]["measure"] == "auc"
    assert shift["discrimination"]["external"] == measured.metric("auc", part="external:b")
    assert shift["discrimination"]["test"] == measured.metric("auc")
    assert "“b”" in shift["discrimination"]["sentence"]
    (prevalence,) = shift["prevalence"]
    assert prevalence["prevalence"]["external"]["value"] == 0.5
    assert set(prevalence["external_against"]) == {"development", "test"}
    assert {one["prevalence_of"] for one in shift["predictive_values"]} == {"development", "stated"}
    stated = [one for one in shift["predictive_values"] if one["prevalence_of"] == "stated"]
    assert all(one["prevalence"] == 0.05 for one in stated)
    assert {one["name"] for one in shift["covariates"]} >= {"height_px", "intensity_mean", "colour"}


def test_the_traditional_technique_reads_the_same_cases(measured: Validated) -> None:
    comparisons = measured.evidence["sets"]["external:b"]["comparisons"]
    assert comparisons
    assert {comparison["n"] for comparison in comparisons} == {60}


def test_recalibration_is_a_file_of_its_own_and_the_reader_stays(measured: Validated, finished: Path) -> None:
    offer = json.loads((measured.study / "external" / "b" / "recalibration.json").read_text(encoding="utf-8"))
    assert offer["source"]["n"] == 60
    assert set(offer["updates"]) <= {"intercept", "intercept_slope"}
    assert "isotonic" in offer["not_offered"]
    for name in ("model/model.json", "model/model.onnx"):
        assert (measured.study / name).read_bytes() == (finished / "study" / name).read_bytes()


def test_ids_of_another_hospital_are_a_note_and_no_leak(measured: Validated) -> None:
    entry = measured.evidence["sets"]["external:b"]
    assert entry["n_excluded"] == {}
    assert entry["leaks"]["shared_patient_ids"] > 0
    assert any("--same-patients" in sentence for sentence in entry["warnings"])


def test_ids_count_where_the_user_says_so(on: Callable[..., Validated], elsewhere: Path) -> None:
    entry = on(elsewhere, name="b", same_patients=True).evidence["sets"]["external:b"]
    shared = entry["leaks"]["images_of_known_patients"]
    assert entry["n_excluded"] == {"its patient is in the study": shared}
    assert entry["n"] == 60 - shared


def with_leaks(place: Path, elsewhere: Path, folder: Path) -> Path:
    """The other hospital's data with three pictures of the study (one turned), a broken and an absent one."""
    shutil.copytree(elsewhere, folder)
    own = sorted((place / "data" / "images").glob("*.png"))
    lines = []
    for at, source in enumerate(own[:3]):
        target = folder / "images" / f"copy {at}.png"
        picture = Image.open(source)
        (picture if at < 2 else picture.transpose(Image.Transpose.ROTATE_90)).save(target)
        lines.append(f"images/{target.name},healthy,guest{at}")
    (folder / "images" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    lines.append("images/broken.png,healthy,guest9")
    lines.append("images/absent.png,healthy,guest8")
    with (folder / "cases.csv").open("a", encoding="utf-8") as table:
        table.write("\n".join(lines) + "\n")
    return folder


def test_leaks_and_unreadable_files_are_left_out_and_counted(
    on: Callable[..., Validated], place: Path, elsewhere: Path, tmp_path: Path
) -> None:
    entry = on(with_leaks(place, elsewhere, tmp_path / "c")).evidence["sets"]["external:c"]
    assert entry["leaks"]["identical"] == 2
    assert entry["leaks"]["near_duplicates"] == 1
    assert "rotated" in entry["leaks"]["pairs"][0]["how"]
    assert entry["n"] == 60
    assert sum(entry["n_excluded"].values()) == 5
    assert entry["n_excluded"]["unreadable"] == 1
    with (place / "study" / "external" / "c" / "excluded.csv").open(encoding="utf-8") as stream:
        reasons = {row["image"]: row["reason"] for row in csv.DictReader(stream)}
    assert len(reasons) == 5
    assert reasons["images/copy 0.png"].startswith("the same picture is in the study's ")
    assert reasons["images/copy 2.png"].startswith("nearly the same picture is in the study's ")


def test_one_numbering_is_recognised_by_a_shared_picture(
    on: Callable[..., Validated], place: Path, elsewhere: Path, tmp_path: Path
) -> None:
    """A picture that bears the same patient id on both sides: then every shared id is the same person."""
    folder = tmp_path / "d"
    shutil.copytree(elsewhere, folder)
    own = pd.read_csv(place / "data" / "cases.csv").iloc[20]
    shutil.copy(place / "data" / own["image"], folder / "images" / "own.png")
    with (folder / "cases.csv").open("a", encoding="utf-8") as table:
        table.write(f"images/own.png,{own['label']},{own['patient']}\n")
    entry = on(folder).evidence["sets"]["external:d"]
    assert entry["leaks"]["patient_ids_are_of_one_numbering"] is True
    assert entry["leaks"]["identical"] == 1
    assert entry["n"] == 61 - 1 - entry["leaks"]["images_of_known_patients"]


def test_the_study_s_own_data_are_all_leaks(on: Callable[..., Validated], place: Path) -> None:
    with pytest.raises(DataRefused, match=r"no external case is left .* the same picture is in the study's"):
        on(place / "data")
    assert not (place / "study" / "external").exists()


def test_a_study_without_its_images_is_measured_and_the_gap_is_told(
    on: Callable[..., Validated], place: Path, elsewhere: Path
) -> None:
    shutil.rmtree(place / "data")
    entry = on(elsewhere, name="b", traditional=True).evidence["sets"]["external:b"]
    assert entry["leaks"]["checked"] is False
    assert any("nobody has looked" in sentence for sentence in entry["warnings"])
    assert entry["comparisons"] == []
    assert entry["n"] == 60


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder.mkdir(), "is empty"),
        (lambda folder: unlabelled(folder), "no labels"),
        (lambda folder: renamed(folder), r"are not those of the reader \(healthy, malignant\)"),
    ],
    ids=["empty", "unlabelled", "other classes"],
)
def test_data_that_cannot_be_evaluated(
    on: Callable[..., Validated], tmp_path: Path, make: Callable[[Path], Any], message: str
) -> None:
    make(tmp_path / "odd")
    with pytest.raises(DataRefused, match=message):
        on(tmp_path / "odd")


def pictures(folder: Path, n: int, *, seed: int = 3) -> list[str]:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    names = [f"{at}.png" for at in range(n)]
    for name in names:
        Image.fromarray(rng.integers(0, 255, (40, 40), dtype=np.uint8)).save(folder / name)
    return names


def unlabelled(folder: Path) -> None:
    pictures(folder, 4)


def renamed(folder: Path) -> None:
    pictures(folder / "sick", 4)
    pictures(folder / "well", 4, seed=4)


@pytest.mark.slow
def test_one_class_and_three_cases_say_what_they_cannot(on: Callable[..., Validated], tmp_path: Path) -> None:
    pictures(tmp_path / "few" / "Malignant", 3)
    found = on(tmp_path / "few", patient_is_image=True, traditional=True)
    entry = found.evidence["sets"]["external:few"]
    Draft202012Validator(evaluation_schema()).validate(found.evidence)
    auc = found.metric("auc", part="external:few")
    assert (auc["status"], auc["value"]) == ("undefined", None)
    assert "one class only" in auc["reason"]
    assert found.metric("sensitivity", part="external:few", operating_point="youden")["n"] == 3
    assert any("no case of healthy" in sentence for sentence in entry["warnings"])
    assert "cannot be compared" in entry["shift"]["discrimination"]["sentence"]
    assert entry["recalibrated"]["recommended"] is None


def test_classes_under_other_names(on: Callable[..., Validated], tmp_path: Path) -> None:
    renamed(tmp_path / "odd")
    found = on(tmp_path / "odd", mapping={"malignant": ["sick"], "healthy": ["well"]}, patient_is_image=True)
    assert found.evidence["sets"]["external:odd"]["n_by_class"] == {"healthy": 4, "malignant": 4}


def test_places_and_options_that_do_not_fit(
    on: Callable[..., Validated], place: Path, elsewhere: Path
) -> None:
    with pytest.raises(UsageError, match="lies inside the study"):
        on(place / "study" / "runs")
    with pytest.raises(UsageError, match="lies inside the data"):
        on(place)
    with pytest.raises(UsageError, match="there is no file or folder"):
        on(place / "nowhere")
    with pytest.raises(UsageError, match="the reader's task is binary"):
        on(elsewhere, task="multiclass")
    with pytest.raises(UsageError, match="--prevalence takes a share"):
        on(elsewhere, prevalence="often")
    with pytest.raises(UsageError, match="name them with --on"):
        validate(place / "study", name="b")
    for name in ("", "../.", " .. "):
        with pytest.raises(UsageError, match="cannot be the name of a set"):
            on(elsewhere, name=name)


def test_a_study_that_is_not_validated(place: Path, elsewhere: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyMismatch, match="has not been through 'plan' yet"):
        validate(tmp_path / "empty", on=elsewhere)


def test_a_second_look_needs_a_reason_under_any_name(on: Callable[..., Validated], elsewhere: Path) -> None:
    on(elsewhere, name="b")
    with pytest.raises(UsageError, match="was looked at 1 time already"):
        on(elsewhere, name="c")
    again = on(elsewhere, name="b", reason="a map was wrong").evidence["sets"]["external:b"]
    assert again["looks"] == {"count": 2, "reasons": ["a map was wrong"]}


def test_a_name_belongs_to_its_data(
    on: Callable[..., Validated], elsewhere: Path, tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    on(elsewhere, name="b")
    with pytest.raises(UsageError, match="has a set 'b' of other data"):
        on(make_cases(tmp_path / "third", 8, seed=9), name="b")


@pytest.mark.slow
def test_validating_again_keeps_the_sets_of_the_same_reader(
    on: Callable[..., Validated], place: Path, elsewhere: Path
) -> None:
    entry = on(elsewhere, name="b").evidence["sets"]["external:b"]
    again = validate(place / "study", reason="a test").evidence["sets"]
    assert again["external:b"] == entry


@pytest.mark.slow
def test_sets_of_another_reader_or_edited_ones_are_dropped(
    on: Callable[..., Validated], place: Path, elsewhere: Path
) -> None:
    on(elsewhere, name="b")
    study = Study(place / "study")
    content = study.read_json("evaluation.json")
    content["sets"]["external:b"]["n"] = 61
    study.write_json("evaluation.json", content)
    said: list[str] = []
    again = validate(study.folder, reason="a test", tell=lambda event: said.append(event.text))
    assert set(again.evidence["sets"]) == {"test", "validation"}
    assert any("external:b was measured with an earlier reader" in text for text in said)
