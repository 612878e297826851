"""What was done to a folder, as JSON; nothing in it identifies anybody."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any

from thirdeye.dicom.deidentify.profile import CLEAN_PIXELS, OPTIONS
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms
from thirdeye.dicom.deidentify.record import dates_word, program_version
from thirdeye.dicom.deidentify.table import load_table
from thirdeye.intake.deidentify.folder import Entry
from thirdeye.intake.deidentify.outcome import Outcome
from thirdeye.intake.deidentify.settings import Settings
from thirdeye.intake.words import counted

REPORT_VERSION = 1
_LOOKS = {
    "search": "Images of kinds in which text is common were searched for it; what was found waits.",
    "suspect": "No pixels were searched for text; images of kinds in which text is common wait for a person.",
    "trust": "No pixels were searched for text, because you said that there is none in them.",
}


def report(entries: Sequence[Entry], settings: Settings) -> dict[str, Any]:
    """The content of ``deidentification.json``.

    Args:
        entries: of the run.
        settings: of the run.
    """
    outcomes = [entry.outcome for entry in entries]
    table = load_table()
    return {
        "version": REPORT_VERSION,
        "program": f"Third Eye {program_version()}",
        "made": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "table": {"edition": table.edition, **table.source},
        "profile": [{"code": code, "meaning": meaning} for code, meaning in settings.profile.codes()],
        "options": sorted(settings.profile.options),
        "dates": dates_word(settings.profile),
        "key": Pseudonyms(settings.key).fingerprint,
        "pixels": _pixels(settings),
        "counts": dict(Counter(outcome.status for outcome in outcomes)),
        "kinds": dict(Counter(outcome.kind or "other" for outcome in outcomes)),
        "patients": len({outcome.patient for outcome in outcomes if outcome.patient}),
        "done": dict(sorted(_sum(outcomes).items())),
        "left_out": dict(Counter(o.reason for o in outcomes if o.status == "left_out")),
        "notes": dict(Counter(note for o in outcomes if o.status == "written" for note in o.notes)),
        "files": [outcome.as_json() for outcome in outcomes if outcome.status in ("written", "quarantined")],
    }


def summary(content: dict[str, Any]) -> list[str]:
    """The report in a few sentences."""
    counts = content["counts"]
    written = counted(counts.get("written", 0), "file")
    lines = [
        f"{written} written, {counted(content['patients'], 'patient')} in DICOM "
        f"(PS3.15 {content['table']['edition']}, {', '.join(content['options']) or 'no option'})."
    ]
    if counts.get("quarantined"):
        lines.append(f"{counts['quarantined']:,} wait in quarantine for a person to look at their pixels.")
    if counts.get("repeated"):
        lines.append(f"{counts['repeated']:,} repeat an object that was written from another file.")
    if counts.get("left_out"):
        lines.append(f"{counted(counts['left_out'], 'was', 'were')} left out; nothing of them was copied:")
        lines += [f"  {counted(number, 'file')}: {reason}." for reason, number in content["left_out"].items()]
    lines += [f"{counted(number, 'file')}: {note}." for note, number in content["notes"].items()]
    return lines


def _pixels(settings: Settings) -> str:
    if settings.look == "search" and settings.profile.has(CLEAN_PIXELS):
        return (
            f"Every image was searched for text ({OPTIONS[CLEAN_PIXELS].meaning}); what was found waits "
            "for a person."
        )
    return _LOOKS[settings.look]


def _sum(outcomes: Sequence[Outcome]) -> Counter[str]:
    total: Counter[str] = Counter()
    for outcome in outcomes:
        total.update(outcome.done)
    return total
