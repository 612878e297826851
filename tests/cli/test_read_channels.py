"""`thirdeye read` of cases whose channels lie in files of their own, as a user sees it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from click.testing import CliRunner, Result

import thirdeye
from thirdeye.cli.read import command
from thirdeye.cli.read_more import _reads
from thirdeye.errors import DataRefused, UnreadableFile, UsageError
from thirdeye.inference.watch import known, watch

_FILE = Path(__file__).resolve().parents[1] / "inference" / "dense" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("dense_conftest", _FILE)
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
SIDES = (20, 20, 10)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Looks at T2, the second channel, and gets T1 before it."""
    return _MODULE.write_study(tmp_path / "study", 3, channels=("T1", "T2"))


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Three cases, of which the third lacks T2."""
    folder = tmp_path / "scans"
    folder.mkdir()
    seen, plain = _MODULE.voxels_of(_MODULE.marked(SIDES)), np.full(SIDES, 100, np.int16)
    for name, voxels in [
        ("a_0001", seen),
        ("a_0000", plain),
        ("b_T1", plain),
        ("b_T2", seen),
        ("c_0000", seen),
    ]:
        nib.save(nib.Nifti1Image(voxels, np.diag([2.0, 2, 5, 1])), folder / f"{name}.nii.gz")
    return folder


def test_a_folder_is_read_case_by_case(study: Path, scans: Path, tmp_path: Path) -> None:
    result = run(study, scans, "--json", "--out", tmp_path / "out")
    assert isinstance(result.exception, DataRefused)
    assert "1 of 3" in str(result.exception)
    first, second, third = (json.loads(line) for line in result.stdout.splitlines())
    for one, name in ((first, "a_0000.nii.gz + a_0001.nii.gz"), (second, "b_T1.nii.gz + b_T2.nii.gz")):
        assert one["source"].endswith(name)
        assert [region["structure"] for region in one["regions"]] == ["bright", "dark"]
        labels = nib.load(tmp_path / "out" / one["files"][0])
        np.testing.assert_array_equal(np.asarray(labels.dataobj), _MODULE.marked(SIDES))
        np.testing.assert_array_equal(labels.affine, np.diag([2.0, 2, 5, 1]))
    assert third["source"].endswith("c_0000.nii.gz")
    assert "without the channel T2 of its case" in third["error"]
    assert "'_0001'" in third["error"]


def test_cases_by_named_columns(study: Path, scans: Path, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("case,t2,T1\nx,scans/a_0001.nii.gz,scans/b_T1.nii.gz\ny,,scans/a_0000.nii.gz\n")
    result = run(study, "--table", table, "--json")
    assert "1 of 2" in str(result.exception)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert len(first["regions"]) == 2
    assert "without the channel T2" in second["error"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("T1\na.nii\n", "no column is named T2"), ("T1,T2\na.nii,b.nii\n,\n", "line 3 names no file")],
)
def test_tables_that_do_not_fit(study: Path, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "cases.csv").write_text(text)
    error = run(study, "--table", tmp_path / "cases.csv").exception
    assert isinstance(error, UsageError)
    assert said in str(error)


def test_options_that_do_not_fit_are_refused(study: Path, scans: Path) -> None:
    assert "columns T1, T2" in str(run(study, scans, "--case").exception)


def test_one_file_with_both_channels(study: Path, tmp_path: Path) -> None:
    both = np.stack([np.full(SIDES, 100, np.int16), _MODULE.voxels_of(_MODULE.marked(SIDES))], axis=-1)
    nib.save(nib.Nifti1Image(both, np.eye(4)), tmp_path / "both.nii.gz")
    (opinion,) = thirdeye.read(study, tmp_path / "both.nii.gz")
    assert [region.structure for region in opinion.regions] == ["bright", "dark"]


def test_from_python(study: Path, scans: Path) -> None:
    (opinion,) = thirdeye.read(study, [scans / "a_0000.nii.gz", scans / "a_0001.nii.gz"])
    assert opinion.source.endswith("a_0000.nii.gz + a_0001.nii.gz")
    with pytest.raises(UnreadableFile, match="without the channel T1"):
        list(thirdeye.read(study, scans / "a_0001.nii.gz"))


def test_a_notebook_shows_what_was_marked_while_the_files_are_there(study: Path, scans: Path) -> None:
    (opinion,) = thirdeye.read(study, [scans / "a_0001.nii.gz", scans / "a_0000.nii.gz"])
    page = opinion._repr_html_()
    assert page.count("data:image/png;base64") == 1
    assert "the one with most marked" in page
    nothing = np.full(SIDES, 100, np.int16)
    nib.save(nib.Nifti1Image(nothing, np.diag([2.0, 2, 5, 1])), scans / "a_0001.nii.gz")
    assert "data:image" not in opinion._repr_html_()  # another file by now
    (scans / "a_0001.nii.gz").unlink()
    assert "data:image" not in opinion._repr_html_()


def test_a_watched_folder_waits_for_the_channels_of_a_case(study: Path, scans: Path, tmp_path: Path) -> None:
    """The third case lacks T2: it is read once that comes."""
    read, cases = _reads((study,), {"threads": 1})
    results, late = tmp_path / "results.jsonl", tmp_path / "late.nii.gz"
    (scans / "b_T1.nii.gz").rename(late)

    def once(patience_s: float = 600.0) -> list[dict]:
        looks = iter([True, False])
        watching = watch(
            scans, results, read, every_s=0, quiet_s=0, going_on=lambda: next(looks), cases=cases,
            patience_s=patience_s,
        )  # fmt: skip
        return list(watching)

    (first,) = once()
    assert first["watched"]["file"] == "a_0000.nii.gz"
    assert [one["file"] for one in first["watched"]["others"]] == ["a_0001.nii.gz"]
    assert [region["structure"] for region in first["regions"]] == ["bright", "dark"]
    late.rename(scans / "b_T1.nii.gz")
    (second,) = once()
    assert second["watched"]["file"] == "b_T1.nii.gz"
    assert once() == []
    (impatient,) = once(patience_s=0.0)
    assert "error" in impatient
    assert impatient["watched"]["file"] == "c_0000.nii.gz"
    assert once() == []
    nib.save(nib.load(scans / "a_0001.nii.gz"), scans / "c_0001.nii.gz")
    (third,) = once()
    assert [region["structure"] for region in third["regions"]] == ["bright", "dark"]
    assert known(results).keys() == {path.name for path in scans.iterdir()}
