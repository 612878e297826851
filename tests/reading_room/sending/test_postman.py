"""Signed results become DICOM, wait while the archive is down, and are noted as sent."""

from __future__ import annotations

import io
import re
import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import PIL.Image
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.dicom.network.outbox import Outbox
from thirdeye.dicom.network.store import Sent
from thirdeye.errors import DataRefused
from thirdeye.intake.nifti_write import nifti_bytes
from thirdeye.reading_room.arrivals.take_in import Arrival, take_in
from thirdeye.reading_room.opinions.make import make_opinion
from thirdeye.reading_room.sending.objects import dicom_of, signed_case
from thirdeye.reading_room.sending.postman import Postman, outbox_folder
from thirdeye.reading_room.store.tables import DELIVERY, SIGNATURE

pytest.importorskip("highdicom")
NAME = "Doe^Jane"


def _image(folder) -> Any:
    """A radiograph of 40 x 40 pixels."""
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    told = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1", "SOPInstanceUID": generate_uid(),
        "StudyInstanceUID": generate_uid(), "SeriesInstanceUID": generate_uid(), "PatientID": "P1",
        "PatientName": NAME, "Modality": "CR", "Rows": 40, "Columns": 40, "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
        "PixelRepresentation": 0, "StudyDate": "20260102",
    }  # fmt: skip
    for keyword, value in told.items():
        setattr(data, keyword, value)
    pixels = np.random.default_rng(3).normal(90, 25, (40, 40)).clip(0, 255).astype(np.uint8)
    data.PixelData = pixels.tobytes()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    path = folder / "one.dcm"
    data.save_as(path, enforce_file_format=True)
    return path


def _sign(house, case, *, decide: bool = True):
    """ "reader" reads, decides and signs a case at 30 %."""
    client = house.client("reader")
    csrf = house.token(client.get("/").text)
    for step in ("take", "check"):
        assert client.post(f"/cases/{case}/{step}", data={"csrf": csrf}).status_code == 303
    client.get(f"/cases/{case}/read")
    client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": 30})
    client.get(f"/cases/{case}/opinion")
    client.post(f"/cases/{case}/decide", data={"csrf": csrf, "choice": "keep"})
    seal = re.search(r'name="statement" value="(\w+)"', client.get(f"/cases/{case}/sign").text)[1]
    form = {"csrf": csrf, "statement": seal}
    assert client.post(f"/cases/{case}/sign", data=form).status_code == 303
    return client


@pytest.fixture
def case(house, tmp_path) -> str:
    """A case that came as DICOM, in a room with an archive."""
    house.room = replace(house.room, settings=replace(house.room.settings, archive="ARCHIVE@127.0.0.1:1"))
    made = take_in(
        house.room, house.study, Arrival(files=[_image(tmp_path)], patient="p", source="archive", identity={})
    )
    assert make_opinion(house.room, made, house.reader)
    return made


def _texts(report) -> str:
    """All that a report says in words."""
    told = ("TextValue", "CodeMeaning", "PersonName", "Manufacturer")
    return "; ".join(str(one.value) for one in report.iterall() if one.keyword in told)


def _delivery(house):
    with house.room.database.reading() as connection:
        return connection.execute(select(DELIVERY)).one()


class Archive:
    """Stands for an archive: down until it is told otherwise.

    Args:
        state: of what it is sent.
    """

    def __init__(self, state: str = "failed") -> None:
        self.state = state
        self.got: list[bytes] = []

    def send(self, destination, files):
        for file in files:
            if self.state == "sent":
                self.got.append(file.read_bytes())
            yield Sent(file, self.state, "" if self.state == "sent" else "the archive cannot be reached")


def test_the_report_holds_the_decision_beside_the_opinion(house, case) -> None:
    _sign(house, case)
    with house.room.database.reading() as connection:
        signed = signed_case(connection, case, house.room.images)
        signature = connection.execute(select(SIGNATURE)).one()
    files = dicom_of(signed)
    report = pydicom.dcmread(io.BytesIO(files["report"]))
    assert report.Modality == "SR"
    assert (report.CompletionFlag, report.VerificationFlag) == ("COMPLETE", "VERIFIED")
    assert str(report.VerifyingObserverSequence[0].VerifyingObserverName) == "Dr reader^"
    text = _texts(report)
    assert "Research use only" in text
    assert "kept my reading" in text
    assert signature.model_sha256 is not None


def test_marked_structures_become_a_segmentation(house, case, tmp_path) -> None:
    _sign(house, case)
    with house.room.database.reading() as connection:
        signed = signed_case(connection, case, house.room.images)
    labels = np.zeros((40, 40), np.uint8)
    labels[10:20, 5:9] = 1
    PIL.Image.fromarray(labels).save(tmp_path / "labels.png")
    form = {
        **signed.form,
        "task": "segmentation",
        "probabilities": {},
        "looked_for": ["cyst"],
        "positive": None,
    }
    files = dicom_of(replace(signed, form=form, labels=tmp_path / "labels.png"))
    marked = pydicom.dcmread(io.BytesIO(files["segmentation"]))
    assert marked.Modality == "SEG"
    assert marked.pixel_array.sum() == 40


def test_structures_of_a_volume_are_not_filed_without_a_place(house, case, tmp_path) -> None:
    _sign(house, case)
    with house.room.database.reading() as connection:
        signed = signed_case(connection, case, house.room.images)
    volume = Volume(np.ones((40, 40, 2), np.uint8), Geometry(np.eye(4)), "labels")
    (tmp_path / "labels.nii").write_bytes(b"".join(nifti_bytes(volume)))
    form = {**signed.form, "task": "segmentation", "probabilities": {}, "looked_for": ["cyst"]}
    with pytest.raises(DataRefused, match="no place in space"):
        dicom_of(replace(signed, form={**form, "positive": None}, labels=tmp_path / "labels.nii"))


def test_where_no_opinion_was_shown_none_is_in_the_report(house, case) -> None:
    from sqlalchemy import update

    from thirdeye.reading_room.store.tables import OPINION

    with house.room.acting(None) as act:
        act.connection.execute(update(OPINION).values(state="waiting"))
    _sign(house, case)
    with house.room.acting(None) as act:  # made too late: nobody saw it
        act.connection.execute(update(OPINION).values(state="ready"))
    with house.room.database.reading() as connection:
        signed = signed_case(connection, case, house.room.images)
    assert signed.form is None
    text = _texts(pydicom.dcmread(io.BytesIO(dicom_of(signed)["report"])))
    assert "none was shown" in text
    assert "No model was shown" in text


def test_it_waits_while_the_archive_is_down_and_is_sent_once(house, case) -> None:
    client, archive = _sign(house, case), Archive()
    assert "waits to be written" in client.get(f"/cases/{case}/sign").text
    postman = Postman(house.room, archive.send)
    postman.round()
    assert _delivery(house).state == "queued"
    assert "on its way" in client.get(f"/cases/{case}/sign").text
    archive.state = "sent"
    later = replace(house.room, clock=lambda: house.room.clock() + timedelta(hours=2))
    for _ in range(2):
        Postman(later, archive.send).round()
    assert _delivery(house).state == "sent"
    assert len(archive.got) == len(_delivery(house).objects) == 3
    assert "is in the archive" in client.get(f"/cases/{case}/sign").text
    assert [one for one in house.audited() if one.startswith("result.")] == ["result.queued", "result.sent"]


def test_a_round_that_breaks_off_makes_no_second_report(house, case, monkeypatch) -> None:
    """The disk is full after the first object, or the process is killed before the rest is queued."""
    _sign(house, case)
    archive, put = Archive("sent"), Outbox.put

    def full(box, content, destination, *, kind, label):
        if kind != "document":
            return put(box, content, destination, kind=kind, label=label)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Outbox, "put", full)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            Postman(house.room, archive.send).round()
    monkeypatch.undo()
    Postman(house.room, archive.send).round()
    assert _delivery(house).state == "sent"
    kinds = [pydicom.dcmread(io.BytesIO(one)).Modality for one in archive.got]
    assert sorted(kinds) == ["DOC", "OT", "SR"]
    Postman(house.room, archive.send).round()
    assert list((house.room.settings.folder / "written").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "state"), [(TypeError("x"), "failed"), (OSError(5, "Input/output error"), "waiting")]
)
def test_one_case_holds_up_no_other(house, case, tmp_path, monkeypatch, error, state) -> None:
    _sign(house, case)
    other = house.case(tmp_path)
    _sign(house, other)
    made = dicom_of

    def bad(signed):
        if signed.sources[0].name.endswith(".dcm"):
            raise error
        return made(signed)

    monkeypatch.setattr("thirdeye.reading_room.sending.postman.dicom_of", bad)
    with pytest.raises(OSError) if state == "waiting" else nullcontext():
        Postman(house.room, Archive("sent").send).round()
    with house.room.database.reading() as connection:
        rows = connection.execute(select(DELIVERY.c.case_id, DELIVERY.c.state, DELIVERY.c.error)).all()
    states = {row.case_id: row.state for row in rows}
    assert states == {case: state, other: "nowhere"}
    if state == "failed":
        assert [row.error for row in rows if row.case_id == case] == [
            "it could not be written as DICOM (TypeError)"
        ]


def test_what_the_archive_refuses_is_shown_as_failed(house, case) -> None:
    client = _sign(house, case)
    Postman(house.room, Archive("refused").send).round()
    assert _delivery(house).state == "failed"
    assert "could not be sent" in client.get(f"/cases/{case}/sign").text
    assert "could not be sent" in client.get("/outcomes").text
    for item in Outbox(outbox_folder(house.room)).items():
        Outbox(outbox_folder(house.room)).again(item.key)
    Postman(house.room, Archive("sent").send).round()
    assert _delivery(house).state == "sent"
    assert _delivery(house).error is None


def test_what_did_not_come_as_dicom_stays_in_the_room(house, case, tmp_path) -> None:
    picture = house.case(tmp_path)
    _sign(house, picture)
    Postman(house.room, Archive("sent").send).round()
    assert _delivery(house).state == "nowhere"


def test_no_name_is_in_what_is_kept_of_a_delivery(house, case) -> None:
    _sign(house, case)
    Postman(house.room, Archive().send).round()
    for item in Outbox(outbox_folder(house.room)).items():
        assert NAME not in str(item)
    assert NAME not in str(_delivery(house))


def test_a_store_that_is_away_for_a_while_does_not_end_the_deliveries(house, case, monkeypatch) -> None:
    postman = Postman(house.room, Archive().send, every_s=0.01)
    rounds, enough = [], threading.Event()

    def broken() -> None:
        rounds.append(1)
        if len(rounds) > 3:
            enough.set()
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(postman, "round", broken)
    with postman:
        assert enough.wait(120)
    assert house.audited().count("delivery.round_failed") == 1
