"""The readings of a reader study as the table that `thirdeye readers import` takes. No truth is in it."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import Connection, Row, select

from thirdeye.evaluation.readers.lists import AIDED, ALONE
from thirdeye.reading_room.monitoring.rows import called
from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.reader_studies.lists import FIRST, steps
from thirdeye.reading_room.store.tables import OPINION, PLACE, READER_STUDY, STUDY, STUDY_READING

HEADER = ("reader", "case", "test", "session", "order", "rating", "seconds", "initial", "machine", "final")
CALL_FROM = 0.5
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def readings_table(connection: Connection, number: int, *, call_from: float = CALL_FROM) -> str:
    """One row for each locked step, as CSV.

    Where a place has two steps, both rows also hold the first and the final decision and the machine's.

    Args:
        number: of the reader study.
        call_from: probability from which a reader's counts as a positive decision.
    """
    design, positive = connection.execute(
        select(READER_STUDY.c.design, STUDY.c.positive).join(STUDY, STUDY.c.id == READER_STUDY.c.study_id)
        .where(READER_STUDY.c.id == number)
    ).one()  # fmt: skip
    rows = connection.execute(
        select(PLACE, STUDY_READING.c.step, STUDY_READING.c.probability, STUDY_READING.c.seconds,
               STUDY_READING.c.opinion_sha256, OPINION.c.state, OPINION.c.form)
        .join(STUDY_READING, STUDY_READING.c.place_id == PLACE.c.id)
        .outerjoin(OPINION, OPINION.c.case_id == PLACE.c.case_id)
        .where(PLACE.c.reader_study_id == number)
        .order_by(PLACE.c.reader, PLACE.c.session, PLACE.c.position, STUDY_READING.c.id)
    )  # fmt: skip
    places: dict[int, list[Row[Any]]] = {}
    for row in rows:
        places.setdefault(row.id, []).append(row)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for given in places.values():
        writer.writerows(_rows(given, design, positive, call_from))
    return text.getvalue()


def _rows(given: list[Row[Any]], design: str, positive: str | None, call_from: float) -> list[list[Any]]:
    decisions: list[Any] = ["", "", ""]
    if len(steps(design, given[0].arm)) == len(given) == 2:
        first, final = (int(one.probability >= call_from) for one in given)
        decisions = [first, _machine(given[0], positive), final]
    return [
        [_plain(one.reader), _plain(one.name), ALONE if one.step == FIRST else AIDED, one.session,
         one.position, f"{one.probability:.6g}", f"{one.seconds:.3f}", *decisions]
        for one in given
    ]  # fmt: skip


def _machine(row: Row[Any], positive: str | None) -> int | str:
    """The machine's decision; "" where it gave none."""
    form = row.form if row.state == READY and row.form else {}
    value = (form.get("probabilities") or {}).get(positive)
    return "" if value is None or form.get("abstained") else int(called(form, float(value)))


def _plain(text: str) -> str:
    """A name that no table program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
