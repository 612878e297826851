"""What a run knows about each field of the canvas; one function a field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thirdeye.report.cases import cross_fitted_folds, part_count, rows_of, sites, splits_present
from thirdeye.report.comparison import is_traditional, main_comparisons
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.filled import (
    augmentation_text,
    canvas_metric,
    headline_metrics,
    headline_text,
    is_located,
    size_text,
    training_text,
)
from thirdeye.report.located.plan_words import network_words
from thirdeye.report.located.tasks import located_words
from thirdeye.report.names import SPLITS, TASKS, measure, operating_point_title
from thirdeye.report.numbers import MetricJson, duration, full_text, has_value, is_number, number, plain
from thirdeye.report.sections.method import plan_value_text
from thirdeye.report.sets import EvidenceSet, evidence_sets, prevalence_of, test_set
from thirdeye.report.tensors import Tensors, count_tensors


@dataclass(frozen=True)
class Filled:
    """The content of a field.

    Args:
        text: a sentence for a person; "" when the run knows nothing.
        source: the study file that it comes from.
        complete: False when a person has to add something.
        metrics: metric objects behind the text.
    """

    text: str
    source: str
    complete: bool = True
    metrics: tuple[MetricJson, ...] = ()


NOTHING = Filled("", "", complete=False)


def origin(evidence: Evidence) -> Filled:
    """Pre-trained on what, with source and licence."""
    weights = evidence.model.get("weights") or []
    if weights and all(one.get("source") == "random" for one in weights):
        return Filled("not pre-trained: random starting weights", "model/model.json")
    if weights:
        listed = "; ".join(f"{w.get('name')} ({w.get('source')}, {w.get('licence')})" for w in weights)
        return Filled(f"Pre-trained: {listed}", "model/model.json")
    chosen = evidence.plan_value("weights")
    return Filled(plan_value_text("weights", chosen), "plan.json") if chosen else NOTHING


def parameters(evidence: Evidence) -> Filled:
    """Number of parameters that are learned, counted in the file of the first member."""
    found = _first_member(evidence)
    if found is None or not found.parameters:
        return NOTHING
    members = len(evidence.model.get("members") or [])
    each = f" in each of {members} members" if members > 1 else ""
    return Filled(f"{found.parameters:,}{each}", "model/model.json")


def layers(evidence: Evidence) -> Filled:
    """The architecture, and its layers as counted in the file of the first member."""
    name = evidence.model.get("architecture") or evidence.plan_value("architecture")
    if not name:
        return NOTHING
    found = _first_member(evidence)
    if is_located(evidence):
        said = network_words(name)
        told = f"{said}: {found.text}" if found is not None else said
        return Filled(told, "model/model.json", complete=found is not None)
    if found is None:
        return Filled(f"{name}, then global average pooling and a linear head", "plan.json", complete=False)
    return Filled(f"{name}: {found.text}, global average pooling before the last", "model/model.json")


def _first_member(evidence: Evidence) -> Tensors | None:
    members = evidence.model.get("members") or []
    return count_tensors(evidence.study.path(f"model/{members[0].get('file')}")) if members else None


def software(evidence: Evidence) -> Filled:
    """Frameworks and versions."""
    versions = evidence.provenance.get("versions") or {}
    text = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Filled(text, "provenance.json") if text else NOTHING


def variety(evidence: Evidence) -> Filled:
    """Kind of decision, classes, modality, sites."""
    if not evidence.classes:
        return NOTHING
    names = plan_value_text("classes", list(evidence.classes))
    located = located_words(evidence.task)
    kinds = located.nouns if located and len(evidence.classes) > 1 else located.noun if located else "classes"
    parts = [f"{len(evidence.classes)} {kinds} ({names}), {TASKS.get(str(evidence.task), '')}"]
    modality = ", ".join(evidence.fingerprint.get("modalities") or {})
    if modality:
        parts.append(f"modality {modality}")
    known = sites(evidence)
    parts.append(f"{len(known)} named sites" if known else "source of the images not named")
    return Filled("; ".join(parts), "dataset.csv, fingerprint.json", complete=bool(modality and known))


def volume_number(evidence: Evidence) -> Filled:
    """Images and patients."""
    if evidence.dataset is None:
        return NOTHING
    whole = part_count(evidence.dataset, "all", evidence.cluster)
    text = whole.text if whole.patients is not None else f"{whole.text}; patients not named"
    return Filled(text, "dataset.csv", complete=whole.patients is not None and evidence.cluster == "patient")


def volume_size(evidence: Evidence) -> Filled:
    """Dimensions as found and as the network sees them."""
    side = evidence.plan_value("image_size_px")
    seen = f"{side} × {side} pixels as the network sees them" if side else size_text(evidence) or ""
    found = _found_size(evidence.fingerprint)
    text = "; ".join(part for part in (found, seen) if part)
    return Filled(text, "fingerprint.json, plan.json", complete=bool(found)) if text else NOTHING


def _found_size(fingerprint: Mapping[str, Any]) -> str:
    height, width = fingerprint.get("height_px") or {}, fingerprint.get("width_px") or {}
    if not is_number(height.get("median")) or not is_number(width.get("median")):
        return ""
    parts = [f"median {width['median']:g} × {height['median']:g} pixels"]
    if not fingerprint.get("one_size"):
        ends = [(width.get(end), height.get(end)) for end in ("minimum", "maximum")]
        if all(is_number(side) for pair in ends for side in pair):
            parts.append("sides from " + " to ".join(f"{wide:g} × {high:g}" for wide, high in ends))
    bits = fingerprint.get("bits") or {}
    if bits:
        parts.append(f"{' and '.join(bits)} bits a sample")
    if is_number(fingerprint.get("bytes")):
        parts.append(f"{fingerprint['bytes'] / 1e6:,.1f} MB in all")
    return ", ".join(parts)


def augmentation(evidence: Evidence) -> Filled:
    """Names and strengths."""
    found, located = evidence.plan_value("augmentation"), augmentation_text(evidence)
    if located is not None:
        return Filled(located, "plan.json")
    if found is None:
        return NOTHING
    text = plan_value_text("augmentation", found)
    return Filled(f"{text}; drawn anew in every epoch" if text != "none" else "none", "plan.json")


def set_distribution(evidence: Evidence) -> Filled:
    """Counts by part and the level of disjointness."""
    table = evidence.dataset
    if table is None:
        return NOTHING
    parts = [
        f"{SPLITS[split]}: {part_count(rows_of(table, split), split, evidence.cluster).text}"
        for split in splits_present(table)
    ]
    folds = cross_fitted_folds(table)
    if folds > 1:
        parts.append(f"{folds}-fold cross-fitting inside the development part")
    group = evidence.fingerprint.get("group")
    apart = f"kept apart by {group}" if group else "what keeps the parts apart is not recorded"
    return Filled("; ".join([*parts, str(apart)]), "dataset.csv, fingerprint.json", complete=bool(group))


def speed(evidence: Evidence) -> Filled:
    """Hardware and durations."""
    record = evidence.provenance
    hardware = record.get("hardware") or {}
    described = plain(hardware) if hardware else ""
    times = record.get("durations_s") or {}
    spent = ", ".join(f"{name.replace('_', ' ')} {duration(seconds)}" for name, seconds in times.items())
    text = "; ".join(part for part in (described, spent) if part)
    return Filled(text, "provenance.json", complete=bool(described and spent)) if text else NOTHING


def training(evidence: Evidence) -> Filled:
    """Epochs, batch, optimiser, rate."""
    plan = evidence.plan_value
    located = training_text(evidence)
    if located is not None:
        return Filled(located, "plan.json")
    if plan("epochs") is None:
        return NOTHING
    if plan("epochs") == 0:
        return Filled(
            "a linear head on frozen features: no weight of the network was trained further", "plan.json"
        )
    return Filled(
        f"up to {plan('epochs')} epochs of {plan('batch_size')} images a step, AdamW with a peak "
        f"learning rate of {plan('learning_rate')} (backbone {plan('backbone_rate')} times that), "
        f"weight decay {plan('weight_decay')}",
        "plan.json",
    )


def validation(evidence: Evidence) -> Filled:
    """Scheme, and the figure of the last stage kept."""
    scheme = evidence.plan_value("validation")
    if not scheme:
        return NOTHING
    text, source = plan_value_text("validation", scheme), "plan.json"
    kept = [stage for stage in evidence.stages.get("stages") or [] if stage.get("kept")]
    metrics = tuple((kept[-1].get("validation") or {}).values()) if kept else ()
    if is_located(evidence):
        return _located_validation(evidence, text)
    if metrics:
        text, source = f"{text}; last stage kept: {_listed(metrics[:3])}", "plan.json, runs/stages.json"
    return Filled(text, source, complete=bool(metrics), metrics=metrics)


def _located_validation(evidence: Evidence, text: str) -> Filled:
    part = next((one for one in evidence_sets(evidence) if one.name == "validation"), None)
    if part is None:
        return Filled(text, "plan.json", complete=False)
    metrics = tuple(headline_metrics(evidence, part))
    said = f"{text}; {headline_text(evidence, part)}"
    return Filled(said, "plan.json, evaluation.json", complete=bool(metrics), metrics=metrics)


def test(evidence: Evidence) -> Filled:
    """Internal or external, with the main figures."""
    parts = [part for part in evidence_sets(evidence) if part.name != "validation"]
    if not parts:
        return NOTHING
    sentences, metrics = [], []
    for part in parts:
        kind = (
            "External"
            if part.name.startswith("external:")
            else "Internal, untouched part of the same collection"
        )
        wanted = [m for name in ("auc", "auc_macro", "balanced_accuracy") if (m := part.metric(name))]
        wanted += headline_metrics(evidence, part)
        metrics += wanted
        sentences.append(f"{kind}: {_listed(wanted) or 'no figure'}")
    return Filled("; ".join(sentences), "evaluation.json", metrics=tuple(metrics))


def specialists(evidence: Evidence) -> Filled:
    """Readers, where the evaluation holds any."""
    return _comparisons(evidence, technical=False)


def techniques(evidence: Evidence) -> Filled:
    """The traditional technique, and any other method."""
    return _comparisons(evidence, technical=True)


def _comparisons(evidence: Evidence, *, technical: bool) -> Filled:
    part = test_set(evidence)
    found = [c for c in (main_comparisons(part) if part else ()) if is_traditional(c) == technical]
    text = " ".join(str(comparison.get("verdict") or "") for comparison in found)
    return Filled(text, "evaluation.json", complete=False) if text else NOTHING


def metric_filler(name: str, *fallbacks: str, prevalence: bool = False) -> Callable[[Evidence], Filled]:
    """A filler for one measure: overall, else at every operating point, else class by class."""

    def fill(evidence: Evidence) -> Filled:
        part = test_set(evidence)
        if part is None:
            return NOTHING
        located = canvas_metric(evidence, name)
        if located is not None:
            return Filled(located[0], "evaluation.json", metrics=located[1])
        metrics = _metrics_of(part, (name, *fallbacks))
        if not metrics:
            return NOTHING
        text = _listed(metrics)
        at = prevalence_of(part) if prevalence else None
        if at is not None:
            text += f"; at a prevalence of {number(at, percent=True)}"
        return Filled(text, "evaluation.json", complete=any(map(has_value, metrics)), metrics=tuple(metrics))

    return fill


def _metrics_of(part: EvidenceSet, names: tuple[str, ...]) -> list[MetricJson]:
    for name in names:
        named = [metric for metric in part.metrics if metric.get("name") == name]
        overall = [
            metric for metric in named if not metric.get("class") and not metric.get("operating_point")
        ]
        at_points = [metric for metric in named if metric.get("operating_point") and not metric.get("class")]
        found = overall or list({m["operating_point"]: m for m in at_points}.values()) or named
        if found:
            return found
    return []


def _listed(metrics: Any) -> str:
    return "; ".join(f"{_where(metric)}{full_text(metric)}" for metric in metrics)


def _where(metric: MetricJson) -> str:
    if metric.get("class"):
        return f"{metric['class']} "
    if metric.get("operating_point"):
        return f"{operating_point_title(str(metric['operating_point'])).lower()} "
    return f"{measure(str(metric.get('name'))).title} "


_MAPS = {
    "": "Class activation map of the last feature map", "cam": "Class activation map of the last feature map",
    "grad_cam": "Grad-CAM", "rise": "RISE",
}  # fmt: skip


def visualisation(evidence: Evidence) -> Filled:
    """Method and the verdict of its exam."""
    if is_located(evidence) and evidence.model:
        return Filled("what is marked is drawn over the image; there is no heat map", "evaluation.json")
    method = str(evidence.sanity.get("method") or "")
    if not method and not evidence.model:
        return NOTHING
    passed = evidence.heat_maps_passed
    outcome = {True: "passed", False: "did not pass", None: "was not put to"}[passed]
    text = f"{_MAPS.get(method, method.replace('_', ' '))}; it {outcome} its exam"
    source = "explanation/sanity.json" if evidence.sanity else "model/model.json"
    return Filled(text, source, complete=passed is not None)


FILLERS: dict[str, Callable[[Evidence], Filled]] = {
    "architecture.origin": origin,
    "architecture.parameters": parameters,
    "architecture.layers": layers,
    "architecture.software": software,
    "dataset.variety": variety,
    "dataset.volume.number": volume_number,
    "dataset.volume.size": volume_size,
    "dataset.volume.augmentation": augmentation,
    "dataset.volume.set_distribution": set_distribution,
    "dataset.speed": speed,
    "training": training,
    "validation": validation,
    "test": test,
    "comparison.specialists": specialists,
    "comparison.techniques": techniques,
    "metrics.accuracy": metric_filler("accuracy"),
    "metrics.sensitivity": metric_filler("sensitivity"),
    "metrics.specificity": metric_filler("specificity"),
    "metrics.ppv": metric_filler("ppv", prevalence=True),
    "metrics.npv": metric_filler("npv", prevalence=True),
    "metrics.auc": metric_filler("auc_macro", "auc"),
    "visualisation": visualisation,
}
