"""The study's side of an external validation: its table, and its images where they are at hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from thirdeye.case.study import Study
from thirdeye.dataset.files import read_dataset_csv
from thirdeye.dataset.fingerprint import Fingerprint
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.baseline import Baseline, fit_baseline
from thirdeye.journey.evaluated import BASELINE_SHARE
from thirdeye.journey.external.sketch import Sketch, kept_sketch, sketch_of_study
from thirdeye.journey.material import (
    DATASET_FILE,
    FINGERPRINT_FILE,
    Material,
    gather,
    member_splits,
    read_study_dataset,
)
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Listener


@dataclass(frozen=True)
class Own:
    """What is there of the study.

    Args:
        table: its dataset, whose images may be elsewhere.
        dataset: the same where the images are at hand; else None.
        sketch: of its images; None where there never was one.
    """

    table: Dataset
    dataset: Dataset | None
    sketch: Sketch | None

    @property
    def rows(self) -> pd.DataFrame:
        """Rows that took part."""
        return self.table.part("train", "validation", "test")

    @property
    def patients_known(self) -> bool:
        """Whether rows of one patient are known to be of one patient."""
        return self.table.group != "image"


def own_side(study: Study, data: Path | None, tell: Listener) -> Own:
    """The study's table and images; a study may travel without the latter.

    Args:
        study: the study folder.
        data: where its images lie, if the user says so; then they have to be there.
        tell: hears how it goes.

    Raises:
        UsageError: the images are not where the user says.
        StudyMismatch: they are others than those of the study.
    """
    known = Fingerprint.from_json(study.read_json(FINGERPRINT_FILE))
    table = read_dataset_csv(
        study.path(DATASET_FILE), root=study.folder, task=known.task, classes=known.classes,  # type: ignore[arg-type]
        positive=known.positive, group=known.group, split_origin=known.split_origin,
    )  # fmt: skip
    try:
        dataset = read_study_dataset(study, data)
    except UsageError:
        if data is not None:
            raise
        return Own(table, None, kept_sketch(study))
    return Own(table, dataset, sketch_of_study(study, dataset, tell))


def test_material(study: Study, own: Own, plan: Plan) -> Material | None:
    """The images of the test part; None where they are elsewhere."""
    return None if own.dataset is None else gather(study, own.dataset, plan, "test")


def refitted_baseline(study: Study, own: Own, plan: Plan, tell: Listener) -> Baseline | None:
    """The traditional technique, fitted again on the development cases as validation fitted it.

    Its models are not kept in the study, since they could only be kept as code that runs when it is loaded.
    None where the images are elsewhere.
    """
    if own.dataset is None:
        return None
    development = gather(study, own.dataset, plan, "train", "validation")
    return fit_baseline(
        development, member_splits(development.rows, plan), plan,
        time_limit_s=BASELINE_SHARE * plan.budget_s, threads=usable_cores(), tell=tell,
    )  # fmt: skip
