"""One of two studies that are compared: its plan, its dataset and what it said of its test part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.journey.evaluated import EVALUATION_FILE, PREDICTIONS_FILE
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.material import PLAN_FILE, read_study_dataset, task_of

OWN_PLAN = "self-configured plan"


@dataclass(frozen=True)
class Side:
    """A validated study.

    Args:
        study: its folder.
        name: what the comparison calls it.
        task: what kind of decision it is about.
        dataset: of the study; its images may be elsewhere by now.
        predictions: rows of ``predictions.csv`` of the test part.
        test: the entry of the test part in ``evaluation.json``.
        plan: field to value.
    """

    study: Study
    name: str
    task: str
    dataset: Dataset
    predictions: pd.DataFrame
    test: dict[str, Any]
    plan: dict[str, Any]

    @property
    def patients_known(self) -> bool:
        """Whether rows of one patient are known to be of one patient."""
        return self.dataset.group != "image"

    @property
    def development(self) -> frozenset[str]:
        """Images that it learnt from or was chosen by."""
        return frozenset(self.dataset.part("train", "validation")["image"])

    def said(self, source: str) -> pd.DataFrame:
        """Rows of the test part by one source."""
        return self.predictions[self.predictions["source"] == source]


def open_side(folder: str | Path, *, name: str | None = None, data: str | Path | None = None) -> Side:
    """Open a validated study to be compared.

    Args:
        folder: of the study.
        name: what the comparison calls it; None: the recipe that it was planned by, or its folder's name.
        data: where its images lie; None: where they lay when it was planned.

    Raises:
        StudyMismatch: it was not validated, or a file of it was edited since.
        UsageError: the data are not there.
    """
    place = Study(Path(folder))
    ledger = Ledger(place)
    ledger.verify("plan")
    ledger.verify("validate")
    table = pd.read_csv(
        place.path(PREDICTIONS_FILE), dtype={"label": str, "case": str, "patient": str, "source": str},
        keep_default_na=False, na_values={"": [""]}, encoding_errors="surrogateescape",
    )  # fmt: skip
    evidence = place.read_json(EVALUATION_FILE)
    if "test" not in evidence.get("sets", {}):
        raise StudyMismatch(f"the study '{place.folder.name}' has no test part to be compared on")
    values = place.read_json(PLAN_FILE)["values"]
    return Side(
        place,
        name or _name(place, values),
        task_of(place),
        read_study_dataset(place, None if data is None else Path(data)),
        table[table["split"] == "test"].reset_index(drop=True),
        evidence["sets"]["test"],
        {field: one["value"] for field, one in values.items()},
    )


def _name(place: Study, values: dict[str, Any]) -> str:
    """The recipe's id where the plan follows one."""
    for one in values.values():
        if one.get("chosen_by") == "recipe":
            return f"recipe {str(one['reason']).split(':', 1)[0]}"
    return place.folder.resolve().name


def common_images(first: Side, second: Side) -> list[str]:
    """Images of both test parts, in the order of the first.

    Raises:
        StudyMismatch: there are none, or one study learnt from what the other is tested on.
    """
    mine, theirs = ([*one.dataset.part("test")["image"]] for one in (first, second))
    for one, others in ((first, theirs), (second, mine)):
        if seen := one.development & set(others):
            raise StudyMismatch(
                f"{len(seen)} images of one test part were learnt from by the {one.name}: the two studies "
                "were dealt differently; give the data a split column, or train both with the same --seed"
            )
    held = set(theirs)
    found = [name for name in mine if name in held]
    if not found:
        raise StudyMismatch("the two studies have no test image in common; they are of other data")
    return found
