"""Every figure of the published evidence by its file name."""

from __future__ import annotations

from thirdeye.report.figures.drawing import Drawing
from thirdeye.report.literature.bars import networks_figure, practice_figure, years_figure
from thirdeye.report.literature.lines import Literature
from thirdeye.report.literature.scatter import plane_figure, size_figure


def figures(found: Literature) -> dict[str, Drawing]:
    """File name without ending to drawing; those without anything to show are left out."""
    made = {
        "publications_by_year_and_origin": years_figure(found.years),
        "networks": networks_figure(found.networks),
        "practice": practice_figure(found.shares),
    }
    if found.dots:
        made["size_and_auc"] = size_figure(found.dots)
    if found.pairs:
        made["operating_points"] = plane_figure(found.pairs)
    return made
