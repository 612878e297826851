"""What each source says of the cases of one set: the network, and the traditional technique beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.inference.calibration import apply
from thirdeye.inference.engine import Engine
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.views import see
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.ledger import usable_cores
from thirdeye.journey.material import VALIDATION_FILE, Material
from thirdeye.plan.plan import Plan

READING_BATCH = 32

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """Cases of one set with what each source says of them.

    Args:
        material: the set, or more than it.
        rows: of the material that are the set.
        network: (n, K) calibrated probabilities.
        traditional: (n, K) calibrated probabilities of the traditional technique; None where there are none.
        features: (n, C) the network's features of the upright image; None where they were not kept.
    """

    material: Material
    rows: NDArray[np.int64]
    network: Table
    traditional: Table | None
    features: NDArray[np.float32] | None = None

    @property
    def labels(self) -> NDArray[np.int64]:
        """Of the cases."""
        return self.material.labels[self.rows]

    @property
    def patients(self) -> NDArray[np.str_]:
        """Of the cases."""
        return self.material.patients[self.rows]


def score_validation(study: Study, development: Material, baseline: Baseline) -> Scored:
    """The validation cases as training left them."""
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        rows, network = saved["rows"], saved["probabilities"]
    return Scored(development, rows, network, baseline.held_out(rows))


def score_material(study: Study, material: Material, manifest: Manifest, baseline: Baseline | None) -> Scored:
    """Cases that no training saw, read as `thirdeye read` will read new ones.

    Args:
        study: with the reader.
        material: all its rows are read.
        manifest: of the reader.
        baseline: the traditional technique; None where it does not take part.
    """
    engine = Engine(study.path("model/model.onnx"), threads=usable_cores())
    passes = [
        see(engine, np.asarray(material.images[start : start + READING_BATCH]), manifest.views)
        for start in range(0, len(material.images), READING_BATCH)
    ]
    return Scored(
        material,
        np.arange(len(material.rows)),
        apply(manifest.calibration, np.concatenate([one.logits for one in passes])),
        None if baseline is None else baseline.predict(material.images),
        np.concatenate([one.features for one in passes]),
    )


def predictions_csv(plan: Plan, sets: Iterable[tuple[str, Scored]]) -> str:
    """One row per case, set and source."""
    stream = io.StringIO()
    writer = csv.writer(stream)  # RFC 4180 line ends: names with line breaks are quoted
    writer.writerow(
        [
            "case",
            "patient",
            "split",
            "fold",
            "label",
            "source",
            *(f"probability_{name}" for name in plan.classes),
        ]
    )
    for name, scored in sets:
        for source, table in (("network", scored.network), ("traditional", scored.traditional)):
            if table is None:
                continue
            for row, values in zip(scored.rows, table, strict=True):
                facts = scored.material.rows.iloc[row]
                known = [facts["case"], facts["patient"], name, facts["fold"], facts["label"], source]
                writer.writerow([*known, *(f"{value:.6g}" for value in values)])
    return stream.getvalue()
