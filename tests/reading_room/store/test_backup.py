"""A room copied while it is written to, and brought back."""

from __future__ import annotations

import json
import shutil
import threading

import pytest

from thirdeye.errors import UsageError
from thirdeye.journey.room_keeping import backup_room, export_audit, restore_room, verify_room
from thirdeye.reading_room.audit.keeper import anchor
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store import backup as backup_module


@pytest.fixture
def room(tmp_path):
    """A room with twenty entries and an image."""
    made = Room.open(Settings(folder=tmp_path / "study" / "reading_room"))
    made.images.mkdir()
    (made.images / "abc.png").write_bytes(b"pixels")
    (made.images / "half.png.1234.part").write_bytes(b"half")
    (tmp_path / "study" / "reading_room" / "pictures").mkdir()
    (tmp_path / "study" / "reading_room" / "pictures" / "frame").write_bytes(b"made again when asked for")
    for number in range(20):
        with made.acting(None) as act:
            act.record("case.received", number=number)
    yield made
    made.close()


def test_what_comes_back_is_what_was_there(room, tmp_path):
    anchor(room)
    form = backup_room(tmp_path / "study", tmp_path / "copy")
    assert sorted(form["files"]) == ["anchors.jsonl", "images/abc.png", "room.key", "room.sqlite"]
    restore_room(tmp_path / "copy", tmp_path / "again")
    seen = verify_room(tmp_path / "again")
    assert (seen.whole, seen.entries, seen.anchored) == (True, 20, 20)
    assert (tmp_path / "again" / "images" / "abc.png").read_bytes() == b"pixels"
    assert (tmp_path / "again" / "room.key").stat().st_mode & 0o077 == 0


def test_a_room_that_is_written_to_is_copied_as_one_state(room, tmp_path):
    over = threading.Event()

    def write():
        while not over.is_set():
            with room.acting(None) as act:
                act.record("something.done")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup_room(tmp_path / "study", tmp_path / f"copy{number}")
    finally:
        over.set()
        writer.join()
    for number in range(3):
        restore_room(tmp_path / f"copy{number}", tmp_path / f"again{number}")
        assert verify_room(tmp_path / f"again{number}").whole


def test_a_changed_copy_is_refused(room, tmp_path):
    backup_room(tmp_path / "study", tmp_path / "copy")
    (tmp_path / "copy" / "images" / "abc.png").write_bytes(b"other")
    with pytest.raises(UsageError, match=r"abc\.png.*was changed"):
        restore_room(tmp_path / "copy", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_list_that_leads_out_of_the_copy_is_refused(room, tmp_path):
    backup_room(tmp_path / "study", tmp_path / "copy")
    path = tmp_path / "copy" / "backup.json"
    form = json.loads(path.read_text())
    path.write_text(json.dumps({**form, "files": {"../study/reading_room/room.key": "0"}}))
    with pytest.raises(UsageError, match="outside"):
        restore_room(tmp_path / "copy", tmp_path / "again")


def test_nothing_is_overwritten(room, tmp_path):
    backup_room(tmp_path / "study", tmp_path / "copy")
    with pytest.raises(UsageError, match="already"):
        backup_room(tmp_path / "study", tmp_path / "copy")
    with pytest.raises(UsageError, match="already"):
        restore_room(tmp_path / "copy", room.settings.folder)


def test_a_folder_without_a_room_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no reading room"):
        verify_room(tmp_path)


def test_the_audit_is_written_whole(room, tmp_path):
    assert export_audit(room.settings.folder, tmp_path / "audit.csv") == 20
    assert len((tmp_path / "audit.csv").read_text().splitlines()) == 21
    assert export_audit(room.settings.folder, tmp_path / "audit.jsonl") == 20
    last = json.loads((tmp_path / "audit.jsonl").read_text().splitlines()[-1])
    assert (last["seq"], last["detail"]) == (20, {"number": 19})


def vanishing(monkeypatch, folder, times):
    """While it is copied, the room is done with the files of a folder; so often."""
    copied, left = shutil.copy2, iter(range(times))

    def copy(source, target):
        if source.parent.parent.name == folder and next(left, None) is not None:
            shutil.rmtree(source.parent)
        return copied(source, target)

    monkeypatch.setattr(shutil, "copy2", copy)


@pytest.mark.parametrize("folder", ["outbox", "written"])
def test_what_is_sent_meanwhile_is_not_missed(room, tmp_path, monkeypatch, folder):
    for name in ("a", "b"):
        (room.settings.folder / folder / name).mkdir(parents=True)
        (room.settings.folder / folder / name / "report.dcm").write_bytes(b"report")
    vanishing(monkeypatch, folder, 1)
    form = backup_room(tmp_path / "study", tmp_path / "copy")
    assert [name for name in form["files"] if folder in name] == [f"{folder}/b/report.dcm"]


def test_the_store_is_copied_again_where_an_arrival_is_sorted_out_meanwhile(room, tmp_path, monkeypatch):
    """Its copy must not say that files are still to be sorted out that are not in the copy."""
    for name in ("a", "b"):
        (room.settings.folder / "incoming" / name).mkdir(parents=True)
        (room.settings.folder / "incoming" / name / "1.png").write_bytes(b"1")
    copied, stores = backup_module._copy_lite, []
    monkeypatch.setattr(backup_module, "_copy_lite", lambda *paths: stores.append(copied(*paths)))
    vanishing(monkeypatch, "incoming", 1)
    form = backup_room(tmp_path / "study", tmp_path / "copy")
    assert [name for name in form["files"] if "incoming" in name] == ["incoming/b/1.png"]
    assert len(stores) == 2


def test_an_image_that_goes_is_not_passed_over(room, tmp_path, monkeypatch):
    copied = shutil.copy2

    def gone(source, target):
        if source.parent.name == "images":
            source.unlink()
        return copied(source, target)

    monkeypatch.setattr(shutil, "copy2", gone)
    with pytest.raises(FileNotFoundError):
        backup_room(tmp_path / "study", tmp_path / "copy")
