"""The form of a reading: drafts, marks, and a probability that nobody gave in advance."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select, update

from thirdeye.reading_room.store.tables import DRAFT, IMAGE, READING, STUDY


def _image(house, case: str) -> str:
    with house.room.database.reading() as connection:
        return connection.execute(select(IMAGE.c.id).where(IMAGE.c.case_id == case)).scalar_one()


def _number(page: str) -> str:
    return re.search(r'<input id="percent"[^>]*value="([^"]*)"', page)[1]


def test_there_is_no_default(house, read_first) -> None:
    client, case = read_first(lock=False)
    page = client.get(f"/cases/{case}/read").text
    assert _number(page) == ""
    assert re.search(r'<input type="range"[^>]*class="unset"', page)
    csrf = house.token(page)
    assert (
        client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": ""}).status_code == 422
    )


def test_a_draft_outlives_a_reload_and_goes_with_the_lock(house, read_first) -> None:
    client, case = read_first(lock=False)
    csrf = house.token(client.get("/").text)
    mark = {"kind": "box", "image": _image(house, case), "frame": 0, "points": [[1, 2], [10.126, 12]]}
    form = {"csrf": csrf, "probability_percent": "37", "note": "a <b>shadow</b>", "marks": json.dumps([mark])}
    before = len(house.audited())
    assert client.post(f"/cases/{case}/draft", data=form).status_code == 200
    assert len(house.audited()) == before
    page = client.get(f"/cases/{case}/read").text
    assert _number(page) == "37"
    assert "a &lt;b&gt;shadow&lt;/b&gt;" in page
    assert "10.13" in page
    assert client.post(f"/cases/{case}/lock", data=form).status_code == 303
    with house.room.database.reading() as connection:
        assert connection.execute(select(DRAFT)).all() == []
        locked = connection.execute(select(READING)).one()
    assert locked.marks == [{**mark, "points": [[1.0, 2.0], [10.13, 12.0]]}]
    assert client.post(f"/cases/{case}/draft", data=form).status_code == 409


def test_a_draft_is_ones_own(house, read_first) -> None:
    _, case = read_first(lock=False)
    other = house.client("other")
    data = {"csrf": house.token(other.get("/").text), "probability_percent": "1"}
    assert other.post(f"/cases/{case}/draft", data=data).status_code == 404


NO_MARKS = (
    "{", "{}", "[1]", "[" * 20_000, '[{"kind": "box"}]',
    '[{"kind":"point","image":"x","frame":0,"points":[[1,1]]}]',
)  # fmt: skip


def test_what_are_no_marks_is_refused(house, read_first) -> None:
    client, case = read_first(lock=False)
    data = {"csrf": house.token(client.get("/").text), "probability_percent": "1"}
    for marks in NO_MARKS:
        for step in ("draft", "lock"):
            answer = client.post(f"/cases/{case}/{step}", data={**data, "marks": marks})
            assert answer.status_code == 422, marks[:40]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_speaks_the_readers_language(house, read_first, language) -> None:
    client, case = read_first(lock=False)
    client.post(
        "/language", data={"csrf": house.token(client.get("/").text), "language": language, "next": "/"}
    )
    page = client.get(f"/cases/{case}/read").text
    assert {"en": "Your own opinion", "fr": "Votre propre avis"}[language] in page
    assert {"en": "Outline", "fr": "Contour"}[language] in page


def test_where_there_are_several_classes_one_is_named(house, read_first) -> None:
    with house.room.acting(None) as act:
        act.connection.execute(update(STUDY).values(positive=None, classes=["mole", "melanoma", "<i>other"]))
    client, case = read_first(lock=False)
    page = client.get(f"/cases/{case}/read").text
    assert "What do you see?" in page
    assert "&lt;i&gt;other" in page
    assert " checked" not in page
    form = {"csrf": house.token(page), "probability_percent": "80"}
    for answer in ({}, {"answer": ""}, {"answer": "wart"}):
        assert client.post(f"/cases/{case}/lock", data={**form, **answer}).status_code == 422
    assert client.post(f"/cases/{case}/lock", data={**form, "answer": "melanoma"}).status_code == 303
    with house.room.database.reading() as connection:
        kept = connection.execute(select(READING.c.answer, READING.c.probability)).one()
    assert kept == ("melanoma", 0.8)
