"""Fetching studies: the archive sends them to our listener (C-MOVE), or on the same line (C-GET)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thirdeye.dicom.network.entity import FEATURE, associated
from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.instance import Misfit
from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.errors import StageFailed

STUDY_ROOT_MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
STUDY_ROOT_GET = "1.2.840.10008.5.1.4.1.2.2.3"
_SYNTAXES = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")
_PENDING = (0xFF00, 0xFF01)
_UNKNOWN_DESTINATION = 0xA801


@dataclass(frozen=True)
class Fetched:
    """What became of one study.

    Args:
        completed: images that came.
        failed: images that did not.
    """

    completed: int
    failed: int


def move_study(peer: Peer, study_uid: str, destination: str) -> Fetched:
    """Ask an archive to send a study to a listener that it knows by its title.

    Args:
        peer: the archive.
        study_uid: of the study.
        destination: title of the listener; the archive must have its host and port.

    Raises:
        Unreachable: it does not answer.
        StageFailed: it refuses, most often because it does not know the title.
    """
    with associated(peer, [(STUDY_ROOT_MOVE, _SYNTAXES)]) as made, quiet_decoders():
        answers = made.send_c_move(_named(study_uid), destination, STUDY_ROOT_MOVE)
        return _counted(peer, answers, destination)


def get_study(peer: Peer, study_uid: str, inbox: Inbox, sop_classes: tuple[str, ...]) -> Fetched:
    """Fetch a study on the line that was opened for asking; the archive need not know us.

    Args:
        peer: the archive.
        study_uid: of the study.
        inbox: that takes what comes.
        sop_classes: kinds of images that may come; at most 120.

    Raises:
        Unreachable, StageFailed: as `move_study`.
    """
    net = from_pacs("pynetdicom", FEATURE)
    events = from_pacs("pynetdicom.events", FEATURE)

    def stored(event: Any) -> int:
        try:
            inbox.keep(
                event.encoded_dataset(),
                sop_uid=str(event.request.AffectedSOPInstanceUID or ""),
                sender=peer.title,
            )
        except Misfit:
            return 0xC000
        except OSError:
            return 0xA700
        return 0

    contexts = [(STUDY_ROOT_GET, _SYNTAXES), *((one, _SYNTAXES) for one in sop_classes)]
    roles = [net.build_role(one, scp_role=True) for one in sop_classes]
    with (
        associated(peer, contexts, roles=roles, handlers=[(events.EVT_C_STORE, stored)]) as made,
        quiet_decoders(),
    ):
        return _counted(peer, made.send_c_get(_named(study_uid), STUDY_ROOT_GET), peer.own_title)


def _counted(peer: Peer, answers: Any, destination: str) -> Fetched:
    completed = failed = 0
    for status, _ in answers:
        code = getattr(status, "Status", None)
        completed = int(getattr(status, "NumberOfCompletedSuboperations", completed) or 0)
        failed = int(getattr(status, "NumberOfFailedSuboperations", failed) or 0)
        if code == _UNKNOWN_DESTINATION:
            raise StageFailed(
                f"{peer.name} does not know where {destination} is; enter our title, host and port there"
            )
        if code is None:
            raise StageFailed(f"{peer.name} stopped answering; what came is kept, the same command goes on")
        if code not in _PENDING and code != 0 and not completed and not failed:
            raise StageFailed(f"{peer.name} could not send the study (status {code:04X})")
    return Fetched(completed, failed)


def _named(study_uid: str) -> Any:
    from pydicom.dataset import Dataset

    asked = Dataset()
    asked.QueryRetrieveLevel = "STUDY"
    asked.StudyInstanceUID = study_uid
    return asked
