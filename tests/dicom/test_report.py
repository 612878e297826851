from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import Comprehensive3DSRStorage, ExplicitVRLittleEndian, generate_uid

from thirdeye.dicom.outline import boxes_of, in_voxels
from thirdeye.dicom.report import Shape, read_report
from thirdeye.errors import UnreadableFile
from thirdeye.intake.open import open_collection

Writer = Callable[..., list[Path]]


def code(value: str, meaning: str) -> list[Dataset]:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return [item]


def content(kind: str, name: tuple[str, str], relation: str = "CONTAINS", **values: object) -> Dataset:
    item = Dataset()
    item.ValueType, item.RelationshipType = kind, relation
    item.ConceptNameCodeSequence = code(*name)
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def number(name: str, value: float, unit: str) -> Dataset:
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = code(unit, unit)
    return content("NUM", ("1", name), MeasuredValueSequence=[measured])


def image_of(uid: str) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", uid
    return content("IMAGE", ("2", "Source"), "SELECTED FROM", ReferencedSOPSequence=[reference])


def write_report(path: Path, groups: list[list[Dataset]], **attributes: object) -> Path:
    """A TID 1500 report with an observer whose name must not come out."""
    report = Dataset()
    report.file_meta = FileMetaDataset()
    report.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    report.file_meta.MediaStorageSOPClassUID = report.SOPClassUID = Comprehensive3DSRStorage
    report.file_meta.MediaStorageSOPInstanceUID = report.SOPInstanceUID = generate_uid()
    report.Modality, report.ValueType = "SR", "CONTAINER"
    report.SeriesInstanceUID = generate_uid()
    held = [content("CONTAINER", ("125007", "Measurement Group"), ContentSequence=group) for group in groups]
    report.ContentSequence = [
        content("PNAME", ("121008", "Person Observer Name"), "HAS OBS CONTEXT", PersonName="Secret^Reader"),
        content("CONTAINER", ("126010", "Imaging Measurements"), ContentSequence=held),
    ]
    for keyword, value in attributes.items():
        setattr(report, keyword, value)
    report.save_as(path, enforce_file_format=True)
    return path


def lesion(uid: str) -> list[Dataset]:
    circle = content(
        "SCOORD", ("111030", "Region"), GraphicType="CIRCLE", GraphicData=[2.0, 3.0, 2.0, 4.0],
        ContentSequence=[image_of(uid)],
    )  # fmt: skip
    return [
        content("CODE", ("121071", "Finding"), ConceptCodeSequence=code("3", "Nodule")),
        content(
            "CODE", ("363698007", "Finding Site"), "HAS CONCEPT MOD", ConceptCodeSequence=code("4", "Lung")
        ),
        content("CODE", ("111", "Malignancy"), ConceptCodeSequence=code("5", "Suspicious")),
        content("TEXT", ("6", "Comment"), TextValue="Secret text"),
        number("Diameter", 7.25, "mm"),
        circle,
    ]


def test_a_measurement_group(tmp_path: Path) -> None:
    report = read_report(write_report(tmp_path / "sr.dcm", [lesion("1.2.3")]), "sr.dcm")
    (group,) = report.groups
    assert (group.findings, group.sites) == (("Nodule",), ("Lung",))
    assert group.qualities == (("Malignancy", "Suspicious"),)
    assert [(m.name, m.value, m.unit) for m in group.measurements] == [("Diameter", 7.25, "mm")]
    assert group.shapes[0].image_uid == "1.2.3"
    assert report.observer.startswith("reader-")
    assert "secret" not in repr(report).lower()


def test_reports_become_labels_columns_and_regions(write_series: Writer, tmp_path: Path) -> None:
    import pydicom

    paths = write_series(at=(0, 1, 2))
    along = sorted(paths, key=lambda p: float(pydicom.dcmread(p).ImagePositionPatient[2]))
    uid = str(pydicom.dcmread(along[1]).SOPInstanceUID)
    write_report(tmp_path / "sr.dcm", [lesion(uid)])
    collection = open_collection(tmp_path)
    assert (collection.task, collection.classes) == ("detection", ("Nodule",))
    row, region = collection.rows.iloc[0], collection.regions.iloc[0]
    assert (row["finding"], row["finding_site"], row["said Malignancy"]) == ("Nodule", "Lung", "Suspicious")
    assert row["measured Diameter [mm]"] == "7.25"
    assert (region["kind"], region["name"], region["image"]) == ("box", "Nodule", row["image"])
    assert (region["x_min"], region["y_min"], region["x_max"], region["y_max"]) == (1, 2, 3, 4)
    assert region["slice"] == "1"
    assert region["annotator"].startswith("reader-")


def test_points_in_space_are_placed_in_the_volume(write_series: Writer, tmp_path: Path) -> None:
    """Position by the formula of PS3.3 C.7.6.2.1.1: origin (-3, 4, 10), spacing 0.25 and 0.5, 2 mm slices."""
    write_series(at=(0, 1, 2), FrameOfReferenceUID="1.9.9")
    point = content(
        "SCOORD3D", ("111030", "Region"), GraphicType="POINT", ReferencedFrameOfReferenceUID="1.9.9",
        GraphicData=[-3 + 2 * 0.25, 4 + 3 * 0.5, 14.0],
    )  # fmt: skip
    write_report(tmp_path / "sr.dcm", [[point]])
    region = open_collection(tmp_path).regions.iloc[0]
    assert (region["kind"], region["slice"]) == ("point", "2")
    assert (region["x_min"], region["y_min"]) == pytest.approx((2.5, 3.5))


def test_findings_are_labels_where_nothing_else_is(write_series: Writer, tmp_path: Path) -> None:
    import pydicom

    for name, meaning in (("a", "Nodule"), ("b", "Normal")):
        uid = str(pydicom.dcmread(write_series(name, PatientID=name)[0]).SOPInstanceUID)
        finding = content("CODE", ("121071", "Finding"), ConceptCodeSequence=code("3", meaning))
        write_report(tmp_path / f"{name}.dcm", [[finding, image_of(uid)]])
    collection = open_collection(tmp_path, positive="Nodule")
    assert list(collection.rows["label"]) == ["Nodule", "Normal"]


@pytest.mark.parametrize(
    ("kind", "points", "box"),
    [
        ("POINT", [(2, 3)], (2, 3, 2, 3)),
        ("POLYLINE", [(1, 5), (4, 2), (3, 9)], (1, 2, 4, 9)),
        ("CIRCLE", [(5, 5), (5, 8)], (2, 2, 8, 8)),
        ("ELLIPSE", [(0, 5), (10, 5), (5, 3), (5, 7)], (0, 3, 10, 7)),
    ],
)
def test_boxes(kind: str, points: list[tuple[float, float]], box: tuple[float, ...]) -> None:
    assert boxes_of(kind, points) == [box]


def test_a_turned_ellipse_fits_its_box() -> None:
    """Against 3,600 points of its outline."""
    angle = np.radians(30)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    ends = np.array([[-5, 0], [5, 0], [0, -2], [0, 2]]) @ turn.T + 20
    t = np.linspace(0, 2 * np.pi, 3600)
    outline = np.stack([5 * np.cos(t), 2 * np.sin(t)], axis=1) @ turn.T + 20
    expected = (*outline.min(axis=0), *outline.max(axis=0))
    assert boxes_of("ELLIPSE", ends.tolist())[0] == pytest.approx(expected, abs=1e-4)


def test_in_voxels_turns_the_signs_of_x_and_y() -> None:
    shape = Shape("POINT", ((1.0, 2.0, 3.0),), space_uid="1")
    assert in_voxels(shape, np.diag([-1.0, -1.0, 1.0, 1.0])).tolist() == [[1.5, 2.5, 3.0]]


def test_what_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no structured report"):
        read_report(Path(str(get_testdata_file("CT_small.dcm", download=False))), "x")


def test_content_that_nests_without_end(tmp_path: Path) -> None:
    inner = content("CONTAINER", ("1", "x"))
    for _ in range(120):
        inner = content("CONTAINER", ("1", "x"), ContentSequence=[inner])
    report = read_report(write_report(tmp_path / "sr.dcm", [[inner]]), "sr.dcm")
    assert len(report.groups) == 1


@pytest.mark.data
def test_a_real_report(shared_data: Path) -> None:
    report = read_report(shared_data / "dicom_seg_sr_examples" / "sr-example" / "sr.dcm", "sr.dcm")
    (group,) = report.groups
    assert (group.findings, group.sites) == (("Neoplasm, Primary",), ("pharyngeal tonsil (adenoid)",))
    assert len(group.measurements) == 22
    told = {m.name: (m.value, m.unit) for m in group.measurements}
    assert told["Volume"] == (33.5824, "ml")
    assert told["SUVbw Mean"] == (6.01529, "{SUVbw}g/ml")
