"""The folder that received instances are kept in: each whole or not at all, each once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from thirdeye.case.whole import write_whole
from thirdeye.dicom.network.instance import Instance, Misfit, instance_of
from thirdeye.dicom.network.journal import Journal
from thirdeye.dicom.network.meta import head_of

JOURNAL = "received.jsonl"
_DRAFT_S = 3600.0  # after which nobody writes in a draft any more
State = Literal["new", "again"]
TWO_PATIENTS = "images of two patients came in one series; they are kept apart"


@dataclass(frozen=True)
class Received:
    """One instance that was taken.

    Args:
        file: relative to the folder, with forward slashes; it names nobody.
        study, series, patient: hashes, the same for the same; of no use to find a person.
        modality: "CR"; "" where unknown.
        state: "new", or "again" for one that was there already, byte for byte.
        alarm: a sentence that somebody must act on; "" where there is none.
        sender: application entity title.
        n_bytes: of the file.
        study_uid: never written anywhere.
    """

    file: str
    study: str
    series: str
    patient: str
    modality: str
    state: State
    alarm: str
    sender: str
    n_bytes: int
    study_uid: str = field(default="", repr=False)


class Inbox:
    """A folder with a journal.

    Args:
        folder: made where it does not exist.
        on_received: told of each instance once it is on the disk; what it raises is noted in the journal
            and changes nothing for the sender.
    """

    def __init__(self, folder: Path, on_received: Callable[[Received], None] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.journal = Journal(folder / JOURNAL)
        self._tell = on_received
        self._lock = threading.Lock()
        self._patients: dict[str, set[str]] = {}
        for entry in self.journal.entries():
            if isinstance(entry.get("series"), str) and isinstance(entry.get("patient"), str):
                self._patients.setdefault(entry["series"], set()).add(entry["patient"])
        for left in folder.glob("*/*/.*.part"):
            _remove_if_old(left)

    def keep(self, content: bytes, *, sop_uid: str | None = None, sender: str = "") -> Received:
        """File an instance.

        Args:
            content: a whole file (PS3.10); its first 128 bytes are zeroed, whatever they hold.
            sop_uid: that it was announced under.
            sender: who sent it.

        Raises:
            Misfit: it is not taken; nothing was written but a line in the journal.
            OSError: the disk is full.
        """
        clean = bytes(128) + content[128:]
        try:
            found = instance_of(clean, sop_uid=sop_uid)
            with self._lock:
                received = self._file(clean, found, sender)
        except Misfit as error:
            self.journal.append({"refused": str(error), "sender": sender, "n_bytes": len(content)})
            raise
        self._hand_on(received)
        return received

    def _file(self, content: bytes, found: Instance, sender: str) -> Received:
        path = self.folder / found.place
        is_there = path.exists()
        if is_there and _dataset_hash(path.read_bytes()) != _dataset_hash(content):
            raise Misfit(
                "another instance with the same SOPInstanceUID is there already; the first one is kept"
            )
        patients = self._patients.setdefault(found.series, set())
        alarm = TWO_PATIENTS if patients - {found.patient} else ""
        if not is_there:
            write_whole(path, content)
        patients.add(found.patient)
        received = Received(
            file=found.place, study=found.study, series=found.series, patient=found.patient,
            modality=found.modality, state="again" if is_there else "new", alarm=alarm, sender=sender,
            n_bytes=len(content), study_uid=found.study_uid,
        )  # fmt: skip
        self.journal.append({key: value for key, value in asdict(received).items() if key != "study_uid"})
        return received

    def _hand_on(self, received: Received) -> None:
        if self._tell is None:
            return
        try:
            self._tell(received)
        except Exception as error:  # the instance is safe; what comes after it must not refuse it
            self.journal.append({"file": received.file, "handed_on": False, "why": type(error).__name__})


def _remove_if_old(draft: Path) -> None:
    """Remove a draft of a process that was killed; another one that takes at this moment may write in it."""
    with suppress(FileNotFoundError):
        if time.time() - draft.stat().st_mtime > _DRAFT_S:
            draft.unlink()


def _dataset_hash(content: bytes) -> str:
    """Of what follows the file's meta information, which senders fill in differently."""
    _, start = head_of(content)
    return hashlib.sha256(content[start:]).hexdigest()
