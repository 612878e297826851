"""`retrain cases`: consented, proven cases of a reading room become a dataset, without identities."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thirdeye.case.study import Study, sha256_file
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.deidentify.settings import Look
from thirdeye.journey.rooms.opened import opened

if TYPE_CHECKING:
    from thirdeye.reading_room.retraining.eligible import Eligible, Proven

CASES_FILE, RECORD_FILE, IMAGES = "cases.csv", "retraining.json", "images"
KEY_FILE = "retraining.key"  # in the room's folder: one patient has one pseudonym in all exports
RECORD_VERSION = 1
_HEADER = ("image", "case_number", "patient", "label", "proof")


@dataclass(frozen=True)
class Written:
    """A dataset from a room.

    Args:
        folder: with ``cases.csv`` and images, for `thirdeye run`.
        cases, images, patients: how many.
        labels: class to the number of cases.
        left_out: reason to the number of cases, see `thirdeye.reading_room.retraining.eligible.REASONS`;
            "quarantined" by the de-identification, "series" for images of several files.
    """

    folder: Path
    cases: int
    images: int
    patients: int
    labels: Mapping[str, int]
    left_out: Mapping[str, int]


def retraining_cases(
    room: str | Path, study: str | Path, consent: str | Path, out: str | Path, *, frozen: bool = False,
    scope: str | None = None, as_of: str | None = None, look: Look | None = None, database: str | None = None,
) -> Written:  # fmt: skip
    """Write a dataset of a room's cases that may be learnt from, or of those kept for acceptance tests.

    A fifth of the patients is kept for acceptance tests by the room's key, once and for all; the two parts
    never share a patient. Images are de-identified; what a person has to look at first is left out and kept
    beside.

    Args:
        room: folder of the reading room.
        study: folder of the study whose cases are meant.
        consent: table, see `thirdeye.intake.consent.read_consents`.
        out: folder that does not exist or is empty.
        frozen: those for acceptance tests.
        scope: purpose; None: the only one of the table.
        as_of: day; None: today.
        look: at pixels for burned-in text, see `thirdeye.journey.deidentifying.deidentify`.
        database: of the room, where it is not in the folder.

    Raises:
        UsageError: no room, or options that do not fit.
        DataRefused: not one case may be used.
    """
    from thirdeye.intake.consent import a_date, read_consents, the_scope
    from thirdeye.reading_room.opinions.studies import enter_studies
    from thirdeye.reading_room.retraining.eligible import FROZEN, TRAIN, eligible

    consents = read_consents(Path(consent))
    purpose = the_scope(consents, scope)
    day = None if as_of is None else a_date(as_of)
    if as_of is not None and day is None:
        raise UsageError(f"--as-of takes a day such as 2026-01-31, got '{as_of}'")
    folder, part = Path(out), FROZEN if frozen else TRAIN
    with opened(Path(room), studies=(Path(study),), database=database) as place:
        (number,) = enter_studies(place)
        with place.database.reading() as connection:
            found = eligible(place, connection, number, consents, scope=purpose, as_of=day)
        if not found.of(part):
            raise DataRefused(f"not one case may be used: {_why(found)}")
        rows, more = _copied(place.images, found.of(part), folder, Path(room) / KEY_FILE, look)
        record = _record(folder, found, rows, more, part)
        with place.acting(None) as act:
            act.record("retraining.written", part=part, cases=record["cases"], sha256=record["table_sha256"])
            if frozen:
                _note_frozen(act, found)
    return Written(
        folder, record["cases"], len(rows), record["patients"], record["labels"], record["left_out"]
    )


def _copied(
    images: Path, cases: Sequence[Proven], folder: Path, key: Path, look: Look | None
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """De-identified copies: the rows of the table, and what had to be left out."""
    from thirdeye.journey.deidentifying import deidentify

    more = {"series": 0, "quarantined": 0}
    with tempfile.TemporaryDirectory(prefix="thirdeye-") as scratch:
        staging = Path(scratch)
        sources: dict[str, tuple[int, Proven]] = {}
        for number, case in enumerate(cases, start=1):
            if any((images / file).is_dir() for file in case.files):
                more["series"] += 1
                continue
            for at, file in enumerate(case.files, start=1):
                ending = "".join(Path(file).suffixes[-2:])
                name = f"case-{number}/image-{at}{ending}"
                (staging / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(images / file, staging / name)
                sources[name] = (number, case)
        done = deidentify(staging, folder / IMAGES, key=key, look=look,
                          quarantine=folder.with_name(f"{folder.name}-quarantine"))  # fmt: skip
        links = _links(done.links)
        done.links.unlink()
    whole = {number for name, (number, _) in sources.items() if name not in links}
    more["quarantined"] = len(whole)
    rows = [
        {"image": f"{IMAGES}/{links[name]}", "case_number": number, "patient": case.patient,
         "label": case.label, "proof": case.proof}
        for name, (number, case) in sources.items() if number not in whole
    ]  # fmt: skip
    return rows, more


def _links(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["source"]: row["written"] for row in csv.DictReader(file) if row["status"] == "written"}


def _record(
    folder: Path, found: Eligible, rows: Sequence[Mapping[str, Any]], more: Mapping[str, int], part: str
) -> dict[str, Any]:
    if not rows:
        raise DataRefused(
            "every image was kept back by the de-identification; look at the folder beside, then say "
            "--look trust"
        )
    text = io.StringIO()
    writer = csv.DictWriter(text, _HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    place = Study(folder)
    place.write_text(CASES_FILE, text.getvalue())
    labels: dict[str, int] = {}
    for label in {row["case_number"]: row["label"] for row in rows}.values():
        labels[label] = labels.get(label, 0) + 1
    record = {
        "version": RECORD_VERSION, "part": part, "cases": sum(labels.values()), "images": len(rows),
        "patients": len({row["patient"] for row in rows}), "labels": labels,
        "left_out": {name: n for name, n in {**found.left_out, **more}.items() if n},
        "table_sha256": sha256_file(place.path(CASES_FILE)),
    }  # fmt: skip
    place.write_json(RECORD_FILE, record)
    return record


def _note_frozen(act: Any, found: Eligible) -> None:
    from sqlalchemy import insert, select

    from thirdeye.reading_room.retraining.eligible import FROZEN as KEPT
    from thirdeye.reading_room.store.tables import FROZEN

    known = set(act.connection.execute(select(FROZEN.c.case_id)).scalars())
    new = [{"case_id": one.case, "at": act.at} for one in found.of(KEPT) if one.case not in known]
    if new:
        act.connection.execute(insert(FROZEN), new)


def _why(found: Eligible) -> str:
    told = [f"{n} {name.replace('_', ' ')}" for name, n in found.left_out.items()]
    return ", ".join(told) or "the room holds none for this part"
