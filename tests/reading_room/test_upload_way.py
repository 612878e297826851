"""From an upload to a case whose opinion was made in a worker process."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update

from thirdeye.reading_room.jobs.crew import Crew
from thirdeye.reading_room.opinions.studies import enter_studies
from thirdeye.reading_room.store.tables import ARRIVAL, AUDIT, CASE, OPINION


@pytest.fixture
def crew(house) -> Iterator[Crew]:
    made = Crew(house.room, enter_studies(house.room))
    yield made
    made.close()


def _png(seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    written = io.BytesIO()
    Image.fromarray(rng.normal(90, 25, (40, 40)).clip(0, 255).astype(np.uint8)).save(written, "PNG")
    return written.getvalue()


def _upload(house, client, files: list[tuple[str, bytes]], **fields: Any):
    csrf = house.token(client.get("/upload").text)
    sent = [("files", (name, content, "application/octet-stream")) for name, content in files]
    return client.post("/upload", data={"csrf": csrf, **fields}, files=sent)


def _rows(house, table) -> list[Any]:
    with house.room.database.reading() as connection:
        return list(connection.execute(select(table)))


def test_an_upload_becomes_a_case_with_an_opinion(house, crew) -> None:
    client = house.client("reader")
    name = f"{house.marker} left.png"
    answer = _upload(house, client, [(name, _png(1))], patient="77", side="L", priority="1")
    assert answer.status_code == 303
    assert crew.catch_up() == 1
    crew.do_all()
    (arrival,), (case,), (opinion,) = (_rows(house, one) for one in (ARRIVAL, CASE, OPINION))
    assert (arrival.state, arrival.said["cases"]) == ("done", 1)
    assert (case.state, case.identity, case.facts, case.priority) == (
        "waiting", {"file": name, "id": "77"}, {"side": "L"}, 1,
    )  # fmt: skip
    assert opinion.state == "ready", opinion.error
    assert set(opinion.form["probabilities"]) == set(house.reader.manifest.classes)
    assert {"plain"} <= set(opinion.pictures)
    for picture, file in opinion.pictures.items():
        assert file == f"{opinion.form['pictures'][picture]}.png"
        assert (house.room.images / file).is_file()
    assert house.marker not in str(opinion.form) + str(sorted(house.room.images.iterdir()))
    assert "opinion.ready" in house.audited()
    ready = [path.name for path in (house.room.settings.folder / "pictures").rglob("*.0.*")]
    assert {name.rpartition(".")[2] for name in ready} == {"png", "z"}  # before anybody has asked for it


def test_a_zip_is_unpacked_and_the_same_picture_twice_is_one(house, crew) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/1.png", _png(1))
        archive.writestr("a/2.png", _png(2))
        archive.writestr("a/readme.txt", "nothing to see")
    client = house.client("data_manager")
    _upload(house, client, [("set.zip", packed.getvalue())])
    _upload(house, client, [("again.png", _png(2))])
    crew.catch_up()
    crew.do_all()
    first, second = sorted(_rows(house, ARRIVAL), key=lambda one: one.at)
    assert (first.said["cases"], first.said["left_aside"]) == (2, 1)
    assert (second.said["cases"], second.said["again"]) == (0, 1)
    assert not (house.room.settings.folder / "incoming" / first.id).exists()


def test_what_is_no_image_is_kept_back_and_the_crew_goes_on(house, crew) -> None:
    client = house.client("data_manager")
    _upload(house, client, [("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50), ("good.png", _png(3))])
    crew.catch_up()
    crew.do_all()
    states = sorted((case.state, case.reason) for case in _rows(house, CASE))
    assert states == [("quarantined", "unreadable"), ("waiting", None)]
    (opinion,) = [one for one in _rows(house, OPINION) if one.state == "ready"]
    assert opinion.form["source"] == "image 1"


def test_a_file_that_is_kept_back_is_named_to_who_brought_it_alone(house, crew) -> None:
    client, packed = house.client("data_manager"), io.BytesIO()
    broken = b"\x89PNG\r\n\x1a\n" + b"\0" * 50
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in/side.png", broken + b"1")
    _upload(house, client, [(f"{house.marker} 1.png", broken), ("set.zip", packed.getvalue())])
    crew.catch_up()
    crew.do_all()
    page = client.get("/upload").text
    assert f"“{house.marker} 1.png”: It cannot be read." in page
    assert "“set.zip/in/side.png”: It cannot be read." in page
    client.post("/language", data={"csrf": house.token(page), "language": "fr"})
    assert f"« {house.marker} 1.png » : Il n&#39;est pas lisible." in client.get("/upload").text.replace(
        "\xa0", " "
    )
    assert house.marker not in house.client("reader").get("/upload").text
    with house.room.database.writing() as connection:
        connection.execute(update(ARRIVAL).values(person_id=None))  # as of a folder that is everybody's
    (arrival,) = _rows(house, ARRIVAL)
    reader = house.client("reader")
    assert house.marker not in reader.get("/upload").text + reader.get(f"/upload/{arrival.id}/state").text
    assert house.marker not in str(_rows(house, AUDIT))


def test_an_upload_in_parts_is_one_arrival(house, crew) -> None:
    client = house.client("reader")
    begun = _upload(house, client, [("1.png", _png(1))], more="1")
    batch = begun.json()["batch"]
    _upload(house, client, [("2.png", _png(2))], batch=batch, together="1")
    assert _upload(house, client, [("3.png", _png(3))], batch=batch).status_code == 404
    crew.catch_up()
    crew.do_all()
    (arrival,), (_,) = _rows(house, ARRIVAL), _rows(house, CASE)
    assert (arrival.files, arrival.said["cases"]) == (2, 1)
    (opinion,) = _rows(house, OPINION)
    assert [one["source"] for one in opinion.form["images"]] == ["image 2"]


def test_progress_is_told_to_who_brought_it_alone(house, crew) -> None:
    client = house.client("reader")
    _upload(house, client, [("1.png", _png(1))])
    crew.catch_up()
    crew.do_all()
    (arrival,) = _rows(house, ARRIVAL)
    with client.stream("GET", f"/upload/{arrival.id}/events") as answer:
        told = b"".join(answer.iter_bytes()).decode()
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert '"state": "done"' in told
    assert house.client("data_manager").get(f"/upload/{arrival.id}/state").status_code == 404


def test_an_auditor_may_not_upload(house) -> None:
    assert house.client("auditor").get("/upload").status_code == 403
