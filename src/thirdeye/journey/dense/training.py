"""`train` for a segmentation."""

from __future__ import annotations

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.dense.channels import told_by_names
from thirdeye.journey.dense.fitting import fit_members, write_reader
from thirdeye.journey.dense.label import label_task, write_label
from thirdeye.journey.dense.material import gather_dense, read_dense_plan, read_masks, rows_with_masks
from thirdeye.journey.located.told_rounds import write_rounds
from thirdeye.journey.material import VALIDATION_FILE, member_splits, save_arrays
from thirdeye.training.event import Event, Listener


def train_dense(
    study: Study, dataset: Dataset, *, identity: str, started: float, tell: Listener
) -> list[str]:
    """Train, choose and write the reader of a planned segmentation; the names of the files.

    Args:
        study: with a plan.
        dataset: of the study.
        identity: hash of plan and dataset.
        started: `time.monotonic()` of the run.
        tell: hears how it goes.
    """
    plan, masks = read_dense_plan(study), read_masks(study)
    material = gather_dense(
        study, dataset, masks, plan, "train", "validation",
        progress=lambda done, total: tell(Event("progress", "images prepared", done / total)),
    )  # fmt: skip
    splits, label = member_splits(material.rows, plan)[: plan.members], label_task(material, plan)
    fitted = fit_members(
        material, splits, plan, folder=study.path("runs"), identity=identity,
        n_test=len(rows_with_masks(dataset, masks, "test")), deadline=started + plan.budget_s,
        threads=usable_threads(), tell=tell, label=label,
    )  # fmt: skip
    tell(Event("stage", "Export"))
    files = write_reader(study, fitted, plan, told_by_names(dataset))
    if label is not None:
        files += write_label(study, fitted.networks, material.rows, splits, plan, label)
    write_rounds(study, fitted.history, plan, tell)
    # Label maps of the held-out cases and their pixels by score, by position in the development part.
    labels = {f"case_{row}": one for row, one in fitted.held_out.items()}
    pixels = {f"pixels_{row}": one for row, one in fitted.pixels.items()}
    save_arrays(study, VALIDATION_FILE, labels | pixels)
    return [VALIDATION_FILE, *files]
