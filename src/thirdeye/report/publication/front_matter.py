"""The YAML head of a model card, as model hubs read it; nothing in it promises more than the run knows."""

from __future__ import annotations

from typing import Any

from thirdeye.report.clean import clean
from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import has_value
from thirdeye.report.question import question
from thirdeye.report.sets import EvidenceSet, evidence_sets

_MEASURES = ("auc", "auc_macro", "sensitivity", "specificity", "balanced_accuracy", "brier")
_HUB_NAMES = {"auc": "roc_auc", "auc_macro": "roc_auc", "brier": "brier_score"}


def front_matter(evidence: Evidence) -> str:
    """Between two lines of dashes: tags, task, and the main measures of every part except validation."""
    import yaml

    content: dict[str, Any] = {
        "library_name": "thirdeye-imaging",
        "license": "unknown",  # of the trained model: only its owner can say
        "pipeline_tag": "image-classification",
        "tags": ["medical-imaging", "research-use-only", "not-a-medical-device", "thirdeye"],
    }
    results = [_result(evidence, part) for part in evidence_sets(evidence) if part.name != "validation"]
    results = [result for result in results if result["metrics"]]
    if results:
        content["model-index"] = [{"name": clean(question(evidence)), "results": results}]
    return f"---\n{yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)}---\n\n"


def _result(evidence: Evidence, part: EvidenceSet) -> dict[str, Any]:
    data = evidence.provenance.get("data") or {}
    metrics = [
        {
            "type": _HUB_NAMES.get(str(metric["name"]), str(metric["name"])),
            "name": _name(metric),
            "value": round(float(metric["value"]), 4),
        }
        for metric in part.metrics
        if metric.get("name") in _MEASURES and not metric.get("class") and has_value(metric)
    ]
    named = clean(str(data.get("name") or "not named"))
    return {
        "task": {"type": "image-classification"},
        "dataset": {"type": "private", "name": named, "split": part.name},
        "metrics": metrics,
    }


def _name(metric: Any) -> str:
    """With its operating point and interval, so that no number stands alone."""
    point, low, high = metric.get("operating_point"), metric.get("ci_low"), metric.get("ci_high")
    at = f" at {point}" if point else ""
    interval = "" if low is None or high is None else f" (95% interval {low:.3f} to {high:.3f})"
    return f"{metric['name']}{at}{interval}"
