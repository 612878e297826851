"""Does the jobs of a room: threads sort out arrivals, have first frames and opinions made; processes work."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType

from sqlalchemy import select

from thirdeye.reading_room.arrivals.process import fail_arrival, process_arrival
from thirdeye.reading_room.arrivals.staged import sweep
from thirdeye.reading_room.arrivals.states import UNFINISHED
from thirdeye.reading_room.discreet import place_of
from thirdeye.reading_room.jobs.queue import Queue
from thirdeye.reading_room.opinions.jobs import fail_opinion, make_waiting
from thirdeye.reading_room.opinions.states import AWAITED
from thirdeye.reading_room.pictures.ahead import make_ready
from thirdeye.reading_room.pictures.cabinet import Cabinet
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import ARRIVAL, CASE, OPINION
from thirdeye.reading_room.workflow.cases import images_of
from thirdeye.reading_room.workflow.states import QUARANTINED

ARRIVALS, OPINIONS, PICTURES = "arrival", "opinion", "picture"
_TICK_S = 0.5
_LOG = logging.getLogger("thirdeye.reading_room")


class Crew:
    """The jobs of a room. Use it in a ``with`` statement to have them done in the background.

    Args:
        room: open.
        studies: number of each study to its folder.
    """

    def __init__(self, room: Room, studies: dict[int, Path]) -> None:
        self._room = room
        self._studies = studies
        safely = partial(partial, self._safely)
        self._queues = {
            ARRIVALS: self._queue(ARRIVALS, safely(self._arrival, partial(fail_arrival, room))),
            OPINIONS: self._queue(OPINIONS, safely(self._opinion, partial(fail_opinion, room))),
            PICTURES: self._queue(PICTURES, safely(self._picture, _no_picture)),
        }
        self._unsaid: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._wake = {kind: threading.Event() for kind in self._queues}
        self._threads: list[threading.Thread] = []

    def sort_out(self, arrival: str) -> None:
        """Ask for an arrival to be sorted out."""
        self._queues[ARRIVALS].add(ARRIVALS, arrival)
        self._wake[ARRIVALS].set()

    def ask(self, case: str, *, priority: int = 0) -> None:
        """Ask for the opinion on a case.

        Args:
            case: whose opinion is waiting.
            priority: of the case.
        """
        self._queues[OPINIONS].add(OPINIONS, case, priority=priority)
        self._wake[OPINIONS].set()

    def prepare(self, case: str, *, priority: int = 0) -> None:
        """Ask for the first frames of a case to be made ready; `priority` of the case."""
        self._queues[PICTURES].add(PICTURES, case, priority=priority)
        self._wake[PICTURES].set()

    def catch_up(self) -> int:
        """Ask for everything that the store says is still to be done; how many jobs that is."""
        for one in self._queues.values():
            one.empty()
        with self._room.database.reading() as connection:
            open_ones = select(ARRIVAL.c.id).where(ARRIVAL.c.state.in_(UNFINISHED))
            arrivals = list(connection.execute(open_ones).scalars())
            waiting = list(
                connection.execute(
                    select(CASE.c.id, CASE.c.priority)
                    .join(OPINION, OPINION.c.case_id == CASE.c.id)
                    .where(OPINION.c.state == AWAITED, CASE.c.state != QUARANTINED)
                    .order_by(CASE.c.received_at)
                )
            )
        for arrival in arrivals:
            self.sort_out(arrival)
        for row in waiting:
            self.ask(row.id, priority=row.priority)
        return len(arrivals) + len(waiting)

    def do_all(self) -> None:
        """Do what waits, in this thread."""
        for one in self._queues.values():
            while one.do_next():
                pass

    def __enter__(self) -> Crew:
        self.catch_up()
        sweep(self._room)
        self._threads = [
            threading.Thread(target=self._work, args=(kind,), name=f"{kind}s", daemon=True)
            for kind in self._queues
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for wake in self._wake.values():
            wake.set()
        for thread in self._threads:
            thread.join(timeout=10)
        self.close()

    def close(self) -> None:
        """Let go of the queue."""
        for one in self._queues.values():
            one.close()

    def _queue(self, kind: str, do: Callable[[str], None]) -> Queue:
        return Queue(self._room.settings.folder, {kind: do}, name=kind)

    def _work(self, kind: str) -> None:
        jobs, wake = self._queues[kind], self._wake[kind]
        while not self._stop.is_set():
            try:
                if jobs.do_next():
                    continue
            except Exception as error:  # a full disk must not end the thread
                _LOG.error("the queue of jobs cannot be read: %s", type(error).__name__)
            self._say_again()
            wake.wait(_TICK_S)
            wake.clear()

    def _arrival(self, arrival: str) -> None:
        for case, priority in process_arrival(self._room, arrival):
            self.ask(case, priority=priority)
            self.prepare(case, priority=priority)

    def _opinion(self, case: str) -> None:
        make_waiting(self._room, case, self._studies)

    def _picture(self, case: str) -> None:
        with self._room.database.reading() as connection:
            files = [one.file for one in images_of(connection, case)]
        make_ready(Cabinet(self._room.images, self._room.settings.folder / "pictures"), files)

    def _safely(self, do: Callable[[str], None], fail: Callable[[str], None], row: str) -> None:
        """Whatever a job raises costs that job; its message might hold an identity and is not logged."""
        try:
            do(row)
        except Exception as error:
            _LOG.error("a job failed: %s at %s", type(error).__name__, place_of(error))
            self._say(partial(fail, row))

    def _say(self, failed: Callable[[], None]) -> None:
        """Note that a job failed; where the store takes nothing at this moment, later."""
        try:
            failed()
        except Exception as error:
            _LOG.error("a failed job cannot be noted yet: %s", type(error).__name__)
            self._unsaid.put(failed)

    def _say_again(self) -> None:
        """Note what could not be noted before."""
        for _ in range(self._unsaid.qsize()):
            with suppress(queue.Empty):
                self._say(self._unsaid.get_nowait())


def _no_picture(case: str) -> None:
    """Frames that are not ready are made when somebody asks for them."""
