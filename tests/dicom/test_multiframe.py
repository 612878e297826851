from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load

OBLIQUE = ((0.8, 0.6, 0.0), (-0.36, 0.48, 0.8))
AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))


def bundled(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


@pytest.mark.parametrize("directions", [AXIAL, SAGITTAL, OBLIQUE])
def test_an_enhanced_object_is_a_volume(
    write_enhanced: Callable[..., Path], directions: tuple[tuple[float, ...], ...]
) -> None:
    path = write_enhanced(directions=directions)
    volume = load(path.parent, path.name)
    assert isinstance(volume, Volume)
    assert volume.voxels.shape == (4, 5, 5)
    assert volume.geometry.spacing_mm == pytest.approx((0.25, 0.5, 2.0))
    indices = np.stack(np.meshgrid(*map(np.arange, volume.voxels.shape), indexing="ij"), axis=-1)
    x, y, z = np.moveaxis(indices @ volume.geometry.affine[:3, :3].T + volume.geometry.affine[:3, 3], -1, 0)
    told = 300 - 20 * x - 7 * y - 11 * z - 1024  # conftest's place_value, after the rescale of each frame
    assert np.abs(volume.voxels - told).max() <= 0.51


def test_enhanced_affine_agrees_with_nibabel(write_enhanced: Callable[..., Path]) -> None:
    """nibabel indexes (row, column, slice) and counts slices from the other end."""
    nicom = pytest.importorskip("nibabel.nicom.dicomwrappers")
    import pydicom

    path = write_enhanced(directions=OBLIQUE)
    dataset = pydicom.dcmread(path)
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    dataset.DimensionIndexSequence = [pydicom.Dataset(), pydicom.Dataset()]
    dataset.DimensionIndexSequence[0].DimensionIndexPointer = 0x00209056
    dataset.DimensionIndexSequence[1].DimensionIndexPointer = 0x00209057
    groups = dataset.PerFrameFunctionalGroupsSequence
    places = [
        np.dot(list(g.PlanePositionSequence[0].ImagePositionPatient), np.cross(*OBLIQUE)) for g in groups
    ]
    for rank, group in zip(np.argsort(np.argsort(places)), groups, strict=True):
        group.FrameContentSequence = [pydicom.Dataset()]
        content = group.FrameContentSequence[0]
        content.StackID, content.InStackPositionNumber = "1", int(rank) + 1
        content.DimensionIndexValues = [1, int(rank) + 1]
    theirs = np.diag([-1, -1, 1, 1]) @ nicom.wrapper_from_data(dataset).affine
    volume = load(path.parent, path.name)
    assert isinstance(volume, Volume)
    for i, j, k in ((0, 0, 0), (3, 1, 4), (2, 4, 1)):
        np.testing.assert_allclose(
            volume.geometry.affine @ [i, j, k, 1], theirs @ [j, i, 4 - k, 1], atol=1e-6
        )


def test_one_frame_of_it_is_an_image(write_enhanced: Callable[..., Path]) -> None:
    path = write_enhanced()
    image = load(path.parent, f"{path.name}#frame=3")
    assert isinstance(image, Image)
    assert (image.pixels.shape, image.spacing_mm) == ((5, 4), (0.5, 0.25))
    assert image.attributes["frame"] == "3"


def test_gaps_between_frames_are_refused(write_enhanced: Callable[..., Path]) -> None:
    path = write_enhanced(at=(0, 1, 2, 5, 6))
    with pytest.raises(UnreadableFile, match="lacks 2 slices"):
        load(path.parent, path.name)
    assert isinstance(load(path.parent, f"{path.name}#frame=0"), Image)


def test_times_at_the_same_places_are_the_fourth_axis(write_enhanced: Callable[..., Path]) -> None:
    import pydicom

    path = write_enhanced(at=(0, 1, 2, 0, 1, 2))
    dataset = pydicom.dcmread(path)
    seen: dict[str, int] = {}
    for number, group in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        place = str(group.PlanePositionSequence[0].ImagePositionPatient)
        seen[place] = seen.get(place, 3) - 1  # the later frame of the file is the earlier time
        group.FrameContentSequence = [pydicom.Dataset()]
        group.FrameContentSequence[0].TemporalPositionIndex = seen[place]
        group.PixelValueTransformationSequence[0].RescaleIntercept = 1000 * seen[place] + number
    dataset.save_as(path)
    volume = load(path.parent, path.name)
    assert isinstance(volume, Volume)
    assert volume.voxels.shape == (4, 5, 3, 2)
    times = volume.voxels.astype(float).mean(axis=(0, 1))
    assert (np.abs(times[:, 1] - times[:, 0] - 1000) < 20).all()
    assert volume.geometry.spacing_mm[2] == pytest.approx(2.0)


def test_places_with_more_frames_than_others_are_refused(write_enhanced: Callable[..., Path]) -> None:
    path = write_enhanced(at=(0, 1, 1, 2))
    with pytest.raises(UnreadableFile, match="more frames at some places"):
        load(path.parent, path.name)


def test_a_cine_asks_for_a_frame() -> None:
    path = bundled("examples_ybr_color.dcm")
    with pytest.raises(
        UnreadableFile, match=r"holds 30 frames at .* name one of them: #frame=0 to #frame=29"
    ):
        load(path.parent, path.name)
    image = load(path.parent, f"{path.name}#frame=29")
    assert isinstance(image, Image)
    assert image.is_colour
    assert float(image.attributes["rate_hz"]) > 0


@pytest.mark.parametrize(
    ("selector", "reason"),
    [("frame=30", "there is no frame 30"), ("frame=x", "no part"), ("tile=1,2,3", "no part")],
)
def test_parts_that_are_not_there(selector: str, reason: str) -> None:
    path = bundled("examples_ybr_color.dcm")
    with pytest.raises(UnreadableFile, match=reason):
        load(path.parent, f"{path.name}#{selector}")


def test_a_dose_grid_is_a_volume_in_gray() -> None:
    """Offsets and scaling as the header says; pydicom's own pixels are the reference."""
    import pydicom

    path = bundled("rtdose.dcm")
    dataset = pydicom.dcmread(path)
    volume = load(path.parent, path.name)
    assert isinstance(volume, Volume)
    assert volume.voxels.shape == (10, 10, 15)
    offsets = [float(v) for v in dataset.GridFrameOffsetVector]
    assert volume.geometry.spacing_mm[2] == pytest.approx(abs(offsets[1] - offsets[0]))
    dose = dataset.pixel_array * float(dataset.DoseGridScaling)
    rising = offsets[-1] > offsets[0]
    expected = np.moveaxis(dose if rising else dose[::-1], 0, 2).swapaxes(0, 1)
    np.testing.assert_allclose(volume.voxels, expected, rtol=1e-6)


@pytest.mark.data
def test_an_enhanced_file_equals_its_series(shared_data: Path) -> None:
    """dcmqi's two forms of the same images: three files, and one enhanced file."""
    from thirdeye.dicom.scan import dicom_files, scan_headers
    from thirdeye.dicom.stacks import stacks_of

    for name in ("23x38x3", "24x38x3"):
        root = shared_data / "dicom_seg_sr_examples" / "segmentations" / name
        (stack,) = stacks_of(list(scan_headers(root / "image", dicom_files(root / "image"))))
        series, enhanced = load(root / "image", stack.reference), load(root, "multiframe/mf.dcm")
        assert isinstance(series, Volume)
        assert isinstance(enhanced, Volume)
        np.testing.assert_allclose(series.geometry.affine, enhanced.geometry.affine, atol=1e-6)
        np.testing.assert_array_equal(series.voxels, enhanced.voxels)
