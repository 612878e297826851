"""What `thirdeye readers design` wrote: the design and every reader's lists."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.lists import ALONE, CROSSOVERS, MEANING, Slot
from thirdeye.reading_room.audit.chain import digest

DESIGN_FILE, LISTS = "design.json", "lists"
_COLUMNS = ("reader", "session", "order", "case", "arm")
FIRST, FINAL = "first", "final"  # steps of a reading
_TWO_STEPS = ("reader_first", "second_reader")


@dataclass(frozen=True)
class Lists:
    """A designed reader study.

    Args:
        name: of its folder.
        design: one of `thirdeye.evaluation.readers.lists.MEANING`.
        washout_days: between the sessions of a crossover.
        slots: all places, by reader, session and order.
        sha256: of all that.
    """

    name: str
    design: str
    washout_days: int
    slots: tuple[Slot, ...]
    sha256: str

    @property
    def readers(self) -> tuple[str, ...]:
        """Their names in the design, each once."""
        return tuple(dict.fromkeys(slot.reader for slot in self.slots))

    @property
    def cases(self) -> tuple[str, ...]:
        """Their names in the design, each once."""
        return tuple(dict.fromkeys(slot.case for slot in self.slots))


def read_lists(folder: Path) -> Lists:
    """The lists of a reader study.

    Args:
        folder: that `thirdeye readers design` wrote.

    Raises:
        UsageError: there is no design.
        DataRefused: the lists do not fit the design.
    """
    try:
        form = json.loads((folder / DESIGN_FILE).read_text(encoding="utf-8"))
        design, days = str(form["design"]), int(form["washout_days"])
        readers, cases = set(form["readers"]), set(form["cases"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"'{folder.name}' holds no design; make one with thirdeye readers design") from None
    if design not in MEANING:
        raise DataRefused(f"no design is called '{design}'; known are {', '.join(MEANING)}")
    slots = tuple(slot for path in sorted((folder / LISTS).glob("*.csv")) for slot in _slots(path))
    _complete(slots, readers, cases, design)
    whole = digest([design, days, [list(vars(slot).values()) for slot in slots]])
    return Lists(folder.resolve().name, design, days, slots, whole)


def steps(design: str, arm: str) -> tuple[str, ...]:
    """What a reader gives at a place, in its order; the machine is shown before the `FINAL` step."""
    if design in _TWO_STEPS:
        return FIRST, FINAL
    return (FIRST,) if arm == ALONE else (FINAL,)


def _slots(path: Path) -> Iterable[Slot]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                reader, session, order, case, arm = (row[name] for name in _COLUMNS)
                yield Slot(reader, int(session), int(order), case, arm)
            except (KeyError, TypeError, ValueError):
                raise DataRefused(
                    f"row {number} of {path.name} is no place of a list; it needs {', '.join(_COLUMNS)}"
                ) from None


def _complete(slots: tuple[Slot, ...], readers: set[Any], cases: set[Any], design: str) -> None:
    """Every reader reads every case once in each session, in places without gaps."""
    sessions = 2 if design in CROSSOVERS else 1
    for reader in sorted(readers):
        for session in range(1, sessions + 1):
            own = [slot for slot in slots if (slot.reader, slot.session) == (reader, session)]
            orders = sorted(slot.order for slot in own)
            if {slot.case for slot in own} != cases or orders != list(range(1, len(cases) + 1)):
                raise DataRefused(
                    f"the list of reader '{reader}' for session {session} is not that of the design; lists "
                    "are not changed once they are made"
                )
    if len(slots) != len(readers) * len(cases) * sessions:
        raise DataRefused("the lists hold readers or sessions that the design does not name")
