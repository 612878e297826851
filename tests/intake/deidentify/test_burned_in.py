"""Which images wait for a person because of what their header says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from thirdeye.dicom.deidentify.profile import make_profile
from thirdeye.intake.deidentify import look as looking
from thirdeye.intake.deidentify.burned_in import risk
from thirdeye.intake.deidentify.look import look_at_dicom
from thirdeye.intake.deidentify.settings import Look, Settings


def image(**attributes: object) -> Dataset:
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID, made.Modality, made.ImageType = (
        "1.2.840.10008.5.1.4.1.1.2",
        "CT",
        ["ORIGINAL", "PRIMARY"],
    )
    made.Rows = made.Columns = 16
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PixelRepresentation = 1, "MONOCHROME2", 0
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelData = 15, np.arange(256, dtype="<u2").tobytes()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def settings(look: Look, *options: str) -> Settings:
    return Settings(Path("out"), Path("aside"), make_profile(options), bytes(32), look)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, ""),
        ({"Modality": "MR"}, ""),
        ({"Modality": "US"}, "ultrasound"),
        ({"Modality": "CR"}, "a radiograph"),
        ({"Modality": ""}, "of no stated modality"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "a secondary capture"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"}, "a secondary capture"),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "a picture of a screen"),
        ({"ImageType": ["DERIVED", "SECONDARY", "DOSE_INFO"]}, "a picture of a screen"),
        ({"ConversionType": "WSD"}, "a converted image"),
        ({"Modality": "SEG", "ConversionType": "WSD"}, ""),
    ],
)
def test_risk(attributes: dict[str, object], expected: str) -> None:
    assert risk(image(**attributes)) == expected


def test_without_a_search_what_is_at_risk_waits() -> None:
    assert look_at_dicom(image(), settings("suspect")).reason == ""
    assert "ultrasound" in look_at_dicom(image(Modality="US"), settings("suspect")).reason
    assert look_at_dicom(image(Modality="US"), settings("trust")).reason == ""


@pytest.mark.parametrize("look", ["search", "suspect"])
def test_what_the_header_says_is_believed(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "find_text", lambda picture: ())
    doubt = look_at_dicom(image(BurnedInAnnotation="YES"), settings(look))
    assert "says in its header" in doubt.reason


def test_only_what_is_at_risk_is_searched_unless_everything_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looking, "find_text", lambda picture: ((1, 2, 8, 6),))
    assert look_at_dicom(image(), settings("search")).reason == ""
    for doubt in (
        look_at_dicom(image(Modality="US"), settings("search")),
        look_at_dicom(image(), settings("search", "clean-pixel-data")),
    ):
        assert doubt.reason == "may have text in its pixels, at 1 place"
        assert doubt.boxes == ((1, 2, 8, 6),)
        assert doubt.picture is not None
        assert doubt.picture.shape == (16, 16)


def test_what_cannot_be_decoded_or_searched_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "find_text", lambda picture: ())
    broken = image(Modality="US", PixelData=b"\0\0")
    assert "cannot be decoded" in look_at_dicom(broken, settings("search")).reason
    video = image(Modality="ES")
    video.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.4.102")
    assert "is a video" in look_at_dicom(video, settings("search")).reason
