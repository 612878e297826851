"""What the viewer asks for: how a case is hung, frames, previews, tiles. Only of one's own, checked cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, JSONResponse, Response
from sqlalchemy import Row

from thirdeye.reading_room.people.person import ADJUDICATOR, READER, Person
from thirdeye.reading_room.pictures.cabinet import Cabinet
from thirdeye.reading_room.pictures.intact import Changed
from thirdeye.reading_room.pictures.tile import TILE_PX
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.workflow.cases import case_of, images_of

_SOLID = Path(__file__).parents[1] / "static" / "vendor" / "niivue.js"  # see scripts/viewers
router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER, ADJUDICATOR))]
# Kept by the browser of one session: another session of the same browser has another cookie.
_KEPT = {"Cache-Control": "private, max-age=3600, immutable", "Vary": "Cookie"}


def cabinet_of(room: Room) -> Cabinet:
    """The frames of a room that are ready."""
    return Cabinet(room.images, room.settings.folder / "pictures")


@router.get("/cases/{case}/stacks.json")
def stacks(room: TheRoom, case: str, person: Reader) -> Response:
    """How the case is hung."""
    images = _images(room, case, person)
    with _unchanged(case):
        found = cabinet_of(room).stacks([image.file for image in images])
    form = {
        "case": case,
        "images": [image.id for image in images],
        "stacks": [stack.as_json() for stack in found],
        "tile_px": TILE_PX,
        "solid": _SOLID.exists(),
    }
    return JSONResponse(form, headers={**_KEPT, "Cache-Control": "private, max-age=60"})


@router.get("/cases/{case}/images/{image}/frames/{frame}/values")
def values(room: TheRoom, case: str, image: str, frame: int, person: Reader) -> Response:
    """The values of a frame, see `thirdeye.reading_room.pictures.pack`."""
    with _unchanged(case):
        path = cabinet_of(room).values(_file(room, case, image, person), frame)
    headers = {**_KEPT, "Content-Encoding": "deflate"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


@router.get("/cases/{case}/images/{image}/frames/{frame}/preview.png")
def frame_preview(room: TheRoom, case: str, image: str, frame: int, person: Reader) -> Response:
    """A picture of a frame for a first look."""
    with _unchanged(case):
        return _png(cabinet_of(room).preview(_file(room, case, image, person), frame))


@router.get("/cases/{case}/images/{image}/preview.png")
def preview(room: TheRoom, case: str, image: str, person: Reader) -> Response:
    """A picture of an image for a first look: of several frames the middle one."""
    cabinet, file = cabinet_of(room), _file(room, case, image, person)
    with _unchanged(case):
        return _png(cabinet.preview(file, cabinet.held(file).frames // 2))


@router.get("/cases/{case}/images/{image}/tiles/{level}/{column}_{row}.jpeg")
def tile(room: TheRoom, case: str, image: str, level: int, column: int, row: int, person: Reader) -> Response:
    """A tile of a slide in the pyramid of the Deep Zoom format."""
    cabinet, file = cabinet_of(room), _file(room, case, image, person)
    with _unchanged(case):
        held = cabinet.held(file)
    if held.kind != "slide":
        raise Refusal(404, "not_there")
    return FileResponse(cabinet.tile(file, level, column, row), media_type="image/jpeg", headers=_KEPT)


@contextmanager
def _unchanged(case: str) -> Iterator[None]:
    """An image that was changed since it came is not shown, and the audit knows."""
    try:
        yield
    except Changed:
        raise Refusal(409, "image_changed", action="image.changed", case=case) from None


def _images(room: Room, case: str, person: Person) -> list[Row[Any]]:
    with room.database.reading() as connection:
        row = case_of(connection, case, person)
        if row.checked_at is None:
            raise Refusal(404, "no_such_case", action="image.refused", case=case)
        return images_of(connection, case)


def _file(room: Room, case: str, image: str, person: Person) -> str:
    """The file of an image."""
    found = next((one for one in _images(room, case, person) if one.id == image), None)
    if found is None:
        raise Refusal(404, "no_such_case", action="image.refused", case=case)
    return str(found.file)


def _png(path: Path) -> Response:
    return FileResponse(path, media_type="image/png", headers=_KEPT)
