"""Written files against dciodvfy (dicom3tools) and against the files that they came from."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import pixel_array

from thirdeye.dicom.deidentify import file, identifiers
from thirdeye.dicom.deidentify.profile import DEFAULT_OPTIONS, make_profile
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms

needs_dciodvfy = pytest.mark.skipif(
    shutil.which("dciodvfy") is None, reason="needs dciodvfy: apt-get install dicom3tools"
)
KEY = bytes(range(32))
EVERYTHING = (
    "retain-longitudinal-full-dates",
    "retain-uids",
    "retain-safe-private",
    "retain-device-identity",
    "retain-institution-identity",
    "retain-patient-characteristics",
    "clean-descriptors",
    "clean-structured-content",
)


@pytest.fixture(scope="module")
def real_files(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Real DICOM of many kinds: every modality and object once or twice, every transfer syntax."""
    folders = [shared_data / "dicom_transfer_syntaxes", shared_data / "dicom_seg_sr_examples"]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if is_dicom(path)]
    archive = shared_data / "dicom_brain_mr_multicontrast" / "study3.zip"
    if archive.is_file():
        place = tmp_path_factory.mktemp("mr")
        with zipfile.ZipFile(archive) as packed:
            names = [name for name in packed.namelist() if not name.endswith("/")][::30]
            found += [Path(packed.extract(name, place)) for name in names]
    if not found:
        pytest.skip("needs the real DICOM in ../shared/data")
    return [path for path in found if is_dicom(path)]


def is_dicom(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[128:132] == b"DICM"


def errors(path: Path) -> set[str]:
    """The errors that dciodvfy finds; some of its messages quote a value, which is left out."""
    done = subprocess.run(
        ["dciodvfy", str(path)], capture_output=True, text=True, errors="replace", check=False
    )
    lines = (done.stderr + done.stdout).splitlines()
    return {line.split(" value = ")[0] for line in lines if line.startswith("Error")}


def copy_of(path: Path, options: tuple[str, ...], target: Path) -> pydicom.Dataset:
    dataset = file.read(path)
    persons = identifiers.collect(dataset, make_profile(options))
    cleaned = file.deidentify(dataset, profile=make_profile(options), pseudonyms=Pseudonyms(KEY))
    target.write_bytes(file.write(cleaned, persons))
    return pydicom.dcmread(target)


@needs_dciodvfy
@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "step"),
    [(DEFAULT_OPTIONS, 1), ((), 3), (EVERYTHING, 3)],
    ids=["default", "basic", "retaining"],
)
def test_no_new_errors(real_files: list[Path], tmp_path: Path, options: tuple[str, ...], step: int) -> None:
    objects = {
        path.stem.partition("_")[0] + path.parent.name: path for path in real_files
    }  # one syntax of each
    new = {}
    for path in list(objects.values())[::step]:
        copy_of(path, options, tmp_path / "copy.dcm")
        added = errors(tmp_path / "copy.dcm") - errors(path)
        if added:
            new[path.name] = sorted(added)
    assert len(objects) > 40
    assert new == {}


@needs_dciodvfy
@pytest.mark.data
def test_dciodvfy_would_have_found_a_fault(real_files: list[Path], tmp_path: Path) -> None:
    made = copy_of(real_files[0], DEFAULT_OPTIONS, tmp_path / "copy.dcm")
    del made.SeriesInstanceUID
    made.save_as(tmp_path / "worse.dcm")
    assert errors(tmp_path / "worse.dcm") - errors(tmp_path / "copy.dcm")


@pytest.mark.data
def test_pixels_are_the_same_and_no_identity_is_left(real_files: list[Path], tmp_path: Path) -> None:
    for path in real_files[::7]:
        before = pydicom.dcmread(path)
        after = copy_of(path, DEFAULT_OPTIONS, tmp_path / "copy.dcm")
        assert after.PatientID.startswith("TE-")
        assert not [element for element in after.iterall() if element.tag.is_private]
        if "PixelData" in before:
            try:
                expected = pixel_array(before)
            except RuntimeError:  # no decoder for it is installed
                continue
            assert np.array_equal(pixel_array(after), expected)


@pytest.mark.data
def test_segmentations_and_reports_still_point_to_their_images(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "dicom_seg_sr_examples"
    if not folder.is_dir():
        pytest.skip("needs dicom_seg_sr_examples")
    before = [path for path in sorted(folder.rglob("*")) if is_dicom(path)]
    originals = {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in before}
    copies, kept, expected = set(), set(), set()
    for path in before:
        original = pydicom.dcmread(path)
        expected |= {one for one in referenced(original) if one in originals}
        copy = copy_of(path, DEFAULT_OPTIONS, tmp_path / "copy.dcm")
        copies.add(str(copy.SOPInstanceUID))
        kept |= referenced(copy)
    assert len(expected) > 10
    assert {Pseudonyms(KEY).uid(one) for one in expected} <= kept & copies


def referenced(dataset: pydicom.Dataset) -> set[str]:
    return {str(e.value) for e in dataset.iterall() if e.keyword == "ReferencedSOPInstanceUID"}
