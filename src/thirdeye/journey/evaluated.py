"""What a validated study holds: the names of its files, what they depend on, and which sets stay."""

from __future__ import annotations

from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.intake.measurements import MEASUREMENTS_FILE
from thirdeye.journey.identity import annotation_hashes
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.located.tasks import LOCATED, located_task
from thirdeye.journey.material import task_of

EVALUATION_FILE = "evaluation.json"
PREDICTIONS_FILE = "predictions.csv"
BASELINE_SHARE = 0.1  # of the time budget, for the traditional technique
EXTERNAL = "external:"


def validation_key(study: Study) -> str:
    """What the evidence depends on."""
    manifest = study.read_json("model/model.json")
    task = task_of(study)
    if task in LOCATED:
        measured = [study.sha256(MEASUREMENTS_FILE)] if study.has(MEASUREMENTS_FILE) else []
        reader = located_task(task).reader_key(manifest)
        return key_of(study.sha256("dataset.csv"), *reader, *measured, *annotation_hashes(study))
    return key_of(study.sha256("dataset.csv"), manifest["onnx"]["sha256"], manifest["calibration"])


def reader_hash(study: Study) -> str:
    """Which reader a set was measured with: network, calibration and operating points."""
    manifest = study.read_json("model/model.json")
    task = task_of(study)
    if task in LOCATED:
        return key_of(*located_task(task).reader_key(manifest), manifest.get("operating_points"))
    return key_of(manifest["onnx"]["sha256"], manifest["calibration"], manifest["operating_points"])


def test_part_hash(dataset: Dataset) -> str:
    """Which cases the test part is made of."""
    return key_of(sorted(dataset.part("test")[["image", "label"]].to_numpy().tolist()))


def external_sets(study: Study) -> dict[str, Any]:
    """The external sets in ``evaluation.json`` by name ("external:NAME"); {} where there is no such file."""
    if not study.has(EVALUATION_FILE):
        return {}
    sets = study.read_json(EVALUATION_FILE).get("sets", {})
    return {name: entry for name, entry in sets.items() if name.startswith(EXTERNAL)}


def kept_and_dropped(study: Study, ledger: Ledger) -> tuple[dict[str, Any], list[str]]:
    """External sets that were measured with the reader as it stands, and the names of the others.

    A set is kept only as it was written: the key of its stage in the ledger is its hash.
    """
    reader, found = reader_hash(study), external_sets(study)
    kept = {
        name: entry
        for name, entry in found.items()
        if entry["source"]["reader_sha256"] == reader and ledger.key(name) == key_of(entry)
    }
    return kept, [name for name in found if name not in kept]
