"""A store made ready: made where there is none, brought up to date after a copy where it is older."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text

from thirdeye.errors import UsageError
from thirdeye.reading_room.store import revisions
from thirdeye.reading_room.store.tables import METADATA

_STARTING = 7_201  # any number; the same in every room


def prepare(engine: Engine, *, folder: Path = revisions.REVISIONS, upgrade: bool = False) -> Path | None:
    """Make a store ready for this program.

    Args:
        engine: of the store.
        folder: of the revisions.
        upgrade: another database than SQLite may be changed: its owner has made a copy.

    Returns:
        The copy that was made of an older store in SQLite; else None.

    Raises:
        UsageError: the store belongs to a later program, is none of ours, or needs a copy first.
    """
    with engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "postgresql":  # two programs may start at once
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_STARTING})"))
        if revisions.is_blank(connection):
            METADATA.create_all(connection)
            revisions.stamp(connection, folder)
            return None
        at = _revision(connection, folder)
    if at == revisions.head(folder):
        return None
    copy = _copied(engine, at, upgrade=upgrade)
    with _changing(engine) as connection:
        revisions.upgrade(connection, folder)
    return copy


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """A transaction that may change tables; SQLite makes them anew, which foreign keys must not hinder."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    changing = create_engine(engine.url, poolclass=NullPool)
    event.listen(changing, "connect", _by_hand)
    event.listen(changing, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with changing.begin() as connection:
        yield connection
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise UsageError("the store cannot be brought up to date: rows refer to what is not there")


def _by_hand(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself


def _revision(connection: Connection, folder: Path) -> str:
    at = revisions.present(connection)
    if at is None and revisions.differences(connection):
        raise UsageError(
            "--database: this store has tables that are not of a reading room, or of one before its first "
            "release; give another database or another --room"
        )
    if at is None:
        revisions.stamp(connection, folder)
        return revisions.head(folder)
    if not revisions.is_known(at, folder):
        raise UsageError(
            f"the store was made by a later version (revision {at}); install that version, or restore the "
            "copy made before it"
        )
    return at


def _copied(engine: Engine, at: str, *, upgrade: bool) -> Path | None:
    if engine.dialect.name == "sqlite":
        return _copy(Path(str(engine.url.database)), at)
    if not upgrade:
        raise UsageError(
            f"the store is older than this version (revision {at}): make a copy of it (pg_dump), then start "
            "once with --upgrade-store"
        )
    return None


def _copy(store: Path, at: str) -> Path:
    """A whole copy beside the store, whatever is being written."""
    copy = store.with_name(f"{store.stem}.before-{at}{store.suffix}")
    number = 1
    while copy.exists():
        number += 1
        copy = store.with_name(f"{store.stem}.before-{at}-{number}{store.suffix}")
    copy.touch(0o600, exist_ok=False)
    source, target = sqlite3.connect(store), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    return copy
