"""One part of ``evaluation.json`` (test, validation, external) as sections ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import MetricJson, is_number

UNITS = {"patient": "patients", "case": "cases", "image": "images", "lesion": "lesions", "study": "studies"}


@dataclass(frozen=True)
class EvidenceSet:
    """The measured performance on one part of the data.

    Args:
        name: "test", "validation", or "external:NAME".
        content: the entry of ``evaluation.json``.
        unit: what one row is, in the singular ("image").
        cluster: what several rows may belong to, in the singular ("patient").
    """

    name: str
    content: Mapping[str, Any]
    unit: str
    cluster: str = "patient"

    @property
    def title(self) -> str:
        """How the part is called in a sentence."""
        if self.name.startswith("external:"):
            return f"external data “{self.name.removeprefix('external:')}”"
        return {"test": "the test part", "validation": "validation data"}.get(self.name, self.name)

    @property
    def units(self) -> str:
        """The unit in the plural."""
        return UNITS.get(self.unit, self.unit + "s")

    @property
    def metrics(self) -> Sequence[MetricJson]:
        """Every metric object of the part."""
        return self.content.get("metrics") or ()

    @property
    def points(self) -> Sequence[Mapping[str, Any]]:
        """The operating points of the whole set; those of single classes are left to their classes."""
        return [point for point in self.content.get("operating_points") or () if not point.get("class")]

    def metric(
        self, name: str, *, point: str | None = None, class_name: str | None = None
    ) -> MetricJson | None:
        """The metric called `name` of an operating point and a class; None where it was not computed."""
        for metric in self.metrics:
            if (
                metric.get("name") == name
                and metric.get("operating_point") == point
                and metric.get("class") == class_name
            ):
                return metric
        return None

    def of_point(self, point: str) -> list[MetricJson]:
        """Metrics of one operating point, each once."""
        unique = {
            m["name"]: m for m in self.metrics if m.get("operating_point") == point and not m.get("class")
        }
        return list(unique.values())

    def overall(self) -> list[MetricJson]:
        """Metrics that belong to no class and no operating point."""
        return [m for m in self.metrics if not m.get("class") and not m.get("operating_point")]

    @property
    def comparisons(self) -> Sequence[Mapping[str, Any]]:
        """Comparisons with other readers and techniques."""
        return self.content.get("comparisons") or ()


def level_metric(level: Mapping[str, Any], name: str, point: str | None) -> MetricJson | None:
    """A metric of a subgroup's level: without a threshold, or at the operating point; None without one."""
    for metric in level.get("metrics") or ():
        at_point = metric.get("operating_point") in (None, point)
        if metric.get("name") == name and not metric.get("class") and at_point:
            found: MetricJson = metric
            return found
    return None


def evidence_sets(evidence: Evidence) -> list[EvidenceSet]:
    """All parts that were evaluated: test first, then external data, validation last."""
    unit = str(evidence.evaluation.get("unit") or "image")
    sets = evidence.evaluation.get("sets") or {}
    order = {"test": 0, "validation": 2}
    names = sorted(sets, key=lambda name: (order.get(name, 1), name))
    return [
        EvidenceSet(name, sets[name], unit, evidence.drawn_by)
        for name in names
        if isinstance(sets[name], dict)
    ]


def test_set(evidence: Evidence) -> EvidenceSet | None:
    """The untouched test part, where it was evaluated."""
    return next((part for part in evidence_sets(evidence) if part.name == "test"), None)


def complement(metric: MetricJson) -> dict[str, Any]:
    """One minus a proportion, interval and all: false alarms from specificity."""
    turned = dict(metric)
    for here, there in (("value", "value"), ("ci_low", "ci_high"), ("ci_high", "ci_low")):
        other = metric.get(there)
        turned[here] = None if other is None else 1 - float(other)
    return turned


def prevalence_of(part: EvidenceSet, class_name: str | None = None) -> float | None:
    """Share of cases with the condition (or with a class); None where it is not recorded."""
    recorded = part.content.get("prevalence")
    found = recorded if isinstance(recorded, list) else [recorded]
    for prevalence in found:
        value = prevalence.get("value") if isinstance(prevalence, Mapping) else prevalence
        named = prevalence.get("class") if isinstance(prevalence, Mapping) else None
        if is_number(value) and (len(found) == 1 if class_name is None else named == class_name):
            return float(value)  # type: ignore[arg-type]
    return None


def stated_prevalence(part: EvidenceSet) -> float | None:
    """The prevalence that predictive values are reported at, where a person stated one."""
    stated = (part.content.get("predictive_values") or {}).get("stated") or []
    return float(stated[0]) if stated and is_number(stated[0]) else None


def part_anchor(kind: str, part: EvidenceSet) -> str:
    """The anchor of a section about a part: "results" of the test part, a stable one of any other."""
    return kind if part.name == "test" else f"{kind}-{sha256(part.name.encode()).hexdigest()[:8]}"
