"""The screen of retraining."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select

from thirdeye.reading_room.monitoring.simulated import Simulated, simulate
from thirdeye.reading_room.retraining.changes import keep_acceptance, plan_change
from thirdeye.reading_room.retraining.eligible import eligible
from thirdeye.reading_room.store.tables import STUDY

RESULT = {"passed": False, "enough": False, "n": 12, "n_patients": 11, "n_pos": 4, "criteria": []}


@pytest.fixture
def planned(house):
    with house.room.acting(None) as act:
        number = plan_change(
            act, house.study, {"what": "<b>More</b>", "why": "Drift", "frozen_sha256": "ab" * 32}
        )
        keep_acceptance(act, number, model="cd" * 32, result=RESULT, passed=False)
        known = act.connection.execute(select(STUDY)).one()._asdict()
        known.pop("id")
        for name, model in (("the second", "cd" * 32), ("the third", "ef" * 32)):
            act.connection.execute(insert(STUDY).values({**known, "name": name, "model_sha256": model}))
    return number


def test_plans_tests_and_versions_are_shown(house, planned) -> None:
    page = house.client("auditor").get("/retraining")
    assert page.status_code == 200
    assert "&lt;b&gt;More&lt;/b&gt;" in page.text
    assert "not passed" in page.text
    assert "Fewer cases than the plan asks for" in page.text
    assert page.text.index("the second") < page.text.index("the first model")
    assert page.text.count("no change plan") == 1  # the third


def test_a_plan_with_its_tests_as_json(house, planned) -> None:
    client = house.client("data_manager")
    form = client.get(f"/retraining/changes/{planned}.json").json()
    assert form["plan"]["why"] == "Drift"
    assert form["tests"][0]["result"] == RESULT
    assert client.get("/retraining/changes/99.json").status_code == 404


@pytest.mark.parametrize("role", ["reader", "adjudicator"])
def test_readers_do_not_see_it(house, role) -> None:
    assert house.client(role).get("/retraining").status_code == 403


def test_cases_without_images_or_proof_are_counted_apart(house) -> None:
    simulate(house.room, house.study, [house.people["reader"]], Simulated(cases=100))
    with house.room.database.reading() as connection:
        found = eligible(house.room, connection, house.study, None)
    assert not found.cases
    assert sum(found.left_out.values()) == 100
    assert found.left_out["planted"] > 0
    assert "Images are missing" in house.client("administrator").get("/retraining").text
