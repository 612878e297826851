"""An analysed reader study in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.reader_study.words import p_text


def analysis_text(result: Mapping[str, Any]) -> str:
    """The answer first, then what it rests on."""
    lines = [*result["understood"], ""]
    together = result["together"]
    tests, network, reliance = result["tests"], result["network"], result["reliance"]
    if tests is not None:
        lines += [f"{tests['arrangement']} {tests['method']}; the result extends to {tests['conclusion']}."]
        lines += [f"  {result['merit']} {_estimate(one)}" for one in tests["means"]]
        lines += [f"  difference {_estimate(one)}, {p_text(one['p'])}" for one in tests["differences"]]
    if network is not None:
        lines += [f"Against the readers (extends to {network['conclusion']}):"]
        lines += [f"  {_estimate(network['network'])}", f"  {_estimate(network['reader_mean'])}"]
        lines += [f"  {_estimate(network['difference'])}, {p_text(network['difference']['p'])}"]
    if reliance is not None:
        lines += [
            f"With the machine's opinion: {reliance['incorrect_to_correct']} readings from wrong to right, "
            f"{reliance['correct_to_incorrect']} from right to wrong."
        ]
        lines += [f"  {_rate(one)}" for one in reliance["metrics"]]
    if together is not None:
        lines += _together(together)
    return "\n".join([*lines, "", result["notice"]])


def _together(found: Mapping[str, Any]) -> list[str]:
    apart = found["disagreement"]
    lines = [f"Not everybody agrees on {apart['discordant']} of {apart['cases']} cases."]
    lines += [f"  {_rate(one)}, {one['class']}" for one in (*apart["among_readers"], *apart["with_machine"])]
    if found["policies"]:
        lines += ["Ways of working (sensitivity, specificity, readings by people for each case):"]
    for one in found["policies"]:
        numbers = [_share(one[name]) for name in ("sensitivity", "specificity")]
        lines += [f"  {one['name']}: {numbers[0]}, {numbers[1]}, {one['workload']:.2f}"]
    return lines


def _share(one: Mapping[str, Any]) -> str:
    return "undefined" if one["value"] is None else f"{one['value']:.3f}"


def _estimate(one: Mapping[str, Any]) -> str:
    if one["ci_low"] is None:
        return f"{one['name']}: {one['value']:.3f}"
    return f"{one['name']}: {one['value']:.3f} ({one['ci_low']:.3f} to {one['ci_high']:.3f})"


def _rate(one: Mapping[str, Any]) -> str:
    if one["value"] is None:
        return f"{one['name']}: undefined ({one['reason']})"
    if one["ci_low"] is None:
        return f"{one['name']}: {one['value']:.3f}, n = {one['n']}"
    return f"{one['name']}: {one['value']:.3f} ({one['ci_low']:.3f} to {one['ci_high']:.3f}), n = {one['n']}"
