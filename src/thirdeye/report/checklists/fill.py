"""What a run knows about each topic of the checklists; one function a topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thirdeye.report.canvas_fill import (
    NOTHING,
    Filled,
    augmentation,
    layers,
    origin,
    parameters,
    set_distribution,
    software,
    techniques,
    test,
    training,
    variety,
    visualisation,
    volume_number,
    volume_size,
)
from thirdeye.report.cases import excluded_reasons
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import full_text, has_interval, has_value, is_number, number
from thirdeye.report.sets import evidence_sets, test_set

_LABEL_CHECKS = {"agreement": "labels.agreement", "label_source": "labels.source"}


def dataset(evidence: Evidence) -> Filled:
    """Number, classes, sites."""
    parts = [volume_number(evidence), variety(evidence)]
    text = "; ".join(part.text for part in parts if part.text)
    return Filled(text, "dataset.csv, fingerprint.json") if text else NOTHING


def exclusions(evidence: Evidence) -> Filled:
    """What was left out, and why."""
    if evidence.dataset is None:
        return NOTHING
    reasons = excluded_reasons(evidence.dataset)
    text = "; ".join(f"{amount} left out: {reason}" for reason, amount in reasons.items())
    return Filled(text or "no image was left out", "dataset.csv")


def preprocessing(evidence: Evidence) -> Filled:
    """Size, resizing, intensity."""
    found = volume_size(evidence)
    if not found.text:
        return NOTHING
    kept = [f"{name} {evidence.plan_value(name)}" for name in ("resize", "intensity")]
    return Filled(f"{found.text}; {', '.join(kept)}", "fingerprint.json, plan.json")


def disjoint(evidence: Evidence) -> Filled:
    """What keeps the parts apart."""
    group = evidence.fingerprint.get("group")
    if not group:
        return NOTHING
    text = f"parts and folds are disjoint by {group}; copies of one picture are kept together"
    return Filled(text, "fingerprint.json, dataset.csv")


def selection(evidence: Evidence) -> Filled:
    """Which stages were kept, on which data."""
    stages = evidence.stages.get("stages") or []
    if not stages:
        return NOTHING
    kept = [str(stage.get("name")) for stage in stages if stage.get("kept")]
    return Filled(
        f"each stage was kept only where it was better on validation data; kept: {', '.join(kept) or 'none'}",
        "runs/stages.json",
    )


def ensemble(evidence: Evidence) -> Filled:
    """Members and views."""
    members = evidence.model.get("members") or []
    views = evidence.model.get("views") or []
    if not members:
        return NOTHING
    text = f"mean of the logits of {len(members)} networks over {len(views) or 1} views of each image"
    return Filled(text, "model/model.json")


def imbalance(evidence: Evidence) -> Filled:
    """Class counts and how they were met."""
    counts = (evidence.fingerprint.get("class_counts") or {}).get("all") or {}
    if not counts:
        return NOTHING
    listed = ", ".join(f"{name} {amount}" for name, amount in counts.items())
    return Filled(f"{listed}; balancing: {evidence.plan_value('balancing')}", "fingerprint.json, plan.json")


def calibration(evidence: Evidence) -> Filled:
    """Method and the data that it was fitted on."""
    found = evidence.model.get("calibration") or {}
    if not found:
        return NOTHING
    text = f"{found.get('method')}, fitted on {found.get('fitted_on')} data (n = {found.get('n')})"
    return Filled(text, "model/model.json")


def output(evidence: Evidence) -> Filled:
    """What the reader gives."""
    if not evidence.classes:
        return NOTHING
    return Filled(f"calibrated probability of each of {len(evidence.classes)} classes", "model/model.json")


def thresholds(evidence: Evidence) -> Filled:
    """Every operating point with its origin."""
    points = evidence.model.get("operating_points") or []
    listed = [
        f"{point.get('name')}: {number(point['threshold'])} ({str(point.get('origin')).replace('_', ' ')})"
        for point in points
        if is_number(point.get("threshold"))
    ]
    return Filled("; ".join(listed), "model/model.json") if listed else NOTHING


def indeterminate(evidence: Evidence) -> Filled:
    """What happens with images that the reader should not be asked about."""
    if not evidence.model.get("envelope"):
        return NOTHING
    text = "images outside what the model has seen, and unreadable ones, get an abstention with its reason"
    return Filled(text, "model/model.json")


def uncertainty(evidence: Evidence) -> Filled:
    """How intervals were made."""
    part = test_set(evidence)
    methods = sorted({str(m["ci_method"]) for m in part.metrics if m.get("ci_method")}) if part else []
    if not methods:
        return NOTHING
    return Filled("intervals: " + ", ".join(name.replace("_", " ") for name in methods), "evaluation.json")


def measures(evidence: Evidence) -> Filled:
    """Names of everything that was measured."""
    part = test_set(evidence)
    names = list(dict.fromkeys(measure(str(m.get("name"))).title for m in part.metrics)) if part else []
    return Filled(", ".join(names), "evaluation.json") if names else NOTHING


def cross_table(evidence: Evidence) -> Filled:
    """Whether there is one."""
    part = test_set(evidence)
    if part is None or not part.content.get("confusion_matrix"):
        return NOTHING
    return Filled("see the cross table in the section on results", "evaluation.json")


def external(evidence: Evidence) -> Filled:
    """External data, or that there are none."""
    names = [part.title for part in evidence_sets(evidence) if part.name.startswith("external:")]
    if names:
        return Filled("; ".join(names), "evaluation.json")
    if test_set(evidence) is None:
        return NOTHING
    return Filled("no external data were given", "evaluation.json", complete=False)


def subgroups(evidence: Evidence) -> Filled:
    """Which subgroups were measured."""
    part = test_set(evidence)
    found = (part.content.get("subgroups") if part else None) or []
    names = sorted({str(one.get("column") or one.get("name")) for one in found})
    return Filled("by " + ", ".join(names), "evaluation.json") if names else NOTHING


def characteristics(evidence: Evidence) -> Filled:
    """Columns of the table that describe patients and images."""
    counts = evidence.fingerprint.get("class_counts") or {}
    if not counts:
        return NOTHING
    parts = [
        f"{part}: " + ", ".join(f"{name} {amount}" for name, amount in classes.items())
        for part, classes in counts.items()
        if part != "all"
    ]
    return Filled("; ".join(parts), "fingerprint.json", complete=False)


def devices(evidence: Evidence) -> Filled:
    """Modalities and formats; devices where the headers name them."""
    parts = [
        ", ".join(f"{name} ({amount})" for name, amount in (evidence.fingerprint.get(key) or {}).items())
        for key in ("modalities", "formats")
    ]
    text = "; ".join(part for part in parts if part)
    return Filled(text, "fingerprint.json", complete=False) if text else NOTHING


def achieved_width(evidence: Evidence) -> Filled:
    """How wide the interval of the main figure came out."""
    part = test_set(evidence)
    main = (part.metric("auc") or part.metric("auc_macro")) if part else None
    if main is None or not has_value(main) or not has_interval(main):
        return NOTHING
    half = (float(main["ci_high"]) - float(main["ci_low"])) / 2
    return Filled(
        f"n = {main['n']}; {full_text(main)}, half-width {number(half)}", "evaluation.json", metrics=(main,)
    )


def model_files(evidence: Evidence) -> Filled:
    """Files with hashes."""
    members = evidence.model.get("members") or []
    if not members:
        return NOTHING
    text = f"{len(members)} weight files and an ONNX file with SHA-256; every prediction in predictions.csv"
    return Filled(text, "model/model.json, predictions.csv")


def missing_data(evidence: Evidence) -> Filled:
    """Unreadable files and rows without labels, as found."""
    found = [
        f for f in evidence.findings.get("findings") or [] if str(f.get("check", "")).startswith("file.")
    ]
    if not evidence.findings:
        return NOTHING
    return Filled(" ".join(str(f.get("message")) for f in found) or "nothing was missing", "findings.json")


def finding_of(check: str) -> Callable[[Evidence], Filled]:
    """The messages of one check."""

    def fill(evidence: Evidence) -> Filled:
        found = [f for f in evidence.findings.get("findings") or [] if f.get("check") == check]
        text = " ".join(str(f.get("message")) for f in found)
        return Filled(text, "findings.json", complete=False) if text else NOTHING

    return fill


FILLERS: dict[str, Callable[[Evidence], Any]] = {
    "dataset": dataset,
    "exclusions": exclusions,
    "preprocessing": preprocessing,
    "partition": set_distribution,
    "disjoint": disjoint,
    "architecture": layers,
    "parameters": parameters,
    "pretraining": origin,
    "software": software,
    "training": training,
    "augmentation": augmentation,
    "selection": selection,
    "ensemble": ensemble,
    "imbalance": imbalance,
    "calibration": calibration,
    "output": output,
    "thresholds": thresholds,
    "indeterminate": indeterminate,
    "uncertainty": uncertainty,
    "measures": measures,
    "results": test,
    "cross_table": cross_table,
    "external": external,
    "subgroups": subgroups,
    "characteristics": characteristics,
    "devices": devices,
    "explanations": visualisation,
    "achieved_width": achieved_width,
    "model_files": model_files,
    "missing_data": missing_data,
    "comparison": techniques,
    **{topic: finding_of(check) for topic, check in _LABEL_CHECKS.items()},
}
