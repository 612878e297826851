"""Verbs that have nothing to do for a reader that says where something is."""

from __future__ import annotations

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.journey.located.tasks import LOCATED
from thirdeye.journey.material import FINGERPRINT_FILE, task_of
from thirdeye.journey.shaped.refuse import refuse_system_study


def refuse_located(study: Study, verb: str, because: str) -> None:
    """Refuse a verb in one sentence, before it looks for files that such a study does not have.

    Args:
        study: any study.
        verb: as on the command line.
        because: why, and what to do instead; without a full stop.

    Raises:
        UsageError: the study's task says where something is, or it is of a system that is run as a whole.
    """
    refuse_system_study(study, verb)
    if is_located(study):
        raise UsageError(
            f"thirdeye {verb} is for readers of whole images, and this is a study of {task_of(study)}: "
            f"{because}"
        )


def is_located(study: Study) -> bool:
    """Whether a study's task says where something is."""
    return study.has(FINGERPRINT_FILE) and task_of(study) in LOCATED
