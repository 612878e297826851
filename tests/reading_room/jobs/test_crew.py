"""Jobs: in order of urgency, in processes of their own; a crash costs its job, a kill loses nothing."""

from __future__ import annotations

import json
import logging
import pickle
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from thirdeye.intake.worker_process import end_spare
from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.jobs import crew as crew_module
from thirdeye.reading_room.jobs.crew import Crew
from thirdeye.reading_room.jobs.queue import FILE, Queue
from thirdeye.reading_room.opinions import jobs as opinion_jobs
from thirdeye.reading_room.opinions.studies import enter_studies
from thirdeye.reading_room.store.tables import ARRIVAL, CASE, OPINION


@pytest.fixture
def crew(house) -> Iterator[Crew]:
    made = Crew(house.room, enter_studies(house.room))
    yield made
    made.close()


def test_messages_are_json_and_the_urgent_come_first(tmp_path: Path) -> None:
    done: list[str] = []
    queue = Queue(tmp_path, {"opinion": done.append})
    for row, priority in (("routine", 0), ("emergency", 2), ("urgent", 1), ("later", 0)):
        queue.add("opinion", row, priority=priority)
    with sqlite3.connect(tmp_path / FILE) as store:
        messages = [json.loads(bytes(data)) for (data,) in store.execute("select data from task")]
    assert {one["args"][0] for one in messages} == {"routine", "emergency", "urgent", "later"}
    while queue.do_next():
        pass
    assert done == ["emergency", "urgent", "routine", "later"]
    queue.close()


class Harm:
    def __reduce__(self):
        return (Path.touch, (Path("/tmp/never-made-by-a-queue"),))


def test_a_pickle_in_the_queue_is_not_opened(tmp_path: Path) -> None:
    done: list[str] = []
    queue = Queue(tmp_path, {"opinion": done.append})
    with sqlite3.connect(tmp_path / FILE) as store:
        store.execute("insert into task (queue, data) values ('room', ?)", (pickle.dumps(Harm()),))
    with pytest.raises(ValueError):
        queue.do_next()
    assert not Path("/tmp/never-made-by-a-queue").exists()
    assert not queue.do_next()
    assert done == []
    queue.close()


def test_what_a_killed_process_left_is_done_at_the_next_start(house, crew: Crew, tmp_path: Path) -> None:
    waiting = house.case(tmp_path, opinion=False)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 40), np.uint8)).save(tmp_path / "1.png")
    staging = Staging(house.room)
    staging.copy([("1.png", tmp_path / "1.png")])
    name = staging.hand_in(house.study, person=None, source="folder")
    with house.room.acting(None) as act:  # killed in the middle of it
        act.connection.execute(update(ARRIVAL).values(state="working"))
    with crew:
        for _ in range(2400):
            with house.room.database.reading() as connection:
                states = list(connection.execute(select(OPINION.c.state)).scalars())
                arrival = connection.execute(select(ARRIVAL.c.state).where(ARRIVAL.c.id == name)).scalar()
            if states == ["ready", "ready"] and arrival == "done":
                break
            crew._stop.wait(0.05)
    assert (states, arrival) == (["ready", "ready"], "done")
    assert waiting


def test_a_crash_of_the_worker_costs_its_job(house, crew: Crew, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "dies.py").write_text("import os\n\ndef at_once(*_):\n    os.abort()\n")
    monkeypatch.syspath_prepend(tmp_path)
    end_spare()
    import dies  # type: ignore[import-not-found]

    first = house.case(tmp_path, opinion=False)
    with monkeypatch.context() as patch:
        patch.setattr(opinion_jobs, "answered", dies.at_once)
        crew.ask(first)
        crew.do_all()
    second = house.case(tmp_path, opinion=False)
    crew.ask(second)
    crew.do_all()
    with house.room.database.reading() as connection:
        rows = {row.case_id: row for row in connection.execute(select(OPINION))}
        states = set(connection.execute(select(CASE.c.state)).scalars())
    assert (rows[first].state, rows[second].state) == ("failed", "ready")
    assert rows[first].error == "the image made its decoder crash (signal 6)"
    assert states == {"waiting"}


def test_a_fault_of_our_own_is_logged_without_what_it_says(
    house, crew: Crew, tmp_path, monkeypatch, caplog
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"something about {house.marker}")

    monkeypatch.setattr(crew_module, "make_waiting", broken)
    case = house.case(tmp_path, opinion=False)
    with caplog.at_level(logging.DEBUG):
        crew.ask(case)
        crew.do_all()
    assert "a job failed: RuntimeError at" in caplog.text
    assert house.marker not in caplog.text
    with house.room.database.reading() as connection:
        assert connection.execute(select(OPINION.c.state)).scalar() == "failed"


def test_a_failure_that_the_store_does_not_take_is_noted_later(house, tmp_path, monkeypatch) -> None:
    """A full disk makes a job fail, and at first its failure cannot be noted either."""
    refusals, noted = [], crew_module.fail_opinion

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def note(room: object, row: str) -> None:
        if len(refusals) < 2:
            refusals.append(row)
            raise OperationalError("", {}, Exception())
        noted(room, row)

    monkeypatch.setattr(crew_module, "make_waiting", broken)
    monkeypatch.setattr(crew_module, "fail_opinion", note)
    case = house.case(tmp_path, opinion=False)
    with Crew(house.room, enter_studies(house.room)) as crew:
        for _ in range(2400):
            with house.room.database.reading() as connection:
                state = connection.execute(select(OPINION.c.state)).scalar()
            if state == "failed":
                break
            crew._stop.wait(0.05)
    assert (state, refusals) == ("failed", [case, case])
