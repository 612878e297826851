"""Entries of the audit as somebody asks for them, and as they leave the room."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from thirdeye.reading_room.store.tables import AUDIT, PERSON

COLUMNS = ("seq", "at", "shown", "action", "case_id", "detail", "previous", "mac")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Wanted:
    """Which entries.

    Args:
        person: whose.
        action: beginning of the action ("reading.").
        case: about which.
        since, until: instants or dates, inclusive; of a date its whole day counts.
        before: only entries with a smaller number (for paging).
    """

    person: int | None = None
    action: str = ""
    case: str = ""
    since: str = ""
    until: str = ""
    before: int | None = None

    def narrowed(self, query: Select[Any]) -> Select[Any]:
        """The query with these conditions."""
        if self.person is not None:
            query = query.where(AUDIT.c.person_id == self.person)
        if self.action:
            query = query.where(AUDIT.c.action.startswith(self.action, autoescape=True))
        if self.case:
            query = query.where(AUDIT.c.case_id == self.case)
        if self.since:
            query = query.where(AUDIT.c.at >= self.since)
        if self.until:
            query = query.where(AUDIT.c.at <= self.until + "~")  # after every time of that day
        if self.before is not None:
            query = query.where(AUDIT.c.seq < self.before)
        return query


def entries(connection: Connection, wanted: Wanted, *, most: int | None = None) -> list[Row[Any]]:
    """Entries, the latest first, with ``shown``, the name of whoever acted (None: the room itself)."""
    return list(connection.execute(_query(wanted).order_by(AUDIT.c.seq.desc()).limit(most)))


def entry(connection: Connection, number: int) -> Row[Any] | None:
    """One entry by its number."""
    return connection.execute(_query(Wanted()).where(AUDIT.c.seq == number)).first()


def as_csv(rows: Iterable[Row[Any]]) -> str:
    """Entries as a table that no spreadsheet takes for a formula."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow(_cell(row._mapping[name]) for name in COLUMNS)
    return written.getvalue()


def as_json_lines(rows: Iterable[Row[Any]]) -> Iterator[str]:
    """Entries as lines of JSON, each with what its seal needs."""
    for row in rows:
        form = {name: row._mapping[name] for name in (*COLUMNS, "person_id")}
        yield json.dumps({**form, "detail": json.loads(form["detail"])}, sort_keys=True) + "\n"


def _query(wanted: Wanted) -> Select[Any]:
    named = select(AUDIT, PERSON.c.shown).outerjoin(PERSON, PERSON.c.id == AUDIT.c.person_id)
    return wanted.narrowed(named)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
