"""Similar cases for a study that was trained before they were kept, or whose files were lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused
from thirdeye.inference.manifest import MANIFEST_FILE
from thirdeye.inference.similar.kept import NAME
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.trust.again import held_out_again
from thirdeye.journey.trust.similar import keep_similar
from thirdeye.training.event import Event, Listener, silent

SAYS_WHERE = "it says where something is; only readers of whole images keep similar cases"


def index_similar(
    study: str | Path, *, data: str | Path | None = None, tell: Listener = silent
) -> dict[str, Any]:
    """Choose how likeness is measured, and keep the development cases; archives have to be added again.

    Args:
        study: with a trained reader.
        data: where the images lie; None: where they lay when the study was planned.
        tell: hears how it goes.

    Raises:
        UsageError: the reader says where something is.
        DataRefused: there is only a handful of cases.
        StudyMismatch: the study is not trained, or one of its files was edited.
    """
    place = Study(Path(study))
    tell(Event("stage", "Similar cases"))
    held = held_out_again(
        place, data=None if data is None else Path(data), verb="similar", why=SAYS_WHERE, tell=tell
    )
    found = keep_similar(held)
    if not found:
        raise DataRefused("the study has too few development cases to find similar ones among")
    form = place.read_json(MANIFEST_FILE)
    Ledger(place).rewrite_json(
        "train", MANIFEST_FILE, form | {"trust": {**form.get("trust", {}), NAME: found}}
    )
    return found
