"""Structured reports: codes and measurements stay, names and texts go, references lead to the copies."""

from __future__ import annotations

import io
from collections.abc import Callable

import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from thirdeye.dicom.deidentify import file, identifiers
from thirdeye.dicom.deidentify.profile import make_profile
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms

MODIFIED, CLEAN = "retain-longitudinal-modified-dates", "clean-structured-content"


def item(kind: str, code: str, **values: object) -> Dataset:
    made, name = Dataset(), Dataset()
    name.CodeValue, name.CodingSchemeDesignator, name.CodeMeaning = code, "DCM", "a concept"
    made.ValueType, made.RelationshipType, made.ConceptNameCodeSequence = kind, "CONTAINS", Sequence([name])
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def report(make_ct: Callable[..., FileDataset]) -> FileDataset:
    number, unit = Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "mm", "UCUM", "mm"
    number.NumericValue, number.MeasurementUnitsCodeSequence = "12.5", Sequence([unit])
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = (
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.3.4",
    )
    inner = item(
        "CONTAINER", "125007", ContentSequence=Sequence([item("TEXT", "121106", TextValue="SECRET inner")])
    )
    return make_ct(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33",
        ContentSequence=Sequence(
            [
                item("PNAME", "121008", PersonName="SECRET^OBSERVER"),
                item("TEXT", "121071", TextValue="SECRET finding in the left lung"),
                item("NUM", "103339001", MeasuredValueSequence=Sequence([number])),
                item("IMAGE", "111030", ReferencedSOPSequence=Sequence([reference])),
                item("DATE", "126201", Date="20200131"),
                item("UIDREF", "112039", UID="1.2.3.99"),
                inner,
            ]
        ),
    )


def cleaned(dataset: FileDataset, key: bytes, *options: str) -> bytes:
    profile = make_profile(options)
    persons = identifiers.collect(dataset, profile)
    return file.write(file.deidentify(dataset, profile=profile, pseudonyms=Pseudonyms(key)), persons)


def test_content_is_cleaned(make_ct: Callable[..., FileDataset], key: bytes) -> None:
    content = cleaned(report(make_ct), key, MODIFIED, CLEAN)
    assert b"SECRET" not in content
    person, text, number, image, date, uid, inner = pydicom.dcmread(io.BytesIO(content)).ContentSequence
    assert person.PersonName == text.TextValue == "De-identified"
    assert number.MeasuredValueSequence[0].NumericValue == 12.5
    pseudonyms = Pseudonyms(key)
    assert image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == pseudonyms.uid("1.2.3.4")
    assert pseudonyms.uid("1.2.3.99") == uid.UID
    assert date.Date != "20200131"
    assert inner.ContentSequence[0].TextValue == "De-identified"


def test_texts_keep_known_words_with_clean_descriptors(
    make_ct: Callable[..., FileDataset], key: bytes
) -> None:
    content = cleaned(report(make_ct), key, MODIFIED, CLEAN, "clean-descriptors")
    assert b"SECRET" not in content
    text = pydicom.dcmread(io.BytesIO(content)).ContentSequence[1].TextValue
    assert text == "finding in the left lung"


def test_without_the_option_the_content_goes(make_ct: Callable[..., FileDataset], key: bytes) -> None:
    content = cleaned(report(make_ct), key, MODIFIED)
    assert b"SECRET" not in content
    assert "ContentSequence" not in pydicom.dcmread(io.BytesIO(content))
