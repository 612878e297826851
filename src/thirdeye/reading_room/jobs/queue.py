"""The queue of jobs: huey on SQLite, with messages in JSON and no pickle.

A job names rows of the store, nothing else. The store says what is still to be done, the queue only in which
order; what a killed process had taken from the queue is asked for again at the next start.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

FILE = "jobs.sqlite"
_LONGEST = 4096  # bytes of a message: it holds names of rows
_PLAIN = ("id", "name", "priority", "args")


class JsonSerializer(Serializer):
    """Messages as JSON; only a name, a priority and plain arguments."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps({name: getattr(data, name) for name in _PLAIN}, allow_nan=False).encode()

    def _deserialize(self, data: bytes) -> Any:
        if len(data) > _LONGEST:
            raise ValueError("a message of the queue is too long")
        form = json.loads(bytes(data))
        return Message(**{name: form[name] for name in _PLAIN}, retries=0, retry_delay=0, kwargs={})


class Queue:
    """Jobs that wait, each a kind and the name of a row.

    Args:
        folder: of the room.
        kinds: name of a kind to what does it, with the row's name.
        name: of the queue; several may share the file.
    """

    def __init__(self, folder: Path, kinds: dict[str, Callable[[str], None]], *, name: str = "room") -> None:
        self._huey = SqliteHuey(
            name, filename=str(folder / FILE), results=False, serializer=JsonSerializer(), timeout=20
        )
        self._kinds = {name: self._huey.task(name=name)(function) for name, function in kinds.items()}

    def add(self, kind: str, row: str, *, priority: int = 0) -> None:
        """Ask for a job.

        Args:
            kind: one of `kinds`.
            row: which.
            priority: a higher one is done earlier.
        """
        self._huey.enqueue(self._kinds[kind].s(row, priority=priority))

    def do_next(self) -> bool:
        """Do the job that is due; whether there was one."""
        task = self._huey.dequeue()
        if task is None:
            return False
        self._huey.execute(task)
        return True

    def __len__(self) -> int:
        """Jobs that wait."""
        return int(self._huey.pending_count())

    def empty(self) -> None:
        """Forget what waits; the store remembers it."""
        self._huey.flush()

    def close(self) -> None:
        """Let go of the file."""
        self._huey.storage.close()
