"""The report read back by our own reader and by pydicom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.case.opinion import RESEARCH_USE, Opinion
from thirdeye.dicom.report import Group, Report, read_report
from thirdeye.dicom.write.concepts import probability_code
from thirdeye.dicom.write.decision import Decision
from thirdeye.dicom.write.object import Maker
from thirdeye.dicom.write.segmentation import Mask, segmentation
from thirdeye.dicom.write.structured_report import structured_report


@pytest.fixture
def back(tmp_path: Path) -> Callable[[Any], Report]:
    def read(made: Any) -> Report:
        made.save_as(tmp_path / "report.dcm", enforce_file_format=True)
        return read_report(tmp_path / "report.dcm", "report.dcm")

    return read


def values(group: Group) -> dict[str, tuple[float, str]]:
    return {one.name: (one.value, one.unit) for one in group.measurements}


def texts(made: Any) -> list[str]:
    return [str(item.value) for item in made.iterall() if item.keyword == "TextValue"]


def test_the_probability_of_cancer_is_coded_in_per_cent(
    radiograph: Path, opinion: Opinion, back: Callable[[Any], Report]
) -> None:
    made = structured_report(radiograph, opinion)
    first, second, *_ = back(made).groups
    assert values(first) == {"Probability of cancer": (41.0, "%")}
    assert values(second) == {"Certainty of Finding": (59.0, "%")}
    assert first.findings == ("Malignant neoplastic disease",)
    codes = [str(item.value) for item in made.iterall() if item.keyword == "CodeValue"]
    assert "111047" in codes


@pytest.mark.parametrize(
    ("name", "cancer"),
    [
        ("malignant", True), ("Breast cancer", True), ("adenocarcinoma", True), ("melanoma_in_situ", True),
        ("normal or benign", False), ("no cancer", False), ("non-malignant", False), ("pneumonia", False),
        ("cancer-free", False),
    ],
)  # fmt: skip
def test_only_cancer_gets_the_probability_of_cancer(name: str, cancer: bool) -> None:
    assert (probability_code(name)[0] == "111047") is cancer


def test_it_is_final_and_complete(radiograph: Path, opinion: Opinion) -> None:
    made = structured_report(radiograph, opinion)
    assert (made.PreliminaryFlag, made.CompletionFlag, made.VerificationFlag) == (
        "FINAL", "COMPLETE", "UNVERIFIED",
    )  # fmt: skip


def test_the_doctor_stands_beside_the_machine(
    radiograph: Path, opinion: Opinion, decision: Decision, back: Callable[[Any], Report]
) -> None:
    made = structured_report(radiograph, opinion, decision=decision)
    assert made.VerificationFlag == "VERIFIED"
    assert str(made.VerifyingObserverSequence[0].VerifyingObserverName) == "Curie^Marie"
    first, final, said = back(made).groups[-3:]
    assert values(first) == {"Probability of cancer": (20.0, "%")}
    assert values(final) == {"Probability of cancer": (60.0, "%")}
    assert said.qualities == (("What was decided", "Changed the first reading"),)
    assert "Reason: A cluster was missed" in texts(made)
    assert "Final decision of the reader: malignant" in texts(made)


def test_the_model_is_named_with_version_and_hash(radiograph: Path, opinion: Opinion) -> None:
    said = texts(structured_report(radiograph, opinion))
    assert {"lite0", "thirdeye-imaging 0.1.0", f"sha256 of the network: {'ab' * 32}"} <= set(said)


def test_it_says_research_use_and_every_warning_safely(radiograph: Path, opinion: Opinion) -> None:
    said = texts(structured_report(radiograph, opinion, wording=["malignant: 41 %"]))
    assert {RESEARCH_USE, "malignant: 41 %", "Mind the side.", "Cobb angle: large"} <= set(said)


def test_marks_come_back_where_they_were(
    radiograph: Path, opinion: Opinion, back: Callable[[Any], Report]
) -> None:
    shapes = [
        shape for group in back(structured_report(radiograph, opinion)).groups for shape in group.shapes
    ]
    assert [shape.kind for shape in shapes] == ["POLYLINE", "POINT"]
    assert shapes[0].points == ((3, 4), (13, 4), (13, 14), (3, 14), (3, 4))
    assert shapes[1].points == ((5.5, 6.5),)


def test_a_region_refers_to_its_segment(
    radiograph: Path, opinion: Opinion, faults: Callable[[Any], list[str]]
) -> None:
    mask = np.zeros((24, 32), bool)
    mask[3:13, 4:16] = True
    marked = segmentation(radiograph, [Mask("lesion", mask)], Maker.of(opinion.model))
    made = structured_report(radiograph, opinion, segmentation=marked)
    segments = [item.value for item in made.iterall() if item.keyword == "ReferencedSegmentNumber"]
    assert segments
    assert faults(made) == []


def test_an_abstention_gives_its_reason_and_no_number(
    radiograph: Path, opinion: Opinion, back: Callable[[Any], Report], faults: Callable[[Any], list[str]]
) -> None:
    silent = Opinion("x", "binary", {}, abstained="unlike all known images", model=opinion.model)
    made = structured_report(radiograph, silent)
    (group,) = back(made).groups
    assert group.measurements == ()
    assert "unlike all known images" in texts(made)
    assert faults(made) == []


def test_a_volume_refers_to_its_segment(slices: list[Any], faults: Callable[[Any], list[str]]) -> None:
    from thirdeye.case.region import Region

    opinion = Opinion(
        "x", "segmentation", {}, model={},
        regions=(Region("liver", 1.5, "ml", 20.0, "mm", 1, ((0, 3), (0, 3), (0, 2))),),
    )  # fmt: skip
    mask = np.zeros((3, 24, 32), bool)
    mask[:, 2:9, 2:9] = True
    marked = segmentation(slices, [Mask("liver", mask)], Maker.of({}))
    assert faults(structured_report(slices, opinion, segmentation=marked)) == []
