"""The precision-recall curve with the prevalence as its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from thirdeye.report.figures.band import Band, draw_band
from thirdeye.report.figures.drawing import PANEL_IN, drawn, new_figure, unit_square
from thirdeye.report.figures.palette import MUTED
from thirdeye.report.figures.roc import Curve, Point, draw_curves, draw_point

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@drawn
def precision_recall_figure(
    curves: Sequence[Curve],
    *,
    prevalence: float | None = None,
    points: Sequence[Point] = (),
    band: Band | None = None,
) -> Figure:
    """Positive predictive value against sensitivity; `prevalence` (0 to 1) is where chance lies.

    `band` bounds the predictive value of a single curve.
    """
    figure = new_figure(PANEL_IN, PANEL_IN)
    axes = figure.add_subplot()
    unit_square(axes, x="Sensitivity (recall)", y="Positive predictive value (precision)")
    if prevalence is not None:
        axes.axhline(prevalence, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(
            f"chance: prevalence {100 * prevalence:.1f}%",
            (0.0, prevalence),
            xytext=(2, 3),
            textcoords="offset points",
            color=MUTED,
            fontsize=7.5,
        )
    draw_band(axes, band)
    draw_curves(axes, curves)
    for marker, point in zip("osD^v", points, strict=False):
        draw_point(axes, point, marker)
    if axes.get_legend_handles_labels()[0]:
        above = 0.06 + (prevalence if prevalence is not None and prevalence < 0.4 else 0)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, above), handlelength=2.2)
    return figure
