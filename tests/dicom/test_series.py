from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import generate_uid

from thirdeye.case.volume import Volume
from thirdeye.dicom.scan import dicom_files, scan_headers
from thirdeye.dicom.stacks import Stack, stacks_of
from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
FLIPPED = ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
OBLIQUE = ((0.8, 0.6, 0.0), (-0.36, 0.48, 0.8))
Writer = Callable[..., list[Path]]


def stacks(root: Path) -> list[Stack]:
    return stacks_of([h for h in scan_headers(root, dicom_files(root)) if not h.error])


def only(root: Path) -> Volume:
    (stack,) = stacks(root)
    volume = load(root, stack.reference)
    assert isinstance(volume, Volume)
    return volume


def places_told_by_voxels(volume: Volume) -> None:
    """Every voxel holds the place that the affine gives it (the value of conftest's `place_value`)."""
    indices = np.stack(np.meshgrid(*map(np.arange, volume.voxels.shape), indexing="ij"), axis=-1)
    ras = indices @ volume.geometry.affine[:3, :3].T + volume.geometry.affine[:3, 3]
    lps = ras * [-1, -1, 1]
    told = 300 + 20 * lps[..., 0] + 7 * lps[..., 1] - 11 * lps[..., 2] - 1024  # rescale intercept
    assert np.abs(volume.voxels - told).max() <= 0.51


@pytest.mark.parametrize("directions", [AXIAL, CORONAL, SAGITTAL, FLIPPED, OBLIQUE])
def test_affine_is_exact_in_every_orientation(
    write_series: Writer, tmp_path: Path, directions: tuple[tuple[float, ...], ...]
) -> None:
    write_series(directions=directions)
    volume = only(tmp_path)
    assert volume.voxels.shape == (4, 5, 6)
    assert volume.voxels.dtype == np.int16
    assert volume.geometry.spacing_mm == pytest.approx((0.25, 0.5, 2.0))
    assert np.linalg.det(volume.geometry.affine) > 0  # the third axis is row x column
    places_told_by_voxels(volume)


def test_gantry_tilt_is_a_shear(write_series: Writer, tmp_path: Path) -> None:
    write_series(step=(0.0, 2 * np.tan(np.radians(15)), 2.0))
    volume = only(tmp_path)
    assert volume.attributes["gantry_tilt_deg"] == "15.0"
    places_told_by_voxels(volume)


def test_affine_agrees_with_nibabel(write_series: Writer, tmp_path: Path) -> None:
    nicom = pytest.importorskip("nibabel.nicom.dicomwrappers")
    import pydicom

    paths = write_series(directions=OBLIQUE)
    volume = only(tmp_path)
    (stack,) = stacks(tmp_path)
    first = nicom.wrapper_from_data(pydicom.dcmread(tmp_path / stack.headers[0].file))
    theirs = np.diag([-1, -1, 1, 1]) @ first.affine  # LPS+, axes (row index, column index, normal)
    assert len(paths) == 6
    np.testing.assert_allclose(volume.geometry.affine[:, 0], theirs[:, 1], atol=1e-6)
    np.testing.assert_allclose(volume.geometry.affine[:, 1], theirs[:, 0], atol=1e-6)
    np.testing.assert_allclose(volume.geometry.affine[:, 3], theirs[:, 3], atol=1e-6)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ((0, 1, 2, 5, 6, 7), r"lacks 2 slices \(the first gap is between 4.0 and 10.0 mm"),
        ((0, 1, 2, 2, 3, 4), "a slice that lies where another slice lies"),
        ((0, 1, 2.3, 3, 4, 5), "uneven distances"),
    ],
)
def test_positions_that_are_no_grid_are_refused(
    write_series: Writer, tmp_path: Path, at: tuple[float, ...], reason: str
) -> None:
    write_series(at=at)
    (stack,) = stacks(tmp_path)
    with pytest.raises(UnreadableFile, match=reason):
        load(tmp_path, stack.reference)


def test_rounded_positions_are_still_a_grid(write_series: Writer, tmp_path: Path) -> None:
    write_series(at=(0, 1.0004, 1.9996, 3, 4, 5))
    assert only(tmp_path).geometry.spacing_mm[2] == pytest.approx(2.0)


def test_two_echoes_at_the_same_places_are_two_volumes(write_series: Writer, tmp_path: Path) -> None:
    write_series(at=(0, 1, 2, 0, 1, 2), per_slice=lambda i: {"EchoTime": 10 if i < 3 else 80})
    found = stacks(tmp_path)
    assert [stack.told_apart_by for stack in found] == ["EchoTime", "EchoTime"]
    assert len({stack.reference for stack in found}) == 2
    for stack in found:
        volume = load(tmp_path, stack.reference)
        assert isinstance(volume, Volume)
        places_told_by_voxels(volume)


def test_two_patients_in_one_series_are_split(write_series: Writer, tmp_path: Path) -> None:
    write_series(at=(0, 1, 2, 3, 4, 5), per_slice=lambda i: {"PatientID": "A" if i < 3 else "B"})
    found = stacks(tmp_path)
    assert [stack.patients for stack in found] == [2, 2]
    assert len({stack.reference for stack in found}) == 2
    for stack in found:
        volume = load(tmp_path, stack.reference)
        assert isinstance(volume, Volume)
        assert volume.voxels.shape[2] == 3


def test_two_directions_are_split_and_the_series_name_alone_is_refused(
    write_series: Writer, tmp_path: Path
) -> None:
    series = generate_uid()
    write_series(SeriesInstanceUID=series)
    write_series(SeriesInstanceUID=series, directions=CORONAL)
    found = stacks(tmp_path)
    assert [stack.directions for stack in found] == [2, 2]
    assert [len(stack.headers) for stack in found] == [6, 6]
    with pytest.raises(UnreadableFile, match="2 stacks"):
        load(tmp_path, f"series#series={found[0].headers[0].series}")


def test_a_file_copied_twice_counts_once(write_series: Writer, tmp_path: Path) -> None:
    paths = write_series()
    (tmp_path / "series" / "copy.dcm").write_bytes(paths[0].read_bytes())
    (stack,) = stacks(tmp_path)
    assert stack.copies == ("series/copy.dcm",)
    assert len(stack.headers) == 6


def test_another_image_of_the_same_uid_is_no_copy(write_series: Writer, tmp_path: Path) -> None:
    import pydicom

    paths = write_series()
    other = pydicom.dcmread(paths[0])
    other.EchoTime = 7
    other.save_as(tmp_path / "series" / "other.dcm")
    found = stacks(tmp_path)
    assert sum(len(stack.headers) for stack in found) == 7
    assert not any(stack.copies for stack in found)


def test_a_series_that_is_not_there(write_series: Writer, tmp_path: Path) -> None:
    write_series()
    with pytest.raises(UnreadableFile, match="no series '00000000'"):
        load(tmp_path, "series#series=00000000")


def test_one_damaged_slice_is_named(write_series: Writer, tmp_path: Path) -> None:
    paths = write_series()
    paths[2].write_bytes(paths[2].read_bytes()[:-10])
    (stack,) = stacks(tmp_path)
    with pytest.raises(UnreadableFile, match=r"002.dcm: is cut off"):
        load(tmp_path, stack.reference)


def test_no_identity_in_what_is_told(write_series: Writer, tmp_path: Path) -> None:
    write_series(PatientID="SECRET-7", AccessionNumber="ACC-9", InstitutionName="St Secret")
    volume = only(tmp_path)
    (stack,) = stacks(tmp_path)
    told = f"{volume.attributes} {volume.source} {stack}"
    assert "SECRET" not in told.upper()
    assert "ACC-9" not in told


@pytest.mark.data
def test_real_series_have_the_spacing_of_their_positions(shared_data: Path) -> None:
    root = shared_data / "dicom_seg_sr_examples" / "paramaps" / "701-ADCb500"
    (stack,) = stacks(root)
    volume = load(root, stack.reference)
    assert isinstance(volume, Volume)
    assert volume.voxels.shape == (256, 256, 20)
    assert volume.geometry.spacing_mm == pytest.approx((0.7031, 0.7031, 3.0), abs=1e-4)
