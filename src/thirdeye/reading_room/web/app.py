"""The application: screens, guards and headers put together."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from thirdeye.reading_room.room import Room
from thirdeye.reading_room.web.bodies import BodyLimit
from thirdeye.reading_room.web.failures import Caught, handle
from thirdeye.reading_room.web.guard import same_origin
from thirdeye.reading_room.web.headers import Headers
from thirdeye.reading_room.web.inputs import fit
from thirdeye.reading_room.web.pages import templates

# One file of `screens/` each, with a `router`; in the order in which a case meets them.
SCREENS = (
    "sign_in",
    "house",
    "account",
    "people",
    "studies",
    "worklist",
    "upload",
    "kept_back",
    "check",
    "images",
    "reading",
    "opinion",
    "decision",
    "adjudication",
    "sign",
    "outcome",
    "monitoring",
    "reader_study",
    "retraining",
    "audit",
)
UPLOADS = "/upload"  # only there may a body be long
_STATIC = Path(__file__).parents[1] / "static"


def make_app(room: Room) -> FastAPI:
    """The application of a room.

    Args:
        room: open; the caller closes it.
    """

    def limit(path: str) -> int:
        return room.settings.upload_bytes if path.startswith(UPLOADS) else room.settings.body_bytes

    app = FastAPI(
        title="Third Eye reading room",
        openapi_url=None,
        dependencies=[Depends(same_origin), Depends(fit)],
        middleware=[
            Middleware(Headers),
            Middleware(Caught),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(room.settings.hosts), www_redirect=False),
            Middleware(BodyLimit, limit=limit),
        ],
    )
    app.state.room = room
    app.state.templates = templates()
    handle(app)
    for name in SCREENS:
        app.include_router(import_module(f"thirdeye.reading_room.screens.{name}").router)
    _settle(app)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


def _settle(app: FastAPI) -> None:
    """Have the framework work out every route now; threads of the first requests would meet in it."""
    for route in app.routes:
        worked_out = getattr(route, "effective_candidates", None)
        if worked_out is not None:
            worked_out()
