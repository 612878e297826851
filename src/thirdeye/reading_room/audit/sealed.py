"""Rows that are added and never changed: each is sealed by an entry of the audit, so that an edit shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Float, Table, insert, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.store.tables import AUDIT, DECISION, OUTCOME, READING, REVEAL, SIGNATURE

KEPT = (READING, REVEAL, DECISION, SIGNATURE, OUTCOME)
_NAMES = frozenset(table.name for table in KEPT)


def add(connection: Connection, table: Table, values: Mapping[str, Any]) -> dict[str, str]:
    """Add a row.

    Args:
        connection: of a transaction.
        table: one of `KEPT`.
        values: of all its columns but ``id``; those that are missing are None.

    Returns:
        What its entry in the audit has to carry: {"row": table, "seal": SHA-256}.
    """
    connection.execute(insert(table).values(**values))
    return {"row": table.name, "seal": _seal(table, values)}


def altered(connection: Connection) -> list[str]:
    """What was changed, taken out or put in among the rows, one sentence each; none: nothing was.

    The audit itself is another matter: `thirdeye.reading_room.audit.verify`.
    """
    sealed = dict(_sealed(connection))
    found = []
    for table in KEPT:
        for row in connection.execute(select(table).order_by(table.c.id)):
            key = (table.name, str(row.case_id), _seal(table, dict(row._mapping)))
            if sealed.pop(key, None) is None:
                found.append(f"{table.name} {row.id} is not as it was entered, or was never entered")
    return found + [
        f"the {name} of entry {number} is missing or was changed" for (name, *_), number in sealed.items()
    ]


def _sealed(connection: Connection) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Table, case and seal of every row that was entered, with the number of its entry."""
    for entry in connection.execute(select(AUDIT.c.seq, AUDIT.c.case_id, AUDIT.c.detail)):
        detail = json.loads(entry.detail)
        if detail.get("row") in _NAMES and "seal" in detail:
            yield (detail["row"], entry.case_id, detail["seal"]), entry.seq


def _seal(table: Table, values: Mapping[str, Any]) -> str:
    return digest({one.name: _plain(one, values.get(one.name)) for one in table.columns if one.name != "id"})


def _plain(column: Column[Any], value: Any) -> Any:
    """A value as the store gives it back: a whole number in a column of floats is a float."""
    return float(value) if isinstance(column.type, Float) and value is not None else value
