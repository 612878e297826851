"""The evidence in a few lines for a terminal."""

from __future__ import annotations

from typing import Any

from thirdeye.case.opinion import RESEARCH_USE

HEADLINES = ("auc", "auc_macro", "balanced_accuracy", "accuracy")
ORIGINS = {
    "prespecified": "prespecified",
    "tuned_on_validation": "tuned on validation",
    "chosen_on_test": "chosen on test: exploratory",
}
AT_POINTS = ("sensitivity", "specificity", "ppv", "npv", "accuracy")


def evidence_text(evidence: dict[str, Any]) -> str:
    """Headline figures of the test part, the operating points, and the comparison."""
    test = evidence["sets"]["test"]
    plain = [m for m in test["metrics"] if not m.get("operating_point") and not m.get("class")]
    lines = [f"Test part: {test['n']} images" + _patients(test)]
    lines += [f"  {metric['name']:<22}{spoken(metric)}" for metric in plain if metric["name"] in HEADLINES]
    for point in dict.fromkeys(m["operating_point"] for m in test["metrics"] if m.get("operating_point")):
        at = [m for m in test["metrics"] if m.get("operating_point") == point and m["name"] in AT_POINTS]
        origin = ORIGINS.get(at[0].get("threshold_origin") or "", "")
        lines.append(f"  at {point} (threshold {at[0]['threshold']:.3f}, {origin}):")
        lines += [f"    {metric['name']:<20}{spoken(metric)}" for metric in at]
    asked = [one for one in test.get("comparisons", []) if one.get("kind") not in ("learner", "simple")]
    lines += [f"  {comparison['verdict']}" for comparison in asked]
    lines += _groups(test)
    lines += audit_lines(test)
    lines += [f"  {part['verdict']}" for part in (evidence.get("robustness") or {}).values()]
    looks = evidence.get("test_looks", 1)
    lines.append(f"The test part has been looked at {looks} time{'s' if looks != 1 else ''}.")
    return "\n".join([*lines, RESEARCH_USE])


def _groups(test: dict[str, Any]) -> list[str]:
    """What is said of subgroups and hidden groups: each gap that is shown, the others by name."""
    attributes = test.get("subgroups") or []
    lines = [f"  {one['verdict']}" for one in attributes if one.get("outcome") == "gap_shown"]
    silent = [one["column"] for one in attributes if one.get("outcome") == "no_gap_shown"]
    if silent:
        lines.append(f"  no gap shown by {', '.join(silent)}; the report says what could have been seen")
    lines += [f"  {one['verdict']}" for one in test.get("within_site") or [] if one["lifted"]]
    groups = (test.get("strata") or {}).get("groups", [])
    return lines + [f"  {one['verdict']}" for one in groups if one["outcome"] == "shown"]


def audit_lines(entry: dict[str, Any]) -> list[str]:
    """What the audits of a set found, each with its name; those that only inform come last."""
    audits = [audit for audit in entry.get("audits", []) if audit["id"] != "test.reuse"]
    told = sorted(audits, key=lambda audit: ("error", "warning", "info").index(audit["severity"]))
    return ["Audits:", *(f"  [{audit['id']}] {audit['sentence']}" for audit in told)] if told else []


def spoken(metric: dict[str, Any]) -> str:
    """A value with its interval, or why there is none."""
    if metric["value"] is None:
        return f"undefined ({metric['reason']})"
    if metric["ci_low"] is None:
        return f"{metric['value']:.3f} (no interval: {metric['reason']})"
    return f"{metric['value']:.3f} ({metric['ci_low']:.3f} to {metric['ci_high']:.3f})"


def _patients(test: dict[str, Any]) -> str:
    return f" of {test['n_patients']} patients" if test.get("n_patients") else ""
