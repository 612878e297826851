"""Whether the record is whole.

Every link of the audit is looked at, its end compared with what is kept elsewhere, and every row that must
not change with the entry that sealed it: readings, decisions, outcomes, lists and steps of reader studies.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from thirdeye.reading_room.audit.anchors import Anchor
from thirdeye.reading_room.audit.chain import START, seal
from thirdeye.reading_room.audit.reader_studies import altered_studies
from thirdeye.reading_room.audit.sealed import altered
from thirdeye.reading_room.store.tables import AUDIT

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Verification:
    """What was found.

    Args:
        entries: how many were looked at.
        problems: one sentence each; none: the chain is whole.
        head: number and seal of the last entry.
        anchored: the last entry up to which an anchor vouches for it; 0: none does.
    """

    entries: int
    problems: tuple[str, ...]
    head: tuple[int, str]
    anchored: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out or put in."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "entries": self.entries, "whole": self.whole, "problems": list(self.problems),
            "head": {"seq": self.head[0], "mac": self.head[1]}, "anchored": self.anchored,
        }  # fmt: skip


def verify(connection: Connection, key: bytes, anchors: Iterable[Anchor] = ()) -> Verification:
    """Look at the whole chain, and at the rows that it seals.

    Args:
        connection: of the store.
        key: of the room.
        anchors: heads that were kept elsewhere; an entry of theirs that is missing or differs tells of a cut.
    """
    wanted = {anchor.seq: anchor for anchor in anchors}
    problems: list[str] = []
    expected, previous, anchored = 1, START, 0
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(AUDIT).order_by(AUDIT.c.seq))
    for row in rows:
        problems += _broken(row, expected, previous, key)
        if (anchor := wanted.pop(row.seq, None)) is not None:
            if anchor.mac == row.mac:
                anchored = row.seq
            else:
                problems.append(f"entry {row.seq} is not the one that was anchored at {anchor.at}")
        expected, previous = row.seq + 1, row.mac
    problems += _cut(expected - 1, list(wanted.values()))
    problems += altered(connection)
    problems += altered_studies(connection)
    return Verification(expected - 1, tuple(problems), (expected - 1, previous), anchored)


def _broken(row: Row[Any], expected: int, previous: str, key: bytes) -> list[str]:
    found = []
    if row.seq != expected:
        missing = (
            f"entry {expected} is" if row.seq == expected + 1 else f"entries {expected} to {row.seq - 1} are"
        )
        found.append(f"{missing} missing")
    elif row.previous != previous:
        found.append(f"entry {row.seq} does not follow the one before it")
    if not hmac.compare_digest(row.mac, seal(key, row._asdict())):
        found.append(f"entry {row.seq} was changed, or sealed with another key")
    return found


def _cut(last: int, left: Sequence[Anchor]) -> list[str]:
    beyond = [anchor.seq for anchor in left if anchor.seq > last]
    return [f"the end is cut off: entry {max(beyond)} was anchored, the last is {last}"] if beyond else []
