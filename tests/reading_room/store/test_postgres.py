"""What is particular to PostgreSQL: one writer at a time, no NUL, revisions in one transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, insert, select

from thirdeye.errors import UsageError
from thirdeye.reading_room.audit.chain import START
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store import revisions
from thirdeye.reading_room.store.database import Database
from thirdeye.reading_room.store.prepare import prepare
from thirdeye.reading_room.store.tables import AUDIT, NOTE


@pytest.fixture
def room(tmp_path, postgres):
    opened = Room.open(Settings(folder=tmp_path / "room", database=postgres()))
    yield opened
    opened.close()


def test_the_revisions_make_the_tables(postgres) -> None:
    engine = create_engine(postgres())
    with engine.begin() as connection:
        revisions.upgrade(connection)
        assert revisions.differences(connection) == []
        revisions.downgrade(connection, "base")
    engine.dispose()


def test_parallel_writers_make_one_chain(room) -> None:
    def write(number: int) -> None:
        with room.acting(None) as act:
            act.record("something.done", number=number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(80)))
    with room.database.reading() as connection:
        rows = connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).all()
    assert [row.seq for row in rows] == list(range(1, 81))
    assert [row.previous for row in rows] == [START, *(row.mac for row in rows[:-1])]


def test_who_reads_sees_one_state(room) -> None:
    with room.database.reading() as connection:
        assert connection.execute(select(NOTE)).all() == []
        with room.database.writing() as writer:
            writer.execute(insert(NOTE).values(name="x", value=1))
        assert connection.execute(select(NOTE)).all() == []
    with room.database.reading() as connection:
        assert connection.execute(select(NOTE.c.name)).scalars().all() == ["x"]


def test_an_act_that_fails_leaves_nothing(room) -> None:
    with pytest.raises(ValueError, match="on the way"), room.acting(None) as act:  # noqa: PT012
        act.connection.execute(insert(NOTE).values(name="x", value=1))
        act.record("something.done")
        raise ValueError("on the way")
    with room.database.reading() as connection:
        assert connection.execute(select(NOTE)).all() == []
        assert connection.execute(select(AUDIT)).all() == []


def test_an_older_store_asks_for_a_copy_first(room, tmp_path) -> None:
    later = tmp_path / "later"
    later.mkdir()
    for path in revisions.REVISIONS.glob("r*.py"):
        (later / path.name).write_text(path.read_text())
    (later / "r9999_later.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '9999', '{revisions.head()}'\n\n"
        "def upgrade():\n    op.add_column('person', sa.Column('door', sa.Integer()))\n"
    )
    with pytest.raises(UsageError, match="--upgrade-store"):
        prepare(room.database.engine, folder=later)
    assert prepare(room.database.engine, folder=later, upgrade=True) is None
    with room.database.reading() as connection:
        assert revisions.present(connection) == "9999"


def test_many_may_open_a_new_store_at_once(postgres) -> None:
    url = postgres()
    with ThreadPoolExecutor(4) as pool:
        for database in pool.map(lambda _: Database.open(url), range(4)):
            database.close()


@pytest.mark.parametrize("url", ["postgresql+psycopg://room@127.0.0.1:1/room", "nonsense://x", "nonsense"])
def test_a_store_that_is_not_there_is_said(tmp_path, url) -> None:
    with pytest.raises(UsageError, match="--database"):
        Room.open(Settings(folder=tmp_path / "room", database=url))
