"""The chain: each entry is sealed together with the seal of the entry before it (HMAC-SHA-256).

A changed, removed or inserted entry breaks it. Entries cut off at the end do not: the last seal is therefore
kept elsewhere at intervals as well.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from thirdeye.reading_room.store.tables import AUDIT

START = "0" * 64  # what the first entry follows


def append(
    connection: Connection,
    key: bytes,
    *,
    at: str,
    action: str,
    person: int | None,
    case: str | None,
    detail: Mapping[str, Any],
) -> int:
    """Add an entry inside a transaction that excludes other writers (`Database.writing`).

    Args:
        key: of the room.
        at: instant.
        action: what was done ("reading.locked").
        person, case: who and about what; None: the room itself, no case.
        detail: JSON-ready; no identities.

    Returns:
        The number of the entry, from 1.
    """
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.mac).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    seq, previous = (1, START) if last is None else (last.seq + 1, last.mac)
    entry = {
        "seq": seq, "at": at, "person_id": person, "action": action, "case_id": case,
        "detail": canonical(detail), "previous": previous,
    }  # fmt: skip
    connection.execute(insert(AUDIT).values(**entry, mac=seal(key, entry)))
    return int(seq)


def seal(key: bytes, entry: Mapping[str, Any]) -> str:
    """The seal of an entry (all columns but `mac`), in hexadecimal digits."""
    names = ("seq", "at", "person_id", "action", "case_id", "detail", "previous")
    return hmac.new(key, canonical([entry[name] for name in names]).encode(), hashlib.sha256).hexdigest()


def canonical(form: Any) -> str:
    """One text for one content: sorted keys, no spaces, no NaN."""
    return json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(form: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal digits."""
    return hashlib.sha256(canonical(form).encode()).hexdigest()
