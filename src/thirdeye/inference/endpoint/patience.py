"""Connections that say nothing are closed: a few of them would else keep everybody out (slowloris)."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_S = 10.0


class PatientProtocol(H11Protocol):
    """HTTP whose requests have to name themselves, headers and all, within a time.

    The time runs from the connection, or from the answer before, whatever trickles in meanwhile; the body has
    a limit of its own (`thirdeye.inference.endpoint.upload`).
    """

    headers_s = HEADERS_S
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The time begins."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """The time ends with the last header."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """The time of the next request begins."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any longer."""
        super().connection_lost(exc)
        self._stop()

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.headers_s, self.transport.close)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
