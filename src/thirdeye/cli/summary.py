"""The evidence in a few lines for a terminal."""

from __future__ import annotations

from typing import Any

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.clean import typeset
from thirdeye.report.comparison import told_line
from thirdeye.report.located.tasks import located_words
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.names import measure, operating_point_title, title_in
from thirdeye.report.points_crossed import crossed_sentence
from thirdeye.report.sets import UNITS

HEADLINES = ("auc", "auc_macro", "balanced_accuracy", "accuracy")
ORIGINS = {
    "prespecified": "prespecified",
    "tuned_on_validation": "tuned on validation",
    "chosen_on_test": "chosen on test: exploratory",
}
LARGE = 10.0  # from it on one decimal is enough: distances in pixels or millimetres
MOST_CLASSES = 12  # beyond it only the figures over all are told
RATES = ("sensitivity", "specificity")
BOX_RATES = {"lesion_sensitivity": "lesions found", "false_positives_per_image": "false alarms an image"}


def evidence_text(evidence: dict[str, Any]) -> str:
    """Headline figures of the test part with 95% intervals, the operating points, and the comparison."""
    test = evidence["sets"]["test"]
    plain = [m for m in test["metrics"] if not m.get("operating_point") and not m.get("class")]
    lines = [f"Test part: {test['n']} {_units(test)}{_patients(test)}, with 95% intervals"]
    lines += [
        f"  {measure(metric['name']).title:<18}{spoken(metric)}"
        for metric in plain
        if metric["name"] in HEADLINES
    ]
    words = located_words(evidence.get("task"))
    if words is not None:
        lines += [*class_lines(test, words), *measured_lines(test)]
    lines += point_lines(test) + box_point_lines(test)
    asked = [one for one in test.get("comparisons", []) if one.get("kind") not in ("learner", "simple")]
    lines += [f"  {told_line(comparison)}" for comparison in asked]
    lines += case_lines(test)
    lines += _groups(test)
    lines += [f"  {part['verdict']}" for part in (evidence.get("robustness") or {}).values()]
    lines += audit_lines(test)
    looks = evidence.get("test_looks", 1)
    lines.append(f"The test part has been looked at {'once' if looks == 1 else f'{looks} times'}.")
    return "\n".join([*lines, RESEARCH_USE])


def case_lines(test: dict[str, Any]) -> list[str]:
    """What further images of a case and clinical variables add, and the kinds of a taxonomy."""
    by_case, clinical = test.get("by_case") or {}, test.get("clinical") or {}
    found = [*by_case.get("comparisons", ()), *clinical.get("comparisons", ())[:2]]
    lines = [f"  {told_line(one)}" for one in found]
    for level in by_case.get("levels") or test.get("levels") or ():
        told = [m for m in level["metrics"] if m["name"] in ("auc", "auc_macro") and not m.get("class")]
        name = f"{level['name']}, per {level['unit']}"
        lines += [f"  {measure(metric['name']).title:<18}{spoken(metric)}  ({name})" for metric in told]
    return lines


def class_lines(test: dict[str, Any], words: LocatedWords) -> list[str]:
    """Of masks, boxes and points: the headline figures overall and of each class."""
    found = [m for m in test["metrics"] if words.is_headline(m["name"]) and not m.get("operating_point")]
    if len({m.get("class") for m in found}) > MOST_CLASSES:
        found = [m for m in found if not m.get("class")]
    unit = test.get("length_unit")
    return [
        f"  {title_in(metric['name'], unit):<30}{metric.get('class') or 'all':<16}{spoken(metric)}"
        for metric in sorted(found, key=lambda metric: words.rank(metric["name"]))
    ]


def measured_lines(test: dict[str, Any]) -> list[str]:
    """Of points: what is measured from them, against the reference points."""
    return [
        f"  {measure(metric['name']).title:<30}{one['name']:<16}{spoken(metric)}"
        for one in test.get("measurements") or ()
        if (one["measured"], one["reference"]) == ("network", "reference points")
        for metric in one["metrics"]
        if metric["name"].startswith(("mae_", "smape"))
    ] + _type_lines(test)


def _type_lines(test: dict[str, Any]) -> list[str]:
    """How often a measurement falls into the type of the reference, over all measurements."""
    found = (test.get("types") or {}).get("metrics") or ()
    return [f"  {measure(one['name']).title:<30}{'all':<16}{spoken(one)}" for one in found]


def point_lines(test: dict[str, Any]) -> list[str]:
    """A line for each operating point; predictive values stand in the report, with their prevalence."""
    found = [
        m for m in test["metrics"] if m.get("operating_point") and not m.get("class") and m["name"] in RATES
    ]
    points = list(dict.fromkeys(m["operating_point"] for m in found))
    if not points:
        return []
    lines = [f"  {'Operating point':<18}{'sensitivity':<25}{'specificity':<25}threshold"]
    for point in points:
        at = {m["name"]: m for m in found if m["operating_point"] == point}
        rates = "".join(f"{spoken(at[name]) if name in at else 'not computed':<25}" for name in RATES)
        first = next(iter(at.values()))
        origin = ORIGINS.get(first.get("threshold_origin") or "", "")
        lines.append(f"  {operating_point_title(point):<18}{rates}{first['threshold']:.3f}, {origin}")
    crossed = crossed_sentence([p for p in test.get("operating_points") or () if not p.get("class")])
    return [*lines, f"  {crossed}"] if crossed else lines


def box_point_lines(test: dict[str, Any]) -> list[str]:
    """Of boxes: a line for each operating point, with lesions found and false alarms an image."""
    found = {
        (m["operating_point"], m["name"]): m
        for m in test["metrics"]
        if m["name"] in BOX_RATES and m.get("operating_point") and not m.get("class")
    }
    points = list(dict.fromkeys(point for point, _ in found))
    if not points:
        return []
    lines = [f"  {'Threshold set to':<34}{''.join(f'{title:<25}' for title in BOX_RATES.values())}threshold"]
    for point in points:
        told = [found[point, name] for name in BOX_RATES]
        origin = ORIGINS.get(told[0].get("threshold_origin") or "", "")
        rates = "".join(f"{spoken(metric):<24} " for metric in told)
        lines.append(f"  {operating_point_title(point):<34}{rates}{told[0]['threshold']:.3f}, {origin}")
    return lines


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
    return ["Audits:", *(f"  {typeset(audit['sentence'])} [{audit['id']}]" for audit in told)] if told else []


def spoken(metric: dict[str, Any]) -> str:
    """A value with its interval, or why there is none."""
    if metric["value"] is None:
        return f"undefined ({metric['reason']})"
    digits = 3 if abs(metric["value"]) < LARGE else 1
    if metric["ci_low"] is None:
        return f"{metric['value']:.{digits}f} (no interval: {metric['reason']})"
    return f"{metric['value']:.{digits}f} ({metric['ci_low']:.{digits}f} to {metric['ci_high']:.{digits}f})"


def _units(test: dict[str, Any]) -> str:
    return UNITS.get(str(test.get("unit", "image")), f"{test.get('unit')}s")


def _patients(test: dict[str, Any]) -> str:
    if test.get("unit") == "patient":
        return ""
    return f" of {test['n_patients']} patients" if test.get("n_patients") else ""
