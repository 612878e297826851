"""Verbs that have nothing to do for a study of a system that brings its own learning."""

from __future__ import annotations

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.material import FINGERPRINT_FILE


def is_system(study: Study) -> bool:
    """Whether a study is of such a system."""
    return study.has(FINGERPRINT_FILE) and bool(study.read_json(FINGERPRINT_FILE).get("system"))


def refuse_system_study(study: Study, verb: str) -> None:
    """Refuse a verb in one sentence, before it looks for files that such a study does not have.

    Args:
        study: any study.
        verb: as on the command line.

    Raises:
        UsageError: the study is of a system of another shape.
    """
    if not is_system(study):
        return
    name = study.read_json(FINGERPRINT_FILE)["system"]
    raise UsageError(
        f"thirdeye {verb} is for readers of images, and this is a study of the system {name}, which is run "
        f"as a whole (thirdeye recipes run {name} DATA --out STUDY) and reads new cases with: thirdeye "
        "recipes read STUDY DATA"
    )
