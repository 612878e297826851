"""Reading many at a time, writing one at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, OperationalError

from thirdeye.errors import UsageError
from thirdeye.reading_room.store.prepare import prepare

_LOG = logging.getLogger("thirdeye.reading_room")
_WAIT_MS = 20_000  # that a writer waits for the one before
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_WAIT_MS}", "foreign_keys=ON")


class Database:
    """The store of a room.

    Writers are serialised: SQLite by BEGIN IMMEDIATE, PostgreSQL by a lock on the table of the audit, so
    that the chain of the audit can never fork.

    Args:
        engine: of SQLAlchemy.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        lite = engine.dialect.name == "sqlite"
        self._readers = engine if lite else engine.execution_options(isolation_level="REPEATABLE READ")
        self._writers = engine.execution_options(writing=True)

    @classmethod
    def open(cls, url: str, *, upgrade: bool = False) -> Database:
        """The store at a URL, with its tables, brought up to date where it is older.

        Args:
            url: for SQLAlchemy.
            upgrade: an older store in another database than SQLite may be changed.

        Raises:
            UsageError: there is no such store, or it cannot be reached.
        """
        try:
            engine = create_engine(
                url, pool_size=20, max_overflow=40, pool_pre_ping=not _lite(url), hide_parameters=True
            )  # an error's message holds no value of a row
            if _lite(url):
                event.listen(engine, "connect", _settle)
                event.listen(engine, "begin", _begin)
            if copy := prepare(engine, upgrade=upgrade):
                _LOG.warning(
                    "the store was brought up to date; '%s' beside it is the copy of before", copy.name
                )
        except (ArgumentError, ModuleNotFoundError) as error:
            raise UsageError(
                f"--database: {error}; give a URL such as sqlite:////path/room.sqlite or "
                "postgresql+psycopg://user@host/name (pip install 'thirdeye-imaging[postgres]')"
            ) from None
        except OperationalError as error:
            raise UsageError(
                f"--database: the store cannot be opened ({type(error.orig).__name__})"
            ) from None
        return cls(engine)

    @property
    def engine(self) -> Engine:
        """For migrations and backups."""
        return self._engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the store."""
        with self._readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer overlaps; kept when the block ends, undone when it raises."""
        with self._writers.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {_WAIT_MS}"))
                connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
            yield connection

    def close(self) -> None:
        """No further connection."""
        self._engine.dispose()


def _lite(url: str) -> bool:
    return url.startswith("sqlite")


def _settle(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see _begin
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
