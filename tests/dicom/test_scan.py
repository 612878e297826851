from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from thirdeye.dicom.header import short_name
from thirdeye.dicom.scan import dicom_files, read_header, scan_headers

Writer = Callable[..., list[Path]]


def test_a_header_tells_the_image_and_hides_the_person(write_series: Writer, tmp_path: Path) -> None:
    write_series(
        PatientID="SECRET-1",
        AccessionNumber="SECRET-2",
        InstitutionName="Secret Hospital",
        PatientAge="067Y",
        StudyDate="20230405",
        Manufacturer="ACME",
        ImageLaterality="L",
    )
    (first, *others) = scan_headers(tmp_path, dicom_files(tmp_path))
    assert len(others) == 5
    assert (first.modality, first.age, first.date, first.laterality) == ("CT", "67", "2023-04-05", "L")
    assert first.patient_id == "SECRET-1"
    assert "secret" not in repr(first).lower()
    assert first.patient.startswith("patient-")
    assert first.site == short_name("site", "secret hospital ")


@pytest.mark.parametrize(
    "name", ["rtplan_truncated.dcm", "MR_truncated.dcm", "badVR.dcm", "bad_sequence.dcm", "no_meta.dcm"]
)
def test_odd_files_of_pydicom_never_raise(name: str) -> None:
    path = get_testdata_file(name, download=False)
    if path is not None:
        read_header(Path(str(path)), name)


def test_every_truncation_gives_a_header_or_a_reason(write_series: Writer, tmp_path: Path) -> None:
    content = write_series(at=(0,))[0].read_bytes()
    for size in range(0, len(content), 7):
        (tmp_path / "cut.dcm").write_bytes(content[:size])
        header = read_header(tmp_path / "cut.dcm", "cut.dcm")
        assert header.error or header.modality or header.sop_class or header.file


@pytest.mark.data
def test_hostile_headers_end_in_a_reason_or_are_read(shared_data: Path) -> None:
    folder = shared_data.parent / "corpora" / "generated" / "files"
    names = [name for name in json.loads((folder / "EXPECT.json").read_text()) if name.endswith(".dcm")]
    found = {header.file: header for header in scan_headers(folder, sorted(names))}
    assert len(found) == 49
    assert found["d35_nested50000.dcm"].error == "nests its DICOM sequences too deeply"
    assert found["d42_deflate_bomb.dcm"].error == "inflates to more than 256 MB"
    assert found["d31_pid_traversal.dcm"].patient.startswith("patient-")


def test_view_and_body_part_from_codes(write_series: Writer, tmp_path: Path) -> None:
    from pydicom.dataset import Dataset

    view, part = Dataset(), Dataset()
    view.CodeMeaning, part.CodeMeaning = "medio-lateral oblique", "Breast"
    write_series(at=(0,), ViewCodeSequence=[view], AnatomicRegionSequence=[part])
    (header,) = scan_headers(tmp_path, dicom_files(tmp_path))
    assert (header.view, header.body_part) == ("MLO", "Breast")
