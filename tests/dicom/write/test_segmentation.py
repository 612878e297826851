"""Masks written and read back by our own reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from thirdeye.dicom.planes import affine_of, plane_of
from thirdeye.dicom.segmentation import Grid, segment_mask, segments_of
from thirdeye.dicom.write.object import Maker
from thirdeye.dicom.write.segmentation import Mask, masks_of_labels, masks_of_volume, segmentation
from thirdeye.errors import DataRefused

MAKER = Maker("lite0", "thirdeye-imaging 0.1.0", "ab" * 32)


def spots() -> np.ndarray:
    labels = np.zeros((24, 32), np.uint8)
    labels[3:13, 4:16] = 1
    labels[20, 30] = 2
    return labels


def test_labels_of_an_image_come_back(radiograph: Path, through_file: Callable[[Any], Any]) -> None:
    uid = str(pydicom.dcmread(radiograph).SOPInstanceUID)
    made = through_file(segmentation(radiograph, masks_of_labels(spots(), ["lesion", "Ränder"]), MAKER))
    assert [one.name for one in segments_of(made)] == ["lesion", "Ränder"]
    for number in (1, 2):
        grid = Grid((32, 24, 1), None, uid)
        assert np.array_equal(segment_mask(made, number, grid)[:, :, 0].T, spots() == number)


def test_probabilities_are_fractions(
    radiograph: Path, through_file: Callable[[Any], Any], faults: Callable[[Any], list[str]]
) -> None:
    values = (spots() == 1) * np.float32(0.6)
    made = through_file(segmentation(radiograph, [Mask("lesion", values)], MAKER))
    assert (made.SegmentationType, made.SegmentationFractionalType) == ("FRACTIONAL", "PROBABILITY")
    assert np.allclose(made.pixel_array / 255, values, atol=1 / 255)
    assert faults(made) == []


def test_a_volume_comes_back_whatever_the_order_of_its_files(
    slices: list[Any], through_file: Callable[[Any], Any], faults: Callable[[Any], list[str]]
) -> None:
    labels = np.zeros((32, 24, 3), np.uint8)
    labels[4:16, 3:13, 2] = 1
    labels[1, 2, 0] = 1
    first = plane_of(slices[0])
    assert first is not None
    affine = affine_of(first, np.array([0, 0, 2.0]))
    given = [slices[2], slices[0], slices[1]]
    made = through_file(segmentation(given, masks_of_volume(labels, affine, ["liver"], given), MAKER))
    assert np.array_equal(segment_mask(made, 1, Grid(labels.shape, affine)), labels)
    assert faults(made) == []


def test_an_empty_mask_is_a_segment_too(radiograph: Path, through_file: Callable[[Any], Any]) -> None:
    made = through_file(segmentation(radiograph, [Mask("lesion", np.zeros((24, 32), bool))], MAKER))
    assert not segment_mask(made, 1, Grid((32, 24, 1), None)).any()


@pytest.mark.parametrize(
    ("masks", "said"),
    [
        ([], "none was given"),
        ([Mask("a", np.ones((3, 3), bool))], "shape"),
        ([Mask("a", np.full((24, 32), 1.5))], "outside 0 to 1"),
        ([Mask("a", np.full((24, 32), np.nan))], "outside 0 to 1"),
        ([Mask("a", np.ones((24, 32), bool)), Mask("b", np.ones((24, 32)))], "two objects"),
    ],
)
def test_masks_that_do_not_fit_are_refused(radiograph: Path, masks: list[Mask], said: str) -> None:
    with pytest.raises(DataRefused, match=said):
        segmentation(radiograph, masks, MAKER)


def test_without_highdicom_the_extra_is_named(radiograph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from thirdeye.errors import MissingExtra

    monkeypatch.setitem(__import__("sys").modules, "highdicom.seg", None)
    with pytest.raises(MissingExtra, match=r"thirdeye-imaging\[pacs\]"):
        segmentation(radiograph, masks_of_labels(spots(), ["a", "b"]), MAKER)


@pytest.mark.data
def test_a_multi_frame_volume_comes_back(
    shared_data: Path, through_file: Callable[[Any], Any], faults: Callable[[Any], list[str]]
) -> None:
    """A converted enhanced CT whose own header has faults, none of which the result takes over."""
    from thirdeye.dicom.multiframe import by_place, frame_planes
    from thirdeye.dicom.planes import pile_up

    file = shared_data / "dicom_seg_sr_examples/segmentations/23x38x3/multiframe/mf.dcm"
    dataset = pydicom.dcmread(file)
    planes = frame_planes(dataset)
    assert planes is not None
    unique = [planes[place[0]] for place in by_place(dataset, planes)]
    pile = pile_up(unique)
    affine = affine_of(unique[pile.order[0]], pile.step_mm)
    labels = np.zeros((int(dataset.Columns), int(dataset.Rows), len(unique)), np.uint8)
    labels[3:9, 2:6, 1:] = 1
    labels[0, 0, 0] = 1
    made = through_file(segmentation(file, masks_of_volume(labels, affine, ["liver"], file), MAKER))
    assert np.array_equal(segment_mask(made, 1, Grid(labels.shape, affine)), labels)
    assert faults(made) == []
