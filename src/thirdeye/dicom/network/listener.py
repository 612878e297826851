"""A Storage SCP (PS3.4 annex B): archives and scanners send to it, instances end in an `Inbox`."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from thirdeye.dicom.network.entity import FEATURE, VERIFICATION, quiet_network
from thirdeye.dicom.network.inbox import Inbox
from thirdeye.dicom.network.instance import Misfit
from thirdeye.dicom.network.peer import OWN_TITLE, checked_title
from thirdeye.dicom.network.tls import Tls
from thirdeye.dicom.write.extra import from_pacs
from thirdeye.errors import StageFailed

SUCCESS, OUT_OF_RESOURCES, CANNOT_UNDERSTAND = 0x0000, 0xA700, 0xC000  # PS3.4 table B.2-1


@dataclass(frozen=True)
class Listening:
    """How a listener behaves.

    Args:
        host: address to bind; loopback unless somebody says otherwise.
        port: 0 is any free one.
        title: our application entity title; callers must know it.
        callers: titles of those who may call; empty: everybody who knows ours.
        most_associations: at once; twice as many connections are held, the others are closed.
        most_bytes: of one instance.
        most_bytes_at_once: of all instances that are on their way.
        timeout_s: in which a caller must introduce itself, complete a PDU, and send the next thing.
        tls: of encrypted connections; None: plain.
    """

    host: str = "127.0.0.1"
    port: int = 11112
    title: str = OWN_TITLE
    callers: tuple[str, ...] = ()
    most_associations: int = 10
    most_bytes: int = 1024**3
    most_bytes_at_once: int = 2 * 1024**3
    timeout_s: float = 60.0
    tls: Tls | None = None


class Listener:
    """Listens from the moment it is made until `close`; use it in a ``with`` statement.

    Args:
        inbox: that takes what comes.
        how: see `Listening`.

    Raises:
        StageFailed: the port is taken, or the address is not ours.
        MissingExtra: without pynetdicom.
    """

    def __init__(self, inbox: Inbox, how: Listening | None = None) -> None:
        self._how = how or Listening()
        self._inbox = inbox
        self._server = self._bound()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that was bound."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop; associations that are open are aborted. A second call does nothing."""
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        for association in self._server.active_associations:
            association.abort()
        self._thread.join(timeout=5)

    def __enter__(self) -> Listener:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _bound(self) -> Any:
        events = from_pacs("pynetdicom.events", FEATURE)
        guarded = _guarded()
        how = self._how
        budget = guarded.Budget(how.most_bytes, how.most_bytes_at_once)
        entity = _entity(how)

        def opened(event: Any) -> None:
            guarded.guard(event.assoc, budget, how.timeout_s)

        def complete(event: Any) -> None:
            budget.done(event.assoc)

        handlers = [
            (events.EVT_CONN_OPEN, opened),
            (events.EVT_DIMSE_RECV, complete),
            (events.EVT_CONN_CLOSE, complete),
            (events.EVT_C_STORE, self._stored),
        ]
        try:
            server = entity.make_server(
                (how.host, how.port),
                ssl_context=how.tls.for_listener() if how.tls else None,
                evt_handlers=handlers,
                server_class=guarded.GuardedServer,
            )
        except OSError as error:
            raise StageFailed(
                f"cannot listen on {how.host} port {how.port}: {error.strerror}; choose another --port"
            ) from error
        server.most_connections = 2 * how.most_associations
        server.greeting_s = min(how.timeout_s, 10.0)
        entity._servers.append(server)
        return server

    def _stored(self, event: Any) -> int:
        """What came in one C-STORE; the status that the sender is told."""
        try:
            self._inbox.keep(
                event.encoded_dataset(),
                sop_uid=str(event.request.AffectedSOPInstanceUID or ""),
                sender=str(event.assoc.requestor.ae_title).strip(),
            )
        except Misfit:
            return CANNOT_UNDERSTAND
        except (OSError, MemoryError):
            return OUT_OF_RESOURCES
        except Exception:  # hostile bytes may raise anything before they reach the inbox
            return CANNOT_UNDERSTAND
        return SUCCESS


def _guarded() -> Any:
    from_pacs("pynetdicom", FEATURE)
    from thirdeye.dicom.network import guarded

    return guarded


def _entity(how: Listening) -> Any:
    """An application entity that takes every kind of instance in every encoding."""
    net = quiet_network()
    entity = net.AE(ae_title=checked_title(how.title))
    for context in net.AllStoragePresentationContexts:
        entity.add_supported_context(context.abstract_syntax, net.ALL_TRANSFER_SYNTAXES)
    entity.add_supported_context(VERIFICATION)
    entity.require_called_aet = True
    entity.require_calling_aet = [checked_title(title) for title in how.callers]
    entity.maximum_associations = how.most_associations
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = how.timeout_s
    return entity
