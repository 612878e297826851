"""Screen 6: keep, change or contest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from thirdeye.reading_room.people.person import READER, Person
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.workflow.decide import decide

router = APIRouter()
_PERCENT = 100


@router.post("/cases/{case}/decide")
def decided(
    room: TheRoom,
    case: str,
    person: Annotated[Person, Depends(needs(READER))],
    choice: Annotated[str, Form()],
    probability_percent: Annotated[float | None, Form()] = None,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """The decision."""
    new = None if probability_percent is None else probability_percent / _PERCENT
    with room.acting(person.id) as act:
        decide(act, case, person, choice=choice, probability=new, reason=reason)
    return go_to("/")
