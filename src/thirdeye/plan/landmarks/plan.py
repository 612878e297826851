"""The plan of landmarks: every decision about how to learn and find them, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thirdeye.plan.decisions import Decisions


@dataclass(frozen=True, kw_only=True)
class LandmarkPlan(Decisions):
    """Everything that training and reading need to know; the same plan and seed give the same result.

    Args:
        task: "landmarks".
        classes: names of the landmarks, in their order.
        validation: as in `thirdeye.plan.plan.Plan`.
        folds: members, and folds where cross-fitted.
        channels: of an image as the network takes it, 1 or 3.
        intensity: "range" or "image" (see `thirdeye.transform.landmarks.canvas.Canvas`).
        canvas: height and width of what every image is put on; multiples of 32.
        margin: share of the canvas that stays free at each side.
        stride: pixels of the canvas per cell of a heat map: 2, 4 or 8.
        spread: standard deviation of the blob that a landmark is taught as, in cells.
        architecture: "heat_lite0", or "landmark_patches" of the technique "patches".
        widths: channels of the decoder, the coarsest level first; one per doubling from a thirty-second. Of
            "landmark_patches": maps of its four convolutions, then units of the fully connected layer.
        batch_size, rounds: images a step, and rounds of 25 steps, per member.
        learning_rate, weight_decay: of the optimiser.
        encoder_rate: share of the rate at which pre-trained weights move.
        loss: name of a registered heat-map loss.
        turn_deg, scale, shift: largest rotation, relative change of size, and shift as a share of a side.
        tone: strength of the changes of brightness, contrast and noise.
        swapped: position of the landmark that each becomes in a mirror; empty where mirroring is wrong.
        averaging: decay of the moving average of the weights.
        zoom: how much finer the canvas of the second look is; 0: no second look.
        crop_px: side of a crop of the second look, on that finer canvas; a multiple of 32.
        crops: crops a step of the second look's training.
        fine_rounds: rounds of 25 steps of the second look, per member.
        decoding: candidates of how a place is read from a heat map; validation data choose.
        shape: candidates of the certainty below which a landmark is taken from the shape model; 0.0 is no
            shape model; validation data choose.
        settle: candidates of how far points may lie from the shape model, in typical distances of a training
            point from its own fitted shape, before they are drawn to it; 0.0: they stay where they were seen;
            validation data choose.
        technique: "heat" (a map of all landmarks from the whole image) or "patches" (a small network says of
            the patch around each place whether it is the landmark).
        networks: "each" (a network for each landmark) or "shared" (one with an answer for each); of patches.
        patch_px: side of a patch on the canvas.
        positive_px: how far along either axis the centre of a patch may lie from the landmark that it shows.
        rings: distances from the landmark, in pixels of the canvas, that bound the rings from which patches
            of other things come; each counts alike, and the last has no end.
        hard: power of a patch's own probability with which it counts within its ring; 0: all alike.
        canvas_px: area that the canvas has about, in pixels, where images are larger.
        assignment: "none" (each landmark is where its map is highest) or "pairwise" (the places of all are
            chosen together, by the offsets of each two in the training images).
        optimiser: "adamw", "sgd" (momentum 0.9) or "rmsprop" (decay 0.9).
        schedule: how the rate moves: "cosine" (a short rise, then half a cosine), "constant",
            "steps:ROUNDS:FACTOR" (times FACTOR every ROUNDS rounds) or "linear:ROUNDS:SHARE" (evenly to SHARE
            within ROUNDS rounds).
    """

    task: Literal["landmarks"]
    classes: tuple[str, ...]
    validation: Literal["cross_fitted", "official"]
    folds: int
    channels: Literal[1, 3]
    intensity: Literal["range", "image"]
    canvas: tuple[int, ...]
    margin: float
    stride: int
    spread: float
    architecture: str
    widths: tuple[int, ...]
    batch_size: int
    rounds: int
    learning_rate: float
    encoder_rate: float
    weight_decay: float
    loss: str
    turn_deg: float
    scale: float
    shift: float
    tone: float
    swapped: tuple[int, ...]
    averaging: float
    zoom: float
    crop_px: int
    crops: int
    fine_rounds: int
    decoding: tuple[str, ...]
    shape: tuple[float, ...]
    settle: tuple[float, ...] = (0.0,)
    technique: Literal["heat", "patches"] = "heat"
    networks: Literal["each", "shared"] = "shared"
    patch_px: int = 81
    positive_px: float = 2.0
    rings: tuple[float, ...] = (4.0, 8.0, 16.0, 32.0, 64.0)
    hard: float = 1.0
    canvas_px: int = 384 * 160
    assignment: Literal["none", "pairwise"] = "none"
    optimiser: Literal["adamw", "sgd", "rmsprop"] = "adamw"
    schedule: str = "cosine"
