"""What readers do with the machine's opinion."""

from __future__ import annotations

from thirdeye.evaluation.readers.switching import Switching
from thirdeye.report.document import Block, Column, Figure, Paragraph, Section, Table
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import NETWORK, RIGHT, WRONG
from thirdeye.report.numbers import number

_TITLES = {
    "initial_accuracy": "Right at first",
    "machine_accuracy": "Machine right",
    "final_accuracy": "Right in the end",
    "disagreement": "Reader and machine differ",
    "accept_rate": "Machine followed, where they differ",
    "override_rate": "Machine overridden, where they differ",
    "correct_to_incorrect_rate": "From right to wrong",
    "incorrect_to_correct_rate": "From wrong to right",
    "automation_bias_rate": "Automation bias: wrong in the end, where reader was right, machine wrong",
    "self_reliance_rate": "Right in the end, where reader was right, machine wrong",
    "beneficial_switch_rate": "Right in the end, where reader was wrong, machine right",
    "under_reliance_rate": "Under-reliance: wrong in the end, where reader was wrong, machine right",
}

_SHORT = {
    "accept_rate": "followed, where they differ",
    "override_rate": "overridden, where they differ",
    "automation_bias_rate": "misled: automation bias",
    "under_reliance_rate": "not helped: under-reliance",
    "self_reliance_rate": "not misled: self-reliance",
    "beneficial_switch_rate": "helped: right in the end",
}


def reliance_section(found: Switching) -> Section:
    """Switches, errors of commission and omission, rates with intervals."""
    sign = "+" if found.net_switch > 0 else ""
    interval = ""
    if found.net_switch_interval is not None:
        low, high = found.net_switch_interval
        interval = f" ({number(low, percent=True)} to {number(high, percent=True)} of all readings)"
    blocks: list[Block] = [
        Paragraph(
            f"{found.incorrect_to_correct} readings went from wrong to right and "
            f"{found.correct_to_incorrect} from right to wrong: net {sign}{found.net_switch}{interval}.",
            "lead",
        ),
        Paragraph(
            f"Led from right to wrong: {found.commission_errors} by a false alarm of the machine "
            f"(commission), {found.omission_errors} by its silence (omission)."
        ),
        _panel(found),
        _table(found),
    ]
    return Section("reliance", "What readers do with the machine's opinion", tuple(blocks))


def _panel(found: Switching) -> Figure:
    """What happened where reader and machine differed, and where the machine misled or could have helped."""
    shown = {
        "accept_rate": NETWORK, "override_rate": NETWORK, "automation_bias_rate": WRONG,
        "under_reliance_rate": WRONG, "self_reliance_rate": RIGHT, "beneficial_switch_rate": RIGHT,
    }  # fmt: skip
    metrics = {metric.name: metric for metric in found.metrics}
    rows = []
    for name, colour in shown.items():
        one = metrics[name]
        text = "undefined" if one.value is None else f"{number(one.value, percent=True)}  n = {one.n}"
        rows.append(Row(_SHORT[name], one.value, one.ci_low, one.ci_high, text, colour))
    caption = "Reliance on the machine: blue where they differ, red where it harms, green where it serves."
    return Figure(interval_figure(rows, x="Share of readings"), caption, caption)


def _table(found: Switching) -> Table:
    rows = []
    for metric in found.metrics:
        if metric.value is None or metric.ci_low is None or metric.ci_high is None:
            rows.append((_TITLES[metric.name], "undefined", metric.reason or "", str(metric.n)))
            continue
        limits = f"{number(metric.ci_low, percent=True)} to {number(metric.ci_high, percent=True)}"
        rows.append((_TITLES[metric.name], number(metric.value, percent=True), limits, str(metric.n)))
    columns = (
        Column("Share of readings", weight=3),
        Column("", numeric=True),
        Column("Interval", numeric=True),
        Column("n", numeric=True, weight=0.6),
    )
    return Table(
        columns, tuple(rows), "Rates, with intervals from resampling readers and cases together.",
        ("An exact McNemar test would treat readings of one reader as independent; it is in the JSON file.",),
    )  # fmt: skip
