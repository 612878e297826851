"""Small DICOM objects to take identities from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

KEY = bytes(range(32))


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture(scope="session")
def canary(repository: Path) -> Path:
    """The file with a marker in every attribute that PS3.15 names."""
    path = repository.parent / "shared" / "corpora" / "deid" / "canary.dcm"
    if not path.is_file():
        pytest.skip("needs corpora/deid/canary.dcm beside the checkout")
    return path


@pytest.fixture
def make_ct() -> Callable[..., FileDataset]:
    """A CT slice of 8 x 8 pixels, with attributes of one's own."""

    def make(**attributes: Any) -> FileDataset:
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, "1.2.3.4"
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        made = FileDataset("", Dataset(), file_meta=meta, preamble=b"SECRETPREAMBLE".ljust(128, b"\0"))
        made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, "1.2.3.4"
        made.StudyInstanceUID, made.SeriesInstanceUID = "1.2.3.1", "1.2.3.2"
        made.PatientID, made.PatientName, made.PatientBirthDate = "MRN-77123", "Doe^Jane", "19500101"
        made.Modality, made.StudyDate, made.StudyTime = "CT", "20200131", "101112"
        made.Rows = made.Columns = 8
        made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
        made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
        made.PixelData = np.arange(64, dtype="<u2").tobytes()
        for name, value in attributes.items():
            setattr(made, name, value)
        return made

    return make
