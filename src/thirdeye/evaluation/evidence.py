"""From labels and probabilities to one entry of evaluation.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.audit import audit
from thirdeye.evaluation.audits.audit import put_audits
from thirdeye.evaluation.binary_evidence import binary_evidence
from thirdeye.evaluation.bootstrap import N_RESAMPLES
from thirdeye.evaluation.case_set import CaseSet, read_case_set
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass_evidence import multiclass_evidence
from thirdeye.evaluation.multilabel import multilabel_evidence
from thirdeye.evaluation.ordinal import ordinal_evidence
from thirdeye.evaluation.rates import prevalence_metric
from thirdeye.evaluation.scalars import check_count

BY_TASK: dict[str, Callable[[CaseSet], dict[str, Any]]] = {
    "binary": binary_evidence,
    "multiclass": multiclass_evidence,
    "multilabel": multilabel_evidence,
    "ordinal": ordinal_evidence,
}


def evaluate_set(
    *,
    labels: Any,
    probabilities: Any,
    classes: Sequence[str],
    task: str,
    positive: str | None,
    clusters: Any,
    unit: str,
    operating_points: Sequence[Mapping[str, Any]],
    excluded: Mapping[str, int] | None,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
    prevalences: Sequence[float] = (),
    n_patients: int | None = None,
) -> dict[str, Any]:
    """One entry of "sets" in evaluation.json.

    A binary task has no plain accuracy: every thresholded metric names its operating point. Those given come
    first; probability 0.5 follows as "probability_0.5", prespecified. With many classes the call is the most
    probable class, and an operating point applies where it names its `class`.

    Args:
        labels: (n,) class numbers; (n, K) of 0 and 1 for multi-label.
        probabilities: (n, K) calibrated, columns in `classes` order.
        classes: K names; ordinal from least to most.
        task: "binary", "multiclass", "multilabel" or "ordinal".
        positive: the class that counts as diseased (binary), else None.
        clusters: (n,) patient of each row; None where none is known, which the warnings say.
        unit: what a row is ("image", "lesion", "patient").
        operating_points: fixed before, as `choose_operating_points` returns them.
        excluded: reason to number of cases left out before.
        level: confidence level.
        n_resamples, seed: of every bootstrap, which resamples patients.
        prevalences: of the condition where the reader will be used (binary), stated where the cases were
            sampled by outcome; positive and negative predictive value are then those of the first, and those
            of the set are not given.
        n_patients: how many patients the rows are of, where that is known; with fewer patients than rows the
            clusters have to be given.

    Raises:
        UsageError: shapes, names or task that do not fit together.
        DataRefused: a label or probability that cannot be one; more rows than patients and no clusters; rows
            that are said to be patients, of whom some come twice.
    """
    cases = read_case_set(
        labels=labels, probabilities=probabilities, classes=classes, task=task, positive=positive,
        clusters=clusters, operating_points=operating_points, level=level, n_resamples=n_resamples, seed=seed,
        prevalences=prevalences,
    )  # fmt: skip
    known = _patients(cases, unit, n_patients, given=clusters is not None)
    left_out = _check_excluded(excluded)
    block = BY_TASK[task](cases)
    metrics = [_complete(metric, cases, left_out) for metric in block["metrics"]]
    entry = block | {
        "unit": unit,
        "n": cases.n,
        "n_patients": known,
        "n_excluded": left_out,
        "n_by_class": dict(zip(cases.classes, cases.membership.sum(axis=0).tolist(), strict=True)),
        "prevalence": _prevalence(cases, left_out),
        "metrics": [metric.as_json() for metric in metrics],
        "subgroups": [],
        "comparisons": [],
    }
    found = audit(cases, unit=unit, patients_known=known is not None, metrics=metrics)
    put_audits(entry, found)
    return entry


def _patients(cases: CaseSet, unit: str, stated: int | None, *, given: bool) -> int | None:
    """How many patients the rows are of; None where nobody knows."""
    if not isinstance(unit, str) or not unit:
        raise UsageError(f"unit: say what a row is (image, lesion, study, patient), got {unit!r}")
    stated = None if stated is None else check_count("patients", stated, 1)
    found = cases.groups.count if given else cases.n if unit == "patient" else stated
    if stated is not None and not given and stated < cases.n:
        raise DataRefused(
            f"{cases.n} rows of {stated} patients and no clusters: name the patient of each row, or the "
            "intervals are too narrow"
        )
    if unit == "patient" and found != cases.n:
        raise DataRefused(f"unit: {cases.n} rows of {found} patients are no patients; say image or lesion")
    if stated is not None and stated != found:
        raise DataRefused(f"{stated} patients are said, but the clusters hold {found}")
    return found


def _check_excluded(excluded: Mapping[str, int] | None) -> dict[str, int]:
    counts = dict(excluded or {})
    wrong = {reason: count for reason, count in counts.items() if int(count) != count or count < 0}
    if wrong:
        raise UsageError(f"excluded: expected a number of cases for each reason, got {wrong}")
    return {str(reason): int(count) for reason, count in counts.items()}


def _complete(metric: Metric, cases: CaseSet, excluded: Mapping[str, int]) -> Metric:
    return metric.with_(n_excluded=excluded, n_units=cases.n)


def _prevalence(cases: CaseSet, excluded: Mapping[str, int]) -> Any:
    columns = range(len(cases.classes)) if cases.positive is None else [cases.positive]
    shares = [
        _complete(
            prevalence_metric(cases.membership[:, c], groups=cases.groups, level=cases.level), cases, excluded
        ).with_(class_name=cases.classes[c])
        for c in columns
    ]
    return shares[0].as_json() if cases.positive is not None else [share.as_json() for share in shares]
