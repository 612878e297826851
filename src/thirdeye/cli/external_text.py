"""The evidence of an external set in a few lines for a terminal."""

from __future__ import annotations

from typing import Any

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.cli.summary import box_point_lines, case_lines, class_lines, measured_lines, point_lines, spoken
from thirdeye.report.comparison import told_line
from thirdeye.report.located.tasks import located_words

HEADLINES = (
    "auc", "auc_macro", "balanced_accuracy", "brier", "calibration_intercept", "calibration_slope",
    "expected_over_observed", "ici",
)  # fmt: skip


def external_text(evidence: dict[str, Any], part: str) -> str:
    """What was left out, the headline figures, the shift, and the offer to recalibrate.

    Args:
        evidence: the content of ``evaluation.json``.
        part: "external:NAME".
    """
    entry = evidence["sets"][part]
    patients = f" of {entry['n_patients']} patients" if entry.get("n_patients") else ""
    lines = [f"External set '{entry['source']['name']}': {entry['n']} images{patients}"]
    lines += [f"  left out: {n} ({why})" for why, n in entry["n_excluded"].items()]
    if "shift" not in entry:
        return "\n".join([*lines, *_located(evidence, entry), RESEARCH_USE])
    lines += [f"  {_named(metric['name'])}{spoken(metric)}" for metric in _plain(entry["metrics"])]
    lines += point_lines(entry)
    lines += [f"  {told_line(comparison)}" for comparison in entry["comparisons"]]
    lines += _whole_cases(entry)
    lines += _inside(entry["within_envelope"])
    lines += _shift(entry["shift"])
    lines += _offer(entry["recalibrated"])
    lines += [f"  Note: {sentence}" for sentence in entry["warnings"]]
    count = entry["looks"]["count"]
    lines.append(f"These data have been looked at {count} time{'s' if count != 1 else ''}.")
    return "\n".join([*lines, RESEARCH_USE])


def _whole_cases(entry: dict[str, Any]) -> list[str]:
    """Where cases are decided from several images or with clinical variables: what they are worth here."""
    by_case = entry.get("by_case")
    lines = case_lines(entry)
    if by_case:
        lines.append(
            f"  Per {by_case['unit']} ({by_case['n']}, from {by_case['fusion']['n_images']} images):"
        )
        lines += [f"    {metric['name']:<24}{spoken(metric)}" for metric in _plain(by_case["metrics"])]
        lines.append(f"    {by_case['within_envelope']['note']}")
    return lines


def _located(evidence: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    """Of masks, boxes or points: the headline figures, and how they stand beside the test part."""
    words = located_words(str(evidence["task"]))
    lines = [*class_lines(entry, words), *measured_lines(entry)] if words else []
    lines += box_point_lines(entry)
    asked = [one for one in entry["comparisons"] if one.get("kind") != "simple"]
    lines += [f"  {told_line(comparison)}" for comparison in asked]
    lines += [f"  {entry['against_test']['sentence']}"] if entry.get("against_test") else []
    lines += [f"  Note: {sentence}" for sentence in entry["warnings"]]
    count = entry["looks"]["count"]
    return [*lines, f"These data have been looked at {count} time{'s' if count != 1 else ''}."]


def _named(name: str) -> str:
    return f"{name:<26}"


def _plain(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [m for m in metrics if not m.get("operating_point") and not m.get("class")]
    return [metric for metric in found if metric["name"] in HEADLINES]


def _inside(block: dict[str, Any]) -> list[str]:
    figures = [f"    {metric['name']:<24}{spoken(metric)}" for metric in _plain(block["metrics"])]
    return [f"  {block['note']}", *figures]


def _shift(block: dict[str, Any]) -> list[str]:
    lines = [f"  {block['discrimination']['sentence']}"]
    for one in block["prevalence"]:
        shares = ", ".join(f"{part} {spoken(metric)}" for part, metric in one["prevalence"].items())
        lines.append(f"  Prevalence of {one['class']}: {shares}")
    for one in block["predictive_values"]:
        where = f"at {one['ppv']['operating_point']}, prevalence {one['prevalence']:.1%}"
        lines.append(
            f"  {where} ({one['prevalence_of']}): ppv {spoken(one['ppv'])}, npv {spoken(one['npv'])}"
        )
    told = [one for one in block["covariates"] if abs(one["difference"]["value"] or 0) >= 0.1]
    lines += [f"  Unlike the study: {one['title']}, {spoken(one['difference'])} SD" for one in told]
    lines.append(f"  {block['domain']['verdict']}" + _domain(block["domain"]["auc"]))
    return lines


def _domain(metric: dict[str, Any] | None) -> str:
    return "" if metric is None else f" (told apart with AUC {spoken(metric)})"


def _offer(block: dict[str, Any]) -> list[str]:
    lines = ["  Recalibration, offered and kept apart (the AUC stays as it was):"]
    for method in block["methods"]:
        found = {m["name"]: m for m in method["metrics"] if not m.get("class")}
        shown = [
            f"{name.removeprefix('calibration_')} {found[name]['value']:.3f}"
            for name in ("log_loss", "calibration_intercept", "calibration_slope")
            if name in found and found[name]["value"] is not None
        ]
        mark = "  <- serves best here" if method["method"] == block["recommended"] else ""
        lines.append(f"    {method['title']:<28}{', '.join(shown)}{mark}")
    return lines
