"""A study of one's own as the published ones are described: its numbers, and what it does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.report.evidence import Evidence, read_evidence
from thirdeye.report.literature.lines import Own, Pair
from thirdeye.report.names import operating_point_title
from thirdeye.report.numbers import has_interval, has_value
from thirdeye.report.sets import EvidenceSet, evidence_sets

if TYPE_CHECKING:
    import pandas as pd

Does = dict[str, tuple[bool | None, str]]
_AUCS = ("auc", "auc_macro")


def own_study(folder: Path) -> tuple[Own, tuple[Pair, ...], Does]:
    """What a validated study reports, its operating points, and which practices it follows.

    Raises:
        UsageError: there is no such folder.
        StudyMismatch: it has no evidence of an untouched test part.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no study folder '{folder}'; thirdeye run DATA --out STUDY makes one")
    evidence = read_evidence(folder)
    test = next((part for part in evidence_sets(evidence) if part.name == "test"), None)
    if test is None:
        raise StudyMismatch(
            f"the study '{folder.name}' has no evaluation.json with a test part; "
            f"run thirdeye validate on it first"
        )
    return _own(evidence, test, folder.resolve().name), _points(test), _does(evidence, test)


def _own(evidence: Evidence, test: EvidenceSet, name: str) -> Own:
    metric = next((found for one in _AUCS if has_value(found := test.metric(one))), None)
    auc = None
    if metric is not None:
        low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
        auc = (float(metric["value"]), low, high)
    task = str(evidence.task or "binary")
    question = evidence.positive or " or ".join(evidence.classes) or task
    patients = test.content.get("n_patients")
    return Own(
        name,
        question,
        int(test.content.get("n") or 0),
        patients if isinstance(patients, int) else None,
        auc,
        f"the same task: {task}",
        task,
    )


def _points(test: EvidenceSet) -> tuple[Pair, ...]:
    found = []
    for point in test.points:
        name = str(point.get("name"))
        rates = [test.metric(measure, point=name) for measure in ("sensitivity", "specificity")]
        values = [float(rate["value"]) for rate in rates if rate is not None and has_value(rate)]
        if len(values) == 2:
            title = f"yours, {operating_point_title(name).lower()}"
            found.append(Pair(title, sensitivity=values[0], specificity=values[1], kind="own"))
    return tuple(found)


def _does(evidence: Evidence, test: EvidenceSet) -> Does:
    outside = [part.name.removeprefix("external:") for part in evidence_sets(evidence)
               if part.name.startswith("external:")]  # fmt: skip
    rivals = [str(one.get("second") or one.get("name")) for one in test.comparisons]
    return {
        "intervals": _intervals(test),
        "doctors": _compared(rivals, ("reader", "doctor")),
        "traditional": _compared(rivals, ("traditional",)),
        "external_test": (bool(outside), ", ".join(outside) or "thirdeye validate STUDY --on DATA"),
        "heat_maps": _heat_maps(evidence),
        "heat_maps_examined": _examined(evidence),
        "patient_wise": _patient_wise(evidence.dataset),
    }


def _intervals(test: EvidenceSet) -> tuple[bool | None, str]:
    shown = [metric for metric in test.metrics if has_value(metric)]
    with_one = sum(has_interval(metric) for metric in shown)
    return with_one > 0, f"{with_one} of {len(shown)} numbers"


def _compared(rivals: list[str], words: tuple[str, ...]) -> tuple[bool | None, str]:
    found = [name for name in rivals if any(word in name.lower() for word in words)]
    hint = "thirdeye readers analyse" if "reader" in words else ""
    return bool(found), ", ".join(dict.fromkeys(found)) or hint


def _heat_maps(evidence: Evidence) -> tuple[bool | None, str]:
    shown = bool(evidence.examples or evidence.sanity)
    return shown, "" if shown else "thirdeye explain STUDY"


def _examined(evidence: Evidence) -> tuple[bool | None, str]:
    passed = evidence.heat_maps_passed
    return passed is not None, {True: "passed", False: "not passed", None: "thirdeye explain STUDY"}[passed]


def _patient_wise(dataset: pd.DataFrame | None) -> tuple[bool | None, str]:
    """Whether no patient stands in two parts, looked up in dataset.csv."""
    if dataset is None or not {"patient", "split"} <= set(dataset.columns):
        return None, ""
    named: Any = dataset[(dataset["patient"] != "") & (dataset["split"] != "")]
    if named.empty:
        return None, "each image was declared a patient of its own"
    parts = named.groupby("patient")["split"].nunique()
    several = int((parts > 1).sum())
    return several == 0, f"{several} patients in two parts" if several else f"{len(parts):,} patients"
