"""Who adds what to an opinion, in order."""

from __future__ import annotations

from collections.abc import Callable

from thirdeye.case.study import Study
from thirdeye.inference.advice import Adviser
from thirdeye.inference.certainty import certainty_adviser
from thirdeye.inference.conformal import set_adviser
from thirdeye.inference.frequency import frequency_adviser
from thirdeye.inference.fusion.levels import level_adviser
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.similar.adviser import similar_adviser
from thirdeye.inference.validated import read_validated

AdviserMaker = Callable[[Study, Manifest], Adviser | None]

ADVISERS: tuple[AdviserMaker, ...] = (
    frequency_adviser,
    level_adviser,
    set_adviser,
    certainty_adviser,
    similar_adviser,
    read_validated,
)


def advisers_of(study: Study, manifest: Manifest) -> tuple[Adviser, ...]:
    """Those that the reader of a study has what they need for.

    Raises:
        StudyMismatch: a file of the model folder is missing or was changed after training.
    """
    made = (make(study, manifest) for make in ADVISERS)
    return tuple(adviser for adviser in made if adviser is not None)
