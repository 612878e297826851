"""What every answer says and every request keeps to: headers, and the size of a body. Plain ASGI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with "no-referrer" browsers send "Origin: null" with every form
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_NO_STORE = (b"cache-control", b"no-store")


class Headers:
    """Adds the headers of safety; nothing is stored by a browser unless an answer says so."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""

        async def answered(message: Any) -> None:
            if message["type"] == "http.response.start":
                kept = list(message.get("headers", []))
                cached = any(name == b"cache-control" for name, _ in kept)
                message["headers"] = kept + self._headers + ([] if cached else [_NO_STORE])
            await send(message)

        await self._app(scope, receive, answered if scope["type"] == "http" else send)


class BodyLimit:
    """Turns away bodies that are too long, by what they say and by what comes.

    Args:
        limit: path to the largest number of bytes.
    """

    def __init__(self, app: Any, limit: Callable[[str], int]) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, come = self._limit(scope["path"]), 0
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > 18 or int(declared) > most:
            await _too_large(send)
            return

        async def counted() -> Any:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if come > most:
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, counted, send)


async def _too_large(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"This is larger than the reading room takes."})
