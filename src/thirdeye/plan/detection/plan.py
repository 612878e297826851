"""The plan of a detection: every decision about how to train and read, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thirdeye.plan.decisions import Decisions

Technique = Literal["one_stage", "two_stage", "sliding"]


@dataclass(frozen=True, kw_only=True)
class DetectionPlan(Decisions):
    """Everything that training and reading need to know; the same plan and seed give the same result.

    Args:
        task: "detection".
        classes: names of what the boxes hold.
        validation: as in `thirdeye.plan.plan.Plan`.
        folds: members, and folds where cross-fitted.
        technique: "one_stage" (boxes at once), "two_stage" (candidates, then a second look at each) or
            "sliding" (a classifier slid over the image).
        intensity: "range" or "image" (see `thirdeye.transform.dense.prepare.Preparation`).
        longest_px: longer side to which images are brought; 0 leaves them.
        strides: side of a cell of each level of the pyramid in prepared pixels, the finest level first.
        tile_px: (height, width) of the window that is learnt from and read at a time.
        overlap: of neighbouring windows when larger images are read, 0 to below 1.
        architecture: "fcos_lite0", "retinanet_lite0", "faster_rcnn_lite0", an SSD (one of
            `thirdeye.plan.detection.multibox.MULTIBOX`), or the classifier that slides (a
            key of `thirdeye.plan.detection.networks.SLIDING_NETWORKS`).
        anchors: size in prepared pixels of the boxes of each level, the finest level first.
        ratios: height over width of the anchors; of an SSD longer over shorter side of its default boxes.
        width: channels of the feature pyramid, or of the further maps of ssd_lite0.
        batch_size: windows a step.
        rounds: of 25 steps, per member.
        learning_rate, weight_decay: of the optimiser.
        encoder_rate: share of the rate at which pre-trained weights move.
        scale: largest relative change of size while training.
        mirrored: axes (0 rows, 1 columns) along which windows are mirrored while training.
        mosaic: share of the windows put together from four images.
        tone: strength of the changes of brightness, contrast and noise.
        precision: "fp32" or "bf16".
        averaging: decay of the moving average of the weights.
        suppressions: candidates (name, value) of what becomes of overlapping boxes; validation data choose.
        channels: that a sliding classifier sees; 1 where all images are grey.
        view_scale: by which images are scaled before a classifier slides over them; 1 where none does.
        object_px: (width, height) of the box of each class where a classifier slides; stored pixels.
        apart_px: within which of a more certain object a sliding classifier reports no other; stored pixels.
        mining_rounds: of learning by sliding, each after the first from the errors of the one before.
        views: of each tile that are averaged when a classifier slides, where that is better.
        networks: further classifiers that slide, learnt like `architecture` and averaged with it.
        mining: what a further round of sliding learns from: "peaks" (false peaks of all rounds before, with
            other places), "map" (places drawn by the probability map of the first round alone, by fresh
            networks) or "selective" (places drawn anew before each round by the network's own map).
        object_shares: share of a batch that shows objects where a classifier slides, by round; the last one
            for all further rounds.
        object_reach: of an object's side: how far from its middle a place still counts as that object.
        answers_px: pixels, as a sliding classifier sees the image, between neighbouring answers.
        smoothing: shape ("gaussian" or "disc") and width (standard deviation or radius) of what smooths the
            map of a sliding classifier, as a share of a typical object's side.
        weights: that the network begins with: "embedded", "hub" (VGG16 of ssd300_vgg16) or "none".
        preparation: names of the registered steps that even out what a sliding classifier sees, with their
            strength, in order; the same before learning and before reading.
        apart_sides: as `apart_px`, in sides of a typical object; 0 where `apart_px` counts.
        optimiser: "adamw", "sgd" (momentum 0.9) or "rmsprop" (decay 0.9).
        schedule: how the rate moves: "cosine" (a short rise, then half a cosine), "constant",
            "steps:ROUNDS:FACTOR" (times FACTOR every ROUNDS rounds) or "linear:ROUNDS:SHARE" (evenly to SHARE
            within ROUNDS rounds).
    """

    task: Literal["detection"]
    classes: tuple[str, ...]
    validation: Literal["cross_fitted", "official"]
    folds: int
    technique: Technique
    intensity: Literal["range", "image"]
    longest_px: int
    strides: tuple[int, ...]
    tile_px: tuple[int, int]
    overlap: float
    architecture: str
    anchors: tuple[float, ...]
    ratios: tuple[float, ...]
    width: int
    batch_size: int
    rounds: int
    learning_rate: float
    encoder_rate: float
    weight_decay: float
    scale: float
    mirrored: tuple[int, ...]
    mosaic: float
    tone: float
    precision: Literal["fp32", "bf16"]
    averaging: float
    suppressions: tuple[tuple[str, float], ...]
    channels: int
    view_scale: float
    object_px: tuple[tuple[float, float], ...]
    apart_px: float
    mining_rounds: int
    views: tuple[str, ...]
    networks: tuple[str, ...] = ()
    mining: Literal["peaks", "map", "selective"] = "peaks"
    object_shares: tuple[float, ...] = (0.4,)
    object_reach: float = 0.15
    answers_px: int = 4
    smoothing: tuple[str, float] = ("gaussian", 0.12)
    apart_sides: float = 0.0
    preparation: tuple[tuple[str, float], ...] = ()
    weights: Literal["embedded", "hub", "none"] = "embedded"
    optimiser: Literal["adamw", "sgd", "rmsprop"] = "adamw"
    schedule: str = "cosine"
