"""A kept opinion as the type that the writers of DICOM take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.case.marks import Box, Landmark, Measurement
from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region

NO_MODEL = "none was shown"


def opinion_of(form: Mapping[str, Any]) -> Opinion:
    """The opinion of a form: its answer, its places and its model.

    Args:
        form: as `Opinion.as_json` gives it.
    """
    return Opinion(
        source=str(form["source"]),
        task=str(form["task"]),
        probabilities=dict(form["probabilities"]),
        predicted=form["predicted"],
        positive=form["positive"],
        regions=tuple(_region(one) for one in form["regions"]),
        boxes=tuple(Box(**one) for one in form["boxes"]),
        landmarks=tuple(Landmark(**one) for one in form["landmarks"]),
        measurements=tuple(Measurement(**one) for one in form["measurements"]),
        warnings=tuple(form["warnings"]),
        abstained=form["abstained"],
        model=dict(form["model"]),
        looked_for=tuple(form["looked_for"]),
        unvalidated=tuple(form["unvalidated"]),
    )


def without_opinion(task: str) -> Opinion:
    """In place of an opinion where none was shown: it says nothing of the case."""
    return Opinion(source="image 1", task=task, probabilities={}, model={"name": NO_MODEL})


def _region(one: Mapping[str, Any]) -> Region:
    box = tuple((int(low), int(high)) for low, high in one["box"])
    return Region(**{**one, "box": box})
