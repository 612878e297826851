"""Sending (C-STORE, PS3.4 annex B): each file by itself, a new association after one that broke the old."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.dicom.network.entity import Unreachable, associated
from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.open import open_dataset, reasons
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.uids import is_uid
from thirdeye.errors import UnreadableFile

_MOST_CONTEXTS = 128  # PS3.8 section 9.3.2.2
_UNCOMPRESSED = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")
_WARNINGS = range(0xB000, 0xC000)  # stored, with a remark


@dataclass(frozen=True)
class Sent:
    """What became of one file.

    Args:
        file: as it was given.
        state: "sent"; "refused" by the archive or unfit to be sent, so that trying again is of no use;
            "failed": the archive was not reached or the association broke, so that it may be.
        reason: one sentence without an identifier; "" where it was sent.
    """

    file: Path
    state: str
    reason: str = ""


def send_files(peer: Peer, files: Sequence[Path]) -> Iterator[Sent]:
    """Send files; what became of each, in their order, as soon as it is known.

    Args:
        peer: the archive.
        files: DICOM files.
    """
    ready: list[tuple[Path, str, str]] = []
    for file in files:
        kind = _kind_of(file)
        if isinstance(kind, Sent):
            yield kind
            continue
        ready.append((file, *kind))
    while ready:
        batch, ready = _batch(ready)
        yield from _send_batch(peer, batch)


def _batch(ready: list[tuple[Path, str, str]]) -> tuple[list[Any], list[Any]]:
    """As many as fit into the presentation contexts of one association, and the rest."""
    kinds: set[tuple[str, str]] = set()
    for at, (_, sop_class, syntax) in enumerate(ready):
        kinds.add((sop_class, syntax))
        if len(kinds) > _MOST_CONTEXTS:
            return ready[:at], ready[at:]
    return ready, []


def _kind_of(file: Path) -> tuple[str, str] | Sent:
    """SOP class and transfer syntax."""
    from pydicom.filereader import read_file_meta_info

    try:
        with quiet_decoders():
            meta = read_file_meta_info(file)
        kind = str(meta.MediaStorageSOPClassUID), str(meta.TransferSyntaxUID)
    except Exception:  # whatever a damaged file makes pydicom raise
        return Sent(file, "refused", "is no DICOM file")
    return kind if all(map(is_uid, kind)) else Sent(file, "refused", "has no valid file meta information")


def _send_batch(peer: Peer, batch: list[tuple[Path, str, str]]) -> Iterator[Sent]:
    """Send a batch over as few associations as it takes."""
    waiting = list(batch)
    while waiting:
        kinds = sorted({(sop_class, syntax) for _, sop_class, syntax in waiting})
        try:
            with associated(peer, [(sop_class, _offered(syntax)) for sop_class, syntax in kinds]) as made:
                while waiting and made.is_established:
                    yield _send_one(made, waiting.pop(0)[0])
        except Unreachable as error:
            yield from (Sent(file, "failed", str(error)) for file, _, _ in waiting)
            return


def _offered(syntax: str) -> tuple[str, ...]:
    """Encodings in which a file may go: its own; of uncompressed ones both."""
    return _UNCOMPRESSED if syntax in _UNCOMPRESSED else (syntax,)


def _send_one(made: Any, file: Path) -> Sent:
    try:
        with reasons(file.name):
            dataset = open_dataset(file, file.name)
    except UnreadableFile as error:
        return Sent(file, "refused", error.reason)
    try:
        with quiet_decoders():
            answer = made.send_c_store(dataset)
    except ValueError:
        return Sent(file, "refused", "is of a kind or encoding that the archive does not take")
    except (RuntimeError, AttributeError):  # the association ended, or the dataset lacks what it must have
        if not made.is_established:
            return Sent(file, "failed", "the archive ended the association")
        return Sent(file, "refused", "cannot be encoded")
    return _judged(made, file, answer)


def _judged(made: Any, file: Path, answer: Any) -> Sent:
    status = getattr(answer, "Status", None)
    if status is None:
        made.abort()
        return Sent(file, "failed", "the archive gave no answer in time")
    if status == 0 or status in _WARNINGS:
        return Sent(file, "sent")
    if 0xA700 <= status <= 0xA7FF:
        return Sent(file, "failed", f"the archive is out of resources (status {status:04X})")
    return Sent(file, "refused", f"the archive refused it (status {status:04X})")
