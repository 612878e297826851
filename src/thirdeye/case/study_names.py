"""The names of a study's classes: those that somebody gave, else those that its list of classes tells."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.case.known_names import recognised
from thirdeye.case.names import UNNAMED, ClassNames, apart
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError

NAMES_FILE = "names.json"  # beside the plan; the model is the same whatever its classes are called


def names_of(study: Study, classes: Sequence[str]) -> ClassNames:
    """What the classes of a study are called.

    Args:
        study: whose ``names.json`` counts where there is one; an empty one says that nothing is renamed.
        classes: of the study.

    Raises:
        StudyMismatch: ``names.json`` is damaged, or calls two classes alike.
    """
    if not study.has(NAMES_FILE):
        return recognised(classes) or UNNAMED
    try:
        return apart(ClassNames.from_json(study.read_json(NAMES_FILE)), classes)
    except UsageError as error:
        raise StudyMismatch(
            f"{NAMES_FILE} of the study '{study.folder.name}' is damaged: {error}; write it anew with: "
            "thirdeye names STUDY FILE"
        ) from error
