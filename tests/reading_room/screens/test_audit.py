"""The auditor's screen."""

from __future__ import annotations

import csv
import io
import json

from sqlalchemy import delete, select, update

from thirdeye.reading_room.audit.keeper import anchor
from thirdeye.reading_room.store.tables import AUDIT, OPINION


def test_the_auditor_alone_sees_it(house, read_first):
    client, _ = read_first()
    assert client.get("/audit").status_code == 403
    seen = house.client("auditor").get("/audit")
    assert seen.status_code == 200
    assert "reading.locked" in seen.text
    assert house.marker not in seen.text


def test_entries_are_narrowed_down(house, read_first):
    read_first()
    seen = house.client("auditor").get("/audit/export.csv", params={"action": "reading."})
    actions = {row["action"] for row in csv.DictReader(io.StringIO(seen.text))}
    assert actions == {"reading.opened", "reading.locked"}
    nothing = house.client("auditor").get("/audit", params={"until": "2001-01-01"})
    assert "No entry fits" in nothing.text


def test_an_export_is_entered_itself_and_holds_no_formula(house):
    house.person("=HYPERLINK(1)", "reader")
    with house.room.acting(house.people["=HYPERLINK(1)"]) as act:
        act.record("something.done", case="=1+1")
    client = house.client("auditor")
    rows = list(csv.reader(io.StringIO(client.get("/audit/export.csv").text)))
    assert rows[-1][3] == "audit.exported"
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_lines_of_json_hold_what_the_seal_needs(house, read_first):
    read_first()
    lines = house.client("auditor").get("/audit/export.jsonl").text.splitlines()
    with house.room.database.reading() as connection:
        kept = connection.execute(select(AUDIT.c.mac).order_by(AUDIT.c.seq)).scalars().all()
    assert [json.loads(line)["mac"] for line in lines] == kept


def test_verification_says_whole_then_what_is_wrong(house, read_first):
    read_first()
    anchor(house.room)
    client = house.client("auditor")
    csrf = house.token(client.get("/audit").text)
    assert "The record is whole" in client.post("/audit/verify", data={"csrf": csrf}).text
    with house.room.database.writing() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.seq == 3).values(action="nothing.happened"))
        connection.execute(delete(AUDIT).where(AUDIT.c.seq > 5))
    text = client.post("/audit/verify", data={"csrf": csrf}).text
    assert "entry 3 was changed" in text
    assert "the end is cut off" in text


def test_what_was_shown_can_be_seen_and_a_change_of_it_too(house, read_first):
    client, case = read_first()
    client.get(f"/cases/{case}/opinion")
    with house.room.database.reading() as connection:
        number = connection.execute(
            select(AUDIT.c.seq).where(AUDIT.c.action == "opinion.revealed")
        ).scalar_one()
    auditor = house.client("auditor")
    assert "This is what was shown" in auditor.get(f"/audit/entries/{number}").text
    with house.room.database.writing() as connection:
        form = connection.execute(select(OPINION.c.form)).scalar_one()
        connection.execute(update(OPINION).values(form={**form, "predicted": "healthy"}))
        connection.execute(update(OPINION).values(form={**form, "predicted": "other"}))
    assert "This is not what was shown" in auditor.get(f"/audit/entries/{number}").text


def test_there_is_no_page_for_an_entry_that_is_not_there(house):
    assert house.client("auditor").get("/audit/entries/999999").status_code == 404
