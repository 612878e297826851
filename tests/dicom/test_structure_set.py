from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from thirdeye.case.volume import Volume
from thirdeye.dicom.drawn import read_segments
from thirdeye.dicom.segmentation import Grid
from thirdeye.dicom.structure_set import inside, structure_mask
from thirdeye.errors import UnreadableFile
from thirdeye.intake.open import open_collection
from thirdeye.intake.pixels import load

Writer = Callable[..., list[Path]]


def structure_set(contours: list[np.ndarray], kind: str = "CLOSED_PLANAR") -> Dataset:
    """One structure called Bladder, number 7; contours in mm (LPS+)."""
    dataset = Dataset()
    dataset.Modality = "RTSTRUCT"
    name = Dataset()
    name.ROINumber, name.ROIName = 7, "Bladder"
    dataset.StructureSetROISequence = [name]
    drawn = Dataset()
    drawn.ReferencedROINumber, drawn.ContourSequence = 7, []
    for points in contours:
        contour = Dataset()
        contour.ContourGeometricType = kind
        contour.ContourData = [f"{v:.4f}" for v in points.ravel()]
        drawn.ContourSequence.append(contour)
    dataset.ROIContourSequence = [drawn]
    return dataset


def ring(radius: float, height: float = 4.0) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    return np.stack([30 + radius * np.cos(angle), 30 + radius * np.sin(angle), np.full(400, height)], axis=1)


GRID = Grid((60, 60, 5), np.diag([-1.0, -1.0, 2.0, 1.0]))  # 1 mm pixels, slices at 0, 2, 4... mm


def test_a_circle_has_its_area_on_its_slice() -> None:
    mask = structure_mask(structure_set([ring(20.3)]), 7, GRID)
    assert mask[:, :, 2].sum() == pytest.approx(np.pi * 20.3**2, rel=0.01)
    assert mask.sum() == mask[:, :, 2].sum()


def test_a_contour_within_another_is_a_hole() -> None:
    mask = structure_mask(structure_set([ring(20.3), ring(10.3)]), 7, GRID)
    assert mask.sum() == pytest.approx(np.pi * (20.3**2 - 10.3**2), rel=0.02)
    assert mask[30, 30, 2] == 0


def test_polygons_agree_with_scikit_image() -> None:
    from skimage.measure import points_in_poly

    rng = np.random.default_rng(0)
    at = np.stack(np.meshgrid(np.arange(24), np.arange(20), indexing="ij"), axis=-1).reshape(-1, 2)
    for corners in rng.uniform(-3, 26, (20, 7, 2)):  # crossing themselves, reaching outside
        theirs = points_in_poly(at, corners).reshape(24, 20)
        assert np.array_equal(inside(corners, (24, 20)).astype(bool), theirs)


@pytest.mark.parametrize(
    ("contours", "number", "reason"),
    [
        ([ring(5, 3.0)], 7, "does not lie in a slice"),
        ([ring(5, 20.0)], 7, "reaches outside"),
        ([ring(5)], 8, "no closed contour"),
    ],
)
def test_contours_that_cannot_be_placed(contours: list[np.ndarray], number: int, reason: str) -> None:
    grid = Grid((60, 60, 5), np.diag([-1.0, -1.0, 2.0, 1.0]))
    if reason.startswith("does"):  # half of its points lie two slices higher
        contours[0][::2, 2] += 4
    with pytest.raises(ValueError, match=reason):
        structure_mask(structure_set(contours), number, grid)


def test_a_folder_with_a_structure_set(write_series: Writer, tmp_path: Path) -> None:
    paths = write_series("ct")
    source = dcmread(paths[0])
    square = np.array([[-3.1, 3.9, 12], [-2.4, 3.9, 12], [-2.4, 5.1, 12], [-3.1, 5.1, 12]])
    dataset = structure_set([square])
    dataset.file_meta = source.file_meta
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.3"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.PatientID, dataset.SeriesInstanceUID = source.PatientID, generate_uid()
    space, study, series = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = source.SeriesInstanceUID
    study.RTReferencedSeriesSequence, space.RTReferencedStudySequence = [series], [study]
    dataset.ReferencedFrameOfReferenceSequence = [space]
    dataset.save_as(tmp_path / "rs.dcm", enforce_file_format=True)
    collection = open_collection(tmp_path)
    assert (collection.task, collection.classes) == ("segmentation", ("Bladder",))
    mask = load(collection.root, collection.masks["mask"].iloc[0])
    assert isinstance(mask, Volume)
    assert np.argwhere(mask.voxels).tolist() == [[i, j, 1] for i in range(3) for j in range(3)]


def test_real_structures() -> None:
    path = Path(str(get_testdata_file("rtstruct.dcm", download=False)))
    assert [segment.name for segment in read_segments(path, "rs")] == ["patient"]  # two isocentres are points
    with pytest.raises(UnreadableFile):
        read_segments(Path(str(get_testdata_file("rtplan.dcm", download=False))), "plan")
