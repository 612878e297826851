"""A server killed at any moment loses no locked reading and no entry of the audit."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import insert, select, update

from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, READING

CASES = 120
KILLS = 3
PASSWORD = "correct horse battery"


@contextmanager
def served(house) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`thirdeye serve` in a process of its own, killed at the end if it still runs."""
    (study,) = house.room.settings.studies
    command = [
        sys.executable, "-c", "from thirdeye.cli.main import main; main()", "serve", str(study),
        "--room", str(house.room.settings.folder), "--port", "0",
    ]  # fmt: skip
    log = house.room.settings.folder / "served.log"
    with log.open("w") as stream:
        child = subprocess.Popen(
            command, stderr=stream, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    try:
        yield child, _address(child, log)
    finally:
        _kill(child)


def _address(child: subprocess.Popen[str], log: Path) -> str:
    until = time.monotonic() + 240
    while time.monotonic() < until and child.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"the room did not open: {log.read_text()}")


def _kill(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait(60)


def _open_cases(house, folder: Path) -> list[str]:
    """Cases of one reader whose images were looked at: all that is missing is the lock."""
    cases = [house.case(folder, opinion=False) for _ in range(CASES)]
    with house.room.acting(None) as act:
        for case in cases:
            act.connection.execute(update(CASE).where(CASE.c.id == case).values(state="reading"))
            act.connection.execute(
                insert(ASSIGNMENT).values(
                    case_id=case, person_id=house.people["reader"], part="first", given_at=act.at,
                    checked_at=act.at, opened_at=act.at,
                )
            )  # fmt: skip
    return cases


def _lock_until_it_dies(address: str, cases: list[str], acknowledged: list[str]) -> None:
    with httpx2.Client(base_url=address, timeout=60) as client:
        client.post("/sign-in", data={"login": "reader", "password": PASSWORD})
        csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)
        assert csrf
        while cases:
            case = cases.pop()
            try:
                answer = client.post(
                    f"/cases/{case}/lock", data={"csrf": csrf[1], "probability_percent": "30", "marks": "[]"}
                )
            except httpx2.HTTPError:
                return
            if answer.status_code == 303:
                acknowledged.append(case)


@pytest.mark.slow
def test_no_locked_reading_and_no_entry_is_lost(house, tmp_path) -> None:
    from thirdeye.journey.room_keeping import verify_room

    cases, acknowledged = _open_cases(house, tmp_path), []
    chance = random.Random(0)
    for _ in range(KILLS):
        with served(house) as (child, address):
            doctor = threading.Thread(target=_lock_until_it_dies, args=(address, cases, acknowledged))
            doctor.start()
            before = len(acknowledged)
            while len(acknowledged) == before and doctor.is_alive():
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.4))
            _kill(child)
            doctor.join(120)
    with house.room.database.reading() as connection:
        kept = set(connection.execute(select(READING.c.case_id)).scalars())
    assert len(acknowledged) >= KILLS
    assert not (house.room.settings.folder / "jobs.sqlite").stat().st_mode & 0o077  # others read nothing
    assert set(acknowledged) <= kept
    seen = verify_room(house.room.settings.folder)
    assert seen.whole, seen.problems
    assert house.audited().count("reading.locked") == len(kept)
