"""A reader study in the room: order, blinding, washout, and the way back into the analysis."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update

from thirdeye.case.opinion import Opinion
from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.lists import reading_lists
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.reader_studies.enter import enter_reader_study
from thirdeye.reading_room.reader_studies.lists import Lists, read_lists
from thirdeye.reading_room.store.tables import ASSIGNMENT, OPINION, PERSON, PLACE, STUDY, STUDY_READING

CASES = ("c1", "c2", "c3", "c4")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock(house) -> Clock:
    made = Clock()
    house.room = dataclasses.replace(house.room, clock=made)
    return made


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for number, case in enumerate(CASES):
        pixels = np.random.default_rng(number).integers(0, 255, (40, 40)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{case}.png")
    return {case: [folder / f"{case}.png"] for case in CASES}


def lists_of(design: str, days: int = 0) -> Lists:
    slots = reading_lists(CASES, ["reader", "other"], design=design, seed=3)
    return Lists("a study", design, days, slots, digest([design, days]))


@pytest.fixture
def study(house, clock, images):
    """Enters a reader study; its opinions are ready."""

    def go(design: str, days: int = 0) -> int:
        number = enter_reader_study(house.room, lists_of(design, days), images, study=house.study)
        with house.room.acting(None) as act:
            row = act.connection.execute(select(STUDY).where(STUDY.c.id == house.study)).one()
            other = next(one for one in row.classes if one != row.positive)
            said = Opinion(
                "image 1",
                "binary",
                {row.positive: 0.8, other: 0.2},
                positive=row.positive,
                predicted=row.positive,
            ).as_json()
            ready = {"state": "ready", "form": said, "sha256": digest(said), "made_at": act.at}
            act.connection.execute(update(OPINION).where(OPINION.c.state == "waiting").values(**ready))
        return number

    return go


def fields(page: str) -> dict[str, str]:
    """What the form of a page carries."""
    form = page[page.index('id="reading"') :]
    return dict(re.findall(r'<input type="hidden" name="(csrf|place|step)" value="([^"]*)"', form)[:3])


def answer(client, number: int, percent: float | None = 30, **more):
    page = client.get(f"/reader-studies/{number}/read")
    assert page.status_code == 200, page.text
    given = {} if percent is None else {"probability_percent": percent}
    return page.text, client.post(
        f"/reader-studies/{number}/lock", data={**fields(page.text), **given, **more}
    )


def test_alone_first_then_the_opinion_then_the_final_answer(house, study) -> None:
    number, client = study("reader_first"), house.client("reader")
    page, locked = answer(client, number, 30)
    assert re.search(r"80\W*%", page) is None
    assert "You said" not in page
    assert locked.status_code == 303
    page, locked = answer(client, number, None, keep="yes")
    assert re.search(r"80\W*%", page)
    assert "You said 30 %" in page
    assert locked.status_code == 303
    with house.room.database.reading() as connection:
        rows = connection.execute(select(STUDY_READING).order_by(STUDY_READING.c.id)).all()
    assert [(one.step, one.probability, one.opinion_sha256 is None) for one in rows] == [
        ("first", 0.3, True), ("final", 0.3, False),
    ]  # fmt: skip


def test_the_list_gives_the_order(house, study) -> None:
    number, client = study("concurrent"), house.client("reader")
    wanted = [slot.case for slot in lists_of("concurrent").slots if slot.reader == "reader"]
    with house.room.database.reading() as connection:
        names = dict(connection.execute(select(PLACE.c.id, PLACE.c.name)).all())
    seen = []
    for _ in wanted:
        page, locked = answer(client, number)
        seen.append(names[int(fields(page)["place"])])
        assert locked.status_code == 303
    assert seen == wanted
    assert "Everything on your list is read" in client.get(f"/reader-studies/{number}/read").text


def test_another_place_or_step_or_a_second_lock_is_refused(house, study) -> None:
    number, client = study("reader_first"), house.client("reader")
    page = client.get(f"/reader-studies/{number}/read").text
    form = {**fields(page), "probability_percent": 30}
    for wrong in ({"place": str(int(form["place"]) + 1)}, {"step": "final"}):
        assert client.post(f"/reader-studies/{number}/lock", data={**form, **wrong}).status_code == 409
    assert client.post(f"/reader-studies/{number}/lock", data=form).status_code == 303
    assert client.post(f"/reader-studies/{number}/lock", data=form).status_code == 409
    assert house.audited()[-1] == "reader_study.edit_refused"
    for percent in ("nan", "101", "-1", "1e999"):
        page = client.get(f"/reader-studies/{number}/read").text
        bad = {**fields(page), "probability_percent": percent}
        assert client.post(f"/reader-studies/{number}/lock", data=bad).status_code == 422


def test_the_routine_screens_give_nothing_away(house, study) -> None:
    """Not the opinion, not somebody else's case, not a case that is done, and no lock from there."""
    number, client = study("reader_first"), house.client("reader")
    page = client.get(f"/reader-studies/{number}/read").text
    case = re.search(r'data-case="([^"]+)"', page)[1]
    image = re.search(r"/images/([^/]+)/preview", page)[1]
    assert client.get(f"/cases/{case}/opinion").status_code == 403
    token = fields(page)["csrf"]
    answer_ = client.post(f"/cases/{case}/lock", data={"csrf": token, "probability_percent": 30})
    assert answer_.status_code == 403
    assert client.get(f"/cases/{case}/images/{image}/preview.png").status_code == 200
    assert house.client("other").get(f"/cases/{case}/images/{image}/preview.png").status_code == 404
    assert case not in client.get("/").text
    assert client.post(f"/cases/{case}/take", data={"csrf": token}).status_code in (303, 404)
    answer(client, number, 30)
    answer(client, number, 40)
    assert client.get(f"/cases/{case}/images/{image}/preview.png").status_code == 404
    with house.room.database.reading() as connection:
        assert connection.execute(select(ASSIGNMENT.c.id)).all() == []


@pytest.mark.stores
def test_the_washout_is_kept_by_the_server(house, study, clock) -> None:
    number, client = study("crossover", 28), house.client("reader")
    for _ in CASES:
        assert answer(client, number)[1].status_code == 303
    refused = client.get(f"/reader-studies/{number}/read")
    assert refused.status_code == 403
    assert house.audited()[-1] == "reader_study.refused"
    assert "28 days after your last reading" in client.get("/reader-studies").text
    clock.now += timedelta(days=27, hours=23)
    assert house.client("reader").get(f"/reader-studies/{number}/read").status_code == 403
    clock.now += timedelta(hours=2)
    client = house.client("reader")
    for _ in CASES:
        assert answer(client, number, 60)[1].status_code == 303
    with house.room.database.reading() as connection:
        read = connection.execute(
            select(PLACE.c.name, PLACE.c.arm, STUDY_READING.c.opinion_sha256).join(STUDY_READING)
        ).all()
    assert sorted((one.name, one.arm) for one in read) == sorted(
        (c, a) for c in CASES for a in ("aided", "alone")
    )
    assert all((one.opinion_sha256 is None) == (one.arm == "alone") for one in read)


def test_no_final_answer_before_the_opinion_is_there(house, clock, images) -> None:
    number = enter_reader_study(house.room, lists_of("concurrent"), images, study=house.study)
    client = house.client("reader")
    page, locked = answer(client, number)
    assert "still being made" in page
    assert locked.status_code == 403


def test_a_closed_study_is_read_no_more(house, study) -> None:
    number, client, manager = study("concurrent"), house.client("reader"), house.client("data_manager")
    token = house.token(manager.get("/reader-studies").text)
    assert manager.post(f"/reader-studies/{number}/close", data={"csrf": token}).status_code == 303
    assert client.get(f"/reader-studies/{number}/read").status_code == 409


def test_who_may_what(house, study) -> None:
    number = study("concurrent")
    assert house.client("adjudicator").get("/reader-studies").status_code == 403
    assert house.client("reader").get(f"/reader-studies/{number}/readings.csv").status_code == 403
    assert house.client("data_manager").get(f"/reader-studies/{number}/read").status_code == 403
    house.person("stranger", "reader")
    assert house.client("stranger").get(f"/reader-studies/{number}/read").status_code == 404
    assert house.client("data_manager").get("/reader-studies/99/readings.csv").status_code == 404


def test_who_reads_takes_no_readings_before_it_is_closed(house, study) -> None:
    with house.room.acting(None) as act:
        act.connection.execute(
            update(PERSON).where(PERSON.c.login == "reader").values(roles="data_manager reader")
        )
    number, client = study("concurrent"), house.client("reader")
    assert client.get(f"/reader-studies/{number}/readings.csv").status_code == 403
    assert house.audited()[-1] == "reader_study.export_refused"
    token = house.token(client.get("/reader-studies").text)
    assert client.post(f"/reader-studies/{number}/close", data={"csrf": token}).status_code == 303
    assert client.get(f"/reader-studies/{number}/readings.csv").status_code == 200


def test_the_export_says_what_was_locked(house, study) -> None:
    number, client = study("reader_first"), house.client("reader")
    answer(client, number, 30)
    answer(client, number, 70)
    table = house.client("data_manager").get(f"/reader-studies/{number}/readings.csv").text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(one["test"], one["rating"], one["initial"], one["machine"], one["final"]) for one in rows] == [
        ("alone", "0.3", "0", "1", "1"), ("aided", "0.7", "0", "1", "1"),
    ]  # fmt: skip
    assert all(float(one["seconds"]) > 0 for one in rows)
    assert house.audited()[-1] == "reader_study.exported"


def test_what_does_not_fit_is_refused(house, images, tmp_path) -> None:
    lists = lists_of("concurrent")
    with pytest.raises(UsageError, match="have no image: c1"):
        enter_reader_study(house.room, lists, {**images, "c1": []}, study=house.study)
    with pytest.raises(UsageError, match="no reader signs in as nobody"):
        enter_reader_study(house.room, lists, images, study=house.study, people={"other": "nobody"})
    with pytest.raises(UsageError, match="are one person"):
        enter_reader_study(house.room, lists, images, study=house.study, people={"other": "reader"})
    enter_reader_study(house.room, lists, images, study=house.study)
    with pytest.raises(UsageError, match="is in the room already"):
        enter_reader_study(house.room, lists, images, study=house.study)
    with pytest.raises(UsageError, match="holds no design"):
        read_lists(tmp_path)


def test_a_changed_list_is_refused(tmp_path) -> None:
    from thirdeye.journey.readers.designing import design

    (tmp_path / "cases.csv").write_text("case\nc1\nc2\nc3\n")
    made = design(tmp_path / "cases.csv", ["A", "B"], tmp_path / "study")
    assert read_lists(made.folder).slots == made.slots
    path = made.folder / "lists" / "reader-01-session-1.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(DataRefused, match="is not that of the design"):
        read_lists(made.folder)


def test_why_there_is_no_opinion_and_what_was_not_read_are_sentences(house, study) -> None:
    number, client = study("concurrent"), house.client("reader")
    with house.room.database.writing() as connection:
        for row in connection.execute(select(OPINION)).all():
            left = {"unread": {"read": "volume", "number": 2}, "source": "image 1"}
            form = {**row.form, "abstained": "it looks unlike anything", **left}
            values = {"form": form, "sha256": digest(form)}
            connection.execute(update(OPINION).where(OPINION.c.id == row.id).values(**values))
    pages = [answer(client, number)[0] for _ in CASES]
    (shown, *_) = [page for page in pages if "looks unlike anything" in page]
    assert ">it looks unlike anything" in shown
    assert "&#39;text&#39;" not in shown
    assert "one volume alone, which begins with image 1" in shown
