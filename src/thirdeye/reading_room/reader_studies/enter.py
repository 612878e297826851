"""A reader study is entered into the room: its cases, its places, its people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import insert, select, update

from thirdeye.errors import UsageError
from thirdeye.intake.words import listed
from thirdeye.reading_room.arrivals.take_in import Arrival, Kept, add_case, keep_file
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.audit.reader_studies import ENTERED, lists_sha256
from thirdeye.reading_room.reader_studies.lists import Lists
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import CASE, PERSON, PLACE, READER_STUDY
from thirdeye.reading_room.workflow.states import STUDY


def enter_reader_study(
    room: Room, lists: Lists, files: Mapping[str, Sequence[Path]], *, study: int,
    people: Mapping[str, str] | None = None, name: str | None = None,
) -> int:  # fmt: skip
    """Enter a reader study; from now on its readers find it under "Reader studies".

    The cases are of the study alone: they stand on no worklist, and carry no identity.

    Args:
        room: open.
        lists: of `read_lists`.
        files: images of each case, by its name in the design.
        study: number of the study whose reader gives the opinions.
        people: reader in the design to name for signing in; None: the names are the same.
        name: of the reader study; None: of its folder.

    Returns:
        Its number.

    Raises:
        UsageError: a case without images, a reader without an account, or a name that is taken.
    """
    missing = [case for case in lists.cases if not files.get(case)]
    if missing:
        raise UsageError(
            f"{len(missing)} of {len(lists.cases)} cases have no image: {listed(missing, 4)}; an image is "
            "named after its case"
        )
    kept = {case: [keep_file(room.images, path) for path in files[case]] for case in lists.cases}
    with room.acting(None) as act:
        logins = {reader: (people or {}).get(reader, reader).casefold() for reader in lists.readers}
        found = _accounts(act, logins)
        called = name or lists.name
        if act.connection.execute(select(READER_STUDY.c.id).where(READER_STUDY.c.name == called)).first():
            raise UsageError(f"a reader study called '{called}' is in the room already; give another --name")
        number = _study_row(act, lists, called, study)
        cases = {case: _case(act, number, study, kept[case], place) for place, case in enumerate(lists.cases)}
        act.connection.execute(insert(PLACE), [
            {"reader_study_id": number, "person_id": found[slot.reader], "reader": slot.reader,
             "session": slot.session, "position": slot.order, "name": slot.case, "case_id": cases[slot.case],
             "arm": slot.arm}
            for slot in lists.slots
        ])  # fmt: skip
        act.record(ENTERED, reader_study=number, sha256=lists.sha256, places=len(lists.slots),
                   lists_sha256=lists_sha256(act.connection, number))  # fmt: skip
    return number


def _study_row(act: Act, lists: Lists, name: str, study: int) -> int:
    made = act.connection.execute(
        insert(READER_STUDY).values(
            name=name, study_id=study, design=lists.design, washout_days=lists.washout_days,
            sha256=lists.sha256, made_at=act.at,
        ).returning(READER_STUDY.c.id)
    )  # fmt: skip
    return int(made.scalar_one())


def _case(act: Act, number: int, study: int, files: Sequence[str], place: int) -> str:
    """A case of the study alone, whatever else holds the same images."""
    images = [Kept(name, name.split(".")[0], "plane") for name in files]
    whole = digest(["reader study", number, place, sorted(files)])
    arrival = Arrival(patient=f"reader-study-{number}-{place}", source="upload", images=images)
    case = add_case(act, study, arrival, whole)
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(state=STUDY))
    return case


def _accounts(act: Act, logins: Mapping[str, str]) -> dict[str, int]:
    rows = act.connection.execute(
        select(PERSON.c.login, PERSON.c.id, PERSON.c.roles).where(PERSON.c.disabled.is_(False))
    )
    known = {row.login: row.id for row in rows if "reader" in row.roles.split()}
    missing = [login for login in logins.values() if login not in known]
    if missing:
        raise UsageError(
            f"no reader signs in as {listed(missing, 4)}; add them, or say who is who with "
            "--reader NAME=LOGIN"
        )
    taken = list(logins.values())
    if len(set(taken)) < len(taken):
        raise UsageError("two readers of the design are one person; give each an account of their own")
    return {reader: known[login] for reader, login in logins.items()}
