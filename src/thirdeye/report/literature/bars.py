"""Publications by year and origin, networks used, and what the studies do, as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from thirdeye.report.figures.drawing import PANEL_IN, WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import GROUND, HEAD, INK, MUTED, NETWORK, RIGHT, RULE, TRADITIONAL
from thirdeye.report.literature.lines import Share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REGION_COLOURS = {"North America": NETWORK, "Asia": TRADITIONAL, "Europe": RIGHT, "South America": HEAD}


@drawn
def years_figure(years: Mapping[int, Mapping[str, int]]) -> Figure:
    """A bar per year, stacked by part of the world."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(PANEL_IN, 3.1)
    axes = figure.add_subplot()
    totals = dict.fromkeys(years, 0)
    for region, colour in REGION_COLOURS.items():
        counts = [year.get(region, 0) for year in years.values()]
        if any(counts):
            axes.bar(list(years), counts, bottom=list(totals.values()), color=colour, width=0.72,
                     edgecolor=GROUND, linewidth=0.8, label=label(region))  # fmt: skip
        totals = {year: totals[year] + count for year, count in zip(years, counts, strict=True)}
    for year, total in totals.items():
        axes.annotate(str(total), (year, total), xytext=(0, 3), textcoords="offset points", ha="center",
                      fontsize=8)  # fmt: skip
    axes.set_xticks(list(years), [str(year) for year in years])
    axes.set(ylabel="Studies", ylim=(0, max(totals.values(), default=0) * 1.15 + 0.5))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if any(totals.values()):
        axes.legend(loc="upper left", handlelength=1, handleheight=1)
    return figure


@drawn
def networks_figure(networks: Mapping[str, int]) -> Figure:
    """A bar per family of networks, the most frequent on top."""
    figure = new_figure(PANEL_IN, 3.1)
    axes = figure.add_subplot()
    names = ["the authors' own" if name == "own" else name for name in networks]
    colours = [MUTED if name == "own" else NETWORK for name in networks]
    axes.barh(range(len(names)), list(networks.values()), color=colours, height=0.68)
    for row, count in enumerate(networks.values()):
        axes.annotate(str(count), (count, row), xytext=(4, 0), textcoords="offset points", va="center",
                      fontsize=8)  # fmt: skip
    axes.set_yticks(range(len(names)), [label(name) for name in names])
    axes.set(ylim=(len(names) - 0.4, -0.6), xlabel="Studies (one may use several)")
    axes.set_xlim(0, max(networks.values(), default=0) * 1.12 + 0.5)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


@drawn
def practice_figure(shares: Sequence[Share]) -> Figure:
    """A bar per practice: yes, no and not known; beside it the study of one's own."""
    figure = new_figure(WIDE_IN, 0.8 + 0.34 * len(shares))
    axes = figure.add_subplot()
    for row, share in enumerate(shares):
        left = 0
        for count, colour, text in ((share.yes, RIGHT, GROUND), (share.no, TRADITIONAL, GROUND),
                                    (share.unknown, RULE, INK)):  # fmt: skip
            axes.barh(row, count, left=left, color=colour, height=0.66)
            if count:
                axes.annotate(str(count), (left + count / 2, row), ha="center", va="center", fontsize=8,
                              color=text)  # fmt: skip
            left += count
        if share.own is not None:
            axes.annotate("yours: yes" if share.own else "yours: no", (1.015, row), fontsize=8, va="center",
                          xycoords=("axes fraction", "data"), fontweight="bold",
                          color=RIGHT if share.own else TRADITIONAL, annotation_clip=False)  # fmt: skip
    axes.set_yticks(range(len(shares)), [label(share.title) for share in shares])
    axes.set(ylim=(len(shares) - 0.45, -0.55), xlabel="Studies")
    axes.set_xlim(0, max([1, *(share.yes + share.no + share.unknown for share in shares)]))
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    _legend(axes)
    return figure


def _legend(axes: Axes) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=RIGHT, label="yes"), Patch(color=TRADITIONAL, label="no"),
               Patch(color=RULE, label="not known here")]  # fmt: skip
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, handlelength=1, handleheight=1
    )
