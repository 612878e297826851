"""What every answer says: the headers of safety. Plain ASGI."""

from __future__ import annotations

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
