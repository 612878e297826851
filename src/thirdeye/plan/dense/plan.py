"""The plan of a segmentation: every decision about how to train and read, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thirdeye.plan.decisions import Decisions


@dataclass(frozen=True, kw_only=True)
class DensePlan(Decisions):
    """Everything that training and reading need to know; the same plan and seed give the same result.

    Args:
        task: "segmentation".
        classes: names of the structures; background is not among them.
        validation: as in `thirdeye.plan.plan.Plan`.
        members: networks that are trained and averaged.
        folds: parts into which the development cases are dealt where cross-fitted; each member learns from
            all but one of them. As many as members otherwise.
        axes: 2 or 3.
        channels: of an image as the network takes it.
        intensity: "range", "image" or "window" (see `thirdeye.transform.dense.prepare.Preparation`).
        window: lowest, highest, mean, spread of "window"; empty otherwise.
        corrections: what is done to an image before, in this order: "bias_field" (N4), "brain" (all but the
            brain blackened); see `thirdeye.transform.dense.correct`.
        neighbours: slices on either side of a slice that the network sees as channels of it (2.5-D); each
            slice is then read by itself. 0: none.
        spacing_mm: voxel distances along RAS axes to which volumes are brought; empty leaves them.
        longest_px: longer side to which images are brought; 0 leaves them.
        architecture: "unet", "unet_lite0" with a pre-trained encoder (two axes), or "multiscale_patch", which
            tells the class of a place from squares around it; volumes are then read slice by slice.
        scales: sides of these squares; empty for networks that read whole patches.
        patch: sides of what the network reads at a time, and learns from where it reads whole patches.
        levels: of the U-Net, 2 or more.
        width: channels of its finest level; each level doubles them up to eight times.
        strides: for each level after the first, by how much each axis shrinks.
        kernels: for each level, the side of its kernels along each axis.
        supervised: levels that answer while training.
        batch_size: patches a step.
        rounds: of 25 steps, per member.
        optimiser: "adamw", or "rmsprop" (decay 0.9).
        learning_rate, weight_decay: of the optimiser.
        encoder_rate: share of the rate at which pre-trained weights move.
        loss: name of a registered dense loss.
        sampling: "structures" (a share of the patches hold a structure for certain), or "classes" (the middle
            of every patch is a place of a class, background included, each class as often).
        foreground: share of the patches that hold a structure for certain, under "structures".
        mining: share of the patches that are taken from cases in proportion to their recent loss.
        turn_deg, turned_axes, scale, warped, elastic: see `thirdeye.training.dense.warp.Warping`.
        mirrored: axes along which patches are mirrored, and mirrored views read where that is better.
        tone: strength of the changes of brightness, contrast and noise.
        precision: "fp32" or "bf16".
        averaging: decay of the moving average of the weights.
        overlap: of windows when whole images are read, 0 to below 1.
        tidying: candidates of what is done to a label map afterwards; kept only if better on validation data.
        label_classes: of the label that is learnt with the masks; empty where there is none.
        label_positive: the class of the label that counts as diseased; empty unless there are two classes.
        label_weight: of the label's cross-entropy beside the loss of the masks.
        label_every: step on which a batch of whole images is learnt for the label: 2 is every second one.
    """

    task: Literal["segmentation"]
    classes: tuple[str, ...]
    validation: Literal["cross_fitted", "official"]
    members: int
    folds: int
    axes: Literal[2, 3]
    channels: int
    intensity: Literal["range", "image", "window"]
    window: tuple[float, ...]
    corrections: tuple[str, ...] = ()
    neighbours: int = 0
    spacing_mm: tuple[float, ...]
    longest_px: int
    architecture: str
    scales: tuple[int, ...] = ()
    patch: tuple[int, ...]
    levels: int
    width: int
    strides: tuple[tuple[int, ...], ...]
    kernels: tuple[tuple[int, ...], ...]
    supervised: int
    batch_size: int
    rounds: int
    optimiser: Literal["adamw", "rmsprop"] = "adamw"
    learning_rate: float
    encoder_rate: float
    weight_decay: float
    loss: str
    sampling: Literal["structures", "classes"] = "structures"
    foreground: float
    mining: float = 0.0
    turn_deg: float
    turned_axes: tuple[int, ...]
    scale: float
    warped: float
    elastic: float = 0.0
    mirrored: tuple[int, ...]
    tone: float
    precision: Literal["fp32", "bf16"]
    averaging: float
    overlap: float
    tidying: tuple[str, ...]

    @property
    def inputs(self) -> int:
        """Channels that the network takes, neighbouring slices included."""
        return self.channels * (1 + 2 * self.neighbours)

    @property
    def thick_axis(self) -> int:
        """RAS axis across the slices: of the largest spacing, the last of several alike."""
        return max(range(len(self.spacing_mm)), key=lambda axis: (self.spacing_mm[axis], axis), default=2)

    @property
    def learnt(self) -> tuple[int, ...]:
        """Sides of what is learnt at a time: a patch, or single places where these have squares."""
        return (1,) * len(self.patch) if self.scales else self.patch

    @property
    def margin(self) -> tuple[int, ...]:
        """Places on either side of what is answered that the network needs to see besides."""
        reach = max(self.scales, default=0) // 2
        flat = self.thick_axis if self.axes == 3 else None
        return tuple(0 if axis == flat else reach for axis in range(len(self.patch)))

    label_classes: tuple[str, ...] = ()
    label_positive: str = ""
    label_weight: float = 0.0
    label_every: int = 1
