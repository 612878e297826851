"""From the archive to the archive: pulled, read, decided, signed, sent, and read back from the archive."""

from __future__ import annotations

import io
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
import uvicorn
from click.testing import CliRunner
from fastapi.testclient import TestClient
from pydicom.uid import generate_uid
from sqlalchemy import select

from thirdeye.cli.main import program
from thirdeye.dicom.network.connection import Connection
from thirdeye.journey.serving import serve
from thirdeye.reading_room.people.accounts import add_person
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.sending import postman
from thirdeye.reading_room.sending.objects import dicom_of, signed_case
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import ARRIVAL, CASE, OPINION
from thirdeye.reading_room.web.app import make_app

pytest.importorskip("highdicom")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # of pynetdicom
]
PASSWORD = "correct horse battery"


def until(what: Callable[[], Any], seconds: float = 40) -> Any:
    """The first answer that is not empty."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    pytest.fail("it did not come")


@pytest.fixture
def radiograph(make_image) -> Callable[..., Any]:
    """Radiographs such as the study's reader knows (40 x 40, 8 bits)."""

    def make(number: int = 0, **more: Any) -> Any:
        pixels = np.random.default_rng(number).normal(90, 25, (40, 40)).clip(0, 255).astype(np.uint8)
        return make_image(
            Rows=40, Columns=40, BitsAllocated=8, BitsStored=8, HighBit=7, PixelData=pixels.tobytes(), **more
        )

    return make


@pytest.fixture
def into_archive(archive, tmp_path) -> Callable[..., None]:
    """Stores images in the archive, as a scanner does."""

    def store(*images: Any) -> None:
        paths = [tmp_path / f"{image.SOPInstanceUID}.dcm" for image in images]
        for image, path in zip(images, paths, strict=True):
            image.save_as(path, enforce_file_format=True)
        sent = list(Connection().send(f"ORTHANC@127.0.0.1:{archive.dicom}", paths))
        assert [one.state for one in sent] == ["sent"] * len(paths)

    return store


@pytest.fixture
def fetch(archive, tmp_path) -> Callable[..., str]:
    """`thirdeye pacs pull` into the watched folder."""

    def pull(*asked: str) -> str:
        call = ["pacs", "pull", "--from", f"ORTHANC@127.0.0.1:{archive.dicom}", "--into"]
        done = CliRunner().invoke(
            program, [*call, str(tmp_path / "incoming"), "--port", str(archive.listener), *asked]
        )
        assert done.exit_code == 0, done.output
        return done.output

    return pull


@pytest.fixture
def settings(archive, finished, tmp_path) -> Settings:
    (tmp_path / "incoming").mkdir()
    return Settings(
        folder=tmp_path / "room", studies=(finished / "study",), quiet_s=0.4, hosts=("localhost",),
        watched=(("", tmp_path / "incoming"),), archive=f"ORTHANC@127.0.0.1:{archive.dicom}",
    )  # fmt: skip


@pytest.fixture
def room(settings, monkeypatch) -> Iterator[Room]:
    """The room, open, while `thirdeye serve` runs on it; tries come sooner than for a user."""
    room = Room.open(settings)
    with room.acting(None) as act:
        for login, role in (("reader", "reader"), ("manager", "data_manager")):
            add_person(act, login=login, shown="Marie Curie", password=PASSWORD, roles=(role,))
    servers: list[uvicorn.Server] = []

    class Kept(uvicorn.Server):
        def __init__(self, config: uvicorn.Config) -> None:
            super().__init__(config)
            servers.append(self)

    monkeypatch.setattr(uvicorn, "Server", Kept)
    monkeypatch.setattr(postman, "Postman", partial(postman.Postman, every_s=0.3))
    monkeypatch.setattr("thirdeye.dicom.network.outbox.FIRST_WAIT", timedelta(seconds=1))
    said: list[str] = []
    thread = threading.Thread(
        target=serve, args=(settings,), kwargs={"host": "127.0.0.1", "port": 0, "say": said.append}
    )
    thread.start()
    until(lambda: servers and servers[0].started)
    yield room
    servers[0].should_exit = True
    thread.join(30)
    room.close()


@pytest.fixture
def sit(room) -> Callable[[str], TestClient]:
    """A browser of somebody who is signed in."""

    def down(login: str) -> TestClient:
        client = TestClient(make_app(room), base_url="http://localhost", follow_redirects=False)
        client.post("/sign-in", data={"login": login, "password": PASSWORD})
        return client

    return down


def cases(room: Room, state: str = "waiting") -> list[Any]:
    with room.database.reading() as connection:
        return list(connection.execute(select(CASE).where(CASE.c.state == state)))


def opinion_state(room: Room, case: str) -> str:
    with room.database.reading() as connection:
        found = connection.execute(select(OPINION.c.state).where(OPINION.c.case_id == case)).scalar()
    return "" if found == "waiting" else str(found)


def read_and_decide(client: TestClient, case: str) -> tuple[str, str]:
    """A first reading at 30 %, then the opinion, then 40 %; the token of forms and the seal to be signed."""
    csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)[1]
    for step in ("take", "check"):
        assert client.post(f"/cases/{case}/{step}", data={"csrf": csrf}).status_code == 303
    assert client.get(f"/cases/{case}/read").status_code == 200
    client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": 30})
    assert client.get(f"/cases/{case}/opinion").status_code == 200
    form = {"csrf": csrf, "choice": "change", "probability_percent": 40, "reason": "the edge"}
    assert client.post(f"/cases/{case}/decide", data=form).status_code == 303
    return csrf, re.search(r'name="statement" value="(\w+)"', client.get(f"/cases/{case}/sign").text)[1]


def held(archive: Any) -> dict[str, Any]:
    """What the archive holds besides images: modality to the object."""
    found = {}
    for key in archive.ask("/instances"):
        uid = archive.ask(f"/instances/{key}")["MainDicomTags"]["SOPInstanceUID"]
        one = pydicom.dcmread(io.BytesIO(archive.file(uid)))
        found[str(one.Modality)] = one
    return {name: one for name, one in found.items() if name != "CR"}


def percents(report: Any) -> dict[str, float]:
    """What each group of a report holds in per cent, by its name."""
    found: dict[str, float] = {}
    for groups in report.ContentSequence:
        for group in groups.get("ContentSequence", []):
            items = group.get("ContentSequence", [])
            named = [str(item.TextValue) for item in items if _meaning(item) == "Tracking Identifier"]
            for item in items:
                for value in item.get("MeasuredValueSequence", []):
                    assert str(value.MeasurementUnitsCodeSequence[0].CodeValue) == "%"
                    assert _meaning(item) in ("Probability of cancer", "Certainty of Finding")
                    found[named[0]] = float(value.NumericValue)
    return found


def _meaning(item: Any) -> str:
    return str(item.ConceptNameCodeSequence[0].CodeMeaning)


def faults(one: Any, folder: Path) -> list[str]:
    if shutil.which("dciodvfy") is None:
        pytest.skip("needs dciodvfy: apt-get install dicom3tools")
    one.save_as(folder / "checked.dcm", enforce_file_format=True)
    done = subprocess.run(
        ["dciodvfy", str(folder / "checked.dcm")], capture_output=True, text=True, errors="replace"
    )
    return [line for line in done.stderr.splitlines() if line.startswith("Error")]


def test_from_the_archive_to_the_archive(
    archive,
    room,
    sit,
    into_archive,
    fetch,
    radiograph,
    tmp_path,
) -> None:
    source = radiograph()
    into_archive(source)
    began = time.monotonic()
    fetch("--patient", str(source.PatientID))
    (case,) = until(lambda: cases(room))
    took = {"to the worklist": time.monotonic() - began}
    assert until(lambda: opinion_state(room, case.id)) == "ready"
    took["to the opinion"] = time.monotonic() - began
    client = sit("reader")
    csrf, seal = read_and_decide(client, case.id)

    archive.stop()
    client.post(f"/cases/{case.id}/sign", data={"csrf": csrf, "statement": seal})
    page = f"/cases/{case.id}/sign"
    until(lambda: "on its way" in client.get(page).text)
    assert "is in the archive" not in client.get(page).text
    archive.start()
    began = time.monotonic()
    until(lambda: "is in the archive" in client.get(page).text)
    took["to the archive"] = time.monotonic() - began
    assert max(took.values()) < 40, took

    sent = held(archive)
    assert set(sent) == {"SR", "OT", "DOC"}
    for one in sent.values():
        assert not faults(one, tmp_path)
        for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "AccessionNumber"):
            assert one[keyword].value == source[keyword].value
    report = sent["SR"]
    text = "; ".join(str(one.value) for one in report.iterall() if one.VR in ("UT", "LO", "ST", "PN"))
    with room.database.reading() as connection:
        form = signed_case(connection, case.id, room.images).form
    assert report.VerificationFlag == "VERIFIED"
    assert "Research use only" in text
    assert form["model"]["name"] in text
    assert form["model"]["sha256"] in text
    assert percents(report) == pytest.approx(
        {
            **{f"Second opinion: {name}": 100 * value for name, value in form["probabilities"].items()},
            "First reading: malignant": 30, "Final decision: malignant": 40,
        },
        abs=1e-3,
    )  # fmt: skip

    stow(archive, room, case.id, tmp_path)
    bring_again_and_mixed(room, sit, into_archive, fetch, radiograph, source)


def stow(archive: Any, room: Room, case: str, tmp_path: Path) -> None:
    """The same results by DICOMweb."""
    other = [tmp_path / f"{kind}.dcm" for kind in ("one", "two", "three")]
    with room.database.reading() as connection:
        files = dicom_of(signed_case(connection, case, room.images))
    for path, content in zip(other, files.values(), strict=True):
        path.write_bytes(content)
    before = archive.count()
    web = Connection(user="third", password="eye", allowed_hosts=("localhost",))
    stowed = list(web.send(f"http://localhost:{archive.http}/dicom-web", other))
    assert [one.state for one in stowed] == ["sent"] * 3
    assert archive.count() == before + 3
    for one in held(archive).values():
        assert not faults(one, tmp_path)


def bring_again_and_mixed(
    room: Room, sit: Any, into_archive: Any, fetch: Any, radiograph: Any, source: Any
) -> None:
    """The same examination is one case; a series of two patients is kept back, with an alarm."""
    (folder,) = {path.parent for path in room.settings.watched[0][1].rglob("*.dcm")}
    (first,) = folder.glob("*.dcm")
    shutil.copyfile(first, room.settings.watched[0][1] / "again.dcm")
    until(lambda: len(arrivals(room)) == 2 and arrivals(room)[-1].state == "done")
    assert arrivals(room)[-1].said["again"] == 1
    series = generate_uid()
    mixed = [
        radiograph(number, PatientID=f"MIXED{number}", StudyDate="20260203", SeriesInstanceUID=series)
        for number in (1, 2)
    ]
    into_archive(*mixed)
    assert "ALARM" in fetch("--date", "20260203")
    kept_back = until(lambda: cases(room, "quarantined"))
    assert {row.reason for row in kept_back} == {"two_patients"}
    assert not cases(room)
    assert "patient" in sit("manager").get("/kept-back").text
    assert str(source.PatientName) not in sit("reader").get("/").text


def arrivals(room: Room) -> list[Any]:
    with room.database.reading() as connection:
        return list(connection.execute(select(ARRIVAL).order_by(ARRIVAL.c.at)))


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command of Third Eye, until Ctrl-C."""
    call = [sys.executable, "-c", "from thirdeye.cli.main import main; main()", *arguments]
    started = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield started
    finally:
        started.send_signal(signal.SIGINT)
        started.communicate(timeout=30)


def test_two_commands_are_enough(archive, finished, into_archive, radiograph, tmp_path) -> None:
    """`thirdeye pacs listen` and `thirdeye serve`, as in docs/pacs.md; the archive sends."""
    into_archive(radiograph())
    listen = ["pacs", "listen", str(tmp_path / "incoming"), "--port", str(archive.listener)]
    watch = ["--room", str(tmp_path / "room"), "--port", "0", "--watch", str(tmp_path / "incoming")]
    (tmp_path / "incoming").mkdir()
    with running(*listen) as listener, running("serve", str(finished / "study"), *watch) as server:
        assert "listens on" in listener.stderr.readline()
        until(lambda: "is open at" in server.stderr.readline())
        (study,) = archive.ask("/studies")
        archive.send(study)
        beside = Room.open(Settings(folder=tmp_path / "room", studies=(finished / "study",)))
        (case,) = until(lambda: cases(beside))
        assert case.source == "archive"
        beside.close()
