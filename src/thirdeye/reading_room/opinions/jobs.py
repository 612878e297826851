"""The job that makes an opinion: in a worker process with bounds on memory and time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import select

from thirdeye.intake.workers import call, limit_for
from thirdeye.reading_room.opinions.asked import Answer, answered
from thirdeye.reading_room.opinions.make import fail, kept
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import CASE, STUDY

MEMORY_BYTES = 6 * 1024**3  # of a worker that reads; another number than that of workers that decode
LIMIT_S = 600.0  # of one case, and more for large files


def make_waiting(room: Room, case: str, studies: Mapping[int, Path]) -> bool:
    """Make the opinion on a case.

    Args:
        case: whose opinion is waiting.
        studies: number of a study to its folder; a case of another waits until it is opened again.

    Returns:
        Whether there is an opinion now.
    """
    with room.database.reading() as connection:
        row = connection.execute(
            select(STUDY.c.id, STUDY.c.model_sha256)
            .join(CASE, CASE.c.study_id == STUDY.c.id)
            .where(CASE.c.id == case)
        ).first()
    if row is None or row.id not in studies:
        return False
    return kept(room, case, partial(_asked, str(studies[row.id]), row.model_sha256))


def _asked(study: str, model: str, files: list[Path], slices: list[bool]) -> Answer:
    limit_s = LIMIT_S + sum(map(limit_for, files))
    answer: Answer = call(
        answered, study, model, [str(file) for file in files], slices, name="the image", limit_s=limit_s,
        memory_bytes=MEMORY_BYTES,
    )  # fmt: skip
    return answer


def fail_opinion(room: Room, case: str) -> None:
    """A job that broke off; the case goes on without an opinion."""
    fail(room, case, "the second opinion could not be made; whoever runs this room finds more in its log")
