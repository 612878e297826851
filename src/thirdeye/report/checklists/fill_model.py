"""What a run knows of the network: how it was trained, chosen, calibrated, and what it answers."""

from __future__ import annotations

from dataclasses import replace

from thirdeye.report.canvas_fill import NOTHING, Filled, parameters
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.filled import is_located, output_text, selection_text
from thirdeye.report.names import THRESHOLD_ORIGINS, measure, operating_point_title, stage_title
from thirdeye.report.numbers import count, is_number, number
from thirdeye.report.sections.stages import main_metric


def parameter_count(evidence: Evidence) -> Filled:
    """Number of learned parameters."""
    found = parameters(evidence)
    return replace(found, text=f"learned parameters: {found.text}") if found.text else NOTHING


def selection(evidence: Evidence) -> Filled:
    """Which stages were kept, by which measure, on which data."""
    stages, located = evidence.stages.get("stages") or [], selection_text(evidence)
    if located is not None:
        return Filled(located, "plan.json, model/model.json")
    if not stages:
        return NOTHING
    kept = [stage_title(str(stage.get("name"))) for stage in stages if stage.get("kept")]
    text = (
        "each stage was kept only where it was better on validation cases (reported by "
        f"{measure(main_metric(stages)).title}); kept: {', '.join(kept) or 'none'}; "
        "the test part chose nothing"
    )
    return Filled(text, "runs/stages.json")


def ensemble(evidence: Evidence) -> Filled:
    """Members and views."""
    members = len(evidence.model.get("members") or [])
    views = len(evidence.model.get("views") or []) or 1
    if not members:
        return NOTHING
    who = "one network, no ensemble" if members == 1 else f"mean of the logits of {members} networks"
    return Filled(
        f"{who}; {count(views, 'view')} of each image{' averaged' if views > 1 else ''}", "model/model.json"
    )


def calibration(evidence: Evidence) -> Filled:
    """Method and the data that it was fitted on."""
    found = evidence.model.get("calibration") or {}
    if not found.get("method"):
        return NOTHING
    on = f"{found.get('fitted_on')} data" + (f" (n = {found['n']:,})" if is_number(found.get("n")) else "")
    tried = ", ".join(str(name) for name in found.get("log_loss") or {} if name != "none")
    if found["method"] == "none":
        compared = f" ({tried})" if tried else ""
        return Filled(f"none: no method{compared} was better on {on}", "model/model.json")
    return Filled(f"{str(found['method']).replace('_', ' ')}, fitted on {on}", "model/model.json")


def output(evidence: Evidence) -> Filled:
    """What the reader gives."""
    if not evidence.classes or not evidence.model:
        return NOTHING
    located = output_text(evidence)
    if located is not None:
        return Filled(located, "model/model.json")
    return Filled(f"a probability of each of {len(evidence.classes)} classes", "model/model.json")


def thresholds(evidence: Evidence) -> Filled:
    """Every operating point with its rule and origin; that there is none is said."""
    if not evidence.model:
        return NOTHING
    points = evidence.model.get("operating_points") or []
    listed = [
        f"{operating_point_title(str(point.get('name')))}: {number(point['threshold'])} "
        f"({point.get('rule') or 'rule not recorded'}; {_origin(point.get('origin'))})"
        for point in points
        if is_number(point.get("threshold"))
    ]
    none = "no threshold: the most probable class is the answer"
    if evidence.task == "segmentation":
        none = "no threshold: every pixel gets its most probable label"
    return Filled("; ".join(listed) or none, "model/model.json")


def _origin(origin: object) -> str:
    return THRESHOLD_ORIGINS.get(str(origin), str(origin).replace("_", " "))


def indeterminate(evidence: Evidence) -> Filled:
    """What happens with images that the reader should not be asked about, in use and in the evaluation."""
    if not evidence.model.get("envelope"):
        return NOTHING
    text = (
        "in use, images outside what the model has seen, and unreadable ones, get an abstention with its "
        "reason; in the evaluation every image that could be read counts, none was set aside as indeterminate"
    )
    return Filled(text, "model/model.json")


def model_files(evidence: Evidence) -> Filled:
    """Files with hashes."""
    members = evidence.model.get("members") or []
    if not members:
        return NOTHING
    text = (
        f"{count(len(members), 'weight file')} and an ONNX file with their SHA-256 in the study folder; "
        f"every {'case' if is_located(evidence) else 'probability'} in predictions.csv"
    )
    return Filled(text, "model/model.json, predictions.csv")


def software_availability(evidence: Evidence) -> Filled:
    """The program that made the study, with version and licence."""
    versions = evidence.provenance.get("versions") or {}
    version = versions.get("thirdeye-imaging") or versions.get("thirdeye")
    if not version:
        return NOTHING
    return Filled(f"Third Eye {version} (thirdeye-imaging), Apache License 2.0", "provenance.json")


def predictors(evidence: Evidence) -> Filled:
    """What goes into the network."""
    if not evidence.model:
        return NOTHING
    text = "the pixels of the image; no clinical variable goes into the network"
    return Filled(text, "model/model.json", complete=False)


def blinding(evidence: Evidence) -> Filled:
    """What the network knew beside the image."""
    if not evidence.model:
        return NOTHING
    text = "the network reads the image alone: no clinical information and no label of the test part"
    return Filled(text, "model/model.json", complete=False)
