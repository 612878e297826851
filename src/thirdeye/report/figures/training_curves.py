"""Training curves: loss and the validated figure, epoch by epoch, one line per member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
def training_figure(members: Sequence[MemberCurve], *, metric: str, step: str = "Epoch") -> Figure:
    """Loss on the left (training orange, validation blue), validated `metric` on the right, over `step`s."""
    figure = new_figure(WIDE_IN, 2.9)
    losses, metrics = figure.subplots(1, 2)
    for curve in members:
        losses.plot(
            curve.epoch, curve.train_loss, color=TRADITIONAL, linewidth=1, alpha=0.8, linestyle=(0, (4, 2))
        )
        losses.plot(curve.epoch, curve.validation_loss, color=NETWORK, linewidth=1, alpha=0.8)
        metrics.plot(curve.epoch, curve.validation_metric, color=NETWORK, linewidth=1.1, alpha=0.8)
        _mark_best(metrics, curve)
    losses.plot([], [], color=TRADITIONAL, linestyle=(0, (4, 2)), label="training")
    if any(value == value for curve in members for value in curve.validation_loss):
        losses.plot([], [], color=NETWORK, label="validation")
    losses.legend(loc="upper right")
    losses.set(title="Loss", xlabel=step)
    metrics.set(title=f"{shorten(label(metric), 30)} on validation cases", xlabel=step)
    for axes in (losses, metrics):
        axes.grid(True, axis="y", color=RULE)
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _mark_best(axes: object, curve: MemberCurve) -> None:
    finite = [
        (value, epoch)
        for value, epoch in zip(curve.validation_metric, curve.epoch, strict=True)
        if value == value
    ]
    if finite:
        value, epoch = max(finite)
        axes.plot([epoch], [value], "o", color=MUTED, markersize=4)  # type: ignore[attr-defined]
