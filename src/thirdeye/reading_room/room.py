"""The room: its store, its key, its readers, and the one way in which anything is done in it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from thirdeye.errors import UsageError
from thirdeye.reading_room.audit.chain import append
from thirdeye.reading_room.settings import Settings
from thirdeye.reading_room.store.database import Database

KEY_FILE = "room.key"
_KEY_BYTES = 32


@dataclass(frozen=True)
class Act:
    """Something that is being done: one transaction, and its entries in the audit.

    Args:
        connection: of the transaction.
        at: the instant of the act.
        person: who does it; None: the room itself.
        _key: of the room.
    """

    connection: Connection
    at: str
    person: int | None
    _key: bytes = field(repr=False)

    def record(self, action: str, *, case: str | None = None, **detail: Any) -> None:
        """Enter into the audit what is done, in the same transaction.

        Args:
            action: "noun.verb".
            case: about which.
            detail: JSON-ready, without identities.
        """
        append(
            self.connection,
            self._key,
            at=self.at,
            action=action,
            person=self.person,
            case=case,
            detail=detail,
        )


@dataclass(frozen=True)
class Room:
    """An open reading room.

    Args:
        settings: what it was told.
        database: its store.
        key: of the seals.
        clock: gives the present instant in UTC.
    """

    settings: Settings
    database: Database
    key: bytes = field(repr=False)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @classmethod
    def open(cls, settings: Settings) -> Room:
        """The room of a folder, made at the first time.

        Raises:
            UsageError: the folder cannot hold a room, or its store cannot be opened.
        """
        try:
            settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = _key_of(settings.folder / KEY_FILE)
        except OSError as error:
            raise UsageError(
                f"the room cannot be kept in '{settings.folder.name}': {error.strerror}"
            ) from None
        return cls(settings, Database.open(settings.database_url, upgrade=settings.upgrade_store), key)

    @property
    def images(self) -> Path:
        """The folder of images; each is named by a hash."""
        return self.settings.folder / "images"

    def now(self) -> str:
        """The present instant, as the store keeps it."""
        return instant(self.clock())

    @contextmanager
    def acting(self, person: int | None) -> Iterator[Act]:
        """One transaction for one act; undone when the block raises.

        Args:
            person: who acts; None: the room itself.
        """
        with self.database.writing() as connection:
            yield Act(connection, self.now(), person, self.key)

    def close(self) -> None:
        """Let go of the store."""
        self.database.close()


def instant(moment: datetime) -> str:
    """A moment as the store keeps it: UTC, ISO 8601, microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(kept: str) -> datetime:
    """The inverse of `instant`."""
    return datetime.fromisoformat(kept)


def _key_of(path: Path) -> bytes:
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise UsageError(f"'{path.name}' is not the key of a reading room; restore it from the backup")
    return key


def _make_key(path: Path) -> None:
    """A key that is there as a whole or not at all; of two programs that start at once, one makes it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # never over another one
    except FileExistsError:
        return
    except OSError:
        draft.replace(path)  # a file system without links
    finally:
        draft.unlink(missing_ok=True)
