"""Hostile files through the door of the room: none is shown, none ends it, nothing is written elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from thirdeye.reading_room.arrivals.process import process_arrival
from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.store.tables import ARRIVAL, CASE, IMAGE

CORPORA = Path(__file__).resolve().parents[4] / "shared" / "corpora"
pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not CORPORA.is_dir(), reason="needs the hostile files beside the checkout"),
]
# What is odd but whole, so that a person may look at it with a warning.
_SHOWN = {
    "d13",
    "d20",
    "d21",
    "d22",
    "d23",
    "d24",
    "d25",
    "d26",
    "d27",
    "d31",
    "d32",
    "d33",
    "d34",
    "d40",
    "d41",
}


def _bring(house, path: Path) -> tuple[dict[str, object], list[str]]:
    staging = Staging(house.room)
    staging.copy([(path.name, path)])
    name = staging.hand_in(house.study, person=None, source="folder")
    cases = [case for case, _ in process_arrival(house.room, name)]
    with house.room.database.reading() as connection:
        row = connection.execute(select(ARRIVAL).where(ARRIVAL.c.id == name)).one()
    assert row.state == "done"
    assert not staging.folder.exists()
    return row.said, cases


def _files(pattern: str) -> list[Path]:
    return sorted((CORPORA / "generated" / "files").glob(pattern))


@pytest.mark.parametrize(
    "path", [*_files("n0*"), *_files("n1[0-8]*"), *_files("i0[12]*")], ids=lambda one: one.stem
)
def test_files_that_cannot_be_are_kept_back(house, path: Path) -> None:
    said, cases = _bring(house, path)
    assert (said["kept_back"], cases) == (1, [])


@pytest.mark.parametrize("path", _files("d*.dcm"), ids=lambda one: one.stem)
def test_dicom_is_shown_only_where_it_is_whole(house, path: Path) -> None:
    said, cases = _bring(house, path)
    is_whole = path.stem[:3] in _SHOWN | {f"d{n}" for n in (14, 15, 16, 17, 18)}
    assert (len(cases), said["kept_back"]) == ((1, 0) if is_whole else (0, 1))


@pytest.mark.parametrize("path", _files("z*"), ids=lambda one: one.stem)
def test_archives_that_do_harm_are_refused_and_write_nothing(house, path: Path) -> None:
    said, cases = _bring(house, path)
    assert (len(said["refused"]), cases) == (1, [])
    assert not Path("/tmp/thirdeye_pwn.txt").exists()
    assert not list(house.room.settings.folder.rglob("*pwn*"))


@pytest.mark.parametrize("path", [*_files("m0*"), *_files("i04*")], ids=lambda one: one.stem)
def test_models_and_drawings_are_no_images(house, path: Path) -> None:
    said, cases = _bring(house, path)
    assert (said["left_aside"], cases) == (1, [])


def test_no_file_of_a_collection_of_crashes_ends_the_room(house) -> None:
    for path in sorted((CORPORA / "images-pillow").iterdir()):
        _bring(house, path)
    with house.room.database.reading() as connection:
        names = connection.execute(select(IMAGE.c.file)).scalars().all()
        states = set(connection.execute(select(CASE.c.state)).scalars())
    assert states == {"waiting", "quarantined"}
    assert all(len(name.split(".")[0]) == 64 for name in names)
