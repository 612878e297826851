"""Anchors: the head of the chain kept outside the store at intervals, so that a cut-off end is noticed.

An anchor is a line of JSON in ``anchors.jsonl`` and, where the settings name one, in a file elsewhere, and in
the system's log. Whoever can change the store should not be able to change that one.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from thirdeye.errors import UsageError
from thirdeye.reading_room.store.tables import AUDIT

ANCHOR_FILE = "anchors.jsonl"
_SYSLOG = "/dev/log"


@dataclass(frozen=True)
class Anchor:
    """The head of the chain at an instant.

    Args:
        seq: number of the last entry.
        mac: its seal.
        at: instant.
    """

    seq: int
    mac: str
    at: str


def head_of(connection: Connection, at: str) -> Anchor | None:
    """The head of the chain now; None before the first entry."""
    last = connection.execute(select(AUDIT.c.seq, AUDIT.c.mac).order_by(AUDIT.c.seq.desc()).limit(1)).first()
    return None if last is None else Anchor(last.seq, last.mac, at)


def drop(anchor: Anchor, files: Iterable[Path], *, syslog: bool = False) -> None:
    """Keep an anchor: appended to each file and flushed to its disk, and sent to the system's log.

    Args:
        anchor: the head.
        files: where to keep it.
        syslog: also tell the log of the system, where there is one.

    Raises:
        OSError: a file cannot be written.
    """
    line = json.dumps(asdict(anchor), sort_keys=True)
    for path in files:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())
    if syslog and Path(_SYSLOG).exists():
        _tell_system(line)


def anchors_in(path: Path) -> list[Anchor]:
    """The anchors of a file; a last line that was cut off by a crash does not count.

    Raises:
        UsageError: a line that is no anchor.
    """
    found = []
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        try:
            form = json.loads(line) if line else None
            if form is not None:
                found.append(Anchor(int(form["seq"]), str(form["mac"]), str(form["at"])))
        except (ValueError, KeyError, TypeError):
            if number == len(lines):
                continue
            raise UsageError(f"line {number} of '{path.name}' is no anchor of an audit") from None
    return found


def _tell_system(line: str) -> None:
    handler = logging.handlers.SysLogHandler(_SYSLOG, facility=logging.handlers.SysLogHandler.LOG_AUTHPRIV)
    record = logging.LogRecord("thirdeye", logging.INFO, "", 0, "thirdeye audit head %s", (line,), None)
    handler.emit(record)
    handler.close()
