"""Training curves: loss and the validated figure, epoch by epoch, one line per member."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from thirdeye.report.clean import shorten
from thirdeye.report.figures.drawing import WIDE_IN, drawn, label, new_figure
from thirdeye.report.figures.palette import MUTED, NETWORK, RULE, TRADITIONAL

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class MemberCurve:
    """One training run: four columns of equal length; an empty column is not drawn."""

    member: str
    epoch: Sequence[float]
    train_loss: Sequence[float]
    validation_loss: Sequence[float]
    validation_metric: Sequence[float]


@drawn
def training_figure(
    members: Sequence[MemberCurve], *, metric: str, step: str = "Epoch", less_is_better: bool = False
) -> Figure:
    """Loss (training orange, validation blue), and beside it the validated `metric` where there is one.

    Args:
        members: one line each; of a single round a dot.
        metric: title of the validated figure.
        step: what is counted along the axis.
        less_is_better: whether the lowest figure is marked as the best.
    """
    judged = any(_known(curve.validation_metric) for curve in members)
    figure = new_figure(WIDE_IN, 2.9)
    losses, *metrics = figure.subplots(1, 2 if judged else 1, squeeze=False)[0]
    for curve in members:
        losses.plot(
            curve.epoch, curve.train_loss, color=TRADITIONAL, linewidth=1, alpha=0.8, linestyle=(0, (4, 2)),
            marker=_marker(curve.train_loss), markersize=4,
        )  # fmt: skip
        losses.plot(curve.epoch, curve.validation_loss, color=NETWORK, linewidth=1, alpha=0.8)
        for axes in metrics:
            axes.plot(curve.epoch, curve.validation_metric, color=NETWORK, linewidth=1.1, alpha=0.8)
            _mark_best(axes, curve, min if less_is_better else max)
    losses.plot([], [], color=TRADITIONAL, linestyle=(0, (4, 2)), label="training")
    if any(_known(curve.validation_loss) for curve in members):
        losses.plot([], [], color=NETWORK, label="validation")
    losses.legend(loc="upper right")
    losses.set(title="Loss", xlabel=step)
    for axes in metrics:
        axes.set(title=f"{shorten(label(metric), 30)} on validation cases", xlabel=step)
    for axes in (losses, *metrics):
        axes.grid(True, axis="y", color=RULE)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _known(values: Sequence[float]) -> list[float]:
    return [value for value in values if value == value]


def _marker(values: Sequence[float]) -> str | None:
    """A dot where there is no line to see."""
    return "o" if len(_known(values)) == 1 else None


def _mark_best(axes: Any, curve: MemberCurve, best: Callable[[list[tuple[float, float]]], Any]) -> None:
    known = zip(curve.validation_metric, curve.epoch, strict=True)
    finite = [(value, epoch) for value, epoch in known if value == value]
    if finite:
        value, epoch = best(finite)
        axes.plot([epoch], [value], "o", color=MUTED, markersize=4)
