"""A source image with everything that may not survive into a result, and opinions of each kind."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from thirdeye.case.marks import Box, Landmark, Measurement
from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region
from thirdeye.dicom.write.decision import Decision

ROWS, COLUMNS = 24, 32
CR = "1.2.840.10008.5.1.4.1.1.1"
CT = "1.2.840.10008.5.1.4.1.1.2"
MODEL = {"name": "lite0", "sha256": "ab" * 32, "software": "thirdeye-imaging 0.1.0"}


def image(**attributes: Any) -> Dataset:
    """A radiograph with a private element, in Latin-1."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SpecificCharacterSet = "ISO_IR 100"
    made.SOPClassUID, made.SOPInstanceUID = CR, generate_uid()
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName, made.PatientID = "Müller^Zoë", "PAT-7"
    made.PatientBirthDate, made.PatientSex, made.StudyDate, made.StudyTime = (
        "19500102",
        "F",
        "20260102",
        "0915",
    )
    made.AccessionNumber, made.StudyID, made.ReferringPhysicianName = "ACC-1", "S1", "Doe^Jo"
    made.Modality, made.BodyPartExamined, made.Laterality, made.SeriesNumber = "CR", "BREAST", "L", 1
    made.InstanceNumber, made.PatientOrientation, made.BurnedInAnnotation = 1, ["A", "F"], "NO"
    made.Rows, made.Columns, made.SamplesPerPixel, made.PhotometricInterpretation = (
        ROWS,
        COLUMNS,
        1,
        "MONOCHROME2",
    )
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.PixelData = np.arange(ROWS * COLUMNS, dtype="<u2").tobytes()
    block = made.private_block(0x0011, "SECRET", create=True)
    block.add_new(1, "LO", "private thing")
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


def ct_slices(count: int = 3) -> list[Dataset]:
    """Slices of one series, 2 mm apart, in order from the feet."""
    common = {
        "SOPClassUID": CT, "Modality": "CT", "StudyInstanceUID": generate_uid(), "Laterality": "",
        "SeriesInstanceUID": generate_uid(), "FrameOfReferenceUID": generate_uid(),
        "BodyPartExamined": "CHEST",
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [0.5, 0.5], "SliceThickness": 2,
        "PositionReferenceIndicator": "",
    }  # fmt: skip
    return [
        image(
            **common,
            ImagePositionPatient=[0, 0, 2.0 * k],
            InstanceNumber=k + 1,
            SOPInstanceUID=generate_uid(),
        )
        for k in range(count)
    ]


@pytest.fixture
def make_image() -> Callable[..., Dataset]:
    return image


@pytest.fixture
def radiograph(tmp_path: Path) -> Path:
    """`image` as a file."""
    path = tmp_path / "source.dcm"
    image().save_as(path, enforce_file_format=True)
    return path


@pytest.fixture
def slices() -> list[Dataset]:
    return ct_slices()


@pytest.fixture
def picture() -> bytes:
    """A green PNG."""
    stream = io.BytesIO()
    Image.new("RGB", (400, 200), (0, 128, 0)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def opinion() -> Opinion:
    """An opinion with marks of every kind."""
    return Opinion(
        source="source.dcm",
        task="binary",
        probabilities={"malignant": 0.41, "benign": 0.59},
        predicted="benign",
        positive="malignant",
        regions=(Region("lesion", 120.0, "px", 15.5, "px", 1, ((3, 12), (4, 15))),),
        boxes=(Box("cell", 0.875, 3, 4, 13, 14),),
        landmarks=(Landmark("tip", 5.5, 6.5, 0.75),),
        measurements=(Measurement("Cobb angle", 12.5, "deg", "large"),),
        warnings=("Mind\0 the \u202eside\x1b[31m.",),
        model=MODEL,
    )


@pytest.fixture
def decision() -> Decision:
    return Decision(
        reader="Curie^Marie",
        choice="change",
        first={"malignant": 0.2},
        final={"malignant": 0.6},
        answer="malignant",
        reason="A cluster was missed",
        organisation="Hospital",
        signed=True,
    )


@pytest.fixture
def faults(tmp_path: Path) -> Callable[[Any], list[str]]:
    """The errors that dciodvfy finds in an object."""
    if shutil.which("dciodvfy") is None:
        pytest.skip("needs dciodvfy: apt-get install dicom3tools")

    def check(made: Any) -> list[str]:
        path = tmp_path / "checked.dcm"
        made.save_as(path, enforce_file_format=True)
        done = subprocess.run(
            ["dciodvfy", str(path)], capture_output=True, text=True, errors="replace", check=False
        )
        return [line for line in done.stderr.splitlines() if line.startswith("Error")]

    return check


@pytest.fixture
def through_file(tmp_path: Path) -> Callable[[Any], Dataset]:
    """An object as it is read back from a file."""

    def back(made: Any) -> Dataset:
        path = tmp_path / "back.dcm"
        made.save_as(path, enforce_file_format=True)
        return pydicom.dcmread(path)

    return back
