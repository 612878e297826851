"""`thirdeye room`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from thirdeye.cli.room import command
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.tables import AUDIT


@pytest.fixture
def room(tmp_path):
    """A room with three entries."""
    made = Room.open(Settings(folder=tmp_path / "room"))
    for _ in range(3):
        with made.acting(None) as act:
            act.record("something.done")
    yield made
    made.close()


def run(*arguments):
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_a_whole_audit(room):
    done = run("verify", room.settings.folder)
    assert done.exit_code == 0
    assert "3 entries: the audit is whole." in done.output
    assert "No anchor vouches" in done.output


def test_an_audit_that_was_changed_ends_with_code_4(room):
    with room.database.writing() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.seq == 2).values(action="other"))
    done = run("verify", room.settings.folder, "--json")
    assert done.exit_code == 4
    assert json.loads(done.output)["problems"] == ["entry 2 was changed, or sealed with another key"]


def test_there_and_back(room, tmp_path):
    assert "files copied" in run("backup", room.settings.folder, tmp_path / "copy").output
    assert "brought back" in run("restore", tmp_path / "copy", tmp_path / "again").output
    assert run("verify", tmp_path / "again").exit_code == 0
    assert "3 entries written" in run("audit", tmp_path / "again", "--out", tmp_path / "a.csv").output
