"""pynetdicom set up for calling: nothing into a log, no name in an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.errors import StageFailed

FEATURE = "The DICOM network"
VERIFICATION = "1.2.840.10008.1.1"


class Unreachable(StageFailed):
    """The archive did not answer, or did not let us in; trying again later may help."""


def quiet_network() -> Any:
    """pynetdicom, told to write nothing of what it sees into a log.

    Raises:
        MissingExtra: it is not installed.
    """
    import logging

    net = from_pacs("pynetdicom", FEATURE)
    settings = from_pacs("pynetdicom._config", FEATURE)
    settings.LOG_HANDLER_LEVEL = "none"
    settings.LOG_REQUEST_IDENTIFIERS = settings.LOG_RESPONSE_IDENTIFIERS = False
    logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)
    return net


@contextmanager
def associated(
    peer: Peer,
    contexts: Sequence[tuple[str, Sequence[str]]],
    *,
    roles: Sequence[Any] = (),
    handlers: Sequence[Any] = (),
) -> Iterator[Any]:
    """An association with a peer, released in the end.

    Args:
        peer: who is called.
        contexts: (abstract syntax, transfer syntaxes), at most 128.
        roles: of role selection, where we also take.
        handlers: of events, where we also take.

    Raises:
        Unreachable: there is none, or the peer declines.
    """
    entity = quiet_network().AE(ae_title=peer.own_title)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = peer.timeout_s
    entity.connection_timeout = peer.timeout_s
    for abstract, transfer in contexts:
        entity.add_requested_context(abstract, list(transfer))
    tls = (peer.tls.for_caller(), peer.host) if peer.tls else None
    made = entity.associate(
        peer.host,
        peer.port,
        ae_title=peer.title,
        tls_args=tls,
        ext_neg=list(roles),
        evt_handlers=list(handlers),
    )
    try:
        if not made.is_established:
            raise Unreachable(_why(peer, made))
        yield made
    finally:
        if made.is_established:
            made.release()
        _close(made)


def _why(peer: Peer, made: Any) -> str:
    if made.is_rejected:
        return (
            f"{peer.name} declined the association; it may not know the title {peer.own_title}, or its own "
            "title is another"
        )
    return f"{peer.name} does not answer; check host, port and TLS, and that the archive is running"


def _close(made: Any) -> None:
    """Close a socket that the library leaves open after a failure."""
    held = made.dul.socket
    if held is not None and held.socket is not None:
        held.socket.close()


def echo(peer: Peer) -> None:
    """Ask whether a peer is there (C-ECHO).

    Raises:
        Unreachable: it is not.
    """
    with associated(peer, [(VERIFICATION, ["1.2.840.10008.1.2"])]) as made:
        answer = made.send_c_echo()
        if getattr(answer, "Status", None) != 0:
            raise Unreachable(f"{peer.name} did not answer an echo")
