"""`thirdeye read` of cases: several files, clinical values, tables."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import PIL.Image
import pytest
from click.testing import CliRunner, Result

import thirdeye
from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import Certainty, Measured
from thirdeye.cli.read import command
from thirdeye.errors import DataRefused, StudyMismatch, UsageError
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.fusion.given import one_case
from thirdeye.inference.fusion.model import Clinical, Decision, clinical_json
from thirdeye.inference.fusion.reading import NO_SETS, CaseReader
from thirdeye.inference.fusion.variables import Linear, Variable
from thirdeye.inference.second_opinion import Reading, SecondReader

_FILE = Path(__file__).resolve().parents[1] / "inference" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("inference_conftest", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
blob_study = _MODULE.blob_study
AGE_WEIGHT = 2.0
HEAVY = ("torch", "pandas", "scipy", "sklearn", "matplotlib", "jinja2", "pydicom")


def decision(threshold: float) -> Decision:
    point = {"name": "youden", "threshold": threshold, "sensitivity": 0.8, "specificity": 0.7}
    ranges = {"from": 0.0, "to": 1.0, "n": 40, "k": 10}
    return Decision(Calibration("none", "binary"), (point,), {"nodule": [ranges], "clear": [ranges]})


@pytest.fixture(scope="module")
def study(blob_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader of blobs, told how cases are decided: the mean of the images, and age on top."""
    place = tmp_path_factory.mktemp("cases") / "study"
    shutil.copytree(blob_study, place)
    form = json.loads((place / "model/model.json").read_text())
    positive = form["classes"].index(form["positive"])
    sign = np.array([1.0, -1.0]) if positive == 0 else np.array([-1.0, 1.0])
    together = np.concatenate([np.eye(2), np.outer(sign * AGE_WEIGHT / 2, [1, 0, 0])], axis=1)
    clinical = Clinical(
        (Variable("Age", (), 60.0, 10.0, 70.0),), Linear(together, np.zeros(2)),
        Linear(np.outer(sign, [1, 0, 0]), np.zeros(2)), decision(0.9), decision(0.5), True,
    )  # fmt: skip
    form["trust"]["fusion"] = {
        "unit": "case", "pooling": {"method": "mean", "weights": {}, "views": []}, **decision(0.5).as_json(),
        "variables": clinical_json(clinical),
        "levels": [{"name": "any", "groups": {name: [name] for name in form["classes"]}, "positive": None,
                    "operating_points": []}],
    }  # fmt: skip
    (place / "model/model.json").write_text(json.dumps(form))
    return place


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    random = np.random.default_rng(3)
    made = []
    for k, name in enumerate(["p1_axial.png", "p1_coronal.png"]):
        PIL.Image.fromarray(_MODULE.make_blob_image(random, positive=bool(k)).pixels).save(tmp_path / name)
        made.append(tmp_path / name)
    return made


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def odds(p: float) -> float:
    return float(np.log(p / (1 - p)))


def line_of(*arguments: object) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.exception
    (line,) = [json.loads(one) for one in result.output.splitlines()]
    return line


def test_a_case_is_the_mean_of_its_images(study: Path, files: list[Path], repository: Path) -> None:
    single = [json.loads(one) for one in run(study, *files, "--json").output.splitlines()]
    whole = line_of(study, "--case", *files)
    jsonschema.validate(whole, json.loads((repository / "src/thirdeye/case/schema/opinion.json").read_text()))
    name = whole["positive"]
    wanted = np.mean([odds(one["probabilities"][name]) for one in single])
    assert odds(whole["probabilities"][name]) == pytest.approx(wanted, abs=1e-3)
    assert [image["view"] for image in whole["fused"]["images"]] == ["axial", "coronal"]
    assert whole["fused"]["images"][0]["probabilities"] == pytest.approx(single[0]["probabilities"])
    assert whole["frequencies"][0]["n"] == 40
    assert whole["sets"] == []
    assert list(whole["levels"]) == ["any", "classes"]
    assert "by the images alone" in " ".join(whole["warnings"])
    assert single[0]["fused"] is None


def test_age_is_added_to_the_evidence_and_has_its_own_threshold(study: Path, files: list[Path]) -> None:
    alone, older = line_of(study, "--case", *files), line_of(study, "--case", *files, "--clinical", "age=70")
    name = alone["positive"]
    gain = odds(older["probabilities"][name]) - odds(alone["probabilities"][name])
    assert gain == pytest.approx(AGE_WEIGHT, abs=1e-3)
    assert older["fused"]["variables"] == {"Age": "70"}
    assert older["fused"]["by_images"] == pytest.approx(alone["probabilities"])
    assert [one["threshold"] for one in (alone["verdicts"][0], older["verdicts"][0])] == [0.5, 0.9]
    text = run(study, files[0], "--clinical", "AGE=70").output
    assert "With Age 70" in text
    assert "by the image alone" in text
    odd = line_of(study, files[0], "--clinical", "age=old")
    assert "counts as missing" in " ".join(odd["warnings"])


def test_kinds_are_decided_by_thresholds_of_what_was_used(
    study: Path, files: list[Path], tmp_path: Path
) -> None:
    place = shutil.copytree(study, tmp_path / "kinds")
    form = json.loads((place / "model/model.json").read_text())
    point = {"name": "youden", "sensitivity": 0.8, "specificity": 0.7}
    kind = {
        "name": "kind",
        "groups": {name: [name] for name in form["classes"]},
        "positive": form["positive"],
    }

    def kept(**more: float) -> None:
        for key, threshold in more.items():
            points = [{**point, "threshold": threshold}]
            form["trust"]["fusion"][key] = [{**kind, "operating_points": points}]
        (place / "model/model.json").write_text(json.dumps(form))

    def thresholds(*arguments: object) -> list[float]:
        told = line_of(place, "--case", *files, *arguments)["verdicts"]
        return [one["threshold"] for one in told if "," in one["operating_point"]]

    kept(levels=0.31)
    assert thresholds("--clinical", "age=70") == [0.31]
    assert thresholds() == []  # of an earlier version: fixed on probabilities with the variables
    kept(levels_by_images=0.64)
    assert thresholds("--clinical", "age=70") == [0.31]
    assert thresholds() == [0.64]


def test_a_table_names_cases_views_and_values(study: Path, files: list[Path], tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text(
        f"image,case,Age,note\n{files[0].name},p1,70,x\n{files[1].name},p1,70,y\n{files[0].name},p2,,z\n"
    )
    lines = [json.loads(one) for one in run(study, "--table", table, "--json").output.splitlines()]
    assert [line["source"] for line in lines] == ["p1", "p2"]
    assert lines[0]["probabilities"] == pytest.approx(
        line_of(study, "--case", *files, "--clinical", "Age=70")["probabilities"]
    )
    assert lines[1]["fused"]["variables"] == {}


def test_a_function_does_the_same(study: Path, files: list[Path]) -> None:
    found = thirdeye.read_case(study, files, clinical={"age": "70"})
    assert dict(found.probabilities) == pytest.approx(
        line_of(study, "--case", *files, "--clinical", "age=70")["probabilities"]
    )


def test_an_image_outside_the_envelope_does_not_count(study: Path, files: list[Path], tmp_path: Path) -> None:
    colour = tmp_path / "p1_sagittal.png"
    PIL.Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)).save(colour)
    found = line_of(study, "--case", files[0], colour)
    assert found["fused"]["images"][1]["left_out"]
    assert "does not count" in " ".join(found["warnings"])
    assert found["probabilities"] == pytest.approx(line_of(study, "--case", files[0])["probabilities"])
    assert line_of(study, "--case", colour)["abstained"]


def test_a_case_says_what_ran_and_a_damaged_study_is_blamed(
    study: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = SecondReader.load(study, threads=1)
    reader.runs_with = {"engine": "openvino", "precision": "bf16"}
    cases = CaseReader.load(study, reader)
    found = cases.read(one_case(files, {}))
    assert isinstance(found, Reading)
    assert found.opinion.model["precision"] == "bf16"
    assert (found.opinion.familiarity is None) == (reader.envelope is None)

    def trip(*_: object) -> None:
        raise KeyError("a value of model.json")

    monkeypatch.setattr(reader, "seen", trip)
    with pytest.raises(StudyMismatch, match="no reader can do"):
        cases.read(one_case(files, {}))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--clinical", "MMSE=20"], "knows no clinical variable 'MMSE'"), (["--clinical", "age"], "NAME=VALUE")],
)
def test_values_that_mean_nothing_are_refused(
    study: Path, files: list[Path], arguments: list[str], said: str
) -> None:
    result = run(study, files[0], *arguments)
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)


def test_a_reader_of_single_images_says_so(blob_study: Path, files: list[Path]) -> None:
    result = run(blob_study, "--case", *files)
    assert isinstance(result.exception, UsageError)
    assert "single images only" in str(result.exception)


def test_a_broken_file_fails_its_case_alone(study: Path, files: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_text("no image")
    result = run(study, "--case", files[0], broken, "--json")
    assert isinstance(result.exception, DataRefused)
    assert "error" in json.loads(result.output.splitlines()[0])


def test_cases_are_read_without_the_heavy_libraries(study: Path, files: list[Path]) -> None:
    asked = [str(study), "--case", *map(str, files), "--clinical", "age=70"]
    code = (
        "import sys; from click.testing import CliRunner; from thirdeye.cli.read import command; "
        f"r = CliRunner().invoke(command, {asked!r}); "
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]; "
        "sys.exit(str(r.exception) if r.exit_code else str(heavy) if heavy else 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def test_a_case_has_sets_and_deferral_by_rules_of_cases(
    study: Path, files: list[Path], tmp_path: Path
) -> None:
    """Limits and grids are such that each answer shows which rule it is by."""
    place = shutil.copytree(study, tmp_path / "ruled")
    form = json.loads((place / "model/model.json").read_text())

    def rules(limit: float, below: float) -> dict:
        rule = {
            "scope": "all cases",
            "score": "lac",
            "coverage": 0.9,
            "thresholds": [limit, limit],
            "patients": [40, 40],
        }
        group = {**rule, "scope": "Age: 70", "thresholds": [1.0, 1.0]}
        grid = [k / 100 for k in range(101)]
        asked = [{"asked": 0.2, "below": below, "share": 0.2}]
        return {
            "sets": {"coverage": 0.9, "rules": [{"question": 0, **one} for one in (rule, group)]},
            "certainty": {"method": "probability", "grid": grid, "rules": asked, "deferred": 0.2},
        }

    fusion = form["trust"]["fusion"]
    fusion |= rules(-1.0, 2.0)  # nothing fits, all are handed over
    fusion["variables"]["together"] |= rules(1.0, -1.0)  # all fit, none is
    (place / "model/model.json").write_text(json.dumps(form))
    alone, older = line_of(place, "--case", *files), line_of(place, "--case", *files, "--clinical", "age=70")
    assert [one["classes"] for one in alone["sets"]] == [[]]
    assert alone["certainty"]["defer"]
    assert {one["scope"]: len(one["classes"]) for one in older["sets"]} == {"all cases": 2, "Age: 70": 2}
    assert not older["certainty"]["defer"]
    given = older["probabilities"][older["positive"]]  # 0.9 is the threshold of both together
    assert older["certainty"]["value"] == pytest.approx(
        (given - 0.9) / 0.1 if given >= 0.9 else 1 - given / 0.9
    )
    assert NO_SETS not in alone["warnings"]


def test_the_figures_beside_a_case_are_those_of_cases(study: Path, files: list[Path], tmp_path: Path) -> None:
    place = shutil.copytree(study, tmp_path / "validated")
    reader = SecondReader.load(place, threads=1)
    known = [
        Measured("", "auc", value, 0.5, 1.0, 30, part="test", per=per).as_json()
        for value, per in ((0.7, ""), (0.8, "case"), (0.9, "case and variables"))
    ]
    form = {
        "version": 1,
        "model_sha256": reader.manifest.onnx["sha256"],
        "measured": known,
        "unvalidated": [],
    }

    def values(*arguments: object) -> list[float]:
        return [one["value"] for one in line_of(place, *arguments)["measured"]]

    (place / "model/validated.json").write_text(json.dumps(form))
    assert values(files[0]) == [0.7]
    assert values("--case", *files) == [0.8]
    assert values("--case", *files, "--clinical", "age=70") == [0.9]
    said = run(place, "--case", *files, "--clinical", "age=70").output
    assert "on 30 whole cases with their clinical variables of the test part" in said
    form["measured"] = known[:1]  # as an earlier version wrote it
    (place / "model/validated.json").write_text(json.dumps(form))
    assert values("--case", *files) == [0.7]


def test_a_case_says_why_it_has_no_sets_and_is_not_deferred(study: Path, files: list[Path]) -> None:
    """As an earlier version trained: advisers of single images would speak of one image of the case alone."""

    class Sure:
        def advise(self, opinion: Opinion, seen: object) -> Opinion:
            return replace(opinion, certainty=Certainty("probability", 0.1, 0.1, True, "too close"))

    plain = SecondReader.load(study, threads=1)
    (before,) = CaseReader.load(study, plain).read_many([one_case(files, {})])
    plain._advisers = (Sure(),)
    (found,) = CaseReader.load(study, plain).read_many([one_case(files, {})])
    assert isinstance(before, Reading)
    assert isinstance(found, Reading)
    assert found.opinion.certainty is None
    assert NO_SETS in found.opinion.warnings
    assert NO_SETS not in before.opinion.warnings
