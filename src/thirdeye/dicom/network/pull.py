"""`pull`: studies of an archive into a folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from thirdeye.dicom.network.inbox import Inbox, Received
from thirdeye.dicom.network.instance import Misfit
from thirdeye.dicom.network.listener import Listener, Listening
from thirdeye.dicom.network.move import get_study, move_study
from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.network.query import FoundStudy, Wanted, find_studies
from thirdeye.dicom.network.web.client import WebArchive

_COMMON = (  # kinds that C-GET may bring: CR, DX, MG, CT, MR, US, NM, PT, XA, SC, photographs, SEG, SR
    "1.1", "1.1.1", "1.1.1.1", "1.1.2", "1.1.2.1", "1.2", "1.2.1", "1.4", "1.4.1", "1.6.1", "1.3.1", "1.20",
    "1.128",     "1.12.1", "1.12.2", "1.7", "1.77.1.1", "1.77.1.4", "1.77.1.5.1", "1.66.4",
    "1.88.11", "1.88.22", "1.88.33",     "1.104.1", "1.13.1.3", "1.1.3", "1.77.1.2", "1.77.1.6",
)  # fmt: skip
_KINDS = tuple(f"1.2.840.10008.5.1.4.1.{one}" for one in _COMMON)
_PATIENCE_S = 10.0
Tell = Callable[[Received], None]


@dataclass(frozen=True)
class Pulled:
    """What came.

    Args:
        studies: that fitted.
        new: images that were not there before.
        again: images that were.
        missing: images that the archive could not send, or that were refused.
        alarms: sentences that somebody must act on.
    """

    studies: int
    new: int
    again: int
    missing: int
    alarms: tuple[str, ...]


def look_up(archive: Peer | WebArchive, wanted: Wanted) -> list[FoundStudy]:
    """Studies of an archive that fit.

    Raises:
        UsageError: the question cannot be asked this way.
        StageFailed: no answer, or too many fit.
    """
    return archive.find_studies(wanted) if isinstance(archive, WebArchive) else find_studies(archive, wanted)


def pull(
    archive: Peer | WebArchive,
    wanted: Wanted,
    folder: Path,
    *,
    by_get: bool = False,
    listening: Listening | None = None,
    on_received: Tell | None = None,
) -> Pulled:
    """Fetch what fits into a folder; what is there already is not written twice.

    Args:
        archive: whom to ask.
        wanted: what is looked for.
        folder: where images go, as `thirdeye pacs listen` files them.
        by_get: fetch on our own line (C-GET), for an archive that does not know us.
        listening: where the archive sends to (C-MOVE); it must know this title, host and port.
        on_received: told of each image.

    Raises:
        UsageError: the question cannot be asked this way.
        StageFailed: the archive does not answer, or refuses.
    """
    came: list[Received] = []

    def note(received: Received) -> None:
        came.append(received)
        if on_received is not None:
            on_received(received)

    inbox = Inbox(folder, note)
    studies = look_up(archive, wanted)
    if isinstance(archive, WebArchive):
        missing = sum(_by_web(archive, study.study_uid, inbox) for study in studies)
    elif by_get:
        missing = sum(get_study(archive, study.study_uid, inbox, _KINDS).failed for study in studies)
    else:
        missing = _by_move(archive, studies, inbox, listening or Listening(), came)
    return Pulled(
        studies=len(studies),
        new=sum(one.state == "new" for one in came),
        again=sum(one.state == "again" for one in came),
        missing=missing,
        alarms=tuple(dict.fromkeys(one.alarm for one in came if one.alarm)),
    )


def _by_web(archive: WebArchive, study_uid: str, inbox: Inbox) -> int:
    """Fetch a study image by image; how many were refused."""
    refused = 0
    for series, image in archive.instances(study_uid):
        content = archive.fetch(study_uid, series, image)
        try:
            inbox.keep(content, sop_uid=image, sender="DICOMweb")
        except Misfit:
            refused += 1
    return refused


def _by_move(
    archive: Peer, studies: list[FoundStudy], inbox: Inbox, listening: Listening, came: list[Received]
) -> int:
    """Have studies sent to a listener of our own; how many images did not come."""
    failed = expected = 0
    with Listener(inbox, listening):
        for study in studies:
            found = move_study(archive, study.study_uid, listening.title)
            failed, expected = failed + found.failed, expected + found.completed
        until = time.monotonic() + _PATIENCE_S
        while len(came) < expected and time.monotonic() < until:
            time.sleep(0.05)
    return failed + max(0, expected - len(came))
