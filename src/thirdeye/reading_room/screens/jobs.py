"""The jobs of the room, for screens that ask for something to be done in the background."""

from __future__ import annotations

import threading

from fastapi import Request

from thirdeye.reading_room.jobs.crew import Crew
from thirdeye.reading_room.opinions.studies import enter_studies
from thirdeye.reading_room.web.guard import room_of

_LOCK = threading.Lock()


def crew_of(request: Request) -> Crew:
    """The crew that `thirdeye.journey.serving` started; else a queue whose jobs wait for the next start."""
    state = request.app.state
    with _LOCK:
        if not hasattr(state, "crew"):
            room = room_of(request)
            state.crew = Crew(room, enter_studies(room))
    crew: Crew = state.crew
    return crew
