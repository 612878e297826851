"""Which figures of the evidence stand beside an opinion: few, and those that a finding is weighed by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from thirdeye.case.reliance import AND_VARIABLES, Measured
from thirdeye.evaluation.box_points import POINT_RATES

CLASSES = ("auc", "auc_macro")  # on the test part: validation cases have chosen the calibration
MARKS = ("dice", "hd95_max_of_directed", "case_sensitivity")
BOXES = ("lesion_sensitivity", "lesion_ppv", "false_positives_per_image")
POINTS = ("mre_mm", "mre_px", "mae_deg", "mae_mm", "mae_px")
_OF_TASK = {"segmentation": MARKS, "detection": BOXES, "landmarks": POINTS}
_LENGTHS = ("hd95_max_of_directed",)


def measured_of(evidence: Mapping[str, Any]) -> tuple[Measured, ...]:
    """The figures that stand beside every opinion of a reader.

    Of readers that say where something is: each structure, class, landmark and measurement, on validation
    cases. Of readers of whole images: the area under the curve on the test part.

    Args:
        evidence: content of ``evaluation.json``.
    """
    task = str(evidence.get("task"))
    part = "validation" if task in _OF_TASK else "test"
    entry = evidence.get("sets", {}).get(part)
    if not entry:
        return ()
    length = str(entry.get("length_unit") or "1")
    found: dict[tuple[str, str, str], Measured] = {}
    for metric in _metrics(entry):
        if _fits(metric, task) and metric.get("value") is not None:
            one = _measured(metric, part, length)
            key = one.about, one.measure, one.point
            found.setdefault(key, one)  # against the first of several references
    whole = (
        replace(_measured(metric, part, length), per=per)
        for per, metric in _whole_cases(entry)
        if _fits(metric, task) and metric.get("value") is not None
    )
    return (*found.values(), *whole)


def _whole_cases(entry: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Figures of answers from several images, and from images and variables together where they are used."""
    by_case, clinical = entry.get("by_case") or {}, entry.get("clinical") or {}
    for metric in by_case.get("metrics", ()):
        yield str(by_case["unit"]), metric
    if clinical.get("kept"):
        adds, *_ = clinical["comparisons"]  # both together against the images alone
        yield f"{clinical['unit']}{AND_VARIABLES}", adds["measures"][0]["first"]


def _metrics(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from entry.get("metrics", ())
    for measurement in entry.get("measurements") or ():
        if measurement.get("measured") == "network":
            yield from measurement.get("metrics", ())


def _fits(metric: Mapping[str, Any], task: str) -> bool:
    if task in _OF_TASK:
        at_point = metric.get("operating_point") in (None, *POINT_RATES)
        return metric["name"] in _OF_TASK[task] and at_point
    return metric["name"] in CLASSES and metric.get("class") is None


def _measured(metric: Mapping[str, Any], part: str, length: str) -> Measured:
    name = str(metric["name"])
    unit = length if name in _LENGTHS else name.rpartition("_")[2]
    return Measured(
        about=str(metric.get("class") or ""), measure=name, value=float(metric["value"]),
        low=metric["ci_low"], high=metric["ci_high"], n=int(metric["n"]), part=part,
        unit=unit if unit in ("mm", "px", "deg") else "1", point=str(metric.get("operating_point") or ""),
    )  # fmt: skip
