"""The HTTP endpoint: an image in, an opinion out. Small on purpose; the reading room is another program.

    GET  /health         whether it reads
    GET  /v1/model       which reader answers: task, classes, hashes
    POST /v1/opinions    the image is the body; the opinion is the answer; of a reader of boxes,
                         ?false_alarms=1/4 (1, 4) shows what reaches another threshold
    GET  /openapi.json   this, for programs

No file name, path or identity is taken in, answered or logged. Only the names under which the service is
known are answered, so that a web page elsewhere cannot reach a service of this computer (DNS rebinding), and
no browser may send an image from another site (no CORS header; types that need a preflight).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from thirdeye.inference.endpoint.describe import described, openapi
from thirdeye.inference.endpoint.desk import Desk
from thirdeye.inference.endpoint.refusal import Refusal
from thirdeye.inference.endpoint.upload import Limits, uploaded

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_RETRY_S = "2"


def make_app(reader: Any, *, limits: Limits = Limits(), hosts: Sequence[str] = LOOPBACK) -> Starlette:  # noqa: B008 - frozen
    """The application.

    Args:
        reader: as `thirdeye.inference.readers.open_reader` or `Together.load` give it.
        limits: what it bears.
        hosts: names that a request may call the service by.
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.requests import ClientDisconnect
    from starlette.routing import Route

    desk = Desk(reader, waiting=limits.waiting, answer_s=limits.answer_s)
    about = described(reader)
    paper = openapi(about, limits)

    async def health(request: Request) -> Response:
        return _answer({"status": "ok"})

    async def model(request: Request) -> Response:
        return _answer(about)

    async def schema(request: Request) -> Response:
        return _answer(paper)

    async def opinions(request: Request) -> Response:
        try:
            _refuse_other_site(request)
            async with uploaded(request, limits) as path:
                return _answer(await desk.read(path, alarms=request.query_params.get("false_alarms")))
        except Refusal as refusal:
            return _refused(refusal)
        except ClientDisconnect:
            return _refused(Refusal(400, "the connection ended before the image was there"))
        except Exception as error:  # its message might hold a path or a name: it stays inside
            return _answer({"error": f"the reader failed ({type(error).__name__}); there is no opinion"}, 500)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        desk.close()

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/v1/model", model),
            Route("/openapi.json", schema),
            Route("/v1/opinions", opinions, methods=["POST"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)],
        exception_handlers={404: _http_error, 405: _http_error},
        lifespan=lifespan,
    )


def _refuse_other_site(request: Request) -> None:
    """A browser says where a request comes from; other sites are turned away."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Refusal(403, "requests of other sites are not answered")


def _answer(form: dict[str, Any], status: int = 200, **headers: str) -> Response:
    from starlette.responses import Response

    common = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    content = json.dumps(form, allow_nan=False)
    return Response(content, status, {**common, **headers}, "application/json")


def _refused(refusal: Refusal) -> Response:
    headers = {"Retry-After": _RETRY_S} if refusal.status == 503 else {}
    headers |= {"Connection": "close"} if refusal.status in (408, 413) else {}
    return _answer({"error": refusal.said}, refusal.status, **headers)


async def _http_error(request: Request, error: Any) -> Response:
    said = {404: "there is no such address; see /openapi.json", 405: "this address takes another method"}
    return _answer({"error": said[error.status_code]}, error.status_code)
