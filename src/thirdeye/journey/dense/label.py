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
from thirdeye.evaluation.compare import compare_models
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import apply
from thirdeye.inference.dense.export import export_dense
from thirdeye.inference.dense.label import LabelEntry, open_label
from thirdeye.inference.dense.label import LabelReader as OpenLabel
from thirdeye.inference.dense.manifest import MANIFEST_FILE, DenseManifest
from thirdeye.intake.case_label import CASE_LABEL
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.dense.label_rival import LabelRival, fit_label_rival, label_numbers
from thirdeye.journey.dense.material import DenseMaterial, load_item, preparation_of, rows_with_masks
from thirdeye.journey.material import save_arrays
from thirdeye.journey.subgroups import join_subgroups
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.model.label_head import LabelReader
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.dense.label import LabelTask, label_logits
from thirdeye.training.event import Listener
from thirdeye.transform.dense.prepare import prepared
from thirdeye.transform.dense.whole import whole

LABEL_FILE = "runs/validation_label.npz"
LABEL_PREDICTIONS = "label_predictions.csv"
BATCH_SIZE = 8
Rows = NDArray[np.int64]
Table = NDArray[np.float64]


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
    study: Study, dataset: Dataset, masks: MaskTable, manifest: DenseManifest, plan: DensePlan,
    *, tell: Listener,
) -> tuple[dict[str, dict[str, Any]], str]:  # fmt: skip
    """Entry of each set, as of a classification, and the table of single cases; nothing without a label.

    The test part has the comparison with the traditional technique, and the subgroups.

    Args:
        study: with a trained reader.
        dataset, masks: of the study.
        manifest: of the reader.
        plan: every value.
        tell: hears how it goes.
    """
    reader = open_label(study, manifest.label, threads=usable_threads())
    if reader is None:
        return {}, ""
    development = rows_with_masks(dataset, masks, "train", "validation")
    with np.load(study.path(LABEL_FILE), allow_pickle=False) as saved:
        validation, said = development.iloc[saved["rows"]], np.asarray(saved["probabilities"])
    test = rows_with_masks(dataset, masks, "test")
    test = test[label_numbers(test, plan) >= 0]
    parts = {"test": (test, read_label(reader, dataset, test, plan)), "validation": (validation, said)}
    known = dataset.group != "image"
    sets = {
        name: label_entry(rows, table, reader.entry, plan, patients_known=known)
        for name, (rows, table) in parts.items()
        if len(rows)
    }
    rival = fit_label_rival(dataset, masks, plan, threads=usable_threads(), tell=tell) if len(test) else None
    others = {}
    if rival is not None:
        others["test"] = (test, rival.probabilities(dataset, list(test["image"])))
        sets["test"]["comparisons"] = [
            compared_label(rival, test, parts["test"][1], others["test"][1], reader.entry, plan, known)
        ]
    if len(test):
        common = _common(test, reader.entry, plan, known)
        join_subgroups(
            sets["test"], common, test.drop(columns=CASE_LABEL), probabilities=parts["test"][1],
            points=[dict(point) for point in reader.entry.operating_points],
        )  # fmt: skip
    return sets, label_csv({"network": parts, "traditional": others}, plan)


def read_label(reader: OpenLabel, dataset: Dataset, rows: pd.DataFrame, plan: DensePlan) -> Table:
    """(n, K) calibrated probabilities of the label for rows of a dataset."""
    how = preparation_of(plan)
    found = [reader.probabilities(prepared(load_item(dataset, image), how).array) for image in rows["image"]]
    return np.array(found, np.float64).reshape(len(rows), -1)


def _common(rows: pd.DataFrame, entry: LabelEntry, plan: DensePlan, patients_known: bool) -> dict[str, Any]:
    return {
        "labels": label_numbers(rows, plan), "classes": list(entry.classes), "task": entry.task,
        "positive": entry.positive, "clusters": rows["patient"].to_numpy(str) if patients_known else None,
    }  # fmt: skip


def compared_label(
    rival: LabelRival, rows: pd.DataFrame, network: Table, other: Table, entry: LabelEntry, plan: DensePlan,
    patients_known: bool,
) -> dict[str, Any]:  # fmt: skip
    """The comparison of the same cases, as of any classification."""
    found = compare_models(
        **_common(rows, entry, plan, patients_known), first=network, second=other,
        first_points=[dict(point) for point in entry.operating_points],
        second_points=rival.operating_points, seed=plan.seed,
    )  # fmt: skip
    return found | {"description": rival.description, "kind": "traditional", "source": "traditional"}


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


def label_entry(
    rows: pd.DataFrame,
    table: NDArray[np.float64],
    entry: LabelEntry,
    plan: DensePlan,
    *,
    patients_known: bool,
) -> dict[str, Any]:
    """What is measured of the label of some rows, as of any classification.

    Args:
        rows: with a label each.
        table: (n, K) probabilities of them.
        entry: of the reader's label.
        plan: every value.
        patients_known: whether intervals go by patient.
    """
    found = evaluate_set(
        **_common(rows, entry, plan, patients_known), probabilities=table, unit="image",
        operating_points=[dict(point) for point in entry.operating_points], excluded=None, seed=plan.seed,
    )  # fmt: skip
    return {"task": entry.task, "classes": list(entry.classes), "positive": entry.positive, **found}


def label_csv(sources: Mapping[str, Mapping[str, tuple[pd.DataFrame, Table]]], plan: DensePlan) -> str:
    """Content of ``label_predictions.csv``: source, and set, to rows and their probabilities."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    names = [f"probability_{name}" for name in plan.label_classes]
    writer.writerow(["case", "patient", "split", "source", "label", *names])
    for source, parts in sources.items():
        for name, (rows, table) in parts.items():
            for (_, row), said in zip(rows.iterrows(), table, strict=True):
                writer.writerow(
                    [row["case"], row["patient"], name, source, row[CASE_LABEL], *(f"{p:.6g}" for p in said)]
                )
    return stream.getvalue()
