"""Whatever is done to the chain is found."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from thirdeye.reading_room.audit.anchors import Anchor, head_of
from thirdeye.reading_room.audit.chain import append
from thirdeye.reading_room.audit.verify import verify
from thirdeye.reading_room.store.database import Database
from thirdeye.reading_room.store.tables import AUDIT

KEY = b"k" * 32


@pytest.fixture
def store(tmp_path):
    """A store with ten entries."""
    database = Database.open(f"sqlite:///{tmp_path / 'audit.sqlite'}")
    for number in range(10):
        with database.writing() as connection:
            append(connection, KEY, at=f"2026-01-01T00:00:{number:02d}.000000Z", action="case.taken",
                   person=None, case=f"case{number}", detail={"n": number})  # fmt: skip
    yield database
    database.close()


def found(store, *anchors):
    with store.reading() as connection:
        return verify(connection, KEY, anchors)


def change(store, statement):
    with store.writing() as connection:
        connection.execute(statement)


def test_a_whole_chain_has_no_problems(store):
    with store.reading() as connection:
        head = head_of(connection, "now")
    seen = found(store, head)
    assert (seen.whole, seen.entries, seen.anchored, seen.head) == (True, 10, 10, (10, head.mac))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("detail", '{"n":99}'),
        ("action", "case.given"),
        ("case_id", "other"),
        ("at", "2026-01-02T00:00:00.000000Z"),
    ],
)
def test_a_changed_entry_is_named(store, column, value):
    change(store, update(AUDIT).where(AUDIT.c.seq == 4).values({column: value}))
    assert found(store).problems == ("entry 4 was changed, or sealed with another key",)


def test_a_removed_entry_is_named(store):
    change(store, delete(AUDIT).where(AUDIT.c.seq == 4))
    assert "entry 4 is missing" in found(store).problems


def test_several_removed_entries_are_named(store):
    change(store, delete(AUDIT).where(AUDIT.c.seq.in_((4, 5))))
    assert "entries 4 to 5 are missing" in found(store).problems


def test_entries_renumbered_over_a_gap_are_found(store):
    change(store, delete(AUDIT).where(AUDIT.c.seq == 4))
    for number in range(5, 11):
        change(store, update(AUDIT).where(AUDIT.c.seq == number).values(seq=number - 1))
    assert "entry 4 does not follow the one before it" in found(store).problems


def test_a_cut_end_is_found_by_the_anchor_alone(store):
    with store.reading() as connection:
        head = head_of(connection, "now")
    change(store, delete(AUDIT).where(AUDIT.c.seq > 7))
    assert found(store).whole
    assert found(store, head).problems == ("the end is cut off: entry 10 was anchored, the last is 7",)


def test_a_chain_made_anew_after_a_cut_is_found_by_the_anchor(store):
    with store.reading() as connection:
        head = head_of(connection, "now")
    change(store, delete(AUDIT).where(AUDIT.c.seq == 10))
    with store.writing() as connection:
        append(
            connection, KEY, at="2026-01-01T00:00:10.000000Z", action="x", person=None, case=None, detail={}
        )
    assert found(store, head).problems == ("entry 10 is not the one that was anchored at now",)


def test_another_key_is_found(store):
    with store.reading() as connection:
        assert len(verify(connection, b"o" * 32).problems) == 10


def test_an_empty_chain_with_an_anchor_is_cut(tmp_path):
    database = Database.open(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert found(database).whole
    assert not found(database, Anchor(1, "0", "then")).whole
    database.close()
