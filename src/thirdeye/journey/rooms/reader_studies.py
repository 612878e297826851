"""`readers open` and `readers collect`: a reader study into a reading room, and its readings back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.readers.columns import recognised
from thirdeye.journey.rooms.opened import opened

COLLECTED_FILE = "room_readings.csv"
_MANY = (".nii.gz",)


@dataclass(frozen=True)
class Opened:
    """A reader study in a room.

    Args:
        number: by which the room knows it.
        readers, cases, places: how many.
    """

    number: int
    readers: int
    cases: int
    places: int


def open_reader_study(
    design: str | Path, room: str | Path, images: str | Path, study: str | Path, *,
    people: Mapping[str, str] | None = None, name: str | None = None, database: str | None = None,
) -> Opened:  # fmt: skip
    """Enter the lists of a reader study into a reading room.

    Args:
        design: folder that `thirdeye readers design` wrote.
        room: folder of the reading room; it may be served meanwhile.
        images: folder with an image (or a folder of images) named after each case, or a table with the
            columns case and file.
        study: folder of the study whose reader gives the opinions.
        people: reader in the design to name for signing in.
        name: of the reader study in the room; None: of its folder.
        database: of the room, where it is not in the folder.

    Raises:
        UsageError: no room, no design, a case without an image, a reader without an account.
        DataRefused: the lists or the table do not fit.
    """
    from thirdeye.reading_room.opinions.studies import enter_studies
    from thirdeye.reading_room.reader_studies.enter import enter_reader_study
    from thirdeye.reading_room.reader_studies.lists import read_lists

    lists = read_lists(Path(design))
    files = images_by_case(Path(images), lists.cases)
    with opened(Path(room), studies=(Path(study),), database=database) as place:
        (number,) = enter_studies(place)
        made = enter_reader_study(place, lists, files, study=number, people=people, name=name)
    return Opened(made, len(lists.readers), len(lists.cases), len(lists.slots))


def collect_readings(
    room: str | Path, number: int, design: str | Path, *, call_from: float = 0.5, database: str | None = None
) -> Path:
    """Write the readings of a reader study into its folder, as `thirdeye readers import` takes them.

    Args:
        room: folder of the reading room.
        number: of the reader study.
        design: its folder.
        call_from: probability from which a reader's counts as a positive decision.
        database: of the room, where it is not in the folder.

    Returns:
        The table.

    Raises:
        UsageError: no room, or no such reader study of this design in it.
    """
    from sqlalchemy import select

    from thirdeye.reading_room.reader_studies.export import readings_table
    from thirdeye.reading_room.reader_studies.lists import read_lists
    from thirdeye.reading_room.store.tables import READER_STUDY

    lists = read_lists(Path(design))
    with opened(Path(room), database=database) as place, place.acting(None) as act:
        known = act.connection.execute(select(READER_STUDY).where(READER_STUDY.c.id == number)).first()
        if known is None or known.sha256 != lists.sha256:
            raise UsageError(f"the room holds no reader study {number} with the lists of '{lists.name}'")
        table = readings_table(act.connection, number, call_from=call_from)
        act.record("reader_study.collected", reader_study=number)
    study = Study(Path(design))
    study.write_text(COLLECTED_FILE, table)
    return study.path(COLLECTED_FILE)


def images_by_case(images: Path, cases: tuple[str, ...]) -> dict[str, list[Path]]:
    """The images of each case.

    Raises:
        UsageError: there is no such folder or table.
        DataRefused: the table names no cases or files.
    """
    if images.is_file():
        return _from_table(images)
    if not images.is_dir():
        raise UsageError(f"there is no folder or table of images '{images.name}'")
    found: dict[str, list[Path]] = {}
    wanted = set(cases)
    for path in sorted(images.iterdir()):
        name = path.name if path.is_dir() else _stem(path)
        if name in wanted:
            found.setdefault(name, []).extend(
                sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
            )
    return found


def _stem(path: Path) -> str:
    for ending in _MANY:
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return path.stem


def _from_table(path: Path) -> dict[str, list[Path]]:
    from thirdeye.intake.table_file import read_table

    table = read_table(path)
    case = recognised(table.columns, "case")
    file = next((one for one in table.columns if one.lower() in ("file", "path", "filename")), None)
    if case is None or file is None:
        raise DataRefused(f"{path.name} needs the columns case and file; it has {', '.join(table.columns)}")
    found: dict[str, list[Path]] = {}
    for name, one in zip(table[case], table[file], strict=True):
        found.setdefault(str(name), []).append(path.parent / str(one))
    return found
