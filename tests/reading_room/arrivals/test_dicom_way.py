"""DICOM that comes in: one case an examination, twice is one, two patients in a series are an alarm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from sqlalchemy import select

from thirdeye.reading_room.arrivals.process import process_arrival
from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.opinions.jobs import make_waiting
from thirdeye.reading_room.opinions.studies import enter_studies
from thirdeye.reading_room.store.tables import ARRIVAL, CASE, IMAGE, OPINION

CR, CT = "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.2"
EXAM, SERIES = generate_uid(entropy_srcs=["exam"]), generate_uid(entropy_srcs=["series"])


def write(path: Path, number: int = 0, *, patient: str = "P1", name: str = "Doe^Jane", **more: Any) -> Path:
    """A radiograph; `more` overrides elements, None removes one."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    told = {
        "SOPClassUID": CR, "SOPInstanceUID": generate_uid(entropy_srcs=[patient, f"{number} {path.parent}"]),
        "StudyInstanceUID": EXAM, "SeriesInstanceUID": SERIES, "PatientID": patient, "PatientName": name,
        "Modality": "CR", "BodyPartExamined": "CHEST", "ViewPosition": "PA", "Laterality": "L",
        "StudyDate": "20260102", "PatientBirthDate": "19600504", "PatientSex": "F", "Rows": 40, "Columns": 40,
        "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 16,
        "BitsStored": 12, "HighBit": 11, "PixelRepresentation": 0, "InstanceNumber": number + 1, **more,
    }  # fmt: skip
    for keyword, value in told.items():
        if value is not None:
            setattr(data, keyword, value)
    rng = np.random.default_rng(number)
    data.PixelData = rng.normal(2000, 400, (40, 40)).clip(0, 4095).astype(np.uint16).tobytes()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.save_as(path, enforce_file_format=True)
    return path


def slices(folder: Path, places: list[float], **more: Any) -> list[Path]:
    return [
        write(
            folder / f"{number}.dcm", number, SOPClassUID=CT, Modality="CT", PixelSpacing=[1, 1],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], ImagePositionPatient=[0, 0, place], **more,
        )
        for number, place in enumerate(places)
    ]  # fmt: skip


class Inbox:
    """Brings files into a room and sorts them out."""

    def __init__(self, house: Any) -> None:
        self.room, self.study = house.room, house.study

    def bring(self, *paths: Path, read: bool = False) -> Any:
        staging = Staging(self.room)
        staging.copy((path.name, path) for path in paths)
        name = staging.hand_in(self.study, person=None, source="archive")
        cases = process_arrival(self.room, name)
        if read:
            for case, _ in cases:
                assert make_waiting(self.room, case, enter_studies(self.room)) is not None
        with self.room.database.reading() as connection:
            row = connection.execute(select(ARRIVAL).where(ARRIVAL.c.id == name)).one()
        assert row.state == "done"
        return {key: value for key, value in row.said.items() if value}

    def rows(self, table: Any) -> list[Any]:
        with self.room.database.reading() as connection:
            return list(connection.execute(select(table)))


@pytest.fixture
def inbox(house) -> Inbox:
    return Inbox(house)


def test_images_of_one_examination_are_one_case(inbox: Inbox, house, tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.dcm", 1, name=house.marker), write(tmp_path / "b.dcm", 2, name=house.marker)]
    assert inbox.bring(*paths, read=True) == {"cases": 1}
    (case,), images = inbox.rows(CASE), inbox.rows(IMAGE)
    assert case.identity == {"name": house.marker, "id": "P1", "birth_date": "19600504", "sex": "F"}
    assert (case.facts["side"], case.facts["modality"], len(images)) == ("L", "CR", 2)
    assert case.patient.startswith("patient-")
    assert "P1" not in case.patient
    assert all(one.facts["rows"] == 40 for one in images)
    (opinion,) = inbox.rows(OPINION)
    assert opinion.state == "ready"


def test_the_same_examination_twice_is_one_and_later_images_join_it(inbox: Inbox, tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.dcm", 1), write(tmp_path / "b.dcm", 2)
    assert inbox.bring(first) == {"cases": 1}
    assert inbox.bring(first) == {"again": 1}
    assert inbox.bring(first, second, read=True) == {"grown": 1}
    assert len(inbox.rows(CASE)) == 1
    assert [one.position for one in inbox.rows(IMAGE)] == [0, 1]
    (opinion,) = inbox.rows(OPINION)
    assert [one["source"] for one in opinion.form["images"]] == ["image 2"]


def test_images_that_come_while_it_is_read_are_a_case_of_their_own(
    inbox: Inbox, house, tmp_path: Path
) -> None:
    inbox.bring(write(tmp_path / "a.dcm", 1))
    client = house.client("reader")
    (case,) = inbox.rows(CASE)
    client.post(f"/cases/{case.id}/take", data={"csrf": house.token(client.get("/").text)})
    assert inbox.bring(write(tmp_path / "b.dcm", 2)) == {"cases": 1}
    first, second = inbox.rows(CASE)
    assert ("warning_more" in first.warnings, "warning_more" in second.warnings) == (True, False)


def test_another_image_under_a_known_identifier_is_kept_back(inbox: Inbox, tmp_path: Path) -> None:
    uid = generate_uid()
    inbox.bring(write(tmp_path / "a.dcm", 1, SOPInstanceUID=uid))
    assert inbox.bring(write(tmp_path / "b.dcm", 2, SOPInstanceUID=uid)) == {"kept_back": 1}
    assert sorted(one.reason or "" for one in inbox.rows(CASE)) == ["", "same_uid"]


@pytest.mark.parametrize("together", [True, False])
def test_two_patients_in_one_series_are_split_and_an_alarm(
    inbox: Inbox, tmp_path: Path, together: bool
) -> None:
    one = write(tmp_path / "a.dcm", 1)
    other = write(tmp_path / "b.dcm", 2, patient="P2", name="Roe^Richard")
    for paths in [(one, other)] if together else [(one,), (other,)]:
        inbox.bring(*paths)
    cases = inbox.rows(CASE)
    assert [case.reason for case in cases] == ["two_patients"] * 2
    assert len({case.patient for case in cases}) == 2
    assert sorted(case.identity["id"] for case in cases) == ["P1", "P2"]


def test_a_series_is_a_volume_and_one_with_a_gap_is_not(inbox: Inbox, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir(), (tmp_path / "gap").mkdir()
    inbox.bring(*slices(tmp_path / "whole", [0, 2, 4, 6]), read=True)
    images = inbox.rows(IMAGE)
    assert [(one.facts["slice"], one.facts["of"]) for one in images] == [(n, 4) for n in (1, 2, 3, 4)]
    (opinion,) = inbox.rows(OPINION)
    assert opinion.error == (
        "the image is not read: the reader of this study reads single images, and this is a volume"
    )
    other = {"StudyInstanceUID": generate_uid(), "SeriesInstanceUID": generate_uid()}
    inbox.bring(*slices(tmp_path / "gap", [0, 2, 4, 12, 14], **other))
    case = inbox.rows(CASE)[-1]
    assert "warning_gap" in case.warnings
    assert [one.kind for one in inbox.rows(IMAGE) if one.case_id == case.id] == ["plane"] * 5


@pytest.mark.parametrize("late", [[3], [0, 1]])
def test_late_slices_are_one_volume_with_the_others(inbox: Inbox, tmp_path: Path, late: list[int]) -> None:
    paths = slices(tmp_path, [0, 2, 4, 6])
    inbox.bring(*(path for at, path in enumerate(paths) if at not in late), read=True)
    assert inbox.bring(*(paths[at] for at in late), read=True) == {"grown": 1}
    images = sorted(inbox.rows(IMAGE), key=lambda one: one.position)
    assert [(one.facts["slice"], one.facts["of"]) for one in images] == [(n, 4) for n in (1, 2, 3, 4)]
    (opinion,) = inbox.rows(OPINION)
    assert "this is a volume" in opinion.error


WRONG: dict[str, Callable[[], dict[str, Any]]] = {
    "warning_window": lambda: {"WindowWidth": -5, "WindowCenter": 10},
    "warning_spacing": lambda: {"PixelSpacing": [0, 0]},
    "warning_rescale": lambda: {"RescaleSlope": 1e8, "RescaleIntercept": 0},
    "warning_orientation": lambda: {"ImageOrientationPatient": [0, 0, 0, 0, 0, 0]},
    "warning_no_patient": lambda: {"PatientID": None},
}


@pytest.mark.parametrize("word", WRONG)
def test_what_is_odd_in_a_header_is_said_at_the_check(inbox: Inbox, tmp_path: Path, word: str) -> None:
    assert inbox.bring(write(tmp_path / "a.dcm", 1, **WRONG[word]())) == {"cases": 1}
    assert word in inbox.rows(CASE)[0].warnings


@pytest.mark.parametrize("uid", ["../../x", "1." + "2" * 70, ""])
def test_identifiers_that_cannot_be_believed_are_in_no_path(inbox: Inbox, tmp_path: Path, uid: str) -> None:
    path = write(tmp_path / "a.dcm", 1)
    content = path.read_bytes()
    import pydicom

    data = pydicom.dcmread(path)
    with pydicom.config.disable_value_validation():
        data.SOPInstanceUID = uid
        data.save_as(path, enforce_file_format=False)
    assert path.read_bytes() != content
    assert inbox.bring(path) == {"kept_back": 1}
    assert inbox.rows(CASE)[0].reason == "bad_uid"
    assert all(len(one.name.split(".")[0]) == 64 for one in inbox.room.images.iterdir())


def test_a_patient_number_like_a_path_is_text(inbox: Inbox, house, tmp_path: Path) -> None:
    name = "<script>alert(1)</script>"
    assert inbox.bring(write(tmp_path / "a.dcm", 1, patient="../../etc/passwd", name=name)) == {"cases": 1}
    client = house.client("reader")
    (case,) = inbox.rows(CASE)
    csrf = house.token(client.get("/").text)
    client.post(f"/cases/{case.id}/take", data={"csrf": csrf})
    shown = client.get(f"/cases/{case.id}/check").text
    assert "&lt;script&gt;alert(1)" in shown
    assert "../../etc/passwd" in shown
    assert "<script>alert" not in shown
