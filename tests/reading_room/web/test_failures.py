"""Where something fails: a sentence, no partial state, nothing of what it was about in any log."""

from __future__ import annotations

import errno
import io
import logging
import socket
import sqlite3
import threading
from pathlib import Path

import httpx2
import pytest
import uvicorn
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from thirdeye.reading_room.screens import account as account_screen
from thirdeye.reading_room.store.tables import ARRIVAL, CASE, DECISION, OPINION, READING, REVEAL
from thirdeye.reading_room.web.app import make_app

FULL = OSError(errno.ENOSPC, "No space left on device")


def _counted(house, table) -> int:
    with house.room.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _raise(error: Exception):
    def broken(*_, **__):
        raise error

    return broken


def test_an_error_of_our_own_says_a_sentence_and_keeps_its_headers(house, monkeypatch, caplog) -> None:
    monkeypatch.setattr(account_screen, "account", _raise(ValueError(f"{house.marker} at /secret/path")))
    answer = house.client("reader").get("/account")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "not a medical device" in answer.text.lower()
    assert house.marker not in answer.text + caplog.text
    assert "/secret/path" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def test_the_servers_own_log_holds_no_identity_either(house, monkeypatch, caplog) -> None:
    """The same over a real server: what a route leaves to it, it would log with the message."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(account_screen, "account", _raise(ValueError(house.marker)))
    cookies = dict(house.client("reader").cookies)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(house.room), log_config=None, lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/account"
        status = httpx2.get(
            address, cookies=cookies, headers={"host": "localhost"}, trust_env=False, timeout=60
        )
        server.should_exit = True
        thread.join(60)
    assert status.status_code == 500
    assert house.marker not in caplog.text
    assert "Traceback" not in caplog.text


def test_an_error_of_the_store_names_no_value(house) -> None:
    with pytest.raises(IntegrityError) as caught, house.room.acting(None) as act:
        act.connection.execute(CASE.insert().values(id=house.marker, state="waiting"))
    assert house.marker not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "status"), [("SQLITE_FULL", 507), ("SQLITE_BUSY", 503), ("SQLITE_IOERR", 503)]
)
def test_a_store_that_cannot_write_is_said(house, read_first, monkeypatch, name, status) -> None:
    client, case = read_first(lock=False)
    csrf = house.token(client.get("/").text)
    fault = sqlite3.OperationalError("database or disk is full")
    fault.sqlite_errorname = name
    monkeypatch.setattr(
        "thirdeye.reading_room.workflow.first_reading.after_lock", _raise(OperationalError("x", {}, fault))
    )
    before = house.audited()
    answer = client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": 30})
    assert answer.status_code == status
    assert "Nothing of this was kept" in answer.text
    assert (_counted(house, READING), house.audited()) == (0, before)
    monkeypatch.undo()
    answer = client.post(f"/cases/{case}/lock", data={"csrf": csrf, "probability_percent": 30})
    assert (answer.status_code, _counted(house, READING)) == (303, 1)


def test_a_store_that_is_gone_is_said_without_it(house, monkeypatch) -> None:
    fault = OperationalError("x", {}, sqlite3.OperationalError("unable to open database file"))
    client = house.client("reader")
    monkeypatch.setattr(type(house.room.database), "reading", _raise(fault))
    answer = client.get("/")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "not a medical device" in answer.text.lower()


def test_a_full_disk_during_an_upload_leaves_nothing(house, monkeypatch) -> None:
    client = house.client("reader")
    csrf = house.token(client.get("/upload").text)
    monkeypatch.setattr("thirdeye.reading_room.arrivals.staged.shutil.copyfileobj", _raise(FULL))
    sent = {"files": ("a.png", io.BytesIO(b"x" * 100), "image/png")}
    answer = client.post("/upload", data={"csrf": csrf}, files=sent)
    assert answer.status_code == 507
    assert "disk of the reading room is full" in answer.text
    assert _counted(house, ARRIVAL) == 0
    incoming = house.room.settings.folder / "incoming"
    assert not incoming.exists() or not list(incoming.iterdir())


def test_a_full_disk_when_a_case_is_taken_in_leaves_nothing(house, tmp_path, monkeypatch) -> None:
    real = Path.open

    def full(self: Path, *mode, **more):
        stream = real(self, *mode, **more)
        if self.name.endswith(".part"):
            stream.write(b"half")
            stream.close()
            raise FULL
        return stream

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OSError, match="No space"):
        house.case(tmp_path)
    monkeypatch.undo()
    assert _counted(house, CASE) == 0
    assert not list(house.room.images.glob("*"))
    assert not list(house.room.images.glob(".*.part"))
    house.case(tmp_path)


def test_a_decision_that_breaks_off_is_not_made(house, read_first, monkeypatch) -> None:
    client, case = read_first()
    csrf = house.token(client.get(f"/cases/{case}/opinion").text)
    monkeypatch.setattr("thirdeye.reading_room.screens.decision.planted", _raise(FULL))
    before = house.audited()
    assert client.post(f"/cases/{case}/decide", data={"csrf": csrf, "choice": "keep"}).status_code == 507
    assert (_counted(house, DECISION), house.audited()) == (0, before)


def test_an_opinion_edited_in_the_store_is_not_shown(house, read_first) -> None:
    client, case = read_first()
    with house.room.acting(None) as act:
        form = act.connection.execute(select(OPINION.c.form)).scalar_one()
        act.connection.execute(update(OPINION).values(form={**form, "predicted": "something else"}))
    assert client.get(f"/cases/{case}/opinion").status_code == 409
    assert house.audited()[-1] == "opinion.changed"
    assert _counted(house, REVEAL) == 0
