"""Instances to send, a listener to send them to, and a real archive (Orthanc) on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.listener import Listener, Listening

CR = "1.2.840.10008.5.1.4.1.1.1"
MARKER = "ZZMARKERZZ"  # in every identity; it may be nowhere else


def image(**attributes: Any) -> Dataset:
    """A small radiograph of a patient whose name and number are planted markers."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = CR, generate_uid()
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName, made.PatientID, made.AccessionNumber = f"{MARKER}^NAME", f"{MARKER}7", f"{MARKER}A"
    made.PatientBirthDate, made.PatientSex, made.StudyDate, made.StudyTime = "19500102", "F", "20260102", ""
    made.StudyID, made.ReferringPhysicianName, made.Manufacturer = "", f"{MARKER}^DR", ""
    made.Modality, made.Laterality, made.SeriesNumber, made.InstanceNumber = "CR", "", 1, 1
    made.PatientOrientation, made.BodyPartExamined = ["L", "F"], "CHEST"
    made.Rows, made.Columns, made.SamplesPerPixel, made.PhotometricInterpretation = 16, 16, 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.PixelData = np.arange(256, dtype="<u2").tobytes()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    return made


@pytest.fixture
def make_image() -> Callable[..., Dataset]:
    return image


@pytest.fixture
def write_image(tmp_path: Path) -> Callable[..., Path]:
    """Write `image` as a file."""

    def write(name: str = "image.dcm", **attributes: Any) -> Path:
        path = tmp_path / name
        image(**attributes).save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Callable[..., Listener]]:
    """Starts listeners into ``tmp_path/inbox`` on free ports; they are closed in the end."""
    opened: list[Listener] = []

    def start(inbox: Inbox | None = None, **options: Any) -> Listener:
        how = Listening(port=0, **{"timeout_s": 5.0, **options})
        opened.append(Listener(inbox or Inbox(tmp_path / "inbox"), how))
        return opened[-1]

    yield start
    for listener in opened:
        listener.close()


@pytest.fixture
def inbox_files(tmp_path: Path) -> Callable[[], list[Path]]:
    """Every file of the inbox but the journal, drafts included."""

    def files() -> list[Path]:
        found = (tmp_path / "inbox").rglob("*")
        return sorted(path for path in found if path.is_file() and path.name != "received.jsonl")

    return files
