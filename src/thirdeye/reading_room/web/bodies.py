"""Bodies that are too long or too slow are turned away, by what they say and by what comes. Plain ASGI."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

SILENCE_S = 20.0  # a body that sends nothing for so long is given up
SLOWEST = 64 * 1024  # bytes a second that a long body has to come with, after a first minute
_FIRST_S = 60.0
_SAID = {
    408: b"This came too slowly. Try again.",
    413: b"This is larger than the reading room takes.",
}


class BodyLimit:
    """Turns away bodies that are too long, or that come too slowly.

    Args:
        limit: path to the largest number of bytes.
        silence_s: seconds without a byte; None: `SILENCE_S`.
    """

    def __init__(self, app: Any, limit: Callable[[str], int], silence_s: float | None = None) -> None:
        self._app = app
        self._limit = limit
        self._silence_s = SILENCE_S if silence_s is None else silence_s

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._limit(scope["path"])
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > 18 or int(declared) > most:
            await _turn_away(send, 413)
            return
        await _Watched(receive, send, most, self._silence_s).run(self._app, scope)


class _Watched:
    """One request with its body counted and timed."""

    def __init__(self, receive: Any, send: Any, most: int, silence_s: float) -> None:
        self._receive, self._send = receive, send
        self._most, self._silence_s = most, silence_s
        self._come, self._began = 0, asyncio.get_running_loop().time()
        self._whole = self._started = False
        self._fault = 0

    async def run(self, app: Any, scope: Any) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Exception:
            if not self._fault:
                raise
        if self._fault and not self._started:
            await _turn_away(self._send, self._fault)

    async def receive(self) -> Any:
        if self._fault:
            return {"type": "http.disconnect"}
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._silence_s):
                message = await self._receive()
        except TimeoutError:
            return self._given_up(408)
        self._come += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        spent = asyncio.get_running_loop().time() - self._began
        if self._come > self._most:
            return self._given_up(413)
        if not self._whole and spent > _FIRST_S and self._come < SLOWEST * (spent - _FIRST_S):
            return self._given_up(408)
        return message

    async def send(self, message: Any) -> None:
        if self._fault and not self._started:
            return  # the answer to a body that was cut off; ours comes instead
        self._started = True
        await self._send(message)

    def _given_up(self, fault: int) -> Any:
        self._fault = fault
        return {"type": "http.disconnect"}


async def _turn_away(send: Any, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": _SAID[status]})
