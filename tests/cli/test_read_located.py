"""`thirdeye read` of readers that say where something is, as a user sees it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import nibabel as nib
import numpy as np
import PIL.Image
import pytest
from click.testing import CliRunner, Result

import thirdeye
from thirdeye.cli.read import command
from thirdeye.errors import DataRefused, StudyMismatch, UnreadableFile, UsageError

_FILE = Path(__file__).resolve().parents[1] / "inference" / "dense" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("dense_conftest", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
picture_study, volume_study = _MODULE.picture_study, _MODULE.volume_study
write_picture, marked, voxels_of = _MODULE.write_picture, _MODULE.marked, _MODULE.voxels_of


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


@pytest.fixture
def picture(write_picture) -> Path:
    return write_picture("a b<é>.png", marked((40, 30)))


def test_text_says_what_where_and_how_large(picture_study: Path, picture: Path, tmp_path: Path) -> None:
    result = run(picture_study, picture, "--out", tmp_path / "out", "--html", tmp_path / "page.html")
    assert result.exit_code == 0, result.exception
    assert "bright: area 91 pixels, longest diameter 13.4 pixels" in result.output
    assert "0001_a_b_labels.png, 0001_a_b_marked.png, 0001_a_b_contours.json" in result.output
    page = (tmp_path / "page.html").read_text()
    assert page.count("data:image/png;base64") == 1
    assert "area 91 pixels" in page
    assert "<é>" not in page
    np.testing.assert_array_equal(
        np.asarray(PIL.Image.open(tmp_path / "out/0001_a_b_labels.png")), marked((40, 30))
    )


def test_json_of_volumes_and_failures(volume_study: Path, picture: Path, tmp_path: Path, repository) -> None:
    scan = tmp_path / "scan.nii.gz"
    nib.Nifti1Image(voxels_of(marked((20, 20, 10))), np.diag([2.0, 2, 5, 1])).to_filename(scan)
    result = run(volume_study, scan, picture, "--json", "--out", tmp_path / "out")
    assert isinstance(result.exception, DataRefused)
    assert result.exception.exit_code == 3
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    jsonschema.validate(first, json.loads((repository / "src/thirdeye/case/schema/opinion.json").read_text()))
    assert [region["size_unit"] for region in first["regions"]] == ["ml", "ml"]
    assert first["regions"][0]["size"] == pytest.approx((marked((20, 20, 10)) == 1).sum() * 20 / 1000)
    assert first["files"][0] == "0001_scan_labels.nii.gz"
    assert all((tmp_path / "out" / name).is_file() for name in first["files"])
    assert set(second) == {"source", "error"}
    assert "reads volumes" in second["error"]


def test_a_folder_is_searched(picture_study: Path, write_picture, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    for number in range(3):
        write_picture(f"new/{number}.png", marked((20, 20)))
    result = run(picture_study, folder, "--json")
    assert len(result.stdout.splitlines()) == 3


def test_a_notebook_shows_the_picture(picture_study: Path, picture: Path) -> None:
    (opinion,) = thirdeye.read(picture_study, picture)
    page = opinion._repr_html_()
    assert page.count("data:image/png;base64") == 1
    assert "what was marked" in page
    (picture_study / "model/model.json").unlink()
    assert "data:image" not in opinion._repr_html_()


def test_an_option_that_would_do_nothing_is_refused(picture_study: Path, picture: Path) -> None:
    error = run(picture_study, picture, "--recalibration", "x.json").exception
    assert isinstance(error, UsageError)
    assert "segmentation" in str(error)
    error = run(picture_study, picture, "--false-alarms", "1/4").exception
    assert isinstance(error, UsageError)
    assert "readers of boxes" in str(error)
    with pytest.raises(UsageError, match="recalibration"):
        list(thirdeye.read(picture_study, picture, recalibration="x.json"))


def test_from_python(picture_study: Path, picture: Path, tmp_path: Path) -> None:
    (opinion,) = thirdeye.read(picture_study, picture)
    assert [region.structure for region in opinion.regions] == ["bright", "dark"]
    with pytest.raises(UnreadableFile, match="missing"):
        list(thirdeye.read(picture_study, tmp_path / "missing.png"))


@pytest.mark.parametrize("task", ["telepathy", None])
def test_a_task_that_is_not_known_here(picture_study: Path, picture: Path, task: str | None) -> None:
    manifest = picture_study / "model/model.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "task": task}))
    assert isinstance(run(picture_study, picture).exception, StudyMismatch)


def test_reading_loads_no_torch(picture_study: Path, picture: Path) -> None:
    code = (
        "import sys, thirdeye; list(thirdeye.read(sys.argv[1], sys.argv[2]));"
        "print([m for m in ('torch', 'pandas', 'sklearn', 'matplotlib') if m in sys.modules])"
    )
    arguments = [sys.executable, "-c", code, str(picture_study), str(picture)]
    found = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_probability_maps_come_with_a_picture(volume_study: Path, tmp_path: Path) -> None:
    scan = tmp_path / "scan.nii.gz"
    nib.Nifti1Image(voxels_of(marked((20, 20, 10))), np.diag([2.0, 2, 5, 1])).to_filename(scan)
    result = run(volume_study, scan, "--json", "--out", tmp_path / "out", "--probabilities")
    assert result.exit_code == 0, result.exception
    names = json.loads(result.stdout)["files"]
    assert names[3:] == [
        "0001_scan_probability_1_bright.nii.gz", "0001_scan_probability_2_dark.nii.gz",
        "0001_scan_probability_1_bright_shown.png", "0001_scan_probability_2_dark_shown.png",
    ]  # fmt: skip
    with PIL.Image.open(tmp_path / "out" / names[-1]) as picture:
        assert len(picture.getcolors(100_000)) > 20  # the colours of the bar, and the map on the slice


def test_probability_maps_need_a_folder_and_a_reader_that_makes_them(
    picture_study: Path, picture: Path, finished: Path, tmp_path: Path
) -> None:
    error = run(picture_study, picture, "--probabilities").exception
    assert isinstance(error, UsageError)
    assert "--out" in str(error)
    error = run(finished / "study", picture, "--probabilities", "--out", tmp_path / "out").exception
    assert isinstance(error, UsageError)
    assert "binary" in str(error)
