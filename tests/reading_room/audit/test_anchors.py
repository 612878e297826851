"""Anchors in files, and those that drop them."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from thirdeye.errors import UsageError
from thirdeye.reading_room.audit.anchors import ANCHOR_FILE, Anchor, anchors_in, drop
from thirdeye.reading_room.audit.keeper import anchor, keeping
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings


def test_what_is_dropped_is_found(tmp_path):
    path, heads = tmp_path / "anchors.jsonl", [Anchor(1, "a", "t"), Anchor(2, "b", "u")]
    for head in heads:
        drop(head, [path])
    assert anchors_in(path) == heads


def test_a_last_line_cut_off_by_a_crash_does_not_count(tmp_path):
    path = tmp_path / "anchors.jsonl"
    drop(Anchor(1, "a", "t"), [path])
    with path.open("a") as file:
        file.write('{"seq": 2, "ma')
    assert anchors_in(path) == [Anchor(1, "a", "t")]


def test_a_damaged_line_within_is_refused(tmp_path):
    path = tmp_path / "anchors.jsonl"
    path.write_text('nonsense\n{"seq": 1, "mac": "a", "at": "t"}\n')
    with pytest.raises(UsageError, match="line 1"):
        anchors_in(path)


@pytest.fixture
def room(tmp_path):
    made = Room.open(Settings(folder=tmp_path / "room", anchor_file=tmp_path / "elsewhere", anchor_s=0.02))
    with made.acting(None) as act:
        act.record("room.opened")
    yield made
    made.close()


def test_the_room_keeps_its_head_in_both_places_at_intervals(room, tmp_path):
    with keeping(room):
        with room.acting(None) as act:
            act.record("something.done")
        wait_until(lambda: len(anchors_in(tmp_path / "elsewhere")) >= 4)
    for path in (tmp_path / "elsewhere", room.settings.folder / ANCHOR_FILE):
        numbers = [one.seq for one in anchors_in(path)]
        assert numbers[0] == 1
        assert numbers[-1] == 2
        assert len(numbers) >= 4


def test_a_store_that_is_away_for_a_while_does_not_end_the_anchors(room, monkeypatch, caplog):
    with keeping(room):
        with monkeypatch.context() as away:
            away.setattr(type(room.database), "reading", _away)
            wait_until(lambda: "cannot be read: OperationalError" in caplog.text)
        before = len(anchors_in(room.settings.folder / ANCHOR_FILE))
        wait_until(lambda: len(anchors_in(room.settings.folder / ANCHOR_FILE)) > before)


def wait_until(there):
    """Wait for what comes within a moment, on a busy computer within a minute."""
    until = time.monotonic() + 60
    while not there():
        assert time.monotonic() < until
        time.sleep(0.02)


def _away(database):
    raise OperationalError("select", {}, Exception("the store is away"))


def test_a_place_that_cannot_be_written_does_not_stop_the_room(room, tmp_path, caplog):
    other = replace(room, settings=replace(room.settings, anchor_file=tmp_path / "no folder" / "anchors"))
    assert not anchor(other)
    assert "place 2" in caplog.text
    assert str(tmp_path) not in caplog.text
    assert len(anchors_in(room.settings.folder / ANCHOR_FILE)) == 1
