"""Figures of the monitoring as SVG for a dark room: no inline style, colours of the screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from threading import Lock

from thirdeye.evaluation.metric import Metric
from thirdeye.reading_room.monitoring.over_time import Period
from thirdeye.reading_room.monitoring.performance import DOCTOR, MACHINE, MEASURES, PAIR, SIDES
from thirdeye.reading_room.monitoring.watch import Monitoring
from thirdeye.report.figures.drawing import svg_alone
from thirdeye.report.figures.forest import Panel as ForestPanel
from thirdeye.report.figures.forest import Point, forest_figure
from thirdeye.report.figures.lines import Line, Panel, lines_figure

Say = Callable[..., str]
# Of the palette's variables; each at least 4.5 to 1 on the sheet (#171c21), text lighter.
DARK = {
    "--ink": "#e4e9ed", "--muted": "#a9b5bf", "--rule": "#36414b", "--ground": "#171c21",
    "--network": "#6bb4e4", "--traditional": "#f0935a", "--head": "#aaa7dc", "--wrong": "#f19a8e",
    "--right": "#7cc4ab",
}  # fmt: skip
CALIBRATION = ("calibration_intercept", "calibration_slope")
_ONE_AT_A_TIME = Lock()  # matplotlib's settings are shared by all threads


def sides(found: Monitoring, say: Say) -> str:
    """Doctor, machine and pair under each other, a panel for each measure."""
    panels = [
        ForestPanel(say(f"monitoring.{name}"), tuple(
            _point(found.performance.metric(side, name)) for side in SIDES
        ))
        for name in MEASURES
    ]  # fmt: skip
    return _drawn(forest_figure, [say(f"monitoring.{side}") for side in SIDES], panels)


def over_time(found: Monitoring, say: Say) -> str:
    """Sensitivity and specificity of the three, period by period."""
    panels = [
        _periods(found.periods, say(f"monitoring.{name}"), [
            (say(f"monitoring.{side}"), partial(_of_side, side=side, measure=name))
            for side in (MACHINE, DOCTOR, PAIR)
        ])
        for name in MEASURES[1:]
    ]  # fmt: skip
    return _drawn(lines_figure, panels)


def habits(found: Monitoring, say: Say) -> str:
    """How often the machine is followed where it says something else, and how long readings take."""
    accepted = _periods(found.periods, say("monitoring.accept_rate"), [("", lambda one: one.accepted)])
    times = _periods(
        found.periods,
        f"{say('monitoring.reading_time_s')} (s)",
        [("", lambda one: one.seconds)],
        percent=False,
    )
    return _drawn(lines_figure, [accepted, times], height_in=2.6)


def calibration(found: Monitoring, say: Say) -> str:
    """Calibration of the machine in windows of cases, with control limits."""
    drift = found.drifts.calibration[MACHINE]
    panels = []
    for name in CALIBRATION:
        metrics = [next(one for one in window.metrics if one.name == name) for window in drift.windows]
        outside = [at for at, window in enumerate(drift.windows) if name in window.outside]
        line = Line("", [one.value for one in metrics], [one.ci_low for one in metrics],
                    [one.ci_high for one in metrics], outside)  # fmt: skip
        limits = tuple(window.limits.get(name) for window in drift.windows)
        panels.append(Panel(say(f"monitoring.{name}"), (line,), found.drifts.until,
                            reference=drift.reference[name], limits=limits))  # fmt: skip
    return _drawn(lines_figure, panels, height_in=2.6)


def inputs(found: Monitoring, say: Say) -> str:
    """Control charts of the cases that came."""
    from thirdeye.inference.stream import state_of

    charts = state_of(found.drifts.stream)
    panels = []
    for name, trail in found.drifts.trails.items():
        limit = float(charts[name]["limit"])
        names = tuple(str(number) for number in range(1, len(trail) + 1))
        panels.append(Panel(say(f"monitoring.chart_{name}"), (Line("", trail),), names, reference=0.0,
                            limits=((-limit, limit),) * len(trail)))  # fmt: skip
    return _drawn(lines_figure, panels, height_in=2.4)


FIGURES: dict[str, Callable[[Monitoring, Say], str]] = {
    "sides": sides, "over-time": over_time, "habits": habits, "calibration": calibration, "inputs": inputs,
}  # fmt: skip


def drawable(found: Monitoring) -> frozenset[str]:
    """The figures for which there is something to draw."""
    some = {
        "sides": found.cases.n, "over-time": any(one.outcomes for one in found.periods),
        "habits": found.periods, "calibration": found.drifts.calibration, "inputs": found.drifts.trails,
    }  # fmt: skip
    return frozenset(name for name, there in some.items() if there)


def _periods(
    periods: tuple[Period, ...], title: str, lines: list[tuple[str, Callable[[Period], Metric | None]]], *,
    percent: bool = True,
) -> Panel:  # fmt: skip
    drawn = []
    for name, metric in lines:
        metrics = [metric(one) for one in periods]
        values, low, high = (
            [None if one is None else getattr(one, part) for one in metrics]
            for part in ("value", "ci_low", "ci_high")
        )
        drawn.append(Line(name, values, low, high))
    return Panel(title, tuple(drawn), tuple(one.name for one in periods), percent=percent)


def _of_side(period: Period, *, side: str, measure: str) -> Metric | None:
    return period.metrics.get(side, {}).get(measure)


def _point(metric: Metric) -> Point:
    return Point(metric.value, metric.ci_low, metric.ci_high, shaky=metric.status != "ok")


def _drawn(figure: Callable[..., object], *args: object, **kwargs: object) -> str:
    with _ONE_AT_A_TIME:
        svg = svg_alone(figure, *args, **kwargs)  # type: ignore[arg-type]
    return for_screen(svg)


def for_screen(svg: str) -> str:
    """A figure without inline styles (the pages allow none) and in the colours of the room."""
    svg = re.sub(r' style="([^"]*)"', _attributes, svg)
    for variable, colour in DARK.items():
        svg = re.sub(rf"var\({variable}, #[0-9a-f]{{6}}\)", colour, svg)
    return svg.replace("var(--figure-font, sans-serif)", "sans-serif")


def _attributes(match: re.Match[str]) -> str:
    pairs = [part.split(":", 1) for part in match[1].split(";") if ":" in part]
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)
