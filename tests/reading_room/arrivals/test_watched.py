"""A watched folder: what is complete and quiet is taken in, once, also over restarts; nothing else is."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from thirdeye.errors import UsageError
from thirdeye.reading_room.arrivals.watched import Watch, WatchedFolder
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import ARRIVAL, WATCHED


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def _picture(path: Path, grey: int) -> None:
    Image.new("L", (40, 40), grey).save(path)


def _folder(house, inbox: Path, told: list[str]) -> WatchedFolder:
    return WatchedFolder(house.room, house.study, inbox, told.append)


def test_a_file_is_taken_when_it_has_been_quiet_and_only_once(house, inbox: Path) -> None:
    told: list[str] = []
    watched = _folder(house, inbox, told)
    _picture(inbox / f"{house.marker}.png", 10)
    assert [watched.look(now) for now in (0.0, 1.0, 6.0, 20.0)] == [0, 0, 1, 0]
    assert len(told) == 1
    assert _folder(house, inbox, told).look(30.0) == _folder(house, inbox, told).look(60.0) == 0
    with house.room.database.reading() as connection:
        (row,) = connection.execute(select(ARRIVAL)).all()
        assert house.marker not in str(connection.execute(select(WATCHED)).all())
    assert (row.source, row.files, row.person_id) == ("folder", 1, None)


def test_files_wait_for_those_that_are_still_coming(house, inbox: Path) -> None:
    told: list[str] = []
    watched = _folder(house, inbox, told)
    _picture(inbox / "1.png", 10)
    watched.look(0.0)
    _picture(inbox / "2.png", 20)
    assert [watched.look(now) for now in (6.0, 8.0, 12.0)] == [0, 0, 2]
    assert len(told) == 1


def test_a_link_that_leads_elsewhere_is_not_followed(house, inbox: Path, tmp_path: Path) -> None:
    _picture(tmp_path / "secret.png", 10)
    (inbox / "link.png").symlink_to(tmp_path / "secret.png")
    watched = _folder(house, inbox, [])
    assert [watched.look(now) for now in (0.0, 6.0)] == [0, 0]


def test_what_a_listener_keeps_comes_from_the_archive(house, inbox: Path) -> None:
    (inbox / "received.jsonl").write_text("{}\n")
    _picture(inbox / "1.png", 10)
    watched = _folder(house, inbox, [])
    assert [watched.look(now) for now in (0.0, 6.0)] == [0, 1]
    with house.room.database.reading() as connection:
        assert connection.execute(select(ARRIVAL.c.source)).scalar() == "archive"


def _told(house, watched: tuple[tuple[str, Path], ...]) -> Room:
    return replace(house.room, settings=replace(house.room.settings, watched=watched))


def test_a_folder_that_is_not_there_is_said(house, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder 'nowhere' to watch"):
        Watch(_told(house, (("", tmp_path / "nowhere"),)), print)


def test_an_unknown_study_is_said_with_those_that_are_here(house, inbox: Path) -> None:
    with pytest.raises(UsageError, match="studies here are study"):
        Watch(_told(house, (("other", inbox),)), print)
    with Watch(_told(house, (("study", inbox),)), print):
        pass


def test_a_file_that_cannot_be_read_holds_up_no_other_and_leaves_nothing(
    house, inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file of another owner: the others are taken, and it is tried again."""
    told: list[str] = []
    watched = _folder(house, inbox, told)
    for name in ("1", "2"):
        _picture(inbox / f"{name}.png", 10)
    copied = shutil.copyfile

    def refused(source: Path, target: Path) -> object:
        if source.name == "1.png":
            raise PermissionError(13, "Permission denied")
        return copied(source, target)

    monkeypatch.setattr(shutil, "copyfile", refused)
    assert [watched.look(now) for now in (0.0, 6.0, 12.0, 18.0)] == [0, 1, 0, 0]
    assert caplog.text.count("PermissionError") == 1
    assert [path.name for path in (house.room.settings.folder / "incoming").iterdir()] == told
    monkeypatch.undo()
    assert watched.look(24.0) == 1
    assert len(told) == 2


def test_nothing_is_left_of_an_arrival_that_breaks_off(
    house, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full is told each time, and not made fuller by copies that nobody takes."""
    watched = _folder(house, inbox, [])
    for name in ("1", "2"):
        _picture(inbox / f"{name}.png", 10)
    copied = shutil.copyfile

    def full(source: Path, target: Path) -> object:
        if source.name == "2.png":
            raise OSError(28, "No space left on device")
        return copied(source, target)

    monkeypatch.setattr(shutil, "copyfile", full)
    watched.look(0.0)
    for now in (6.0, 12.0):
        with pytest.raises(OSError, match="No space left"):
            watched.look(now)
    assert list((house.room.settings.folder / "incoming").iterdir()) == []
