"""Untrusted files are decoded in processes of their own, with a bound on memory and on time.

A file that makes a decoder crash, hang or eat memory costs its own worker, which is replaced, and gets a
reason; every other file goes on. Why not a library: ``docs/decisions/0012-workers.md``.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.errors import StageFailed, UnreadableFile
from thirdeye.intake.worker import GIVEN_UP, MEMORY, REFUSED
from thirdeye.intake.worker_process import WorkerProcess, give_back, take

MEMORY_BYTES = 2 * 1024**3
LIMIT_S = 60.0
_BYTES_PER_S = 4_000_000  # by which the time limit grows with the size of a file
_MOST_WORKERS = 2
_IN_FLIGHT = 64
_CHUNK = 8  # calls sent at a time while they are quick
_QUICK_S = 0.02
_TICK_S = 0.2
_STARTS = 3  # workers that may die before their first call, in a row
_PATIENCE_S = 2.0
_NEVER = float("inf")


@dataclass(frozen=True)
class Task:
    """One call.

    Args:
        arguments: of the function; they go through a pipe.
        limit_s: seconds that it may take.
    """

    arguments: tuple[Any, ...]
    limit_s: float = LIMIT_S


@dataclass(frozen=True)
class Lost:
    """What a call leaves behind that gave no value.

    Args:
        reason: goes on from the file's name, as of `UnreadableFile` ("took longer than 60 s to read").
    """

    reason: str


def limit_for(path: Path) -> float:
    """Seconds that reading a file may take: 60, and one more for every 4 MB."""
    try:
        return LIMIT_S + path.stat().st_size / _BYTES_PER_S
    except (OSError, ValueError):
        return LIMIT_S


def usual_count() -> int:
    """Workers unless told otherwise: the processors that this process may use, at most 2."""
    return min(_MOST_WORKERS, usable_cores())


def usable_cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def usable_threads() -> int:
    """Threads that a computation may use: a core each, and no more than OMP_NUM_THREADS says."""
    said = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return min(usable_cores(), int(said)) if said.isdigit() and int(said) else usable_cores()


def warm_up(*, memory_bytes: int = MEMORY_BYTES) -> None:
    """Start a worker for the next user, without waiting for it."""
    give_back(take(memory_bytes))


def call(
    function: Callable[..., Any],
    *arguments: Any,
    name: str,
    limit_s: float = LIMIT_S,
    memory_bytes: int = MEMORY_BYTES,
) -> Any:
    """One call in a worker.

    Args:
        function: of a module that can be imported.
        arguments: its arguments.
        name: of the file, for the message.
        limit_s: seconds that it may take.
        memory_bytes: address space that a worker may take beyond what it starts with.

    Raises:
        UnreadableFile: it gave no value.
        StageFailed: no worker can be started.
    """
    (answer,) = each(function, [Task(arguments, limit_s)], count=1, memory_bytes=memory_bytes)
    if isinstance(answer, Lost):
        raise UnreadableFile(name, answer.reason)
    return answer


def each(
    function: Callable[..., Any],
    tasks: Iterable[Task],
    *,
    count: int | None = None,
    ahead: int = _IN_FLIGHT,
    memory_bytes: int = MEMORY_BYTES,
) -> Generator[Any, None, None]:
    """Values of calls in the order of `tasks`, or `Lost`; only a bounded number is in memory.

    Close the generator (`contextlib.closing`) to end the calls that are under way; any thread may use it.

    Args:
        function: of a module that can be imported.
        tasks: taken one by one, as they are needed.
        count: workers; None: see `usual_count`.
        ahead: calls handed out before the value that is due was taken; what they give is in memory.
        memory_bytes: address space that each may take beyond what it starts with.

    Raises:
        StageFailed: no worker can be started.
    """
    crew = _Crew(function, memory_bytes, count or usual_count())
    try:
        yield from crew.in_order(iter(tasks), ahead)
    finally:
        crew.stop()


class _Crew:
    """The workers of one `each`: a thread talks to each of them, the caller's thread keeps the clock."""

    def __init__(self, function: Callable[..., Any], memory_bytes: int, count: int) -> None:
        self.function = function
        self.memory_bytes = memory_bytes
        self.todo: queue.SimpleQueue[tuple[int, Task] | None] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self.stopped = False
        self.seats = [_Seat(self) for _ in range(count)]

    def in_order(self, tasks: Iterator[Task], ahead: int) -> Iterator[Any]:
        answered: dict[int, Any] = {}
        handed, due, more = 0, 0, True
        while True:
            while more and handed - due < ahead:
                task = next(tasks, None)
                more = task is not None
                if task is not None:
                    self._hand(handed, task)
                    handed += 1
            if due == handed:
                return
            while due not in answered:
                self._collect(answered)
            yield answered.pop(due)
            due += 1

    def stop(self) -> None:
        """Nothing goes on after this; a worker in the middle of a call is ended."""
        self.stopped = True
        for _ in self.seats:
            self.todo.put(None)
        for seat in self.seats:
            seat.leave()

    def _hand(self, index: int, task: Task) -> None:
        self.todo.put((index, task))
        if index < len(self.seats):
            self.seats[index].start()

    def _collect(self, answered: dict[int, Any]) -> None:
        """Wait a moment for an answer, else look at the clocks."""
        try:
            index, answer = self.done.get(timeout=_TICK_S)
        except queue.Empty:
            for seat in self.seats:
                seat.look_at_clock()
            return
        if isinstance(answer, BaseException):
            raise answer
        answered[index] = answer


class _Seat(threading.Thread):
    """One worker at a time, and the thread that talks to it."""

    def __init__(self, crew: _Crew) -> None:
        super().__init__(daemon=True)
        self._crew = crew
        self._worker: WorkerProcess | None = None
        self._limit_s = LIMIT_S
        self._deadline = _NEVER
        self._late = self._too_slow = False
        self._clock = threading.Lock()
        self._failed_starts = 0

    def run(self) -> None:
        """Hand chunks of calls to the worker until there are no more."""
        size = 1
        try:
            while chunk := self._next_chunk(size):
                began, count = time.monotonic(), len(chunk)
                while chunk and not self._crew.stopped:
                    chunk = self._attempt(chunk)
                size = _CHUNK if (time.monotonic() - began) / count < _QUICK_S else 1
        except BaseException as error:  # raised again in the caller's thread
            self._crew.done.put((-1, error))

    def look_at_clock(self) -> None:
        """A worker over its time at two looks in a row is ended; one late look may follow a long sleep."""
        worker = self._worker
        with self._clock:
            if time.monotonic() < self._deadline:
                self._late = False
            elif not self._late:
                self._late = True
            elif worker is not None:
                self._too_slow = True
                worker.kill()

    def leave(self) -> None:
        """End what is under way, a start too; an idle worker is left to the next user."""
        worker = self._worker
        if worker is not None and (self._deadline < _NEVER or not worker.ready):
            worker.kill()
        if self.ident is not None:
            self.join()
        if self._worker is not None:
            give_back(self._worker)
            self._worker = None

    def _next_chunk(self, size: int) -> list[tuple[int, Task]]:
        """Wait for one call and take up to `size` that are there; empty: there will be no more."""
        chunk: list[tuple[int, Task]] = []
        todo = self._crew.todo
        with contextlib.suppress(queue.Empty):
            while len(chunk) < size:
                one = todo.get_nowait() if chunk else todo.get()
                if one is None:
                    todo.put(None)
                    break
                chunk.append(one)
        return chunk

    def _attempt(self, chunk: list[tuple[int, Task]]) -> list[tuple[int, Task]]:
        """Let a worker answer a chunk; what is left when it dies, without the call that it died of."""
        worker = self._worker = self._worker or take(self._crew.memory_bytes)
        if self._crew.stopped or not self._is_ready(worker):
            return chunk
        limits = [task.limit_s for _, task in chunk]
        answered, self._too_slow = 0, False
        self._wind(limits[0])
        try:
            if self._crew.stopped:
                return []
            for kind, value in worker.work(self._crew.function, [(t.arguments, t.limit_s) for _, t in chunk]):
                answered += 1
                # Before the answer goes out: whoever has the last one may stop, which ends what is under way.
                goes_on = self._wind(limits[answered] if answered < len(chunk) else _NEVER)
                self._crew.done.put((chunk[answered - 1][0], self._meaning(kind, value)))
                if not goes_on:  # ended as it answered: the next call is not to blame
                    self._worker, self._deadline = None, _NEVER
                    worker.end()
                    break
        except EOFError:
            self._worker, self._deadline = None, _NEVER
            code = worker.end(_PATIENCE_S)
            if code != GIVEN_UP and not self._crew.stopped:
                self._crew.done.put((chunk[answered][0], Lost(self._cause(code))))
                answered += 1
        self._deadline = _NEVER
        return chunk[answered:]

    def _is_ready(self, worker: WorkerProcess) -> bool:
        """Wait for a new worker; one that dies before it listens is replaced, a few times."""
        try:
            worker.wait_until_ready()
        except EOFError:
            self._worker = None
            code = worker.end(_PATIENCE_S)
            self._failed_starts += 1
            if self._failed_starts < _STARTS:
                return False
            raise StageFailed(
                f"the processes that read images do not start (exit code {code}); free some memory, or "
                "install the package again"
            ) from None
        self._failed_starts = 0
        return True

    def _wind(self, limit_s: float) -> bool:
        """Set the clock for the call that begins now; whether the worker was not ended at this moment."""
        with self._clock:
            if not self._too_slow:
                self._late, self._limit_s = False, limit_s
                self._deadline = time.monotonic() + limit_s
            return not self._too_slow

    def _meaning(self, kind: int, value: Any) -> Any:
        if kind == MEMORY:
            return Lost(f"needs more memory than {self._crew.memory_bytes / 1024**3:.3g} GB")
        return Lost(value) if kind == REFUSED else value

    def _cause(self, code: int) -> str:
        """Why a worker died, going on from the name of the file."""
        if self._too_slow or (os.name == "posix" and code == -signal.SIGALRM):
            return f"took longer than {self._limit_s:.0f} s to read"
        if os.name == "posix" and code == -signal.SIGKILL:
            return "made its decoder end at once, as it does when the computer runs out of memory"
        return f"made its decoder crash ({f'signal {-code}' if code < 0 else f'exit code {code}'})"
