"""`validate`: look at the untouched test part, once, and write the evidence down."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.compare import compare_models
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.inference.calibration import apply
from thirdeye.inference.engine import Engine
from thirdeye.inference.manifest import Manifest, read_manifest
from thirdeye.inference.views import see
from thirdeye.journey.baseline import Baseline, fit_baseline
from thirdeye.journey.ledger import Ledger, key_of, usable_cores
from thirdeye.journey.material import (
    VALIDATION_FILE,
    Material,
    gather,
    member_splits,
    read_plan,
    read_study_dataset,
)
from thirdeye.journey.results import Validated
from thirdeye.journey.training import training_key
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener, silent

EVALUATION_FILE = "evaluation.json"
PREDICTIONS_FILE = "predictions.csv"
EVALUATION_VERSION = 1
READING_BATCH = 32
BASELINE_SHARE = 0.1  # of the time budget, for the traditional technique

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """Cases of one set with what each source says of them.

    Args:
        rows: of the material.
        network: (n, K) calibrated probabilities.
        traditional: (n, K) calibrated probabilities of the traditional technique; None where there are none.
    """

    material: Material
    rows: NDArray[np.int64]
    network: Table
    traditional: Table | None

    @property
    def labels(self) -> NDArray[np.int64]:
        """Of the cases."""
        return self.material.labels[self.rows]

    @property
    def patients(self) -> NDArray[np.str_]:
        """Of the cases."""
        return self.material.patients[self.rows]


def validate(study: str | Path, *, data: str | Path | None = None, tell: Listener = silent) -> Validated:
    """Measure the reader of a trained study on its test part, beside the traditional technique.

    Args:
        study: folder with a trained reader.
        data: where the images lie; None: where they lay when the study was planned.
        tell: hears how it goes.

    Raises:
        StudyMismatch: the study is not trained, or one of its files was edited.
    """
    place = Study(Path(study))
    ledger = Ledger(place)
    ledger.verify("plan")
    ledger.verify("train", training_key(place))
    plan, manifest = read_plan(place), read_manifest(place)
    key = validation_key(place)
    tell(Event("stage", "Validation on the test part"))
    with ledger.stage("validate", key) as outputs:
        dataset = read_study_dataset(place, None if data is None else Path(data))
        development = gather(place, dataset, plan, "train", "validation")
        baseline = fit_baseline(
            development, member_splits(development.rows, plan), plan,
            time_limit_s=BASELINE_SHARE * plan.budget_s, threads=usable_cores(), tell=tell,
        )  # fmt: skip
        held = _validation(place, development, baseline)
        test = _test(place, dataset, plan, manifest, baseline)
        evidence = _evidence(plan, manifest, dataset, baseline, held, test)
        predictions = _predictions(plan, (("validation", held), ("test", test)))
        # Counted just before the figures can be seen: a run that was killed earlier showed none.
        evidence["test_looks"] = ledger.count_test_look()
        place.write_json(EVALUATION_FILE, evidence)
        place.write_text(PREDICTIONS_FILE, predictions)
        outputs += [EVALUATION_FILE, PREDICTIONS_FILE]
    return Validated(place.folder, evidence)


def validation_key(study: Study) -> str:
    """What the evidence depends on."""
    manifest = study.read_json("model/model.json")
    return key_of(study.sha256("dataset.csv"), manifest["onnx"]["sha256"], manifest["calibration"])


def _validation(study: Study, development: Material, baseline: Baseline) -> Scored:
    """The validation cases as training left them."""
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        rows, network = saved["rows"], saved["probabilities"]
    return Scored(development, rows, network, baseline.held_out(rows))


def _test(study: Study, dataset: Dataset, plan: Plan, manifest: Manifest, baseline: Baseline) -> Scored:
    """The test cases, read as `thirdeye read` will read new ones."""
    material = gather(study, dataset, plan, "test")
    engine = Engine(study.path("model/model.onnx"), threads=usable_cores())
    logits = [
        see(engine, np.asarray(material.images[start : start + READING_BATCH]), manifest.views).logits
        for start in range(0, len(material.images), READING_BATCH)
    ]
    network = apply(manifest.calibration, np.concatenate(logits))
    return Scored(material, np.arange(len(material.rows)), network, baseline.predict(material.images))


def _evidence(
    plan: Plan,
    manifest: Manifest,
    dataset: Dataset,
    baseline: Baseline,
    held: Scored,
    test: Scored,
) -> dict[str, Any]:
    excluded = dataset.rows.loc[dataset.rows["split"] == "excluded", "excluded_because"].value_counts()
    known = dataset.group != "image"
    sets = {}
    for name, scored in (("test", test), ("validation", held)):
        common: dict[str, Any] = {
            "labels": scored.labels,
            "classes": list(plan.classes),
            "task": plan.task,
            "positive": plan.positive,
            "clusters": scored.patients if known else None,
        }
        points = [dict(point) for point in manifest.operating_points]
        sets[name] = evaluate_set(
            **common,
            probabilities=scored.network,
            unit="image",
            operating_points=points,
            excluded={str(why): int(n) for why, n in excluded.items()},
            seed=plan.seed,
        )
        if scored.traditional is not None:
            sets[name]["comparisons"] = [
                compare_models(
                    **common,
                    first=scored.network,
                    second=scored.traditional,
                    first_points=points,
                    second_points=baseline.operating_points,
                    seed=plan.seed,
                )
                | {"description": baseline.description}
            ]
    return {
        "version": EVALUATION_VERSION,
        "task": plan.task,
        "classes": list(plan.classes),
        "positive": plan.positive,
        "unit": "image",
        "sets": sets,
    }


def _predictions(plan: Plan, sets: Iterable[tuple[str, Scored]]) -> str:
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
