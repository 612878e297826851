"""Free-response readings: the comparison, FROC and AFROC of every reader and of their mean."""

from __future__ import annotations

from collections.abc import Callable

from thirdeye.evaluation.readers.free_response_curves import (
    MarkCurve,
    afroc_of_marks,
    froc_of_marks,
    mean_curve,
)
from thirdeye.evaluation.readers.free_response_study import FreeResponse
from thirdeye.evaluation.readers.marks import Marks
from thirdeye.report.document import Figure, FigureRow, Section
from thirdeye.report.figures.readers import marks_figure
from thirdeye.report.figures.roc import Curve


def marks_section(study: FreeResponse, figure: str) -> Section:
    """FROC and AFROC side by side, a row for each test."""
    all_cases = figure.endswith("1") or bool(study.diseased.all())
    weighted = figure.startswith("w")
    cases = "all cases" if all_cases else "healthy cases"

    def afroc(marks: Marks) -> MarkCurve:
        return afroc_of_marks(marks, weighted=weighted, all_cases=all_cases)

    rows = []
    for number, test in enumerate(study.tests):
        found = study.marks[number]
        rows.append(
            FigureRow(
                (
                    _figure(found, froc_of_marks, "False marks per case", f"FROC with {test}", unit=False),
                    _figure(found, afroc, f"Share of {cases} with a false mark",
                            f"{'Weighted ' if weighted else ''}AFROC with {test}", unit=True),
                )
            )
        )  # fmt: skip
    return Section("marks", "What was found, and what was marked in vain", tuple(rows))


def _figure(
    readers: tuple[Marks, ...], curve_of: Callable[[Marks], MarkCurve], x: str, title: str, *, unit: bool
) -> Figure:
    curves = [curve_of(marks) for marks in readers]
    lines = [Curve("", one.x.tolist(), one.y.tolist()) for one in (*curves, mean_curve(curves))]
    lines[-1] = Curve("mean of the readers", lines[-1].x, lines[-1].y)
    caption = f"{title}: every reader, and their mean as far as all of them reach."
    return Figure(marks_figure(lines, x=x, y="Lesions found", unit=unit), caption, caption, title)
