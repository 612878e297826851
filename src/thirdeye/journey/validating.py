"""`validate`: look at the untouched test part, once, and write the evidence down."""

from __future__ import annotations

from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.document import evaluation_document
from thirdeye.inference.manifest import read_manifest
from thirdeye.journey.baseline import fit_baseline
from thirdeye.journey.evidence import set_evidence
from thirdeye.journey.ledger import Ledger, key_of, usable_cores
from thirdeye.journey.material import gather, member_splits, read_plan, read_study_dataset, task_of
from thirdeye.journey.results import Validated
from thirdeye.journey.scoring import predictions_csv, score_material, score_validation
from thirdeye.journey.training import training_key
from thirdeye.training.event import Event, Listener, silent

EVALUATION_FILE = "evaluation.json"
PREDICTIONS_FILE = "predictions.csv"
BASELINE_SHARE = 0.1  # of the time budget, for the traditional technique


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
    key = validation_key(place)
    if task_of(place) == "segmentation":
        return _validate_dense(place, data, key, ledger, tell)
    plan, manifest = read_plan(place), read_manifest(place)
    tell(Event("stage", "Validation on the test part"))
    with ledger.stage("validate", key) as outputs:
        dataset = read_study_dataset(place, None if data is None else Path(data))
        development = gather(place, dataset, plan, "train", "validation")
        baseline = fit_baseline(
            development, member_splits(development.rows, plan), plan,
            time_limit_s=BASELINE_SHARE * plan.budget_s, threads=usable_cores(), tell=tell,
        )  # fmt: skip
        sets = {
            "test": score_material(place, gather(place, dataset, plan, "test"), manifest, baseline),
            "validation": score_validation(place, development, baseline),
        }
        known, excluded = dataset.group != "image", _excluded(dataset)
        evidence = evaluation_document(
            task=plan.task, positive=plan.positive, unit="image", classes=plan.classes,
            sets={
                name: set_evidence(
                    scored, plan, manifest, baseline, patients_known=known, excluded=excluded
                )
                for name, scored in sets.items()
            },
        )  # fmt: skip
        predictions = predictions_csv(plan, sets.items())
        # Counted just before the figures can be seen: a run that was killed earlier showed none.
        evidence["test_looks"] = ledger.count_test_look()
        place.write_json(EVALUATION_FILE, evidence)
        place.write_text(PREDICTIONS_FILE, predictions)
        outputs += [EVALUATION_FILE, PREDICTIONS_FILE]
    return Validated(place.folder, evidence)


def _validate_dense(
    place: Study, data: str | Path | None, key: str, ledger: Ledger, tell: Listener
) -> Validated:
    from thirdeye.journey.dense.validating import evaluate_dense

    tell(Event("stage", "Validation on the test part"))
    with ledger.stage("validate", key) as outputs:
        dataset = read_study_dataset(place, None if data is None else Path(data))
        evidence, table = evaluate_dense(place, dataset, tell=tell)
        evidence["test_looks"] = ledger.count_test_look()
        place.write_json(EVALUATION_FILE, evidence)
        place.write_text(PREDICTIONS_FILE, table)
        outputs += [EVALUATION_FILE, PREDICTIONS_FILE]
    return Validated(place.folder, evidence)


def validation_key(study: Study) -> str:
    """What the evidence depends on."""
    manifest = study.read_json("model/model.json")
    members = manifest["onnx"]
    hashes = members["sha256"] if isinstance(members, dict) else [one["sha256"] for one in members]
    return key_of(study.sha256("dataset.csv"), hashes, manifest.get("calibration", manifest.get("tidying")))


def _excluded(dataset: Dataset) -> dict[str, int]:
    """Reason to number of images left out before."""
    reasons = dataset.rows.loc[dataset.rows["split"] == "excluded", "excluded_because"].value_counts()
    return {str(why): int(n) for why, n in reasons.items()}
