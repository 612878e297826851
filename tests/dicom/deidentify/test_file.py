"""A whole file: nothing planted survives, what relates objects to each other does."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from thirdeye.dicom.deidentify import file
from thirdeye.dicom.deidentify.identifiers import collect
from thirdeye.dicom.deidentify.profile import make_profile
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms

Make = Callable[..., FileDataset]
MODIFIED = "retain-longitudinal-modified-dates"


def cleaned(dataset: Any, key: bytes, *options: str) -> bytes:
    persons = collect(dataset, make_profile(options))
    done = file.deidentify(dataset, profile=make_profile(options), pseudonyms=Pseudonyms(key))
    return file.write(done, persons)


def again(content: bytes) -> FileDataset:
    return pydicom.dcmread(io.BytesIO(content))


@pytest.mark.parametrize(
    "options",
    [
        (),
        (MODIFIED,),
        (MODIFIED, "clean-structured-content"),
        (MODIFIED, "clean-descriptors", "retain-safe-private"),
    ],
    ids=["basic", "dates", "default", "descriptors"],
)
def test_no_planted_identifier_survives(
    canary: Path, tmp_path: Path, key: bytes, options: tuple[str, ...]
) -> None:
    (tmp_path / "copy.dcm").write_bytes(cleaned(file.read(canary), key, *options))
    tool = canary.parents[2] / "tools" / "canary.py"
    counted = subprocess.run(
        [sys.executable, str(tool), str(canary), str(tmp_path / "copy.dcm")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert counted.returncode == 0, counted.stdout
    assert counted.stdout.startswith("0 of 398 markers survive")


def test_the_image_is_untouched(make_ct: Make, key: bytes) -> None:
    made = again(cleaned(make_ct(), key, MODIFIED))
    assert np.array_equal(made.pixel_array, np.arange(64).reshape(8, 8))
    assert made.file_meta.MediaStorageSOPInstanceUID == made.SOPInstanceUID


def test_names_numbers_and_dates_are_replaced(make_ct: Make, key: bytes) -> None:
    pseudonyms = Pseudonyms(key)
    made = again(cleaned(make_ct(), key, MODIFIED))
    assert made.PatientID == made.PatientName == pseudonyms.patient("MRN-77123")
    assert made.PatientBirthDate == ""
    assert made.SOPInstanceUID == pseudonyms.uid("1.2.3.4")
    expected = np.datetime64("2020-01-31") + pseudonyms.days("MRN-77123")
    assert made.StudyDate == str(expected).replace("-", "")
    assert made.StudyTime == "101112"
    assert made.preamble == bytes(128)


def test_what_was_done_is_recorded_in_the_file(make_ct: Make, key: bytes) -> None:
    made = again(cleaned(make_ct(), key, MODIFIED, "clean-structured-content"))
    assert made.PatientIdentityRemoved == "YES"
    assert made.LongitudinalTemporalInformationModified == "MODIFIED"
    assert "PS3.15 2026d" in made.DeidentificationMethod[0]
    codes = [(c.CodeValue, c.CodingSchemeDesignator) for c in made.DeidentificationMethodCodeSequence]
    assert codes == [("113100", "DCM"), ("113107", "DCM"), ("113104", "DCM")]


@pytest.mark.parametrize(
    ("options", "word", "date"),
    [((), "REMOVED", ""), (("retain-longitudinal-full-dates",), "UNMODIFIED", "20200131")],
)
def test_dates_as_the_options_say(
    make_ct: Make, key: bytes, options: tuple[str, ...], word: str, date: str
) -> None:
    made = again(cleaned(make_ct(), key, *options))
    assert made.LongitudinalTemporalInformationModified == word
    assert made.StudyDate == date


def test_references_between_files_still_lead_somewhere(make_ct: Make, key: bytes) -> None:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = (
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.3.4",
    )
    frame = "1.2.3.9"
    image = again(cleaned(make_ct(FrameOfReferenceUID=frame), key, MODIFIED))
    other = again(
        cleaned(
            make_ct(
                SOPInstanceUID="1.2.3.5",
                FrameOfReferenceUID=frame,
                ReferencedImageSequence=Sequence([reference]),
            ),
            key,
            MODIFIED,
        )
    )
    held = other.ReferencedImageSequence[0]
    assert held.ReferencedSOPInstanceUID == image.SOPInstanceUID
    assert held.ReferencedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert other.FrameOfReferenceUID == image.FrameOfReferenceUID != frame
    assert other.StudyInstanceUID == image.StudyInstanceUID
    assert other.PatientID == image.PatientID


def test_hidden_places_are_emptied(make_ct: Make, key: bytes) -> None:
    made = make_ct()
    block = made.private_block(0x0029, "ACME", create=True)
    block.add_new(0x01, "LO", "SECRETPRIVATE")
    inner = Dataset()
    inner.add_new(0x60000022, "LO", "SECRETOVERLAY")
    inner.PatientName = "SECRETNESTED"
    made.RequestAttributesSequence = Sequence([inner])
    made.add_new(0x60003000, "OW", b"SECRETOVERLAYDATA ")
    made.add_new(0x50000010, "US", 7)
    made.add_new(0xFFFCFFFC, "OB", b"SECRETPADDING ")
    made.add_new(0x00091001, "UN", b"SECRETUNKNOWN ")
    made.file_meta.SourceApplicationEntityTitle = "SECRETTITLE"
    made.PixelData = bytes(128) + b"SECRETBEHINDPIXELS"
    buffer = io.BytesIO()
    made.save_as(buffer)
    assert buffer.getvalue().count(b"SECRET") >= 8
    content = cleaned(made, key, MODIFIED)
    assert b"SECRET" not in content
    assert len(again(content).PixelData) == 128


def test_a_name_in_a_text_that_the_standard_keeps_goes(make_ct: Make, key: bytes) -> None:
    made = again(cleaned(make_ct(Manufacturer="made for jane doe", FilterType="SMOOTH"), key, MODIFIED))
    assert made.Manufacturer == "De-identified"
    assert made.FilterType == "SMOOTH"


def test_retained_characteristics_cap_the_age(make_ct: Make, key: bytes) -> None:
    dataset = make_ct(PatientAge="097Y", PatientSex="F", PatientWeight="61")
    made = again(cleaned(dataset, key, MODIFIED, "retain-patient-characteristics"))
    assert (made.PatientAge, made.PatientSex, made.PatientWeight) == ("090Y", "F", 61)
    basic = again(cleaned(make_ct(PatientAge="097Y", PatientSex="F"), key, MODIFIED))
    assert "PatientAge" not in basic
    assert basic.PatientSex == ""


def test_descriptions_keep_only_known_words(make_ct: Make, key: bytes) -> None:
    dataset = make_ct(SeriesDescription="T2 FLAIR axial Jane Kowalska 12.03.1950 brain 5mm 7712345")
    made = again(cleaned(dataset, key, MODIFIED, "clean-descriptors"))
    assert made.SeriesDescription == "T2 FLAIR axial brain 5mm"


def test_safe_private_attributes_are_kept_when_wanted(make_ct: Make, key: bytes) -> None:
    def made() -> FileDataset:
        dataset = make_ct()
        block = dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True)
        block.add_new(0x0C, "IS", "1000")
        block.add_new(0x0D, "LO", "SECRETINSTEADOFACODE")
        block.add_new(0x99, "LO", "SECRET")
        dataset.private_block(0x0021, "SECRET MAKER", create=True).add_new(0x01, "IS", "5")
        return dataset

    content = cleaned(made(), key, MODIFIED, "retain-safe-private")
    assert b"SECRET" not in content
    assert again(content)[0x0019, 0x100C].value == 1000
    assert not [element for element in again(cleaned(made(), key, MODIFIED)) if element.tag.is_private]


def test_deep_sequences_are_refused(make_ct: Make, key: bytes) -> None:
    cleaned(make_ct(DerivationCodeSequence=Sequence([nested_in(30)])), key, MODIFIED)
    with pytest.raises(file.CannotBeCleaned, match="too deeply"):
        cleaned(make_ct(DerivationCodeSequence=Sequence([nested_in(60)])), key, MODIFIED)


def nested_in(levels: int) -> Dataset:
    item = Dataset()
    for _ in range(levels):
        outer = Dataset()
        outer.DerivationCodeSequence = Sequence([item])
        item = outer
    return item


def test_two_patients_without_numbers_stay_two(make_ct: Make, key: bytes) -> None:
    one = again(cleaned(make_ct(PatientID=""), key, MODIFIED))
    other = again(cleaned(make_ct(PatientID="", PatientName="Roe^Richard"), key, MODIFIED))
    nobody = again(cleaned(make_ct(PatientID="", PatientName="", PatientBirthDate=""), key, MODIFIED))
    assert len({str(d.PatientID) for d in (one, other, nobody)}) == 3


@pytest.mark.parametrize("uid", ["../../etc/passwd", "1." * 40 + "1", ""])
def test_impossible_uids_become_possible_ones(make_ct: Make, key: bytes, uid: str) -> None:
    with pydicom.config.disable_value_validation():
        made = again(cleaned(make_ct(SOPInstanceUID=uid), key, MODIFIED))
    assert made.SOPInstanceUID.is_valid
    assert made.SOPInstanceUID.startswith("2.25.")


def test_documents_directories_and_other_files_are_refused(make_ct: Make, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    made = make_ct(SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1")
    made.save_as(path)
    with pytest.raises(file.CannotBeCleaned, match="wraps a document"):
        file.read(path)
    path.write_bytes(bytes(128) + b"DICM" + b"nonsense" * 20)
    with pytest.raises(file.CannotBeCleaned, match=r"damaged|transfer syntax"):
        file.read(path)


def test_an_identifier_in_a_place_that_is_not_cleaned_stops_the_file(make_ct: Make, key: bytes) -> None:
    with pydicom.config.disable_value_validation():
        hidden = make_ct(PatientID="77123-JANE", ImageType=["ORIGINAL", "PRIMARY", "77123-JANE"])
    with pytest.raises(file.CannotBeCleaned, match="still holds an identifier"):
        cleaned(hidden, key, MODIFIED)
    cleaned(make_ct(PatientID="77123-JANE"), key, MODIFIED)


def test_a_newborn_keeps_its_dates_where_that_is_wanted(make_ct: Make, key: bytes) -> None:
    made = again(cleaned(make_ct(PatientBirthDate="20200131"), key, "retain-longitudinal-full-dates"))
    assert made.StudyDate == "20200131"
    assert made.PatientBirthDate == ""


@pytest.mark.parametrize(
    "name",
    [
        "SC_rgb_jpeg_dcmtk.dcm",
        "JPEG-lossy.dcm",
        "JPEG2000.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
    ],
)
def test_comments_in_compressed_pixels_go_and_pixels_stay(name: str, key: bytes) -> None:
    from pydicom.data import get_testdata_file
    from pydicom.encaps import encapsulate, generate_frames
    from pydicom.pixels import pixel_array

    dataset = pydicom.dcmread(get_testdata_file(name))
    (frame,) = generate_frames(dataset.PixelData, number_of_frames=1)
    try:
        expected = pixel_array(dataset)
    except RuntimeError:
        expected = None
    is_2000 = frame.startswith(b"\xff\x4f")
    at = 4 + int.from_bytes(frame[4:6], "big") if is_2000 else 2  # behind SIZ, which has to be the first
    comment = b"\x00\x01SECRETCOMMENT" if is_2000 else b"SECRETCOMMENT"
    planted = (b"\xff\x64" if is_2000 else b"\xff\xfe") + (len(comment) + 2).to_bytes(2, "big") + comment
    dataset.PixelData = encapsulate([frame[:at] + planted + frame[at:]])
    content = cleaned(dataset, key, MODIFIED)
    assert b"SECRETCOMMENT" not in content
    if expected is not None:
        assert np.array_equal(pixel_array(again(content)), expected)
