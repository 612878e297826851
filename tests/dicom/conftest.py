"""Small DICOM objects with known geometry, written by the formula of PS3.3 C.7.6.2.1.1 and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

ROWS, COLUMNS = 5, 4
Writer = Callable[..., list[Path]]

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
FLIPPED = ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
OBLIQUE = ((0.8, 0.6, 0.0), (-0.36, 0.48, 0.8))


def place_value(point_lps: np.ndarray) -> np.ndarray:
    """A stored value that tells the place in the patient, in mm (LPS+)."""
    return np.rint(300 + 20 * point_lps[..., 0] + 7 * point_lps[..., 1] - 11 * point_lps[..., 2])


def slice_pixels(
    position: np.ndarray, directions: Sequence[Sequence[float]], spacing: Sequence[float]
) -> np.ndarray:
    """(H, W) int16: `place_value` at the centre of every pixel."""
    row, column = np.mgrid[:ROWS, :COLUMNS]
    along_row, along_column = map(np.array, directions)
    points = (
        position + along_row * spacing[1] * column[..., None] + along_column * spacing[0] * row[..., None]
    )
    return place_value(points).astype(np.int16)


def image_header(**attributes: object) -> Dataset:
    """A dataset that can be saved, without pixels."""
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.file_meta.MediaStorageSOPClassUID = attributes.get("SOPClassUID", CTImageStorage)
    header.file_meta.MediaStorageSOPInstanceUID = attributes.get("SOPInstanceUID") or generate_uid()
    header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID
    for keyword, value in attributes.items():
        setattr(header, keyword, value)
    return header


def set_pixels(header: Dataset, pixels: np.ndarray) -> None:
    """Grey int16 pixels, (H, W) or (K, H, W)."""
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.Rows, header.Columns = pixels.shape[-2:]
    header.BitsAllocated, header.BitsStored, header.HighBit, header.PixelRepresentation = 16, 16, 15, 1
    header.PixelData = pixels.astype("<i2").tobytes()


@pytest.fixture
def write_series(tmp_path: Path) -> Writer:
    """Write one series, a file a slice, in shuffled order of name and number."""

    def write(
        folder: str = "series",
        *,
        directions: Sequence[Sequence[float]] = AXIAL,
        spacing: Sequence[float] = (0.5, 0.25),
        origin: Sequence[float] = (-3.0, 4.0, 10.0),
        step: Sequence[float] | None = None,
        at: Sequence[float] = (0, 1, 2, 3, 4, 5),
        per_slice: Callable[[int], dict[str, object]] = lambda index: {},
        **attributes: object,
    ) -> list[Path]:
        normal = np.cross(*directions)
        move = np.array(step) if step is not None else 2.0 * normal
        series = attributes.pop("SeriesInstanceUID", None) or generate_uid(entropy_srcs=[folder])
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        start = len(list((tmp_path / folder).iterdir()))
        written = []
        shuffled = np.random.default_rng(0).permutation(len(at))
        for number, index in enumerate(shuffled):
            position = np.array(origin) + at[index] * move
            told: dict[str, object] = {
                "Modality": "CT",
                "PatientID": "PAT-1",
                "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.1",
                "SeriesInstanceUID": series,
                "InstanceNumber": int(number),
                "ImagePositionPatient": [f"{v:.6f}" for v in position],
                "ImageOrientationPatient": [f"{v:.6f}" for part in directions for v in part],
                "PixelSpacing": list(spacing),
                "RescaleSlope": 1,
                "RescaleIntercept": -1024,
            }
            header = image_header(**{**told, **attributes, **per_slice(int(index))})
            set_pixels(header, slice_pixels(position, directions, spacing))
            path = tmp_path / folder / f"{start + number:03d}.dcm"
            header.save_as(path, enforce_file_format=True)
            written.append(path)
        return written

    return write


def frame_groups(
    position: np.ndarray, directions: Sequence[Sequence[float]], spacing: Sequence[float]
) -> Dataset:
    """The functional groups that place one frame (PS3.3 C.7.6.16.2)."""
    group = Dataset()
    group.PlanePositionSequence = [Dataset()]
    group.PlanePositionSequence[0].ImagePositionPatient = [f"{v:.6f}" for v in position]
    group.PlaneOrientationSequence = [Dataset()]
    group.PlaneOrientationSequence[0].ImageOrientationPatient = [f"{v:.6f}" for p in directions for v in p]
    group.PixelMeasuresSequence = [Dataset()]
    group.PixelMeasuresSequence[0].PixelSpacing = list(spacing)
    return group


@pytest.fixture
def write_enhanced(tmp_path: Path) -> Callable[..., Path]:
    """An enhanced CT object: one file, a frame a slice, in shuffled order, each with its own rescale."""

    def write(
        name: str = "enhanced.dcm",
        *,
        directions: Sequence[Sequence[float]] = AXIAL,
        spacing: Sequence[float] = (0.5, 0.25),
        origin: Sequence[float] = (-3.0, 4.0, 10.0),
        at: Sequence[float] = (0, 1, 2, 3, 4),
        **attributes: object,
    ) -> Path:
        normal = np.cross(*directions)
        told: dict[str, object] = {
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2.1",
            "Modality": "CT",
            "PatientID": "PAT-1",
            "StudyInstanceUID": "1.2.826.0.1.3680043.8.498.1",
            "SeriesInstanceUID": generate_uid(entropy_srcs=[name]),
            "NumberOfFrames": len(at),
        }
        header = image_header(**{**told, **attributes})
        groups, frames = [], []
        for index in np.random.default_rng(1).permutation(len(at)):
            position = np.array(origin) + at[index] * 2.0 * normal
            group = frame_groups(position, directions, spacing)
            group.PixelValueTransformationSequence = [Dataset()]
            group.PixelValueTransformationSequence[0].RescaleSlope = 1
            group.PixelValueTransformationSequence[0].RescaleIntercept = -1024 - int(index)
            groups.append(group)
            frames.append(slice_pixels(position, directions, spacing) + int(index))
        header.PerFrameFunctionalGroupsSequence = groups
        header.SharedFunctionalGroupsSequence = [Dataset()]
        set_pixels(header, np.stack(frames))
        path = tmp_path / name
        header.save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def write_segmentation(tmp_path: Path) -> Callable[..., Path]:
    """A segmentation of a series that lies in files: {segment name: {file: (H, W) mask}}."""

    def write(
        segments: dict[str, dict[Path, np.ndarray]],
        name: str = "seg.dcm",
        *,
        kind: str = "BINARY",
        turned: bool = False,
        **attributes: object,
    ) -> Path:
        source = dcmread(next(iter(next(iter(segments.values())))))
        header = image_header(
            SOPClassUID="1.2.840.10008.5.1.4.1.1.66.4",
            Modality="SEG",
            PatientID=source.PatientID,
            StudyInstanceUID=source.StudyInstanceUID,
            SeriesInstanceUID=generate_uid(),
            SegmentationType=kind,
            MaximumFractionalValue=200,
        )
        header.SegmentSequence, header.PerFrameFunctionalGroupsSequence = [], []
        frames = []
        for number, (label, drawn) in enumerate(segments.items(), 1):
            segment = Dataset()
            segment.SegmentNumber, segment.SegmentLabel = number, f"label {number}"
            segment.SegmentedPropertyTypeCodeSequence = [Dataset()]
            segment.SegmentedPropertyTypeCodeSequence[0].CodeMeaning = label
            header.SegmentSequence.append(segment)
            for path, mask in drawn.items():
                plane = dcmread(path)
                position = np.array([float(v) for v in plane.ImagePositionPatient])
                cosines = [float(v) for v in plane.ImageOrientationPatient]
                directions, spacing = [cosines[:3], cosines[3:]], list(plane.PixelSpacing)
                if turned:  # rows from below, columns as before
                    position = position + np.array(directions[1]) * spacing[0] * (mask.shape[0] - 1)
                    directions[1] = [-v for v in directions[1]]
                    mask = mask[::-1]
                group = frame_groups(position, directions, spacing)
                group.SegmentIdentificationSequence = [Dataset()]
                group.SegmentIdentificationSequence[0].ReferencedSegmentNumber = number
                header.PerFrameFunctionalGroupsSequence.append(group)
                frames.append(mask)
        header.SharedFunctionalGroupsSequence = [Dataset()]
        header.ReferencedSeriesSequence = [Dataset()]
        header.ReferencedSeriesSequence[0].SeriesInstanceUID = source.SeriesInstanceUID
        set_pixels(header, np.stack(frames).astype(np.int16))
        header.NumberOfFrames, header.PixelRepresentation = len(frames), 0
        bits = 1 if kind == "BINARY" else 8
        header.BitsAllocated, header.BitsStored, header.HighBit = bits, bits, bits - 1
        flat = np.concatenate([frame.ravel() for frame in frames]).astype(np.uint8)
        data = np.packbits(flat, bitorder="little").tobytes() if bits == 1 else flat.tobytes()
        header.PixelData = data + b"\0" * (len(data) % 2)
        for keyword, value in attributes.items():
            setattr(header, keyword, value)
        path = tmp_path / name
        header.save_as(path, enforce_file_format=True)
        return path

    return write
