"""The evidence of landmarks from a planned study, with a reader made up: the reference and a known error."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.dataset.phantoms_located import LANDMARKS, write_point_phantoms
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.inference.landmarks.points import Points
from thirdeye.journey.landmarks import planning, validating
from thirdeye.journey.landmarks.rivals import point_rivals
from thirdeye.journey.material import VALIDATION_FILE, read_study_dataset
from thirdeye.journey.planning import plan
from thirdeye.report.compose import compose
from thirdeye.report.evidence import read_evidence

pytestmark = pytest.mark.slow  # a study is planned first

ERROR = np.array([3.0, 4.0])  # 5 pixels


class MadeUp:
    """Finds every point 5 pixels off, and loses the first of the first image."""

    def __init__(self, study: Study, dataset: Any) -> None:
        plan_of = validating.read_landmark_plan(study)
        self.table = validating.read_landmarks(study, plan_of)
        self.images = iter(validating.rows_with_points(dataset, self.table, "test")["image"])
        self.first = True

    def find(self, item: object) -> Points:
        xy = validating.points_of_image(self.table, next(self.images), self.table.annotators[0]) + ERROR
        if self.first:
            xy[0] = np.nan
        self.first = False
        return Points(xy, np.full(len(xy), 0.9))


def written(folder: Path, *, second_reader: bool = False) -> Path:
    write_point_phantoms(folder, cases=20)
    measured = [
        {"name": "width", "kind": "distance", "points": ["left", "right"], "column": "width_px"},
        {"name": "axes", "kind": "angle_between_lines", "lines": [["top", "bottom"], ["left", "right"]]},
    ]
    (folder / "measurements.json").write_text(json.dumps({"measurements": measured}))
    head, *lines = (folder / "landmarks.csv").read_text().splitlines()
    rows = [f"{line},30,a" for line in lines]
    if second_reader:
        rows += [f"{line},30,b" for line in lines if "phantom-00" in line]
    (folder / "landmarks.csv").write_text("\n".join([f"{head},width_px,annotator", *rows]))
    return folder


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Study:
    folder = tmp_path_factory.mktemp("landmarks")
    data = written(folder / "data", second_reader=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "_speed", lambda: 1e6)
        plan(data, out=folder / "study", budget="1m", seed=3)
    return Study(folder / "study")


@pytest.fixture(scope="module")
def evaluated(study) -> tuple[dict[str, Any], list[dict[str, str]]]:
    dataset = read_study_dataset(study, None)
    patch = pytest.MonkeyPatch()
    patch.setattr(validating, "read_landmark_manifest", lambda study: None)
    patch.setattr(validating, "open_finder", lambda study, manifest, threads: MadeUp(study, dataset))
    table = validating.read_landmarks(study, validating.read_landmark_plan(study))
    rows = validating.rows_with_points(dataset, table, "train", "validation")
    held_out = {}
    for place, image in enumerate(rows["image"]):
        held_out[f"points_{place}"] = validating.points_of_image(table, image, table.annotators[0]) + ERROR
        held_out[f"certainty_{place}"] = np.ones(len(LANDMARKS))
    study.path(VALIDATION_FILE).parent.mkdir(parents=True, exist_ok=True)
    np.savez(study.path(VALIDATION_FILE), **held_out)
    document, csv_text = validating.evaluate_landmarks(study, dataset, tell=lambda event: None)
    patch.undo()
    return document, list(csv.DictReader(io.StringIO(csv_text)))


def metric(entry: dict[str, Any], name: str, of: str | None = None) -> dict[str, Any]:
    return next(m for m in entry["metrics"] if (m["name"], m["class"]) == (name, of))


def test_distances_of_both_sets(evaluated) -> None:
    document, _ = evaluated
    test, validation = document["sets"]["test"], document["sets"]["validation"]
    assert metric(test, "mre_px")["value"] == pytest.approx(5)
    assert metric(test, "mre_px")["n_excluded"] == {"not found": 1}
    assert metric(test, "sdr_4pct")["value"] == 0  # 4 % of 96 pixels are 3.84
    assert metric(validation, "mre_px", "top")["value"] == pytest.approx(5)
    assert test["n"] + validation["n"] == 20
    assert test["n_patients"] == test["n"] // 2
    assert set(test["n_by_class"]) == set(LANDMARKS)


def test_measurements_against_points_and_column(evaluated) -> None:
    test = evaluated[0]["sets"]["test"]
    told = {(e["name"], e["measured"], e["reference"]): e for e in test["measurements"]}
    width = told["width", "network", "reference points"]
    assert metric(width, "mae_px", "width")["value"] == pytest.approx(0, abs=1e-9)  # both ends shift alike
    assert metric(told["axes", "network", "reference points"], "bias_deg", "axes")["n"] == test["n"] - 1
    assert told["axes", "network", "reference points"]["n_excluded"] == {"could not be measured": 1}
    stated = told["width", "network", "column width_px"]
    widths = [row["measurements"]["width"] for row in test["cases"]]
    assert {one["stated"] for one in widths} == {30.0}
    expected = np.mean([abs(one["found"] - 30) for one in widths])
    assert metric(stated, "mae_px", "width")["value"] == pytest.approx(expected)


def test_simpler_techniques_and_a_second_observer(evaluated) -> None:
    test = evaluated[0]["sets"]["test"]
    kinds = {one["kind"]: one for one in test["comparisons"]}
    assert set(kinds) == {"traditional", "simple"}
    assert kinds["simple"]["primary"] == "mre_px"
    assert "closer" in kinds["traditional"]["verdict"] or "beat" in kinds["traditional"]["verdict"]
    assert set(test["sdr_curve"]["others"]) == {one["second"] for one in test["comparisons"]}
    for reader in test["readers"]:
        assert reader["name"] == "annotator b"
        assert metric(reader, "mre_px")["value"] == 0
        gap = reader["comparison"]["measures"][0]["difference"]
        assert gap["value"] == pytest.approx(5)
        assert gap["status"] == "degenerate"  # every point is 5 pixels off: nothing varies


def test_a_row_for_every_point_of_every_source(evaluated) -> None:
    document, rows = evaluated
    test = document["sets"]["test"]
    sources = {row["source"] for row in rows if row["split"] == "test"}
    assert sources == {"network", "regression", "mean_shape"}
    own = [row for row in rows if (row["split"], row["source"]) == ("test", "network")]
    assert len(own) == 4 * test["n"]
    lost = [row for row in own if row["x"] == ""]
    assert len(lost) == 1
    assert lost[0]["distance"] == ""
    assert float(own[-1]["distance"]) == pytest.approx(5)


def test_within_the_schema_and_on_paper(study, evaluated) -> None:
    import jsonschema

    document, _ = evaluated
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), evaluation_schema())
    drawn = document["sets"]["test"]["drawn"]
    assert all(study.path(one["picture"]).read_bytes()[:4] == b"\x89PNG" for one in drawn)
    study.write_json("evaluation.json", document)
    page = compose(read_evidence(study.folder), {"fields": {}})
    sections = {section.anchor: section for section in page.sections}
    lead = sections["points"].blocks[0].text
    assert lead.startswith("On average a point lies 5.0 pixels")
    assert sections["versus"].title == "Against simpler techniques"


def test_the_mean_shape_stands_in_the_frame_of_each_image(study) -> None:
    dataset = read_study_dataset(study, None)
    table = validating.read_landmarks(study, validating.read_landmark_plan(study))
    test = validating.rows_with_points(dataset, table, "test")
    rivals = point_rivals(dataset, table, test, seed=0, tell=lambda event: None)
    assert [rival.source for rival in rivals] == ["regression", "mean_shape"]
    rows = validating.rows_with_points(dataset, table, "train", "validation")
    expected = np.mean([validating.points_of_image(table, image, "a") for image in rows["image"]], axis=0)
    assert rivals[1].places[0] == pytest.approx(expected)
