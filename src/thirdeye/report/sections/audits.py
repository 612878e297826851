"""What the audits of the evaluation found, as notices among the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from thirdeye.report.clean import typeset
from thirdeye.report.document import Notice
from thirdeye.report.evidence import Evidence
from thirdeye.report.sets import EvidenceSet, evidence_sets, test_set

TITLES: dict[str, str] = {
    "clusters.unknown": "Intervals take every image as independent",
    "threshold.test": "A threshold was chosen on the test part: exploratory",
    "test.reuse": "The test part was looked at more than once",
    "events": "Few cases, or a rough figure",
    "imbalance": "One class is rare",
    "prev.shift": "The condition is not as common where the reader will be used",
    "spectrum": "The spectrum of cases",
    "refstd": "How the labels were proven",
    "calib.drift": "Calibration over time",
    "ood": "Cases outside what the network has learnt from",
}
REMEDIES: dict[str, str] = {
    "threshold.test": "Fix the threshold on validation data, and confirm it on cases that nobody has seen.",
    "test.reuse": "Confirm the result on data that nobody has seen.",
    "calib.drift": "Recalibrate on recent cases, and watch.",
}
LEVELS: dict[str, Literal["stop", "warning", "note"]] = {
    "error": "stop", "warning": "warning", "info": "note",
}  # fmt: skip
QUIET = frozenset({"test.reuse"})  # told only when it is more than information


def audited(part: EvidenceSet | None, rule: str) -> bool:
    """Whether a set carries the result of an audit."""
    return part is not None and any(audit.get("id") == rule for audit in _of(part))


def audit_notices(evidence: Evidence) -> list[Notice]:
    """A notice for each audit of the test part, and for those that external sets alone have."""
    part = test_set(evidence)
    found = [_notice(audit, "") for audit in _of(part)] if part else []
    said = {audit.get("id") for audit in _of(part)} if part else set()
    for other in evidence_sets(evidence):
        if other.name.startswith("external:"):
            found += [_notice(audit, other.title) for audit in _of(other) if audit.get("id") not in said]
    return [notice for notice in found if notice is not None]


def _of(part: EvidenceSet) -> list[Mapping[str, Any]]:
    audits = part.content.get("audits")
    return [audit for audit in audits if isinstance(audit, Mapping)] if isinstance(audits, list) else []


def _notice(audit: Mapping[str, Any], where: str) -> Notice | None:
    rule, severity = str(audit.get("id")), str(audit.get("severity"))
    if severity == "info" and rule in QUIET:
        return None
    title = TITLES.get(rule, rule)
    return Notice(
        LEVELS.get(severity, "warning"),
        f"{title} ({where})" if where else title,
        typeset(str(audit.get("sentence", ""))),
        REMEDIES.get(rule, "") if severity != "info" else "",
    )
