from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.orientation import ORIENTATIONS
from thirdeye.case.reorient import reoriented
from thirdeye.case.volume import Volume
from thirdeye.intake.picture import picture_of
from thirdeye.intake.volume_hash import volume_hash
from thirdeye.intake.volume_picture import overlaid, plane_of, slice_of, slice_picture, windowed


def head(spacing: tuple[float, float, float] = (1, 1, 1)) -> Volume:
    """RAS voxels: bright spots on the right side, at the front and at the top of the head."""
    voxels = np.zeros((8, 10, 12), np.int16)
    voxels[7, 5, 6] = 100  # rightmost, in the middle otherwise
    voxels[4, 9, 6] = 200  # foremost
    voxels[4, 5, 11] = 300  # topmost
    return Volume(voxels, Geometry(np.diag([*spacing, 1.0])), "head.nii")


@pytest.mark.parametrize("code", ORIENTATIONS)
def test_radiological_convention_in_every_orientation(code: str) -> None:
    volume = reoriented(head(), code)
    orientation = volume.geometry.orientation
    axial = slice_of(volume.voxels, orientation, "axial", at=5.5 / 12)  # k = 6 from the feet
    assert axial.shape == (10, 8)
    assert axial[:, 0].max() == 100  # the patient's right on the left of the picture
    assert axial[0].max() == 200  # the front on top
    coronal = slice_of(volume.voxels, orientation, "coronal", at=4.5 / 10)
    assert coronal.shape == (12, 8)
    assert (coronal[:, 0].max(), coronal[0].max()) == (100, 300)  # right on the left, head on top
    sagittal = slice_of(volume.voxels, orientation, "sagittal", at=3.5 / 8)
    assert sagittal.shape == (12, 10)
    assert (sagittal[:, 0].max(), sagittal[0].max()) == (200, 300)  # face on the left, head on top
    assert np.array_equal(picture_of(volume).pixels, picture_of(head()).pixels)
    assert volume_hash(volume) == volume_hash(head())


@pytest.mark.parametrize(
    ("spacing", "plane", "rows_columns"),
    [
        ((1, 1, 1), "axial", (1, 1)),
        ((0.5, 0.7, 5), "axial", (0.7, 0.5)),
        ((0.5, 4, 0.7), "coronal", (0.7, 0.5)),
        ((4, 0.5, 0.7), "sagittal", (0.7, 0.5)),
        ((1, 1, 1.05), "axial", (1, 1)),
    ],
)
@pytest.mark.parametrize("code", ["RAS", "LPS", "PIR"])
def test_the_plane_is_that_of_acquisition(
    spacing: tuple[float, float, float], plane: str, rows_columns: tuple[float, float], code: str
) -> None:
    volume = reoriented(head(spacing), code)
    assert plane_of(volume) == plane
    assert slice_picture(volume).spacing_mm == pytest.approx(rows_columns)


def test_of_time_points_the_first_and_colours_as_they_are() -> None:
    grey = np.stack([head().voxels, 999 - head().voxels], axis=-1)
    series = Volume(grey, head().geometry, "t.nii")
    assert np.array_equal(slice_picture(series).pixels, slice_picture(head()).pixels)
    rgb = np.zeros((4, 5, 6, 3), np.uint8)
    rgb[..., 1] = 77
    coloured = Volume(rgb, head().geometry, "c.nii", attributes={"photometric": "RGB"})
    assert slice_picture(coloured).pixels[0, 0].tolist() == [0, 77, 0]


def test_windowed() -> None:
    values = np.arange(1001.0)
    assert windowed(values)[[0, 5, 500, 995, 1000]].tolist() == [0, 0, 128, 255, 255]
    assert not windowed(np.full((3, 3), 7)).any()
    assert windowed(np.array([0] * 999 + [4])).max() == 255  # one lesion of one pixel


def test_hash_of_values_not_of_types() -> None:
    volume = head()
    wide = Volume(volume.voxels.astype(np.float64), volume.geometry, "b.nii")
    assert volume_hash(wide) == volume_hash(volume)
    mirrored = Volume(volume.voxels[::-1], volume.geometry, "m.nii")
    assert volume_hash(mirrored) != volume_hash(volume)
    fine = Volume(volume.voxels + 1e-12, volume.geometry, "f.nii")
    assert volume_hash(fine) != volume_hash(volume)


def test_overlaid() -> None:
    picture = np.full((2, 2), 100, np.uint8)
    shown = overlaid(picture, np.array([[0, 1], [2, 7]]))
    assert shown[0, 0].tolist() == [100, 100, 100]
    assert shown[0, 1].tolist() == [165, 88, 76]
    assert shown[1, 1].tolist() == shown[0, 1].tolist()  # colours come round again after six
    assert shown[1, 0].tolist() != shown[0, 1].tolist()
