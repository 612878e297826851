"""`validate --on` for a segmentation: external cases read as new ones are, scored as the test part is."""

from __future__ import annotations

from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused
from thirdeye.inference.dense.manifest import read_dense_manifest
from thirdeye.inference.dense.second_reader import open_members
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.dense.drawing import FOLDER
from thirdeye.journey.dense.label import LABEL_PREDICTIONS
from thirdeye.journey.dense.label_elsewhere import label_elsewhere
from thirdeye.journey.dense.material import read_dense_plan, read_masks
from thirdeye.journey.dense.rivalry import fit_rival
from thirdeye.journey.dense.validating import Scored, draw_chosen, read_test, table_csv
from thirdeye.journey.external.located_marks import Marks
from thirdeye.journey.located.external_folder import external_folder
from thirdeye.training.event import Listener


def masks_measured(
    study: Study, dataset: Dataset, marks: Marks, *, name: str, own: Dataset | None, tell: Listener
) -> tuple[dict[str, Any], str]:
    """The entry of an external set, and its single cases as CSV; arguments as of `ElsewhereVerb`.

    Structures of which the data have none are not measured: nobody looked for them there.

    Raises:
        DataRefused: no case has a mask that can be read.
    """
    plan, manifest = read_dense_plan(study), read_dense_manifest(study)
    if marks.masks is None or marks.masks.rows.empty:
        raise DataRefused("the external data hold no mask of a structure that the reader knows")
    reader = open_members(study, manifest, threads=usable_threads())
    rival = None
    if own is not None:
        rival = fit_rival(study, own, read_masks(study), plan, threads=usable_threads(), tell=tell)
    excluded = dataset.rows.loc[dataset.rows["split"] == "excluded", "excluded_because"].value_counts()
    scored = Scored(
        plan, dataset.group != "image", {str(why): int(n) for why, n in excluded.items()},
        [one for one in plan.classes if one not in marks.match.missing],
    )  # fmt: skip
    for case in read_test(dataset, marks.masks, marks.fields, manifest, reader, plan, rival, tell):
        scored.add(case)
    if not scored.network:
        raise DataRefused("no external case has a mask that can be read")
    entry = scored.evidence()
    if rival is not None:
        entry["comparisons"] = scored.against(rival)
    entry["drawn"] = draw_chosen(study, dataset, marks.masks, scored, folder=external_folder(FOLDER, name))
    label, lines = label_elsewhere(study, dataset, marks.masks, manifest, plan, name=name, own=own, tell=tell)
    if label is not None:
        entry["label"] = label
        study.write_text(f"{external_folder('external', name)}/{LABEL_PREDICTIONS}", lines)
    return entry, table_csv(scored.table(name))
