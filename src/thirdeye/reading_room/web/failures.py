"""Errors as pages: a sentence and a way on; no value that came with the request, no path, no stack."""

from __future__ import annotations

import errno
import logging
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.errors import ThirdEyeError
from thirdeye.reading_room.discreet import place_of
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.web.guard import room_of, visiting
from thirdeye.reading_room.web.pages import language_of, page
from thirdeye.reading_room.web.words import translator

# The page without a person, a language or navigation: what is left where the store is gone.
_BARE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{title}}</title>
<link rel="stylesheet" href="/static/room.css"></head>
<body><main><section class="card narrow" role="alert"><h1>{{title}}</h1><p>{{said}}</p></section></main>
<footer class="notice">{RESEARCH_USE}</footer></body></html>
"""
_LOG = logging.getLogger("thirdeye.reading_room")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_STORES = ("SQLITE_FULL", "53100")  # SQLite; SQLSTATE of PostgreSQL


def handle(app: FastAPI) -> None:
    """Enter the handlers of an application."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ThirdEyeError, _ours)


class Caught:
    """Answers where a request failed. Nothing of the error reaches the server's own log. Plain ASGI.

    An error that is left to the server would be logged there with its message, which might hold an identity.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        started = False

        async def sent(message: Any) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:
            _LOG.error("a request failed: %s at %s", type(error).__name__, place_of(error))
            if scope["type"] == "http" and not started:  # else the server hangs up
                answer = await run_in_threadpool(_broken, Request(scope), error)
                await answer(scope, receive, send)


def note(request: Request, refusal: Refusal) -> None:
    """Enter into the audit what was refused, where it asks for it."""
    if refusal.action is None:
        return
    session = visiting(request)
    with room_of(request).acting(None if session is None else session.person.id) as act:
        act.record(refusal.action, case=refusal.case, status=refusal.status, why=refusal.said)


def _refused(request: Request, refusal: Any) -> Response:
    note(request, refusal)
    if refusal.status == 401 and request.method == "GET" and not _wants_json(request):
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    return _said(request, refusal.status, translator(language_of(request))(f"refusal.{refusal.said}"))


def _invalid(request: Request, error: Any) -> Response:
    fields = sorted({str(one["loc"][-1]) for one in error.errors() if str(one["loc"][-1]).isidentifier()})
    say = translator(language_of(request))
    return _said(request, 422, say("refusal.invalid", fields=", ".join(fields) or "-"))


def _http(request: Request, error: Any) -> Response:
    key = {404: "not_there", 405: "method", 413: "too_large"}.get(error.status_code, "invalid_request")
    return _said(request, error.status_code, translator(language_of(request))(f"refusal.{key}"))


def _ours(request: Request, error: Any) -> Response:
    return _said(request, 422, str(error))


def _broken(request: Request, error: Exception) -> Response:
    status, word = _failed(error)
    try:
        return _said(request, status, translator(language_of(request))(f"refusal.{word}"))
    except Exception:  # the store is gone, so that nobody knows who asks
        say = translator("en")
        return HTMLResponse(_BARE.format(title=say("refusal.title"), said=say(f"refusal.{word}")), status)


def _failed(error: Exception) -> tuple[int, str]:
    """Status and word: a full disk and a store that does not answer are nobody's fault here."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return 507, "no_room"
    if isinstance(error, OperationalError):
        said = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
        return (507, "no_room") if said in _FULL_STORES else (503, "store")
    return 500, "broken"


def _said(request: Request, status: int, sentence: str) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": sentence}, status)
    return page(request, "refusal.html", status=status, sentence=sentence)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
