"""``thirdeye readers open`` and ``collect`` and ``thirdeye retrain`` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import insert

from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import PERSON


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A room with a reader, two images, a table of them, a consent table."""
    room = Room.open(Settings(folder=tmp_path / "room"))
    with room.acting(None) as act:
        act.connection.execute(
            insert(PERSON).values(login="ada", shown="Ada", roles="reader", disabled=False, made_at=act.at)
        )
    room.close()
    (tmp_path / "images").mkdir()
    for name in ("a", "b"):
        (tmp_path / "images" / f"{name}.png").write_bytes(b"not looked at here")
    (tmp_path / "cases.csv").write_text("case\na\nb\n")
    (tmp_path / "consent.csv").write_text("patient_id,date\nx,2026-01-01\n")
    return tmp_path


def test_lists_into_the_room_and_readings_back(thirdeye, place: Path, finished: Path) -> None:
    assert (
        thirdeye("readers", "design", place / "cases.csv", "--readers", "R1", "--out", place / "d").code == 0
    )
    common = ("--room", place / "room")
    said = thirdeye("readers", "open", place / "d", *common, "--images", place / "images", "--study",
                    finished / "study", "--reader", "R1=ada")  # fmt: skip
    assert said.code == 0, said.err
    assert "reader study 1 is open: 1 reader, 2 cases, 2 places to read" in said.out
    said = thirdeye("readers", "collect", place / "d", *common, "--number", 1)
    assert said.code == 0
    assert (place / "d" / "room_readings.csv").read_text().startswith("reader,case,test,")
    wrong = thirdeye("readers", "open", place / "d", *common, "--images", place / "images", "--study",
                     finished / "study", "--reader", "R1")  # fmt: skip
    assert wrong.code == 2
    assert "NAME=LOGIN" in wrong.refusal


def test_retraining_refuses_in_a_sentence(thirdeye, place: Path, finished: Path) -> None:
    study = finished / "study"
    said = thirdeye("retrain", "cases", study, "--room", place / "none", "--consent", place / "consent.csv",
                    "--out", place / "out")  # fmt: skip
    assert said.code == 2
    assert "is not the folder of a reading room" in said.refusal
    said = thirdeye("retrain", "cases", study, "--room", place / "room", "--consent", place / "consent.csv",
                    "--out", place / "out")  # fmt: skip
    assert said.code == 3
    assert "not one case may be used" in said.refusal
    said = thirdeye("retrain", "plan", study, "--room", place / "room", "--frozen", place / "images",
                    "--what", "x", "--why", "y")  # fmt: skip
    assert said.code == 2
    assert "holds no frozen cases" in said.refusal
    said = thirdeye("retrain", "accept", study, "--room", place / "room", "--change", 3, "--old", study,
                    "--frozen", place / "images")  # fmt: skip
    assert "knows no change 3" in said.refusal
    assert json.dumps(said.out) == '""'
