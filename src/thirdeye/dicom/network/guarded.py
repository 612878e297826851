"""A DICOM server whose callers can neither fill the memory nor hold a connection for ever."""

from __future__ import annotations

import threading
import time
from typing import Any

from pynetdicom.transport import AssociationSocket, ThreadedAssociationServer

_MOST_PDU = 4 * 1024**2  # bytes; we announce far less, and nobody needs more
_CHUNK = 65_536


class Budget:
    """Bytes of messages that are not complete yet, of all connections together.

    A connection whose thread has ended holds nothing, whether its end was heard of or not.

    Args:
        most_bytes: of one message.
        most_at_once: of all of them.
    """

    def __init__(self, most_bytes: int, most_at_once: int) -> None:
        self.most_bytes = most_bytes
        self._most_at_once = most_at_once
        self._held: dict[threading.Thread, int] = {}
        self._lock = threading.Lock()

    def take(self, connection: threading.Thread, count: int) -> bool:
        """Count bytes of a connection; False where they are too many."""
        with self._lock:
            held = {one: held for one, held in self._held.items() if one.is_alive()}
            held[connection] = self._held.get(connection, 0) + count
            self._held = held
            return held[connection] <= self.most_bytes and sum(held.values()) <= self._most_at_once

    def done(self, connection: threading.Thread) -> None:
        """The message is complete, or the connection gone."""
        with self._lock:
            self._held.pop(connection, None)


def guard(association: Any, budget: Budget, timeout_s: float) -> None:
    """Limit what one connection may send: bytes of a message, bytes of a PDU, and time for a PDU.

    Args:
        association: of a caller that has just connected.
        budget: shared by all.
        timeout_s: in which a PDU that has begun must be complete.
    """
    socket: AssociationSocket = association.dul.socket

    def recv(count: int) -> bytearray:
        if count > _MOST_PDU or not budget.take(association, count):
            raise OSError("more was sent than is taken")
        return _received(socket.socket, count, timeout_s)

    socket.recv = recv  # type: ignore[method-assign, assignment]
    _end_alone(association)


def _end_alone(association: Any) -> None:
    """What does not fit the state of the protocol ends its connection, and is no error of a thread of ours.

    A caller that hangs up while it is let in is enough to bring that about.
    """
    machine = association.dul.state_machine
    act = machine.do_action

    def do_action(event: str) -> None:
        try:
            act(event)
        except Exception:  # whatever hostile bytes bring about
            association.is_aborted, association.is_established = True, False
            association._kill = True
            association.dul.kill_dul()
            association.dul.socket.close()

    machine.do_action = do_action


def _received(socket: Any, count: int, timeout_s: float) -> bytearray:
    """Exactly `count` bytes, or fewer where the caller hung up, within the time."""
    until = time.monotonic() + timeout_s
    content = bytearray()
    while len(content) < count:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the caller was too slow")
        socket.settimeout(left)
        part = socket.recv(min(_CHUNK, count - len(content)))
        if not part:
            break
        content += part
    socket.settimeout(timeout_s)  # for what we send
    return content


class GuardedServer(ThreadedAssociationServer):
    """Closes what is too many at once, greets encrypted callers in their own thread, and logs no address."""

    most_connections = 20
    greeting_s = 10.0
    daemon_threads = True
    request_queue_size = 128
    _greeted = 0  # connections whose association has not begun
    _counting = threading.Lock()

    def get_request(self) -> Any:
        """A connection; its greeting is left to the thread that serves it."""
        listening: Any = self.socket
        client, address = listening.accept()
        client.settimeout(self.greeting_s)
        return client, address

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether there is room for one more."""
        with self._counting:
            has_room = self._greeted + len(self.active_associations) < self.most_connections
            self._greeted += has_room
        return has_room

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread; where none can be started, it counts no longer."""
        try:
            super().process_request(request, client_address)
        except RuntimeError:
            with self._counting:
                self._greeted -= 1
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Greet an encrypted caller, then serve as every other."""
        try:
            if self.ssl_context is not None:
                request = self.ssl_context.wrap_socket(request, server_side=True)
            super().process_request_thread(request, client_address)
        except OSError:
            self.shutdown_request(request)
        finally:
            with self._counting:
                self._greeted -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing is printed: the connection is closed, and that is all."""
