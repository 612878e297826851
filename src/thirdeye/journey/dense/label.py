"""The label that cases have besides their masks: what is learnt, chosen, written and measured of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.masks_file import MaskTable
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import apply
from thirdeye.inference.dense.export import export_dense
from thirdeye.inference.dense.label import LabelEntry, open_label
from thirdeye.inference.dense.manifest import MANIFEST_FILE, DenseManifest
from thirdeye.intake.case_label import CASE_LABEL
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.dense.material import DenseMaterial, load_item, preparation_of, rows_with_masks
from thirdeye.journey.material import save_arrays
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.model.label_head import LabelReader
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.dense.label import LabelTask, label_logits
from thirdeye.transform.dense.prepare import prepared
from thirdeye.transform.dense.whole import whole

LABEL_FILE = "runs/validation_label.npz"
LABEL_PREDICTIONS = "label_predictions.csv"
BATCH_SIZE = 8
Rows = NDArray[np.int64]


def label_numbers(rows: pd.DataFrame, plan: DensePlan) -> Rows:
    """(n,) class of each row, -1 where it has none."""
    position = {name: number for number, name in enumerate(plan.label_classes)}
    return np.array([position.get(str(value), -1) for value in rows[CASE_LABEL]], np.int64)


def label_task(material: DenseMaterial, plan: DensePlan) -> LabelTask | None:
    """What there is to learn besides the masks; None where the plan names no label."""
    if not plan.label_classes or plan.label_weight == 0:
        return None
    images = np.stack([whole(np.asarray(image), plan.patch) for image in material.images])
    return LabelTask(
        images, label_numbers(material.rows, plan), len(plan.label_classes), plan.label_weight,
        plan.label_every, BATCH_SIZE,
    )  # fmt: skip


def write_label(
    study: Study,
    networks: Sequence[DenseNetwork],
    rows: pd.DataFrame,
    splits: Sequence[tuple[Rows, Rows]],
    plan: DensePlan,
    task: LabelTask,
) -> list[str]:
    """Calibrate on held-out cases, choose thresholds there, and add the label to the reader; the files.

    Args:
        study: with a written reader.
        networks: trained members.
        rows: of the development part.
        splits: rows to learn from and rows held out, of each member.
        plan: every value.
        task: what was learnt.
    """
    held_out, logits = _held_out(networks, splits, task)
    labels, patients = task.labels[held_out], rows["patient"].to_numpy(str)[held_out]
    kind = "binary" if plan.label_positive else "multiclass"
    calibration = fit_calibration(logits, labels, task=kind, groups=patients)
    probabilities = apply(calibration, logits)
    points: list[dict[str, Any]] = []
    if plan.label_positive and len(set(labels.tolist())) == 2:
        positive = plan.label_classes.index(plan.label_positive)
        points = choose_operating_points(
            (labels == positive).astype(int), probabilities[:, positive], clusters=patients
        )
    files = [_exported(study, network, f"label_{index}.onnx", plan) for index, network in enumerate(networks)]
    entry = LabelEntry(
        kind, plan.label_classes, plan.label_positive or None, plan.patch, calibration, tuple(points),
        tuple(files),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, {**study.read_json(MANIFEST_FILE), "label": entry.as_json()})
    save_arrays(study, LABEL_FILE, {"rows": held_out, "probabilities": probabilities})
    return [LABEL_FILE, *(f"model/{one['file']}" for one in files)]


def label_evidence(
    study: Study, dataset: Dataset, masks: MaskTable, manifest: DenseManifest, plan: DensePlan
) -> tuple[dict[str, dict[str, Any]], str]:
    """Entry of each set, as of a classification, and the table of single cases; nothing without a label.

    Args:
        study: with a trained reader.
        dataset, masks: of the study.
        manifest: of the reader.
        plan: every value.
    """
    reader = open_label(study, manifest.label, threads=usable_cores())
    if reader is None:
        return {}, ""
    development = rows_with_masks(dataset, masks, "train", "validation")
    with np.load(study.path(LABEL_FILE), allow_pickle=False) as saved:
        validation, said = development.iloc[saved["rows"]], np.asarray(saved["probabilities"])
    test = rows_with_masks(dataset, masks, "test")
    test = test[label_numbers(test, plan) >= 0]
    how = preparation_of(plan)
    found = np.array(
        [reader.probabilities(prepared(load_item(dataset, image), how).array) for image in test["image"]]
    )
    parts = {"test": (test, found.reshape(len(test), -1)), "validation": (validation, said)}
    known = dataset.group != "image"
    sets = {
        name: _entry(rows, table, reader.entry, plan, patients_known=known)
        for name, (rows, table) in parts.items()
        if len(rows)
    }
    return sets, _csv(parts, plan)


def _held_out(
    networks: Sequence[DenseNetwork], splits: Sequence[tuple[Rows, Rows]], task: LabelTask
) -> tuple[Rows, NDArray[np.float64]]:
    """Labelled cases that some member did not learn from, and the mean logits of those members."""
    sums: dict[int, list[NDArray[np.float64]]] = {}
    for network, (_, holdout) in zip(networks, splits, strict=True):
        own = holdout[task.labels[holdout] >= 0]
        for row, logits in zip(own, label_logits(network, task.images[own]), strict=True):
            sums.setdefault(int(row), []).append(logits)
    rows = np.array(sorted(sums), np.int64)
    return rows, np.array([np.mean(sums[int(row)], axis=0) for row in rows]).reshape(len(rows), -1)


def _exported(study: Study, network: DenseNetwork, name: str, plan: DensePlan) -> dict[str, str]:
    sha256 = export_dense(
        LabelReader(network), study.path(f"model/{name}"), channels=plan.inputs, patch=plan.patch
    )
    return {"file": name, "sha256": sha256}


def _entry(
    rows: pd.DataFrame,
    table: NDArray[np.float64],
    entry: LabelEntry,
    plan: DensePlan,
    *,
    patients_known: bool,
) -> dict[str, Any]:
    found = evaluate_set(
        labels=label_numbers(rows, plan), probabilities=table, classes=list(entry.classes), task=entry.task,
        positive=entry.positive, clusters=rows["patient"].to_numpy(str) if patients_known else None,
        unit="image", operating_points=[dict(point) for point in entry.operating_points], excluded=None,
        seed=plan.seed,
    )  # fmt: skip
    return {"task": entry.task, "classes": list(entry.classes), "positive": entry.positive, **found}


def _csv(parts: Mapping[str, tuple[pd.DataFrame, NDArray[np.float64]]], plan: DensePlan) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(
        ["case", "patient", "split", "label", *(f"probability_{name}" for name in plan.label_classes)]
    )
    for name, (rows, table) in parts.items():
        for (_, row), said in zip(rows.iterrows(), table, strict=True):
            writer.writerow(
                [row["case"], row["patient"], name, row[CASE_LABEL], *(f"{one:.6g}" for one in said)]
            )
    return stream.getvalue()
