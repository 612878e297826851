from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.collection import Collection
from thirdeye.intake.open import open_collection
from thirdeye.intake.pixels import load

OBLIQUE = ((0.8, 0.6, 0.0), (-0.36, 0.48, 0.8))
Writer = Callable[..., list[Path]]
Drawer = Callable[..., Path]


def drawn(paths: list[Path], seed: int) -> dict[Path, np.ndarray]:
    """Random masks on some of the slices."""
    rng = np.random.default_rng(seed)
    return {path: (rng.random((5, 4)) > 0.5).astype(np.uint8) for path in paths}


def along(path: Path) -> float:
    return float(np.dot([float(v) for v in dcmread(path).ImagePositionPatient], np.cross(*OBLIQUE)))


def mask_of(collection: Collection, number: int) -> Volume:
    mask = load(collection.root, collection.masks["mask"].iloc[number])
    assert isinstance(mask, Volume)
    return mask


@pytest.mark.parametrize("turned", [False, True])
def test_segments_lie_on_the_voxels_that_they_were_drawn_on(
    write_series: Writer, write_segmentation: Drawer, tmp_path: Path, turned: bool
) -> None:
    paths = write_series(directions=OBLIQUE)
    first, second = drawn(paths[1:4], 1), drawn(paths[:2], 2)  # slices may be missing, segments overlap
    write_segmentation({"Liver": first, "Lesion": second}, turned=turned)
    collection = open_collection(tmp_path)
    assert (collection.task, collection.classes) == ("segmentation", ("Liver", "Lesion"))
    volume = load(collection.root, collection.rows["image"].iloc[0])
    assert isinstance(volume, Volume)
    order = sorted(paths, key=along)
    for number, truth in enumerate((first, second)):
        mask = mask_of(collection, number)
        np.testing.assert_array_equal(mask.geometry.affine, volume.geometry.affine)
        expected = np.zeros((6, 5, 4))
        for path, pixels in truth.items():
            expected[order.index(path)] = pixels
        np.testing.assert_array_equal(mask.voxels, expected.transpose(2, 1, 0))


def test_of_a_fractional_segmentation_half_counts(
    write_series: Writer, write_segmentation: Drawer, tmp_path: Path
) -> None:
    paths = write_series()
    shades = np.array([[0, 99, 100, 200]] * 5, np.uint8)  # the largest value is 200
    write_segmentation({"Lung": {paths[0]: shades}}, kind="FRACTIONAL")
    mask = mask_of(open_collection(tmp_path), 0)
    assert int(mask.voxels.sum()) == 10


def test_segments_of_one_kind_are_told_apart_by_their_labels(
    write_series: Writer, write_segmentation: Drawer, tmp_path: Path
) -> None:
    paths = write_series()
    path = write_segmentation({"Lesion": drawn(paths, 1), "Edema": drawn(paths, 2)})
    dataset = dcmread(path)
    dataset.SegmentSequence[1].SegmentedPropertyTypeCodeSequence[0].CodeMeaning = "Lesion"
    dataset.save_as(path)
    assert list(open_collection(tmp_path).masks["name"]) == ["label 1", "label 2"]


def test_a_mask_on_another_grid_is_refused(
    write_series: Writer, write_segmentation: Drawer, tmp_path: Path
) -> None:
    paths = write_series()
    path = write_segmentation({"Lesion": drawn(paths[:1], 1)})
    dataset = dcmread(path)
    group = dataset.PerFrameFunctionalGroupsSequence[0]
    group.PixelMeasuresSequence[0].PixelSpacing = [0.7, 0.7]
    dataset.save_as(path)
    collection = open_collection(tmp_path)
    with pytest.raises(UnreadableFile, match="lies on another grid"):
        mask_of(collection, 0)
    group.PixelMeasuresSequence[0].PixelSpacing = [0.5, 0.25]
    group.PlanePositionSequence[0].ImagePositionPatient = [-13, 4, 10]
    dataset.save_as(path)
    with pytest.raises(UnreadableFile, match="reaches outside"):
        mask_of(collection, 0)


def test_without_its_images_a_segmentation_is_left_aside(
    write_series: Writer, write_segmentation: Drawer, tmp_path: Path
) -> None:
    paths = write_series("gone")
    write_segmentation({"Lesion": drawn(paths, 1)})
    for path in paths:
        path.unlink()
    write_series("other")
    collection = open_collection(tmp_path, labels_optional=True)
    assert len(collection.masks) == 0
    assert collection.leftovers["annotation_unused"] == ("seg.dcm (its images are not here)",)


@pytest.mark.parametrize(
    "keys",
    ["00000000,11111111,1", "{series},00000000,1", "{series},{seg},9", "{series},{seg},x", "{series},{seg}"],
)
def test_masks_that_are_not_there(
    write_series: Writer, write_segmentation: Drawer, tmp_path: Path, keys: str
) -> None:
    write_segmentation({"Lesion": drawn(write_series(), 1)})
    known = open_collection(tmp_path).masks["mask"].iloc[0].split("=")[1].split(",")
    with pytest.raises(UnreadableFile):
        load(tmp_path, "#series=" + keys.format(series=known[0], seg=known[1]))


@pytest.mark.data
def test_real_masks_lie_where_their_source_images_say(shared_data: Path) -> None:
    """Independent of geometry: each frame names the slice that it was drawn on."""
    collection = open_collection(shared_data / "dicom_seg_sr_examples" / "segmentations")
    dataset = dcmread(collection.root / "liver.dcm")
    mask = mask_of(collection, list(collection.masks["name"]).index("Liver"))
    files = [dcmread(collection.root / "ct-3slice" / f"0{n}.dcm", stop_before_pixels=True) for n in (1, 2, 3)]
    order = sorted(files, key=lambda f: float(f.ImagePositionPatient[2]))
    for frame, group in zip(dataset.pixel_array, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        uid = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        k = [f.SOPInstanceUID for f in order].index(uid)
        np.testing.assert_array_equal(mask.voxels[:, :, k].T, frame)


def test_a_mask_on_an_enhanced_file(
    write_enhanced: Drawer, write_segmentation: Drawer, write_series: Writer, tmp_path: Path
) -> None:
    """The segmentation is drawn on single files of the same geometry, and then refers to the enhanced one."""
    single = write_series("single", at=(0, 1, 2, 3, 4))
    enhanced = dcmread(write_enhanced())
    truth = drawn(single[:2], 3)
    write_segmentation({"Lesion": truth}, name="seg.dcm")
    dataset = dcmread(tmp_path / "seg.dcm")
    dataset.ReferencedSeriesSequence[0].SeriesInstanceUID = enhanced.SeriesInstanceUID
    dataset.save_as(tmp_path / "seg.dcm")
    heights = {path: float(dcmread(path).ImagePositionPatient[2]) for path in single}
    for path in single:
        path.unlink()
    collection = open_collection(tmp_path)
    mask = mask_of(collection, 0)
    volume = load(collection.root, collection.rows["image"].iloc[0])
    assert isinstance(volume, Volume)
    np.testing.assert_array_equal(mask.geometry.affine, volume.geometry.affine)
    for path, pixels in truth.items():
        k = round((heights[path] - 10) / 2)
        np.testing.assert_array_equal(mask.voxels[:, :, k].T, pixels)
