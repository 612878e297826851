"""`report`: what the study found, for a person to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.case.study_names import NAMES_FILE
from thirdeye.errors import MissingExtra, UsageError
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.origin import PUBLISHED_FILE
from thirdeye.journey.results import Reported
from thirdeye.journey.validated.keeping import keep_if_missing
from thirdeye.report.checklists.answers import ANSWERS_FILE, write_answers
from thirdeye.report.publication.package import FOLDER, WORD_FILE
from thirdeye.report.write import WRITTEN, write_report
from thirdeye.training.event import Event, Listener, silent

REPORT_FILES = WRITTEN
SHOWN = (
    "findings.json",
    "dataset.csv",
    "fingerprint.json",
    "plan.json",
    "model/model.json",
    "runs/stages.json",
    "predictions.csv",
    "evaluation.json",
    "explanation/sanity.json",
    "explanation/examples.json",
    ANSWERS_FILE,
    NAMES_FILE,
    PUBLISHED_FILE,
)


def report(
    study: str | Path,
    *,
    answers: Mapping[str, str] | None = None,
    publish: bool = False,
    tell: Listener = silent,
) -> Reported:
    """Write the page, the PDF, the canvas, the checklists, the model card and the data sheet of a study.

    Args:
        study: folder; what is missing in it is named in the report.
        answers: what only a person knows, by topic (see `thirdeye.report.checklists.topics`); kept in
            ``answers.json`` and used in every later report.
        publish: whether to write the folder ``publication`` as well: tables and figures for a journal. Once
            it is there, every later report keeps it in step.
        tell: hears how it goes.

    Raises:
        UsageError: there is no such folder.
        DataRefused: an answer to a topic that nothing asks for.
    """
    place = Study(Path(study))
    if not place.folder.is_dir():
        raise UsageError(
            f"there is no study folder '{place.folder}'; thirdeye run DATA --out STUDY makes one"
        )
    tell(Event("stage", "Report"))
    if answers:
        write_answers(place, answers)
    keep_if_missing(place)
    ledger = Ledger(place)
    before = _published(ledger)
    with ledger.stage("report", report_key(place)) as outputs:
        files = tuple(write_report(place.folder, publish=publish or bool(before)))
        outputs += [path.relative_to(place.folder).as_posix() for path in files]
        for name in before - set(outputs):  # what an earlier report published and this one does not
            place.path(name).unlink(missing_ok=True)
    if (publish or before) and WORD_FILE not in outputs:
        tell(Event("note", f"left out: {MissingExtra('tables as a Word file', 'publish')}"))
    return Reported(place.folder, files)


def _published(ledger: Ledger) -> set[str]:
    """Files of the publication that the last report wrote."""
    entry = ledger.content["stages"].get("report") or {}
    return {name for name in entry.get("outputs") or () if name.startswith(f"{FOLDER}/")}


def report_key(study: Study) -> str:
    """What a report is made from; files that are not there yet count as absent."""
    return key_of([study.sha256(name) if study.has(name) else None for name in SHOWN])
