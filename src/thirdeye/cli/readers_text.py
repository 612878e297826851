"""An analysed reader study in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.reader_study.words import p_text


def analysis_text(result: Mapping[str, Any]) -> str:
    """The answer first, then what it rests on."""
    lines = [*result["understood"], ""]
    tests, network, reliance = result["tests"], result["network"], result["reliance"]
    if tests is not None:
        lines += [f"{tests['method']}; the result extends to {tests['conclusion']}."]
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
    return "\n".join([*lines, "", result["notice"]])


def _estimate(one: Mapping[str, Any]) -> str:
    if one["ci_low"] is None:
        return f"{one['name']}: {one['value']:.3f}"
    return f"{one['name']}: {one['value']:.3f} ({one['ci_low']:.3f} to {one['ci_high']:.3f})"


def _rate(one: Mapping[str, Any]) -> str:
    if one["value"] is None:
        return f"{one['name']}: undefined ({one['reason']})"
    return f"{one['name']}: {one['value']:.3f} ({one['ci_low']:.3f} to {one['ci_high']:.3f}), n = {one['n']}"
