"""Writing back, checked with nibabel and SimpleITK and by reading again."""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK

from thirdeye.case.affine import farthest_mm
from thirdeye.case.geometry import Geometry
from thirdeye.case.orientation import ORIENTATIONS, swap_lps
from thirdeye.case.reorient import reoriented, returned
from thirdeye.case.volume import Volume
from thirdeye.errors import StageFailed, UsageError
from thirdeye.intake.nifti_header import FORMS_DIFFER
from thirdeye.intake.open import open_collection
from thirdeye.intake.pixels import load
from thirdeye.intake.volume_write import write_mask, write_volume

SHAPE = (3, 4, 5)
ENDINGS = (".nii", ".nii.gz", ".mha", ".nrrd")


def oblique(code: str, *, narrow: bool = True) -> np.ndarray:
    """By hand, letter by letter, 11 degrees off the axes of the body; spacings 0.75, 1.25 and 3 mm."""
    grows = np.array([np.eye(3)["RAS".find(c)] if c in "RAS" else -np.eye(3)["LPI".find(c)] for c in code]).T
    angle = np.radians(11)
    turned = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    affine = np.eye(4)
    affine[:3, :3] = np.array(turned) @ grows * (0.75, 1.25, 3)
    affine[:3, 3] = (-91.3, 126.1, -72.7)
    return affine.astype(np.float32).astype(np.float64) if narrow else affine


def made(kind: str = "i2", code: str = "RAS", channels: int = 0, *, narrow: bool = True) -> Volume:
    shape = (*SHAPE, channels) if channels else SHAPE
    voxels = np.random.default_rng(5).permutation(np.prod(shape)).reshape(shape).astype(kind)
    return Volume(voxels, Geometry(oblique(code, narrow=narrow)), "made")


def again(path: Path) -> Volume:
    item = load(path.parent, path.name)
    assert isinstance(item, Volume)
    return item


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("code", ORIENTATIONS)
def test_round_trip_in_every_orientation(tmp_path: Path, code: str, ending: str) -> None:
    volume = made(code=code)
    write_volume(tmp_path / f"v{ending}", volume)
    back = again(tmp_path / f"v{ending}")
    assert back.voxels.dtype == volume.voxels.dtype
    assert np.array_equal(back.voxels, volume.voxels)
    assert back.geometry.orientation == code
    assert back.attributes["geometry"] == ""
    if ending == ".mha":
        assert np.allclose(back.geometry.affine, volume.geometry.affine, rtol=3e-16, atol=1e-15)
    else:
        assert back.geometry.affine.tobytes() == volume.geometry.affine.tobytes()
    third = SimpleITK.ReadImage(str(tmp_path / f"v{ending}"))
    assert np.array_equal(SimpleITK.GetArrayFromImage(third), volume.voxels.T)
    corner = swap_lps(volume.geometry.affine) @ (2, 3, 4, 1)
    assert np.allclose(third.TransformIndexToPhysicalPoint((2, 3, 4)), corner[:3], atol=1e-4)


@pytest.mark.parametrize("code", ORIENTATIONS)
def test_sform_and_qform_say_the_same_to_nibabel(tmp_path: Path, code: str) -> None:
    write_volume(tmp_path / "v.nii", made(code=code))
    image = nibabel.load(tmp_path / "v.nii")
    assert image.affine.tobytes() == oblique(code).tobytes()
    assert np.allclose(image.get_qform(), image.get_sform(), atol=2e-5)
    assert (int(image.header["qform_code"]), int(image.header["sform_code"])) == (1, 1)
    assert image.header.get_xyzt_units()[0] == "mm"


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "kind", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", ">i2", "?", "f2"]
)
def test_types_stay(tmp_path: Path, kind: str, ending: str) -> None:
    volume = made(kind)
    write_volume(tmp_path / f"v{ending}", volume)
    back = again(tmp_path / f"v{ending}").voxels
    assert np.array_equal(back, volume.voxels)
    assert back.dtype == {"?": "u1", "f2": "f4"}.get(kind, volume.voxels.dtype.newbyteorder("="))


@pytest.mark.parametrize("ending", ENDINGS)
def test_channels_and_colours(tmp_path: Path, ending: str) -> None:
    series = made(channels=2)
    write_volume(tmp_path / f"v{ending}", series)
    assert np.array_equal(again(tmp_path / f"v{ending}").voxels, series.voxels)
    rgb = made("u1", channels=3)
    coloured = Volume(rgb.voxels, rgb.geometry, "rgb", attributes={"photometric": "RGB"})
    write_volume(tmp_path / f"c{ending}", coloured)
    back = again(tmp_path / f"c{ending}")
    assert np.array_equal(back.voxels, coloured.voxels)
    assert back.attributes["photometric"] == "RGB"


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_affine_that_float32_cannot_hold(tmp_path: Path, ending: str) -> None:
    volume = made(narrow=False)
    write_volume(tmp_path / f"v{ending}", volume)
    back = again(tmp_path / f"v{ending}").geometry.affine
    far = farthest_mm(back, volume.geometry.affine, SHAPE)
    assert far < (1e-5 if "nii" in ending else 1e-12)
    if "nii" in ending:
        assert np.array_equal(back, volume.geometry.affine.astype(np.float32))


def test_a_sheared_affine_has_no_qform(tmp_path: Path) -> None:
    affine = oblique("RAS")
    affine[:3, 2] = (0, 0.5, 3)
    write_volume(tmp_path / "v.nii", Volume(made().voxels, Geometry(affine), "tilted"))
    back = again(tmp_path / "v.nii")
    assert back.geometry.affine.tobytes() == affine.tobytes()
    assert back.attributes["geometry"] != FORMS_DIFFER
    assert int(nibabel.load(tmp_path / "v.nii").header["qform_code"]) == 0


def test_an_axis_too_long_for_nifti_1(tmp_path: Path) -> None:
    volume = Volume(np.zeros((40000, 1, 1), np.uint8), Geometry(np.eye(4)), "long")
    write_volume(tmp_path / "v.nii", volume)
    assert nibabel.load(tmp_path / "v.nii").shape == (40000, 1, 1)
    assert again(tmp_path / "v.nii").attributes["format"] == "NIfTI-2"


@pytest.mark.parametrize("code", ["RAS", "LPS", "PIR", "SLA"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_mask_found_on_a_turned_copy_lies_where_it_was_found(
    tmp_path: Path, code: str, ending: str
) -> None:
    source = made(code=code)
    turned = reoriented(source, "RAS")
    found = turned.voxels > 40
    write_mask(tmp_path / f"m{ending}", returned(found, "RAS", source.geometry), source)
    back = again(tmp_path / f"m{ending}")
    assert np.array_equal(back.voxels == 1, source.voxels > 40)
    assert back.voxels.dtype == np.uint8
    assert farthest_mm(back.geometry.affine, source.geometry.affine, SHAPE) < 1e-12


def test_same_content_same_bytes(tmp_path: Path) -> None:
    for ending in ENDINGS:
        write_volume(tmp_path / f"a{ending}", made())
        write_volume(tmp_path / f"b{ending}", made())
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_what_cannot_be_written(tmp_path: Path) -> None:
    volume = made()
    with pytest.raises(UsageError, match=r"expected one of \.nii\.gz"):
        write_volume(tmp_path / "v.png", volume)
    with pytest.raises(UsageError, match="not numbers"):
        write_volume(tmp_path / "v.nii", Volume(volume.voxels, Geometry(np.full((4, 4), np.nan)), "x"))
    with pytest.raises(UsageError, match="complex"):
        write_volume(tmp_path / "v.nii", Volume(volume.voxels.astype(complex), volume.geometry, "x"))
    with pytest.raises(UsageError, match="grid of the volume"):
        write_mask(tmp_path / "m.nii", np.zeros((4, 3, 5), np.uint8), volume)
    with pytest.raises(UsageError, match="whole numbers"):
        write_mask(tmp_path / "m.nii", np.zeros(SHAPE, np.float32), volume)
    with pytest.raises(StageFailed, match="cannot write"):
        write_volume(tmp_path / "missing" / "v.nii", volume)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.data
def test_a_dicom_series_lies_where_itk_puts_it_also_as_nifti(shared_data: Path, tmp_path: Path) -> None:
    """Scanner to DICOM to volume to NIfTI to ITK against scanner to DICOM to ITK."""
    collection = open_collection(
        shared_data / "dicom_brain_mr_multicontrast" / "study3.zip", labels_optional=True
    )
    reader = SimpleITK.ImageSeriesReader()
    for reference in collection.rows["image"]:
        volume = load(collection.root, reference)
        assert isinstance(volume, Volume)
        folder = str(collection.root / reference.split("#")[0])
        series = reader.GetGDCMSeriesIDs(folder)
        expected = SimpleITK.ReadImage(reader.GetGDCMSeriesFileNames(folder, series[0]))
        assert np.array_equal(volume.voxels, SimpleITK.GetArrayFromImage(expected).T)
        write_volume(tmp_path / "v.nii.gz", volume)
        written = SimpleITK.ReadImage(str(tmp_path / "v.nii.gz"))
        assert np.array_equal(SimpleITK.GetArrayFromImage(written), SimpleITK.GetArrayFromImage(expected))
        for index in [(0, 0, 0), (279, 319, 21), (100, 20, 10)]:
            place = expected.TransformIndexToPhysicalPoint(index)
            assert np.allclose(written.TransformIndexToPhysicalPoint(index), place, atol=1e-5)  # float32
            assert np.allclose((swap_lps(volume.geometry.affine) @ (*index, 1))[:3], place, atol=1e-5)
    assert len(collection.rows) == 4
