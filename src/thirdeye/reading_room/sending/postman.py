"""Takes signed results to the archive: written once, kept until it has them, tried again while it is down."""

from __future__ import annotations

import logging
import threading
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from thirdeye.dicom.network.outbox import Item, Outbox, Send
from thirdeye.errors import ThirdEyeError
from thirdeye.reading_room.discreet import nameless, place_of
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.sending.objects import dicom_of, signed_case
from thirdeye.reading_room.sending.written import Written
from thirdeye.reading_room.store.tables import DELIVERY, IMAGE

EVERY_S = 5.0
WAITING, QUEUED, SENT, NOWHERE, FAILED = "waiting", "queued", "sent", "nowhere", "failed"
_FOLDER = "outbox"
_LOG = logging.getLogger("thirdeye.reading_room")


class Postman:
    """Runs beside the server; `thirdeye pacs outbox` shows the same folder.

    Args:
        room: whose signed results are sent.
        send: takes a destination and files, and says what became of each, in order.
        every_s: seconds between two rounds.
    """

    def __init__(self, room: Room, send: Send, *, every_s: float = EVERY_S) -> None:
        self._room = room
        self._send = send
        self._every_s = every_s
        self._written = Written(room.settings.folder / "written")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)

    def __enter__(self) -> Postman:
        """Begin, where there is an archive."""
        if self._room.settings.archive:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; what is on its way stays in the outbox."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def round(self) -> None:
        """Write what was signed, send what is due, and note what became of it.

        Raises:
            OSError, SQLAlchemyError, ThirdEyeError: something of it has to be tried again; the rest is done.
        """
        archive = self._room.settings.archive
        if not archive:
            return
        box = Outbox(outbox_folder(self._room), now=self._room.clock)
        troubles = [trouble for case in self._in(WAITING) if (trouble := self._tried(box, case, archive))]
        self._written.forget_all_but(self._in(WAITING))
        try:
            if any(item.state == QUEUED for item in box.items()):
                box.deliver(self._send)
        finally:
            known = {item.key: item for item in box.items()}
            for state in (QUEUED, FAILED):
                for case in self._in(state):
                    self._note(case, state, known)
        if troubles:
            raise troubles[0]

    def _run(self) -> None:
        failed: type[Exception] | None = None
        while not self._stop.wait(self._every_s):
            try:
                self.round()
                failed = None
            except Exception as error:  # a store that is away for a while must not end the deliveries
                _LOG.warning("results cannot be sent now: %s", type(error).__name__)
                if type(error) is not failed and self._recorded(error):
                    failed = type(error)

    def _recorded(self, error: Exception) -> bool:
        """Enter a failed round into the audit; whether the store takes it."""
        try:
            with self._room.acting(None) as act:
                act.record("delivery.round_failed", error=type(error).__name__)
        except SQLAlchemyError:
            return False
        return True

    def _in(self, state: str) -> list[str]:
        with self._room.database.reading() as connection:
            wanted = select(DELIVERY.c.case_id).where(DELIVERY.c.state == state).order_by(DELIVERY.c.id)
            return list(connection.execute(wanted).scalars())

    def _tried(self, box: Outbox, case: str, archive: str) -> Exception | None:
        """Queue a case; why it has to be tried again: one case holds up no other."""
        try:
            self._queue(box, case, archive)
        except (OSError, SQLAlchemyError) as error:
            return error
        except Exception as error:  # of this case, and of each further try
            _LOG.error("a signed case cannot be written: %s at %s", type(error).__name__, place_of(error))
            self._keep(case, FAILED, error=f"it could not be written as DICOM ({type(error).__name__})")
        return None

    def _queue(self, box: Outbox, case: str, archive: str) -> None:
        with self._room.database.reading() as connection:
            images = connection.execute(select(IMAGE.c.file).where(IMAGE.c.case_id == case)).scalars().all()
            signed = signed_case(connection, case, self._room.images)
        try:
            files = self._written.of(case, partial(dicom_of, signed))
        except ThirdEyeError as error:
            dicom = any(name.endswith(".dcm") for name in images)
            self._keep(case, FAILED if dicom else NOWHERE, error=nameless(str(error), signed.sources)[:500])
            return
        keys = {kind: box.put(content, archive, kind=kind, label=case).key for kind, content in files.items()}
        self._keep(case, QUEUED, objects=keys)

    def _note(self, case: str, before: str, known: dict[str, Item]) -> None:
        with self._room.database.reading() as connection:
            keys = connection.execute(
                select(DELIVERY.c.objects).where(DELIVERY.c.case_id == case)
            ).scalar_one()
        items = [known[key] for key in keys.values() if key in known]
        states = [item.state for item in items]
        now = FAILED if FAILED in states else QUEUED if QUEUED in states else SENT if states else before
        if now != before:
            self._keep(case, now, error=next((item.reason for item in items if item.state == FAILED), None))

    def _keep(self, case: str, state: str, **values: Any) -> None:
        with self._room.acting(None) as act:
            act.connection.execute(
                update(DELIVERY).where(DELIVERY.c.case_id == case).values(state=state, at=act.at, **values)
            )
            act.record(f"result.{state}", case=case, objects=values.get("objects", {}))


def outbox_folder(room: Room) -> Path:
    """Where a room keeps what is not sent yet."""
    return room.settings.folder / _FOLDER
