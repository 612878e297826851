"""All objects of one opinion: conformance, what is taken over, what is not, and the notice in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.dicom.write.decision import Decision
from thirdeye.dicom.write.results import result_objects, save_objects
from thirdeye.dicom.write.segmentation import Mask
from thirdeye.errors import DataRefused

PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def objects(radiograph: Path, opinion: Opinion, decision: Decision, picture: bytes) -> list[Any]:
    mask = np.zeros((24, 32), bool)
    mask[3:13, 4:16] = True
    return result_objects(
        radiograph, opinion, decision=decision, picture_png=picture, pdf=PDF, masks=[Mask("lesion", mask)]
    )


def test_four_objects_conform(objects: list[Any], faults: Callable[[Any], list[str]]) -> None:
    assert [one.Modality for one in objects] == ["SEG", "SR", "OT", "DOC"]
    assert [fault for one in objects for fault in faults(one)] == []


def test_dciodvfy_would_have_found_a_fault(objects: list[Any], faults: Callable[[Any], list[str]]) -> None:
    del objects[2].ConversionType
    assert faults(objects[2])


def test_they_belong_to_the_study_of_the_source(
    objects: list[Any], through_file: Callable[[Any], Any], radiograph: Path
) -> None:
    import pydicom

    source = pydicom.dcmread(radiograph)
    for made in map(through_file, objects):
        assert made.StudyInstanceUID == source.StudyInstanceUID
        assert made.SeriesInstanceUID != source.SeriesInstanceUID
        assert (str(made.PatientName), made.PatientID) == ("Müller^Zoë", "PAT-7")
        assert (made.PatientBirthDate, made.PatientSex) == ("19500102", "F")
        assert (made.AccessionNumber, made.StudyDate) == ("ACC-1", "20260102")
        assert made.SpecificCharacterSet == "ISO_IR 192"
        assert made.ContentQualification == "RESEARCH"
        assert "research use only" in made.SeriesDescription
        assert made.DeviceSerialNumber == "ab" * 32
    assert len({one.SeriesInstanceUID for one in objects}) == 4


@pytest.mark.parametrize("name", ["lesion", "naevus", "ulcère"])
def test_a_code_follows_the_class_whatever_it_is_called(
    radiograph: Path, opinion: Opinion, name: str
) -> None:
    plain = result_objects(radiograph, opinion, masks=[Mask("lesion", np.ones((24, 32), bool))])
    called = replace(
        opinion,
        regions=tuple(replace(one, structure=name) for one in opinion.regions),
        boxes=tuple(replace(one, name=f"the {one.name}") for one in opinion.boxes),
    )
    masks = [Mask(name, np.ones((24, 32), bool))]
    classes = {name: "lesion", "the cell": "cell"}
    named = result_objects(radiograph, called, masks=masks, classes=classes)
    for before, after in zip(plain, named, strict=True):
        assert [code for code, _ in own_codes(before)] == [code for code, _ in own_codes(after)]
    assert name in {meaning for _, meaning in own_codes(named[0])}
    assert {name, "the cell"} <= {meaning for _, meaning in own_codes(named[1])}


def own_codes(made: Any) -> list[tuple[str, str]]:
    found = [one for item in made.iterall() if item.VR == "SQ" for one in item.value]
    return [
        (str(one.CodeValue), str(one.CodeMeaning))
        for one in found
        if one.get("CodingSchemeDesignator") == "99THIRDEYE" and "CodeValue" in one
    ]


def test_private_things_are_not_copied(objects: list[Any], through_file: Callable[[Any], Any]) -> None:
    for made in map(through_file, objects):
        assert not [element.tag for element in made.iterall() if element.tag.is_private]


@pytest.mark.parametrize("kind", [0, 1, 2, 3])
def test_hostile_texts_are_made_safe(make_image: Any, opinion: Opinion, picture: bytes, kind: int) -> None:
    source = make_image(PatientName="Evil\x1b[31m^\u202eName", StudyID="a\0b")
    source.SpecificCharacterSet = "ISO_IR 192"
    for keyword, value in (("StudyDate", "<script>"), ("PatientSex", "X")):
        source[keyword]._value = value
    mask = Mask("a\x1b]0;t\x07b\u202e", np.ones((24, 32), bool))
    made = result_objects(source, opinion, picture_png=picture, pdf=PDF, masks=[mask])[kind]
    assert str(made.PatientName) == "Evil^Name"
    assert made.StudyDate in ("", None)
    assert made.PatientSex in ("", None)
    assert made.StudyID == "ab"
    texts = [str(one.value) for one in made.iterall() if one.VR in ("LO", "SH", "PN", "UT", "ST", "LT", "UC")]
    assert not [text for text in texts if any(bad in text for bad in "\0\x1b\u202e")]


@pytest.mark.parametrize("uid", ["", "../../x", "1." + "2" * 70, "1..2", "1.2\\3.4"])
def test_a_source_without_a_valid_uid_is_refused(make_image: Any, opinion: Opinion, uid: str) -> None:
    source = make_image()
    source["StudyInstanceUID"]._value = uid
    with pytest.raises(DataRefused, match="StudyInstanceUID"):
        result_objects(source, opinion)


def test_two_patients_are_refused(make_image: Any, opinion: Opinion) -> None:
    one = make_image()
    other = make_image(PatientID="OTHER", StudyInstanceUID=one.StudyInstanceUID)
    with pytest.raises(DataRefused, match="differ in their PatientID") as caught:
        result_objects([one, other], opinion)
    assert "PAT-7" not in str(caught.value)


def test_objects_are_saved_whole(objects: list[Any], tmp_path: Path) -> None:
    names = save_objects(objects, tmp_path / "out", "0001_case")
    assert names == tuple(
        f"0001_case.{kind}.dcm" for kind in ("segmentation", "report", "picture", "document")
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)


@pytest.mark.data
@pytest.mark.parametrize("name", ["CT2", "MR1", "NM1", "RG3", "US1", "VL1", "XA1"])
def test_objects_of_real_images_conform(
    shared_data: Path, opinion: Opinion, picture: bytes, faults: Callable[[Any], list[str]], name: str
) -> None:
    import pydicom

    file = next((shared_data / "dicom_transfer_syntaxes").glob(f"{name}_*.dcm"))
    header = pydicom.dcmread(file, stop_before_pixels=True)
    shape = (int(header.get("NumberOfFrames") or 1), int(header.Rows), int(header.Columns))
    mask = np.zeros(shape, bool)
    mask[:, 10:20, 10:30] = True
    made = result_objects(file, opinion, picture_png=picture, pdf=PDF, masks=[Mask("lesion", mask)])
    assert {one.Modality: faults(one) for one in made} == {"SEG": [], "SR": [], "OT": [], "DOC": []}
