"""Screens, signatures and DICOM objects call a class by its name; what is kept is the class."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from thirdeye.case.names import ClassNames
from thirdeye.case.study import Study
from thirdeye.case.study_names import NAMES_FILE
from thirdeye.reading_room.opinions.studies import enter_studies
from thirdeye.reading_room.sending.objects import signed_case
from thirdeye.reading_room.store.tables import OPINION, PERSON, READING, SHOWN, SIGNATURE, STUDY

SICK = {"en": "melanoma", "fr": "mélanome"}
SOUND = {"en": "naevus", "fr": "nævus"}


def _row(house, table):
    with house.room.database.reading() as connection:
        return connection.execute(select(table)).first()


@pytest.fixture
def called(house):
    """The house with names for its two classes; positive and other class."""
    study = _row(house, STUDY)
    (other,) = (one for one in study.classes if one != study.positive)
    names = ClassNames({study.positive: SICK, other: SOUND}, "given").as_json()
    with house.room.acting(None) as act:
        act.connection.execute(update(STUDY).values(names=names))
    return study.positive, other


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_screen_of_a_case_says_the_name_and_the_store_keeps_the_class(
    house, called, read_first, language
) -> None:
    with house.room.acting(None) as act:
        act.connection.execute(update(PERSON).values(language=language))
    client, case = read_first(percent=30)
    pages = [client.get(f"/cases/{case}/opinion").text]
    client.post(f"/cases/{case}/decide", data={"csrf": house.token(pages[0]), "choice": "keep"})
    pages.append(client.get(f"/cases/{case}/sign").text)
    seal = re.search(r'name="statement" value="([0-9a-f]{64})"', pages[-1])[1]
    client.post(f"/cases/{case}/sign", data={"csrf": house.token(pages[-1]), "statement": seal})
    pages += [client.get(f"/cases/{case}/{one}").text for one in ("sign", "outcome")]
    for page in pages:
        assert SICK[language] in page
        assert not re.search(rf">[^<]*\b{called[0]}\b[^<]*<", page)
    assert SOUND[language] in pages[-1]
    assert f'value="{called[1]}"' in pages[-1]  # the form sends the class
    assert _row(house, OPINION).form["positive"] == called[0]
    assert _row(house, READING).probability == 0.3
    assert _row(house, SIGNATURE).probability == 0.3
    assert SICK[language] in str(_row(house, SHOWN).content)


def test_the_first_reading_asks_by_name(house, called, read_first) -> None:
    client, case = read_first(lock=False)
    assert "melanoma" in client.get(f"/cases/{case}/read").text


def test_objects_for_the_archive_say_the_name(house, called, read_first) -> None:
    client, case = read_first(percent=30)
    shown = client.get(f"/cases/{case}/opinion").text
    client.post(f"/cases/{case}/decide", data={"csrf": house.token(shown), "choice": "keep"})
    page = client.get(f"/cases/{case}/sign").text
    seal = re.search(r'name="statement" value="([0-9a-f]{64})"', page)[1]
    client.post(f"/cases/{case}/sign", data={"csrf": house.token(page), "statement": seal})
    with house.room.database.reading() as connection:
        signed = signed_case(connection, case, house.room.images)
    assert signed.decision.final == {"melanoma": 0.3}
    assert signed.names.of(called[0]) == "melanoma"


def test_a_room_takes_the_names_of_a_study_when_it_is_opened(house, tmp_path, finished) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    for one in (finished / "study").iterdir():
        if one.name != NAMES_FILE:
            (folder / one.name).symlink_to(one)
    study = _row(house, STUDY)
    room = replace(house.room, settings=replace(house.room.settings, studies=(folder,)))
    Study(folder).write_json(NAMES_FILE, ClassNames({study.positive: SICK}, "given").as_json())
    assert enter_studies(room) == {study.id: folder}
    assert _row(house, STUDY).names["names"] == {study.positive: SICK}
    enter_studies(room)
    assert house.audited().count("study.named") == 1


def test_an_opinion_without_names_is_told_by_its_classes(house, read_first) -> None:
    client, case = read_first()
    assert _row(house, STUDY).positive in client.get(f"/cases/{case}/opinion").text
