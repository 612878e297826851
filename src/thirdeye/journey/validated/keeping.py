"""``model/validated.json``: written after each validation, and by `report` where there is none yet."""

from __future__ import annotations

import pandas as pd

from thirdeye.case.study import Study
from thirdeye.dataset.fingerprint import Fingerprint
from thirdeye.inference.validated import VALIDATED_FILE, Validated
from thirdeye.journey.evaluated import EVALUATION_FILE
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.material import DATASET_FILE, FINGERPRINT_FILE
from thirdeye.journey.shaped.refuse import is_system
from thirdeye.journey.subgroups import grouping_columns
from thirdeye.journey.validated.groups import Cases
from thirdeye.journey.validated.measured import measured_of
from thirdeye.journey.validated.unvalidated import unvalidated_of

STAGE = "validate"


def keep_validated(study: Study) -> None:
    """Write down, beside the model, what stands beside each of its opinions.

    Args:
        study: validated.

    Raises:
        StudyMismatch: a file of the study is missing or damaged.
    """
    evidence = study.read_json(EVALUATION_FILE)
    fingerprint = Fingerprint.from_json(study.read_json(FINGERPRINT_FILE))
    rows = pd.read_csv(study.path(DATASET_FILE), dtype=str, keep_default_na=False, encoding="utf-8")
    known = Validated(
        measured_of(evidence),
        unvalidated_of(evidence, fingerprint, cases_of(rows, fingerprint.group)),
    )
    form = known.as_json(model_sha256=_network(study))
    ledger = Ledger(study)
    if ledger.key(STAGE) is None:
        study.write_json(VALIDATED_FILE, form)
    else:
        ledger.rewrite_json(STAGE, VALIDATED_FILE, form)


def keep_if_missing(study: Study) -> None:
    """As `keep_validated`, where a study was validated and the file is not there."""
    needed = (EVALUATION_FILE, FINGERPRINT_FILE, DATASET_FILE, "model/model.json")
    if study.has(*needed) and not study.has(VALIDATED_FILE) and not is_system(study):
        keep_validated(study)


def cases_of(rows: pd.DataFrame, group: str) -> Cases:
    """The cases that a reader was measured on: the test part, and what was held out of training in turn.

    Args:
        rows: of ``dataset.csv``, as text.
        group: name of what keeps images together, as in the fingerprint.
    """
    in_turn = (rows["split"] == "train") & (rows["fold"].astype(float) >= 0)
    measured = rows[rows["split"].isin(["test", "validation"]) | in_turn].reset_index(drop=True)
    return Cases(measured, tuple(grouping_columns(measured)), group)


def _network(study: Study) -> str:
    onnx = study.read_json("model/model.json")["onnx"]
    return str((onnx if isinstance(onnx, dict) else onnx[0])["sha256"])
