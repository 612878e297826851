"""The label beside the masks of an external set: told by the reader as of new cases, and measured."""

from __future__ import annotations

from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.table import Dataset
from thirdeye.inference.dense.label import open_label
from thirdeye.inference.dense.manifest import DenseManifest
from thirdeye.intake.case_label import CASE_LABEL
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.dense.label import compared_label, label_csv, label_entry, read_label
from thirdeye.journey.dense.label_rival import fit_label_rival, label_numbers
from thirdeye.journey.dense.material import read_masks, rows_with_masks
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.event import Listener


def label_elsewhere(
    study: Study, dataset: Dataset, masks: MaskTable, manifest: DenseManifest, plan: DensePlan, *, name: str,
    own: Dataset | None, tell: Listener,
) -> tuple[dict[str, Any] | None, str]:  # fmt: skip
    """The entry ``label`` of an external set, and its single cases as CSV; None and "" without a label.

    Args:
        study: with a trained reader.
        dataset, masks: external, the cases to measure as the test part.
        manifest: of the reader.
        plan: every value.
        name: of the set.
        own: the study's dataset, where the traditional technique is to be fitted again.
        tell: hears how it goes.
    """
    reader = open_label(study, manifest.label, threads=usable_threads())
    if reader is None or CASE_LABEL not in dataset.rows:
        return None, ""
    rows = rows_with_masks(dataset, masks, "test")
    names = {one.casefold(): one for one in plan.label_classes}
    rows[CASE_LABEL] = [names.get(str(label).casefold(), "") for label in rows[CASE_LABEL]]
    rows = rows[label_numbers(rows, plan) >= 0]
    if rows.empty:
        return None, ""
    known = dataset.group != "image"
    said = read_label(reader, dataset, rows, plan)
    entry = label_entry(rows, said, reader.entry, plan, patients_known=known)
    tables = {"network": {name: (rows, said)}}
    rival = None
    if own is not None:
        rival = fit_label_rival(own, read_masks(study), plan, threads=usable_threads(), tell=tell)
    if rival is not None:
        other = rival.probabilities(dataset, list(rows["image"]))
        entry["comparisons"] = [compared_label(rival, rows, said, other, reader.entry, plan, known)]
        tables["traditional"] = {name: (rows, other)}
    return entry, label_csv(tables, plan)
