"""The objects of what a reader said of a DICOM image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region
from thirdeye.case.reliance import SimilarCase
from thirdeye.dicom.write.results import save_objects
from thirdeye.errors import DataRefused
from thirdeye.report.opinion_objects import reading_objects, source_files
from thirdeye.report.opinion_sheet import opinion_pdf, opinion_picture, opinion_sentences

MARKER = "ZZMARKERZZ"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1", generate_uid()
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName, made.PatientID, made.Modality = f"{MARKER}^X", f"{MARKER}1", "CR"
    made.Rows, made.Columns, made.SamplesPerPixel, made.PhotometricInterpretation = 40, 40, 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.PixelData = np.arange(1600, dtype="<u2").tobytes()
    path = tmp_path / f"{MARKER}.dcm"
    made.save_as(path, enforce_file_format=True)
    return path


@dataclass(frozen=True)
class Marked:
    opinion: Opinion
    item: Image
    labels: np.ndarray
    structures: tuple[str, ...]


def opinion(source: Path, **more: Any) -> Opinion:
    return Opinion(str(source), "binary", {"malignant": 0.41, "benign": 0.59}, positive="malignant", **more)


def test_a_reader_that_marks_gives_four_objects(source: Path, tmp_path: Path) -> None:
    labels = np.zeros((40, 40), np.uint8)
    labels[3:9, 4:20] = 1
    region = Region("lesion", 96.0, "px", 15.8, "px", 1, ((3, 8), (4, 19)))
    said = Opinion(str(source), "segmentation", {}, regions=(region,), looked_for=("lesion",))
    reading = Marked(said, Image(np.zeros((40, 40), np.uint16), 12, "x"), labels, ("lesion",))
    made = reading_objects(reading, None)
    assert [one.Modality for one in made] == ["SEG", "SR", "OT", "DOC"]
    names = save_objects(made, tmp_path / "out", "0001")
    assert MARKER not in " ".join(names)
    assert np.array_equal(made[0].pixel_array.astype(bool), labels.astype(bool))


def test_a_file_that_is_no_dicom_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x" * 200)
    with pytest.raises(DataRefused, match="no DICOM image"):
        source_files(str(tmp_path / "a.png"))


def test_a_series_is_all_its_files(source: Path) -> None:
    from thirdeye.dicom.header import series_key

    uid = str(pydicom.dcmread(source).SeriesInstanceUID)
    assert source_files(f"{source.parent}#series={series_key(uid)}") == [source]
    with pytest.raises(DataRefused, match="not there any more"):
        source_files(f"{source.parent}#series=00000000")


def test_nothing_names_a_file_or_another_patient(source: Path) -> None:
    said = opinion(source, similar=(SimilarCase(f"case-{MARKER}", "a.png", "benign", 0.9, rank=1),))
    assert MARKER not in " ".join(opinion_sentences(said))
    assert MARKER.encode() not in opinion_pdf(said, None)


def test_the_sheet_says_what_the_opinion_says(source: Path) -> None:
    assert opinion_sentences(opinion(source))[0] == "malignant: 41 %"
    silent = Opinion(str(source), "binary", {}, abstained="unlike all known images", warnings=("careful",))
    assert opinion_sentences(silent) == ["No opinion: unlike all known images", "Note: careful"]


def test_the_picture_grows_with_what_is_said(source: Path) -> None:
    import io

    from PIL import Image as Pictures

    plain = Pictures.open(io.BytesIO(opinion_picture(opinion(source), None)))
    more = Pictures.open(
        io.BytesIO(opinion_picture(opinion(source), None, decision=["Kept the first reading"]))
    )
    assert more.height > plain.height
