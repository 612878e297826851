"""Frames are made ready once, kept, and found again."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from thirdeye.dicom.header import series_key
from thirdeye.errors import UnreadableFile
from thirdeye.reading_room.pictures.cabinet import Cabinet
from thirdeye.reading_room.pictures.room_left import make_room

CT = "1.2.840.10008.5.1.4.1.1.2"


def write_slice(path: Path, *, at: int, places: list[float]) -> None:
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.SOPClassUID = d.file_meta.MediaStorageSOPClassUID = CT
    d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = f"1.2.{at + 1}"
    d.SeriesInstanceUID, d.StudyInstanceUID, d.Modality, d.PatientID = "1.9", "1.8", "CT", "P"
    d.Rows, d.Columns, d.SamplesPerPixel, d.PhotometricInterpretation = 4, 6, 1, "MONOCHROME2"
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 16, 16, 15, 1
    d.RescaleSlope, d.RescaleIntercept = 1, -1024
    d.PixelSpacing, d.ImageOrientationPatient = [0.5, 0.25], [1, 0, 0, 0, 1, 0]
    d.ImagePositionPatient = [0, 0, places[at]]
    d.PixelData = np.full((4, 6), 100 * at, np.int16).tobytes()
    d.save_as(path, enforce_file_format=True)


def header(path: Path) -> dict:
    plain = zlib.decompress(path.read_bytes())
    return json.loads(plain[4 : 4 + int.from_bytes(plain[:4], "little")])


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    (tmp_path / "images").mkdir()
    return Cabinet(tmp_path / "images", tmp_path / "kept")


PLACES = [4.0, 0.0, 8.0, 2.0, 6.0]  # of the files in the order of their names


@pytest.mark.parametrize("as_folder", [True, False])
def test_slices_are_hung_by_their_places(cabinet: Cabinet, tmp_path: Path, as_folder: bool) -> None:
    folder = tmp_path / "images" / "ab12.series" if as_folder else tmp_path / "images"
    folder.mkdir(exist_ok=True)
    for at in range(5):
        write_slice(folder / f"{at:02}.dcm", at=at, places=PLACES)
    files = [f"ab12.series#series={series_key('1.9')}"] if as_folder else [f"{at:02}.dcm" for at in range(5)]
    (stack,) = cabinet.stacks(files)
    assert (stack.kind, stack.code, stack.spacing_mm) == ("frames", "LPS", (0.25, 0.5, 2.0))
    order = np.argsort(PLACES).tolist()
    assert [at * 5 + frame for at, frame in stack.frames] == (
        list(range(5)) if as_folder else [at * 5 for at in order]
    )
    at, frame = stack.frames[1]
    kept = cabinet.values(files[at], frame)
    sent = header(kept)
    assert (sent["intercept"], sent["unit"], sent["spacing_mm"]) == (-1024, "HU", [0.5, 0.25])
    plain = zlib.decompress(kept.read_bytes())
    assert plain[-48] + 256 * plain[-24] == 100 * order[1]  # the first value of the second lowest slice


def test_projections_say_where_they_lead_in_their_headers(cabinet: Cabinet, tmp_path: Path) -> None:
    for at in range(2):
        write_slice(tmp_path / "images" / f"{at:02}.dcm", at=at, places=[0, 2])
        data = pydicom.dcmread(tmp_path / "images" / f"{at:02}.dcm")
        del data.ImageOrientationPatient, data.ImagePositionPatient
        data.SeriesInstanceUID, data.PatientOrientation = f"1.9.{at + 1}", [["A", "R"], ["P", "FL"]][at]
        data.save_as(tmp_path / "images" / f"{at:02}.dcm")
    stacks = cabinet.stacks(["00.dcm", "01.dcm"])
    assert [stack.code for stack in stacks] == ["AR", "PI"]


def test_slices_with_a_gap_have_no_planes(cabinet: Cabinet, tmp_path: Path) -> None:
    for at in range(5):
        write_slice(tmp_path / "images" / f"{at:02}.dcm", at=at, places=[0, 2, 4, 6, 14])
    (stack,) = cabinet.stacks([f"{at:02}.dcm" for at in range(5)])
    assert (stack.code, stack.spacing_mm, len(stack.frames)) == ("LPS", (), 5)


def test_a_file_is_decoded_once(cabinet: Cabinet, tmp_path: Path) -> None:
    path = tmp_path / "images" / "cd34.png"
    Image.fromarray(np.zeros((5, 5), np.uint8)).save(path)
    first = cabinet.values("cd34.png", 0)
    path.unlink()
    assert cabinet.values("cd34.png", 0) == first
    assert cabinet.preview("cd34.png", 0).read_bytes().startswith(b"\x89PNG")


def test_what_is_no_image_is_left_out(cabinet: Cabinet, tmp_path: Path) -> None:
    (tmp_path / "images" / "ef56.png").write_bytes(b"no picture")
    assert cabinet.stacks(["ef56.png"]) == []
    with pytest.raises(UnreadableFile, match="cannot be shown"):
        cabinet.values("ef56.png", 0)


def test_what_was_let_go_of_is_made_again(cabinet: Cabinet, tmp_path: Path) -> None:
    """Everything but how the case is hung is removed where frames take too much room."""
    Image.fromarray(np.zeros((5, 5), np.uint8)).save(tmp_path / "images" / "cd34.png")
    assert len(cabinet.stacks(["cd34.png"])) == 1
    first = cabinet.values("cd34.png", 0)
    assert make_room(tmp_path / "kept", 0) > 0
    assert not first.exists()
    assert cabinet.values("cd34.png", 0).exists()
    assert make_room(tmp_path / "kept", 0) > 0
    assert cabinet.preview("cd34.png", 0).exists()
