"""`readers design`: reading lists, written into the folder of a reader study."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, StudyMismatch
from thirdeye.evaluation.readers.lists import CROSSOVERS, MEANING, Design, Slot, reading_lists
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import listed
from thirdeye.journey.readers.columns import recognised

DESIGN_FILE = "design.json"
LISTS = "lists"
DESIGN_VERSION = 1


@dataclass(frozen=True)
class Designed:
    """A designed reader study.

    Args:
        folder: where it lies.
        slots: all places of all lists.
        files: what was written, relative to the folder.
    """

    folder: Path
    slots: tuple[Slot, ...]
    files: tuple[str, ...]


def design(
    cases: str | Path,
    readers: Sequence[str],
    out: str | Path,
    *,
    design: Design = "reader_first",
    washout_days: int = 28,
    seed: int = 0,
) -> Designed:
    """Make reading lists and write them.

    The lists hold no truth; ``design.json`` holds none either, so that it can lie where readers work.

    Args:
        cases: table with a column ``case`` and, to balance the halves of a crossover, one of 0 and 1 called
            ``truth``.
        readers: names (better: numbers that stand for people).
        out: folder of the reader study; must not hold a design yet.
        design: see `thirdeye.evaluation.readers.lists.MEANING`.
        washout_days: between the sessions of a crossover, 0 or more.
        seed: any integer.

    Raises:
        DataRefused: no column names the cases, or one is named twice.
        StudyMismatch: the folder holds a design; a design is never changed after it was made.
    """
    study = Study(Path(out))
    if study.has(DESIGN_FILE):
        raise StudyMismatch(
            f"the folder '{study.folder.name}' holds a design already; lists are not changed once they are "
            "made, choose another folder"
        )
    names, truth = _cases(Path(cases))
    slots = reading_lists(names, readers, design=design, truth=truth, seed=seed)
    files = [DESIGN_FILE]
    study.write_json(
        DESIGN_FILE,
        {
            "version": DESIGN_VERSION,
            "design": design,
            "meaning": MEANING[design],
            "washout_days": washout_days if design in CROSSOVERS else 0,
            "seed": seed,
            "readers": list(readers),
            "cases": names,
            "sessions": max(slot.session for slot in slots),
        },
    )
    for number, reader in enumerate(readers, start=1):
        for session in sorted({slot.session for slot in slots}):
            name = f"{LISTS}/reader-{number:02d}-session-{session}.csv"
            study.write_text(name, _list_text(slots, reader, session))
            files.append(name)
    return Designed(study.folder, slots, tuple(files))


def _cases(path: Path) -> tuple[list[str], list[int] | None]:
    table = read_table(path)
    case = recognised(table.columns, "case")
    if case is None:
        raise DataRefused(
            f"the table {path.name} has no column 'case'; it has {listed(tuple(table.columns), 8)}"
        )
    names = list(table[case])
    repeated = table[case][table[case].duplicated()]
    if len(repeated):
        raise DataRefused(f"the table {path.name} names the case '{repeated.iloc[0]}' more than once")
    truth = recognised(table.columns, "truth")
    if truth is None or not set(table[truth]) <= {"0", "1"}:
        return names, None
    return names, [int(value) for value in table[truth]]


def _list_text(slots: Sequence[Slot], reader: str, session: int) -> str:
    """One reader's list as CSV, with empty columns to be filled where nothing else records the readings."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["reader", "session", "order", "case", "arm", "rating", "seconds"])
    for slot in slots:
        if (slot.reader, slot.session) == (reader, session):
            writer.writerow([slot.reader, slot.session, slot.order, slot.case, slot.arm, "", ""])
    return text.getvalue()
