"""From what images and landmarks are to how they are learnt: every rule, to be read by a person.

Each rule gives a value and its reason. Rules run in the order of `LANDMARK_RULES`; a rule sees the facts and
what was decided before it. What was measured, and what is a guess: docs/decisions/0019-landmarks.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thirdeye.plan.optimising import optimiser, peak_rate, schedule, weight_decay

CANVAS_PX = 384 * 160  # area on which landmarks are first sought
SMALLEST_SIDE, STEP = 64, 32
STEPS_A_ROUND = 25
RESERVED_SHARE = 0.2  # reading, choosing, evidence, report
FINE_SHARE = 0.3  # of a member's time for the second look
MEMBER_S = 420.0  # a member should have at least this long
OFFICIAL_MINIMUM = 20  # images of an official validation part from which it is used as it is
MOST_ROUNDS, LEAST_ROUNDS = 200, 2
HOPEFUL = 1.5  # a schedule can be shortened while it runs, never lengthened; speed is measured but once
WIDER = 1.15  # than the median image: few images have to shrink
LEAST_MARGIN, MOST_MARGIN = 0.02, 0.2
MIRROR_FITS = 1.5  # times as far from the mirror image of the median shape as from the median shape
LEAST_ZOOM, MOST_ZOOM = 1.25, 4.0
CROP_PX = 128
PATCH_PX = 81
PATCH_WIDTHS = (16, 24, 32, 48, 96)
SMALL_CANVAS = 128  # shorter side below which cells are finer


@dataclass(frozen=True)
class LandmarkFacts:
    """What the rules look at.

    Args:
        names: of the landmarks.
        n_development, n_validation: images with points in the training and validation part together, and in
            the latter.
        groups: patients (or what stands for them) in the development part.
        channels: of most images, 1 or 3.
        deep_share: share of images with more than 8 bits or values in physical units.
        sides: median height and width.
        beyond: how far the farthest point lies outside its image, as a share of the side; 0 where none does.
        mirror: position of the landmark that each becomes in a mirror.
        mirror_misfit: how many times as far shapes are from the mirror image of their median, with the
            landmarks so exchanged, as from the median itself.
        complete: images with every landmark.
        pixels_per_s: of the canvas, that this machine learns from in a second.
        budget_s: seconds that the run may take.
        seed: of everything random.
    """

    names: tuple[str, ...]
    n_development: int
    n_validation: int
    groups: int
    channels: int
    deep_share: float
    sides: tuple[float, float]
    beyond: float
    mirror: tuple[int, ...]
    mirror_misfit: float
    complete: int
    pixels_per_s: float
    budget_s: float
    seed: int


Decided = Mapping[str, Any]
LandmarkRule = Callable[[LandmarkFacts, Decided], tuple[Any, str]]


def validation(facts: LandmarkFacts, decided: Decided) -> tuple[str, str]:
    """Official validation where it is large enough."""
    if facts.n_validation >= OFFICIAL_MINIMUM:
        return "official", f"the validation part has {facts.n_validation} images with landmarks"
    return "cross_fitted", "each image is read by the member that has not learnt from it"


def folds(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """As many members as can each learn for some minutes."""
    affordable = int(facts.budget_s * (1 - RESERVED_SHARE) / MEMBER_S)
    least = 1 if decided["validation"] == "official" else 2
    count = max(least, min(5, affordable, facts.groups))
    told = f"what the time budget leaves when each member learns for {MEMBER_S / 60:.0f} minutes"
    return count, told if count <= affordable else "the fewest there can be; the budget bears no more"


def channels(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """Grey stays grey until the network."""
    return facts.channels, "colour" if facts.channels == 3 else "grey images"


def intensity(facts: LandmarkFacts, decided: Decided) -> tuple[str, str]:
    """By what the values mean."""
    if facts.deep_share <= 0.5:
        return "range", "8 bits a pixel, taken as they are"
    return "image", "values mean nothing by themselves: each image by its own mean and spread"


def margin(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Room for points outside."""
    free = round(min(MOST_MARGIN, max(LEAST_MARGIN, facts.beyond + 0.01)), 3)
    if facts.beyond > 0:
        return free, f"the farthest landmark lies {facts.beyond:.1%} of a side outside its image"
    return free, "a little room, so that landmarks at the edge can be shifted"


def canvas_px(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """What a step can bear."""
    return CANVAS_PX, "a size that a step can bear"


def canvas(facts: LandmarkFacts, decided: Decided) -> tuple[tuple[int, int], str]:
    """The shape of most images, the size that the machine can bear, no finer than the images."""
    free = 1 - 2 * decided["margin"]
    height, width = (side / free for side in facts.sides)
    if height > width:
        width *= WIDER
    else:
        height *= WIDER
    factor = min(1.0, math.sqrt(decided["canvas_px"] / (height * width)))
    sides = tuple(max(SMALLEST_SIDE, STEP * round(side * factor / STEP)) for side in (height, width))
    if factor == 1.0:
        return (sides[0], sides[1]), "as fine as the images are"
    return (sides[0], sides[1]), "the shape of most images, in a size that a step can bear"


def stride(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """Coarse cells: each landmark has a map of its own, and places between cells are decoded."""
    if min(decided["canvas"]) < SMALL_CANVAS:
        return 2, "a small canvas: cells of 2 px"
    return 4, "cells of 4 px; places between them are decoded"


def spread(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """A blob of about a cell."""
    return 1.0, "wide enough to tell places between cells, narrow enough to tell neighbours apart"


def technique(facts: LandmarkFacts, decided: Decided) -> tuple[str, str]:
    """The whole image at once."""
    return "heat", "a map of all landmarks from the whole image: where one is says where the others are"


def networks(facts: LandmarkFacts, decided: Decided) -> tuple[str, str]:
    """One for all."""
    return "shared", "one network learns what landmarks have in common"


def patch_px(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """As published of skulls."""
    return PATCH_PX, "as in the paper that found landmarks of skulls by patches"


def positive_px(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Five by five pixels."""
    return 2.0, "patches of which the landmark lies within five by five pixels of the centre"


def rings(facts: LandmarkFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """Each twice as wide."""
    return (4.0, 8.0, 16.0, 32.0, 64.0), "what lies near is told apart as carefully as what lies far"


def hard(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """What is mistaken for the landmark."""
    return 1.0, "places that look like the landmark count more"


def architecture(facts: LandmarkFacts, decided: Decided) -> tuple[str, str]:
    """A pre-trained encoder."""
    if decided["technique"] == "patches":
        return "landmark_patches", "the network that is slid over the image"
    return "heat_lite0", "an encoder pre-trained on natural images knows edges and textures already"


def widths(facts: LandmarkFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """Half of a usual decoder's."""
    if decided["technique"] == "patches":
        return PATCH_WIDTHS, "small: it is slid over every place"
    levels = {2: (128, 96, 64, 48), 4: (128, 96, 64), 8: (128, 96)}[decided["stride"]]
    return levels, "most of a step's time is spent here: narrow"


def batch_size(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """Small: every step counts."""
    return max(2, min(8, facts.n_development // 4)), "small batches give more steps in the same time"


def rounds(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """What the budget leaves."""
    if decided["technique"] == "patches":
        return MOST_ROUNDS, "the most that is planned; shortened while it runs where time is short"
    height, width = decided["canvas"]
    return _rounds(facts, decided, 1 - FINE_SHARE, decided["batch_size"] * height * width)


def learning_rate(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Peak rate."""
    return peak_rate(decided, 2e-3, "a tenth of the steps")


def encoder_rate(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Pre-trained weights move more slowly."""
    return 0.3, "pre-trained weights are moved more gently than the fresh decoder"


def loss(facts: LandmarkFacts, decided: Decided) -> tuple[str, str]:
    """Which place, not how bright."""
    return "cross_entropy", "every landmark is in one place: a choice among the cells"


def turn_deg(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Bodies lie nearly alike."""
    return 12.0, "bodies lie nearly, not quite, alike"


def scale(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Bodies differ in size."""
    return 0.2, "bodies differ in size, and pictures in distance"


def shift(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Pictures are centred differently."""
    return 0.05, "pictures are centred differently"


def tone(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Devices differ."""
    return 1.0, "devices differ in brightness, contrast, sharpness and noise"


def swapped(facts: LandmarkFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """Mirrored where the mean shape is its own mirror image."""
    if facts.mirror_misfit > MIRROR_FITS:
        return (), "the landmarks do not lie alike in a mirror"
    pairs = sum(place != own for own, place in enumerate(facts.mirror)) // 2
    return facts.mirror, f"in a mirror the landmarks lie alike, {pairs} pairs of them exchanged"


def averaging(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """Weight averaging costs nothing."""
    return 0.99, "the mean over the last hundred steps is steadier than the last step"


def zoom(facts: LandmarkFacts, decided: Decided) -> tuple[float, str]:
    """A second look at what shrinking took away."""
    if decided["technique"] == "patches":
        return 0.0, "patches are read in one look"
    factor = round(min(MOST_ZOOM, 1 / _scale(facts, decided)), 2)
    if factor < LEAST_ZOOM:
        return 0.0, "the first look sees all that the images hold"
    return factor, f"around each place found, the image is looked at again {factor:g} times as fine"


def crop_px(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """A neighbourhood."""
    return CROP_PX, "a landmark with its neighbourhood"


def crops(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """As many as a step can bear."""
    return 8, "small batches give more steps in the same time"


def fine_rounds(facts: LandmarkFacts, decided: Decided) -> tuple[int, str]:
    """What the first look leaves."""
    if not decided["zoom"]:
        return 0, "no second look"
    return _rounds(facts, decided, FINE_SHARE, decided["crops"] * decided["crop_px"] ** 2)


def decoding(facts: LandmarkFacts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """Candidates; validation data choose."""
    return ("local_mean", "dark"), "the one with the smaller error on validation data is kept"


def shape(facts: LandmarkFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """Candidates; validation data choose."""
    if len(facts.names) < 3 or facts.complete < 20:
        return (0.0,), "too few landmarks or complete images to learn shapes from"
    return (0.0, 0.1, 0.2, 0.4, 0.6), "a shape model is kept only if better on validation data"


def settle(facts: LandmarkFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """Candidates; validation data choose."""
    if decided["shape"] == (0.0,):
        return (0.0,), "no shapes are learnt"
    return (0.0, 8.0, 4.0, 2.0), "drawing points to the shape model is kept only if better on validation data"


def assignment(facts: LandmarkFacts, decided: Decided) -> tuple[str, str]:
    """The shape model does it."""
    return "none", "the whole image tells where each landmark is; a shape model mends what is doubtful"


LANDMARK_RULES: dict[str, LandmarkRule] = {
    rule.__name__: rule
    for rule in (
        validation, folds, channels, intensity, margin, canvas_px, canvas, stride, spread, technique,
        networks, patch_px, positive_px, rings, hard, architecture, widths, batch_size, zoom, crop_px,
        crops, rounds, fine_rounds, optimiser, schedule, learning_rate, encoder_rate, weight_decay, loss,
        turn_deg, scale, shift, tone, swapped, averaging, decoding, assignment, shape, settle,
    )
}  # fmt: skip


def _scale(facts: LandmarkFacts, decided: Decided) -> float:
    """Pixels of the canvas per pixel of a median image."""
    free = 1 - 2 * decided["margin"]
    return float(min(c * free / s for c, s in zip(decided["canvas"], facts.sides, strict=True)))


def _rounds(facts: LandmarkFacts, decided: Decided, share: float, pixels: int) -> tuple[int, str]:
    seconds = facts.budget_s * (1 - RESERVED_SHARE) * share / decided["folds"]
    possible = int(HOPEFUL * seconds * facts.pixels_per_s / (pixels * STEPS_A_ROUND))
    if possible >= MOST_ROUNDS:
        return MOST_ROUNDS, f"{MOST_ROUNDS * STEPS_A_ROUND:,} steps: the most that is planned"
    speed = f"{facts.pixels_per_s / 1e3:.0f} thousand pixels a second"
    told = f"half as many again as the time budget bears at {speed}; shortened while it runs"
    return max(LEAST_ROUNDS, possible), told
