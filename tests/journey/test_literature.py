"""The verb: the published evidence, and a study of one's own among it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from thirdeye.errors import StageFailed, StudyMismatch, UsageError
from thirdeye.journey.literature import (
    evidence,
    evidence_csv,
    evidence_figures,
    evidence_json,
    evidence_page,
    of_one,
    place_words,
)

SCHEMA = "src/thirdeye/recipes/literature/schema/literature.json"
PARTS = ("studies", "counts", "contradictions", "intervals", "shares", "own")


def metric(
    name: str, value: float, low: float | None = None, high: float | None = None, **more: Any
) -> dict[str, Any]:
    return {"name": name, "value": value, "ci_low": low, "ci_high": high, "status": "ok", "n": 80, **more}


def evaluation(task: str = "binary", name: str = "auc", **changed: Any) -> dict[str, Any]:
    test = {
        "n": 80,
        "n_patients": 60,
        "metrics": [
            metric(name, 0.945, 0.9, 0.98),
            metric("sensitivity", 0.9, 0.8, 0.96, operating_point="youden"),
            metric("specificity", 0.8, 0.7, 0.88, operating_point="youden"),
            metric("sensitivity", 0.5, operating_point="probability_0.5"),
        ],
        "operating_points": [{"name": "youden"}, {"name": "probability_0.5"}],
        "comparisons": [{"name": "network against traditional technique", "second": "traditional technique"}],
        **changed,
    }
    return {"task": task, "positive": "malignant", "unit": "image", "sets": {"test": test}}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The files that a validated study leaves, as small as they can be."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "evaluation.json").write_text(json.dumps(evaluation()), encoding="utf-8")
    rows = "image,patient,split\na,p1,train\nb,p1,train\nc,p2,test\n"
    (folder / "dataset.csv").write_text(rows, encoding="utf-8")
    return folder


def does(folder: Path) -> dict[str, tuple[bool | None, str]]:
    return {share.practice: (share.own, share.own_note) for share in evidence(folder).shown.shares}


def test_all_25() -> None:
    found = evidence()
    assert len(found.studies) == len(found.shown.lines) == 25
    assert len(found.shown.clashes) == 39


def test_chosen_ones() -> None:
    found = evidence(origin="japan", year="2019")
    assert [one.id for one in found.studies] == ["phan2019", "horie2019"]
    assert found.shown.chosen == "year: 2019; origin: japan"
    assert len(found.shown.counts) == 16  # the review is always counted whole
    assert {one.studies for one in found.shown.clashes} == {"Horie 2019", "Horie 2019, Alaskar 2019"}


def test_json_fits_its_schema(repository: Path, own: Path) -> None:
    schema = json.loads((repository / SCHEMA).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for published in (evidence(), evidence(own), evidence(year="2014-2015"), of_one("ahn2018")):
        jsonschema.validate(json.loads(json.dumps(evidence_json(published))), schema)
    assert set(PARTS) <= set(evidence_json(evidence()))
    assert set(evidence_json(evidence(), "counts")) & set(PARTS) == {"counts"}
    with pytest.raises(UsageError, match="no part 'figures'; there are studies, counts"):
        evidence_json(evidence(), "figures")


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("studies", 25),
        ("numbers", 110),
        ("counts", 16),
        ("contradictions", 39),
        ("intervals", 30),
        ("shares", 7),
    ],
)
def test_csv(table: str, rows: int) -> None:
    read = list(csv.DictReader(io.StringIO(evidence_csv(evidence(), table))))
    assert len(read) == rows
    assert all(None not in row and None not in row.values() for row in read)
    empty = evidence_csv(evidence(year="2014"), table).splitlines()
    assert empty[0] == evidence_csv(evidence(), table).splitlines()[0]


def test_csv_says_how_each_value_is_known() -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(evidence_csv(evidence(), "studies")))}
    ahn = rows["ahn2018"]
    assert (ahn["journal"], ahn["journal_source"], ahn["journal_in_review"]) == (
        "PLOS ONE",
        "paper",
        "PLOS Medecine",
    )
    assert rows["esteva2017"]["total_in_review"] == "129405"
    with pytest.raises(UsageError, match="no table 'x'"):
        evidence_csv(evidence(), "x")


@pytest.mark.slow
def test_pages(tmp_path: Path, own: Path) -> None:
    html = evidence_page(evidence(own), tmp_path / "page.html").read_text(encoding="utf-8")
    for one in evidence().shown.lines:
        assert one.name in html
    for clash in evidence().shown.clashes:
        assert clash.meaning.split(";")[0].split("'")[0] in html
    for said in ("Your study among them", "A place, not a rank", "Recomputed here", "cannot be compared"):
        assert said in html
    assert "<script" not in html
    assert evidence_page(evidence(own), tmp_path / "PAGE.PDF").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["page.txt", "page", "page.html.exe"])
def test_pages_of_other_kinds_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"ends in \.html or \.pdf"):
        evidence_page(evidence(), tmp_path / name)


def test_nothing_to_show_is_no_page(tmp_path: Path) -> None:
    nothing = evidence(year="2014")
    with pytest.raises(UsageError, match="leave one out"):
        evidence_page(nothing, tmp_path / "page.html")
    with pytest.raises(UsageError, match="leave one out"):
        evidence_figures(nothing, tmp_path / "figures")


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StageFailed, match="cannot write"):
        evidence_page(evidence(task="landmarks"), tmp_path / "file" / "page.html")
    with pytest.raises(UsageError, match="'file' is a file; figures go into a folder"):
        evidence_figures(evidence(task="landmarks"), tmp_path / "file")


def test_figures_of_some_studies(tmp_path: Path) -> None:
    names = {path.name for path in evidence_figures(evidence(task="landmarks"), tmp_path)}
    kinds = ("publications_by_year_and_origin", "networks", "practice")  # no AUC and no operating point
    assert names == {f"{kind}.{suffix}" for kind in kinds for suffix in ("svg", "png")}


@pytest.mark.slow
def test_figures(tmp_path: Path) -> None:
    names = {path.name for path in evidence_figures(evidence(), tmp_path)}
    kinds = ("publications_by_year_and_origin", "networks", "practice", "size_and_auc", "operating_points")
    assert names == {f"{kind}.{suffix}" for kind in kinds for suffix in ("svg", "png")}


def test_own_study_stands_among_those_of_its_task(own: Path) -> None:
    found = evidence(own)
    assert place_words(found) == (
        "mine reports an AUC of 0.945 on 80 cases. Of 12 published AUCs (the same task: binary), 7 are lower "
        "and 0 rest on fewer cases."
    )
    mine = next(dot for dot in found.shown.dots if dot.own)
    assert (mine.cases, mine.auc, mine.low, mine.high) == (80, 0.945, 0.9, 0.98)
    assert [(p.name, p.sensitivity, p.specificity) for p in found.shown.pairs if p.kind == "own"] == [
        ("yours, balanced point", 0.9, 0.8)  # the other point has no specificity
    ]
    pale = {dot.name for dot in found.shown.dots if not dot.related}
    assert pale == {"Cicero 2017", "Jadoon 2017"}


def test_filters_say_which_ones_are_near(own: Path) -> None:
    found = evidence(own, specialty="breast")
    assert len(found.studies) == 25
    assert "Of 2 published AUCs (specialty: breast), 2 are lower" in place_words(found)


def test_what_own_study_does(own: Path) -> None:
    assert does(own) == {
        "intervals": (True, "3 of 4 numbers"),
        "doctors": (False, "thirdeye readers analyse"),
        "traditional": (True, "traditional technique"),
        "external_test": (False, "thirdeye validate STUDY --on DATA"),
        "heat_maps": (False, "thirdeye explain STUDY"),
        "heat_maps_examined": (False, "thirdeye explain STUDY"),
        "patient_wise": (True, "2 patients"),
    }


def test_what_more_own_study_may_do(own: Path) -> None:
    written = evaluation()
    written["sets"]["external:Lisbon"] = {"n": 10}
    (own / "evaluation.json").write_text(json.dumps(written), encoding="utf-8")
    (own / "explanation").mkdir()
    (own / "explanation" / "sanity.json").write_text('{"passed": false}', encoding="utf-8")
    (own / "dataset.csv").write_text("image,patient,split\na,p1,train\nb,p1,test\n", encoding="utf-8")
    found = does(own)
    assert found["external_test"] == (True, "Lisbon")
    assert found["heat_maps_examined"] == (True, "not passed")
    assert found["patient_wise"] == (False, "1 patients in two parts")


def test_images_declared_patients_are_not_called_a_split_by_patient(own: Path) -> None:
    (own / "dataset.csv").write_text("image,patient,split\na,a,train\nb,b,test\n", encoding="utf-8")
    assert does(own)["patient_wise"] == (None, "each image was declared a patient of its own")


def test_several_classes_and_no_auc(own: Path) -> None:
    (own / "evaluation.json").write_text(json.dumps(evaluation("multiclass", "auc_macro")), encoding="utf-8")
    assert "AUC of 0.945" in place_words(evidence(own))
    undefined = {"name": "auc", "value": None, "status": "undefined", "n": 80}
    (own / "evaluation.json").write_text(json.dumps(evaluation(metrics=[undefined])), encoding="utf-8")
    found = evidence(own)
    assert "has no AUC" in place_words(found)
    assert not any(dot.own for dot in found.shown.dots)


def test_no_study_no_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no study folder"):
        evidence(tmp_path / "absent")
    with pytest.raises(StudyMismatch, match="run thirdeye validate"):
        evidence(tmp_path)
    (tmp_path / "evaluation.json").write_text("[1, 2", encoding="utf-8")
    with pytest.raises(StudyMismatch, match="run thirdeye validate"):
        evidence(tmp_path)
