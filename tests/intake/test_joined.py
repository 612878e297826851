"""Files of one case put together by their names, and joined to one volume."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from thirdeye.errors import UnreadableFile
from thirdeye.intake.joined import Channel, Joined, by_channel, joined, load_joined

TWO = (Channel("T1", "_0000"), Channel("T2 FLAIR", "_0001"))


def names(case: Joined) -> list[str]:
    return [file.as_posix() for file in case.files]


def test_files_are_put_together_by_number_or_by_name_in_the_order_of_channels():
    paths = ["b/c1_0001.nii.gz", "b/c1_0000.nii.gz", "b/c2_T1.nii.gz", "b/c2-t2-flair.nii", "a/c1_0000.nrrd",
             "a/c1_0001.nrrd"]  # fmt: skip
    cases = joined(map(Path, paths), TWO)
    assert [names(case) for case in cases] == [
        ["b/c1_0000.nii.gz", "b/c1_0001.nii.gz"],
        ["b/c2_T1.nii.gz", "b/c2-t2-flair.nii"],
        ["a/c1_0000.nrrd", "a/c1_0001.nrrd"],
    ]
    assert not any(case.refusal for case in cases)
    assert cases[0].source == "b/c1_0000.nii.gz + c1_0001.nii.gz"


def test_a_file_whose_name_tells_no_channel_is_a_case_of_its_own():
    cases = joined(map(Path, ["all.nii.gz", "c1_0000.nii.gz", "c1_0001.nii.gz", "_0000.nii.gz"]), TWO)
    assert [len(case.files) for case in cases] == [1, 2, 1]
    assert [bool(case.refusal) for case in cases] == [False, False, False]


def test_without_channels_every_file_is_a_case():
    assert [len(case.files) for case in joined([Path("c_0000.nii"), Path("c_0001.nii")], ())] == [1, 1]


def test_a_channel_that_is_missing_or_there_twice_is_said():
    alone, twice = joined(map(Path, ["c1_0001.nii", "c2_0000.nii", "c2_T1.nii", "c2_0001.nii"]), TWO)
    assert "without the channel T1 of its case" in alone.refusal
    assert "'_0000'" in alone.refusal
    assert "several files of its case with T1" in twice.refusal
    assert "without the channel T2 FLAIR" in by_channel([Path("x.nii"), None], TWO).refusal


def test_the_same_file_named_twice_is_read_once():
    (case,) = joined(map(Path, ["c_0000.nii", "c_0001.nii", "c_0000.nii"]), TWO)
    assert (len(case.files), case.refusal) == (2, "")


def test_channels_are_joined_in_order_and_only_on_one_grid(tmp_path):
    for number in range(3):
        affine = np.diag([1.0, 1, 2 + (number == 2), 1])
        voxels = np.full((3, 4, 5), number + 1, np.int16)
        nib.save(nib.Nifti1Image(voxels, affine), tmp_path / f"c_{number:04d}.nii.gz")
    case = Joined((tmp_path / "c_0000.nii.gz", tmp_path / "c_0001.nii.gz"))
    found = load_joined(*case.place)
    assert found.voxels.shape == (3, 4, 5, 2)
    assert (found.voxels == [1, 2]).all()
    other = Joined((tmp_path / "c_0000.nii.gz", tmp_path / "c_0002.nii.gz"))
    with pytest.raises(UnreadableFile, match="grid of 'c_0000"):
        load_joined(*other.place)


def test_files_of_a_case_may_lie_in_several_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root, references = Joined((Path("a/x.nii"), tmp_path / "b/c/y.nii")).place
    assert (root, references) == (tmp_path, ("a/x.nii", "b/c/y.nii"))
