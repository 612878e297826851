"""`report`: what the study found, for a person to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.results import Reported
from thirdeye.report.checklists.answers import ANSWERS_FILE, write_answers
from thirdeye.report.write import write_report
from thirdeye.training.event import Event, Listener, silent

REPORT_FILES = ("report.html", "report.pdf", "canvas.json", "checklists.json")
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
)


def report(
    study: str | Path, *, answers: Mapping[str, str] | None = None, tell: Listener = silent
) -> Reported:
    """Write the page, the PDF, the canvas and the checklists from what the study holds.

    Args:
        study: folder; what is missing in it is named in the report.
        answers: what only a person knows, by topic (see `thirdeye.report.checklists.topics`); kept in
            ``answers.json`` and used in every later report.
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
    ledger = Ledger(place)
    with ledger.stage("report", report_key(place)) as outputs:
        files = tuple(write_report(place.folder))
        outputs += [path.relative_to(place.folder).as_posix() for path in files]
    return Reported(place.folder, files)


def report_key(study: Study) -> str:
    """What a report is made from; files that are not there yet count as absent."""
    return key_of([study.sha256(name) if study.has(name) else None for name in SHOWN])
