"""The revisions make the tables; an older store is copied, then brought up to date."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, select, text

from thirdeye.errors import UsageError
from thirdeye.reading_room.people.accounts import add_person
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store import revisions
from thirdeye.reading_room.store.database import Database
from thirdeye.reading_room.store.prepare import prepare
from thirdeye.reading_room.store.tables import AUDIT, PERSON

LATER = '''"""A person has a room of their own."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade() -> None:
    with op.batch_alter_table("person", recreate="always") as batch:
        batch.add_column(sa.Column("door", sa.Integer(), nullable=False, server_default="7"))
'''


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The revisions of a program of tomorrow."""
    folder = tmp_path / "later"
    shutil.copytree(revisions.REVISIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "r9999_later.py").write_text(LATER.format(before=revisions.head()))
    return folder


@pytest.fixture
def lived_in(tmp_path: Path) -> Path:
    """The folder of a room with a person and an audit."""
    room = Room.open(Settings(folder=tmp_path / "room"))
    with room.acting(None) as act:
        add_person(act, login="ada", shown="Ada", password=None, roles=["reader"])
    with room.acting(1) as act:
        act.record("something.done")
    room.close()
    return tmp_path / "room"


def test_the_revisions_make_the_tables() -> None:
    with create_engine("sqlite://").begin() as connection:
        revisions.upgrade(connection)
        assert revisions.differences(connection) == []
        assert revisions.present(connection) == revisions.head()
        revisions.downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_a_missing_table_is_noticed() -> None:
    with create_engine("sqlite://").begin() as connection:
        revisions.upgrade(connection)
        connection.execute(text("DROP TABLE note"))
        assert len(revisions.differences(connection)) == 1


def test_a_new_store_is_at_the_latest_revision(lived_in) -> None:
    with create_engine(f"sqlite:///{lived_in / 'room.sqlite'}").connect() as connection:
        assert revisions.present(connection) == revisions.head()
    assert [one.name for one in lived_in.glob("*.before-*")] == []


def test_an_older_store_is_copied_then_brought_up_to_date(lived_in, later) -> None:
    database = Database.open(f"sqlite:///{lived_in / 'room.sqlite'}")
    copy = prepare(database.engine, folder=later)
    with database.reading() as connection:
        assert revisions.present(connection) == "9999"
        assert connection.execute(text("SELECT login, door FROM person")).all() == [("ada", 7)]
        assert connection.execute(select(AUDIT.c.action)).scalars().all() == [
            "person.added",
            "something.done",
        ]
    assert copy is not None
    assert copy.name == f"room.before-{revisions.head()}.sqlite"
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT login FROM person").fetchall() == [("ada",)]
        assert "door" not in kept.execute("SELECT sql FROM sqlite_master WHERE name = 'person'").fetchone()[0]
    kept.close()
    assert prepare(database.engine, folder=later) is None
    database.close()


def test_a_failed_revision_leaves_the_store_as_it_was(lived_in, later) -> None:
    broken = later / "r9999_later.py"
    broken.write_text(broken.read_text() + "    raise ValueError('half way')\n")
    database = Database.open(f"sqlite:///{lived_in / 'room.sqlite'}")
    with pytest.raises(ValueError, match="half way"):
        prepare(database.engine, folder=later)
    with database.reading() as connection:
        assert revisions.present(connection) == revisions.head()
        assert revisions.differences(connection) == []
        assert connection.execute(select(PERSON.c.login)).scalars().all() == ["ada"]
    database.close()


def test_a_store_of_a_later_program_is_left_alone(lived_in, later) -> None:
    url = f"sqlite:///{lived_in / 'room.sqlite'}"
    database = Database.open(url)
    prepare(database.engine, folder=later)
    database.close()
    with pytest.raises(UsageError, match="made by a later version"):
        Database.open(url)


def test_somebody_elses_database_is_left_alone(tmp_path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE patients (name TEXT)")
    other.close()
    with pytest.raises(UsageError, match="not of a reading room"):
        Database.open(f"sqlite:///{path}")
