"""What is to be sent, kept until the archive has it: a folder with a file per item, safe to kill."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from thirdeye.case.whole import write_whole
from thirdeye.dicom.network.store import Sent
from thirdeye.errors import StageFailed, ThirdEyeError

State = Literal["queued", "sent", "failed"]
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_TRIES = 200  # more than a week at the longest wait
_KEY = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True)
class Item:
    """One object that waits, was sent, or cannot be.

    Args:
        key: hash of destination and content; the same object for the same place is one item.
        destination: where it goes, in the words of the user ("ARCHIVE@10.0.0.5:104", "https://...").
        kind: what it is, for a person ("report", "picture").
        state: "queued" (waiting, or to be tried again), "sent", "failed" (refused; trying again is no use).
        tries: so far.
        reason: of the last failure; names nobody.
        next_try: ISO 8601; "" where there is none.
        changed: ISO 8601.
        label: what the caller knows the case by; names nobody.
    """

    key: str
    destination: str
    kind: str
    state: State = "queued"
    tries: int = 0
    reason: str = ""
    next_try: str = ""
    changed: str = ""
    label: str = ""


Send = Callable[[str, Sequence[Path]], Iterator[Sent]]


class Outbox:
    """A folder of items, each ``KEY.json`` with ``KEY.dcm`` beside it until it is sent.

    Args:
        folder: made where it does not exist.
        now: the clock.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._now = now or (lambda: datetime.now(UTC))

    def put(self, content: bytes, destination: str, *, kind: str = "object", label: str = "") -> Item:
        """Queue an object; one that is there already, sent or not, stays as it is.

        Args:
            content: a whole DICOM file.
            destination: where it goes; `deliver` hands it to its sender.
            kind: for a person.
            label: of the case; names nobody.

        Raises:
            OSError: the disk is full.
        """
        key = hashlib.sha256(destination.encode() + b"\0" + content[128:]).hexdigest()[:24]
        known = self._read(key)
        if known is not None:
            return known
        write_whole(self.folder / f"{key}.dcm", content)
        item = Item(key, destination, kind, label=label, next_try=self._now().isoformat())
        return self._write(item)

    def items(self) -> list[Item]:
        """All items, the oldest change first."""
        keys = sorted(path.stem for path in self.folder.glob("*.json") if _KEY.fullmatch(path.stem))
        found = [item for key in keys if (item := self._read(key)) is not None]
        return sorted(found, key=lambda item: item.changed)

    def unsent(self) -> list[Item]:
        """What a person must know of: queued and failed items."""
        return [item for item in self.items() if item.state != "sent"]

    def deliver(self, send: Send, *, even_if_early: bool = False) -> list[Item]:
        """Try everything that is due; the items that were tried, as they are now.

        Args:
            send: takes a destination and files, and says what became of each, in order.
            even_if_early: do not wait for the time of the next try.
        """
        with self._alone():
            now = self._now()
            due: dict[str, list[Item]] = {}
            for item in self.items():
                if item.state == "queued" and (even_if_early or _time(item.next_try) <= now):
                    due.setdefault(item.destination, []).append(item)
            return [tried for place, items in due.items() for tried in self._try(send, place, items)]

    def again(self, key: str) -> Item:
        """Queue a failed item again, as a person asks.

        Raises:
            StageFailed: there is no such item, or it was sent.
        """
        item = self._read(key) if _KEY.fullmatch(key) else None
        if item is None or item.state == "sent":
            raise StageFailed("there is no such unsent item in the outbox")
        return self._write(replace(item, state="queued", tries=0, next_try=self._now().isoformat()))

    def _try(self, send: Send, destination: str, items: list[Item]) -> Iterator[Item]:
        files = {self.folder / f"{item.key}.dcm": item for item in items}
        try:
            for found in send(destination, list(files)):
                yield self._noted(files.pop(found.file), found)
        except ThirdEyeError as error:
            for file in list(files):
                yield self._noted(files.pop(file), Sent(file, "failed", str(error)))
        for file, item in files.items():
            yield self._noted(item, Sent(file, "failed", "nothing was heard of it"))

    def _noted(self, item: Item, found: Sent) -> Item:
        tries = item.tries + 1
        if found.state == "sent":
            done = self._write(replace(item, state="sent", tries=tries, reason="", next_try=""))
            (self.folder / f"{item.key}.dcm").unlink(missing_ok=True)
            return done
        if found.state == "refused" or tries >= MOST_TRIES:
            return self._write(replace(item, state="failed", tries=tries, reason=found.reason, next_try=""))
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries - 1, 10))
        later = (self._now() + wait).isoformat()
        return self._write(replace(item, tries=tries, reason=found.reason, next_try=later))

    def _write(self, item: Item) -> Item:
        item = replace(item, changed=self._now().isoformat())
        content = json.dumps(asdict(item), indent=1).encode()
        write_whole(self.folder / f"{item.key}.json", content)
        return item

    def _read(self, key: str) -> Item | None:
        path = self.folder / f"{key}.json"
        try:
            form: dict[str, Any] = json.loads(path.read_bytes())
            return Item(**form)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise StageFailed(f"{path.name} of the outbox was edited; move it away") from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process delivers at a time; a second one finds nothing to do."""
        import fcntl

        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StageFailed(
                    "another process is sending from this outbox; wait until it is done"
                ) from error
            yield


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
