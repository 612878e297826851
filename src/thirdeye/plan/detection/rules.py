"""From what the images and boxes are to how a detection is learnt: every rule, to be read by a person.

Each rule gives a value and the reason for it. Sizes of boxes are square roots of their areas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.plan.detection import multibox, sliding
from thirdeye.plan.detection.anchors import clustered_sizes, common_ratios
from thirdeye.plan.detection.networks import SLIDING_NETWORKS
from thirdeye.plan.detection.sliding import SlidingFacts
from thirdeye.plan.optimising import optimiser, peak_rate, schedule, weight_decay

OFFICIAL_MINIMUM = 20  # images of an official validation part from which it is used as it is
RESERVED_SHARE = 0.15  # reading, choosing, evidence, report
MEMBER_S = 600.0  # a member should have at least this long
STEPS_A_ROUND = 25
MOST_ROUNDS = 160
SMALL_PX = 15.0  # to which small boxes are shrunk; below it they are hard to find
LONGEST_WHOLE = 640  # longest side of an image that is read whole
TILE_PX = 512
GRID = 32
BATCH_PIXELS = 655_360  # of a step: eight windows of 320 x 256
TINY_PX = 10.0  # small boxes below this need cells of 4 pixels
MANY_CELLS = 8.0  # anchor sizes that a box of the coarsest level may have
WIDTH = 64
NO_SLIDING = "not used: no classifier slides over the image"


@dataclass(frozen=True)
class DetectionFacts:
    """What the rules look at.

    Args:
        classes: names of what the boxes hold.
        n_development, n_validation: images of training and validation part together, and of the latter.
        groups: patients (or what stands for them) in the development part.
        height_px, width_px: 95th percentile of the images' sides.
        longer_px: median of their longer sides.
        deep_share: share of images with more than 8 bits or with values in physical units.
        colour_share: share of images in colour.
        small_px: 10th percentile of the size of the boxes of the class with the smallest ones, in pixels of
            the stored images.
        large_px: 99th percentile of the longer sides of all boxes.
        sizes: a sample of the sizes of boxes.
        ratios: a sample of height over width.
        boxes: development boxes.
        pixels_per_s: pixels of windows that this machine learns from in a second.
        budget_s: seconds that the run may take.
        seed: of everything random.
        sliding: what the rules of sliding look at.
    """

    classes: tuple[str, ...]
    n_development: int
    n_validation: int
    groups: int
    height_px: float
    width_px: float
    longer_px: float
    deep_share: float
    colour_share: float
    small_px: float
    large_px: float
    sizes: tuple[float, ...]
    ratios: tuple[float, ...]
    boxes: int
    pixels_per_s: float
    budget_s: float
    seed: int
    sliding: SlidingFacts | None = None


Decided = Mapping[str, Any]
DetectionRule = Callable[[DetectionFacts, Decided], tuple[Any, str]]


def validation(facts: DetectionFacts, decided: Decided) -> tuple[str, str]:
    """Official validation where it is large enough."""
    if facts.n_validation >= OFFICIAL_MINIMUM:
        return "official", f"the validation part has {facts.n_validation} images"
    return "cross_fitted", "each image is read by the member that has not learnt from it"


def folds(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """As many members as can each learn for ten minutes."""
    if decided["validation"] == "official":
        return 1, "one member: all learn from the same part, and the time is better spent on one"
    affordable = int(facts.budget_s * (1 - RESERVED_SHARE) / MEMBER_S)
    count = max(2, min(5, affordable, facts.groups))
    told = f"what the time budget leaves when each member learns for {MEMBER_S / 60:.0f} minutes"
    return count, told if count <= affordable else "the fewest there can be; the budget bears no more"


def technique(facts: DetectionFacts, decided: Decided) -> tuple[str, str]:
    """Boxes at once, unless objects are small, alike and many."""
    if facts.sliding is not None and sliding.suits_sliding(facts.sliding):
        return "sliding", sliding.why_sliding(facts.sliding)
    return "one_stage", "boxes at once: faster to learn on a processor than a second look at candidates"


def intensity(facts: DetectionFacts, decided: Decided) -> tuple[str, str]:
    """By what the values mean."""
    if facts.deep_share <= 0.5:
        return "range", "8 bits a pixel, taken as they are"
    return "image", "values mean nothing by themselves: each image by its own mean and spread"


def longest_px(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """Shrunk as far as the small boxes bear."""
    if decided["architecture"] in multibox.MULTIBOX:
        return multibox.SIDE_PX, f"the window {multibox.TOLD}; an image that is not square is filled up"
    factor = SMALL_PX / max(facts.small_px, 1e-6)
    if factor >= 1:
        return 0, f"small boxes are {facts.small_px:.0f} px wide: every pixel is needed"
    aim = max(GRID * math.ceil(facts.longer_px * factor / GRID), min(int(facts.longer_px), 256))
    if aim >= facts.longer_px:
        return 0, f"small boxes are {facts.small_px:.0f} px wide: every pixel is needed"
    return aim, (
        f"shrunk to {aim / facts.longer_px:.2g} of their size: small boxes ({facts.small_px:.0f} px) stay "
        f"{facts.small_px * aim / facts.longer_px:.0f} px wide, and more images are learnt from in the time"
    )


def strides(facts: DetectionFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """Fine enough for small boxes, coarse enough for large ones."""
    if decided["architecture"] in multibox.MULTIBOX:
        return multibox.STRIDES, f"the six maps {multibox.TOLD}"
    factor = _factor(facts, decided)
    first = 4 if facts.small_px * factor < TINY_PX else 8
    levels = 3
    while (
        first * 2 ** (levels - 1) * MANY_CELLS < facts.large_px * factor and first * 2 ** (levels - 1) < 128
    ):
        levels += 1
    return tuple(first * 2**level for level in range(levels)), (
        f"cells of {first} px for boxes from {facts.small_px * factor:.0f} px, {levels} levels for boxes up "
        f"to {facts.large_px * factor:.0f} px"
    )


def tile_px(facts: DetectionFacts, decided: Decided) -> tuple[tuple[int, int], str]:
    """The whole image where it fits."""
    if decided["technique"] == "sliding":
        side = _square(decided)
        return (side, side), "the patch that an answer depends on"
    if decided["architecture"] in multibox.MULTIBOX:
        return (decided["strides"][-1],) * 2, f"the window {multibox.TOLD}"
    factor, step = _factor(facts, decided), max(GRID, decided["strides"][-1])
    sides = [step * math.ceil(side * factor / step) for side in (facts.height_px, facts.width_px)]
    if max(sides) <= LONGEST_WHOLE:
        return (sides[0], sides[1]), "nearly every image fits whole"
    tile = max(TILE_PX, step * math.ceil(2 * facts.large_px * factor / step))
    return (min(tile, sides[0]), min(tile, sides[1])), (
        "images are large: learnt from and read window by window, each at least twice as wide as large boxes"
    )


def overlap(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """So that every box lies whole in some window."""
    least = facts.large_px * _factor(facts, decided) / min(decided["tile_px"])
    value = round(min(0.6, max(0.2, least)), 2)
    return value, "of neighbouring windows, so that nearly every box lies whole in one of them"


def architecture(facts: DetectionFacts, decided: Decided) -> tuple[str, str]:
    """Small, pre-trained, one for each technique."""
    if decided["technique"] == "two_stage":
        return "faster_rcnn_lite0", "the two-stage detector, on a small pre-trained backbone"
    if decided["technique"] == "sliding":
        return "patch_net", "the classifier that slides"
    return "fcos_lite0", "no anchor boxes to match: sizes of boxes may vary; a small pre-trained backbone"


def anchors(facts: DetectionFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """From the sizes of the boxes."""
    steps = decided["strides"]
    if decided["architecture"] == "fcos_lite0":
        return tuple(map(float, steps)), (
            "one place a cell; a level answers for boxes that reach 4 to 8 cells from their middle"
        )
    if decided["architecture"] in multibox.MULTIBOX:
        share = decided["strides"][-1] / multibox.SIDE_PX
        sizes_px = multibox.SIZES_PX[: len(steps)]
        return tuple(round(size * share, 1) for size in sizes_px), f"default boxes {multibox.TOLD}"
    sizes = np.array(facts.sizes) * _factor(facts, decided)
    return clustered_sizes(sizes, steps, seed=facts.seed), "centres of as many clusters of the boxes' sizes"


def ratios(facts: DetectionFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """From the shapes of the boxes."""
    if decided["architecture"] in multibox.MULTIBOX:
        return multibox.RATIOS, f"default boxes {multibox.TOLD}"
    if decided["architecture"] == "fcos_lite0":
        return (1.0,), "one place a cell"
    found = common_ratios(np.array(facts.ratios))
    return found, "10th, 50th and 90th percentile of height over width" if len(
        found
    ) > 1 else "boxes are square"


def width(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """Narrower than on a GPU."""
    return WIDTH, "a narrow pyramid: most of the time goes into the backbone"


def batch_size(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """Eight of the size of the trial, fewer of larger ones."""
    if decided["technique"] == "sliding":
        return sliding.BATCH_SIZE, (
            f"patches of {_square(decided)} pixels: objects, places beside them, and elsewhere"
        )
    pixels = decided["tile_px"][0] * decided["tile_px"][1]
    return max(2, min(16, round(BATCH_PIXELS / pixels))), "as many windows as a step can bear"


def rounds(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """What the budget leaves."""
    if decided["technique"] == "sliding" and facts.sliding is not None:
        return sliding.stretches(facts.sliding, facts.budget_s, decided["folds"])
    pixels = decided["tile_px"][0] * decided["tile_px"][1] * decided["batch_size"] * STEPS_A_ROUND
    each = facts.budget_s * (1 - RESERVED_SHARE) / decided["folds"]
    possible = int(each * facts.pixels_per_s / pixels)
    if possible >= MOST_ROUNDS:
        return MOST_ROUNDS, f"{MOST_ROUNDS * STEPS_A_ROUND:,} steps, the most that are taken"
    return max(2, possible), (
        f"what the time budget leaves, at {facts.pixels_per_s / 1e3:.0f} thousand pixels a second"
    )


def learning_rate(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """Peak rate."""
    if decided["technique"] == "sliding":
        return peak_rate(decided, sliding.LEARNING_RATE, "a tenth of a round")
    return peak_rate(decided, 1e-3, "a tenth of the steps")


def encoder_rate(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """Pre-trained weights move more slowly."""
    return 0.3, "pre-trained weights are moved more gently than the fresh heads"


def scale(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """Things differ in size."""
    return 0.25, "things differ in size, and pictures in distance"


def mirrored(facts: DetectionFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """Where left and right mean the same."""
    if facts.colour_share > 0.5:
        return (0, 1), "colour pictures have no upright side"
    return (1,), "left and right look alike"


def mosaic(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """Off."""
    return 0.0, "off: windows of four images each are an option whose gain has not been shown here"


def tone(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """Devices differ."""
    return 1.0, "devices differ in brightness, contrast, sharpness and noise"


def precision(facts: DetectionFacts, decided: Decided) -> tuple[str, str]:
    """fp32 for depthwise convolutions, bf16 for dense ones."""
    if decided["technique"] == "sliding" and facts.sliding is not None and facts.sliding.has_bf16:
        return "bf16", "this processor multiplies bf16 in hardware"
    return "fp32", "bf16 slows the training of depthwise convolutions on processors"


def averaging(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """Weight averaging costs nothing."""
    if decided["technique"] == "sliding":
        return sliding.AVERAGING, "the mean over the last fifty steps is steadier than the last step"
    return 0.99, "the mean over the last hundred steps is steadier than the last step"


def suppressions(facts: DetectionFacts, decided: Decided) -> tuple[tuple[tuple[str, float], ...], str]:
    """Candidates; validation data choose."""
    hard = tuple(("hard", iou) for iou in (0.4, 0.5, 0.6, 0.7))
    return (*hard, *(("soft", sigma) for sigma in (0.1, 0.3, 0.5))), (
        "overlapping boxes go (above an overlap) or lose in score (by a Gaussian); validation data choose"
    )


def channels(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """Colour where there is some."""
    if decided["technique"] != "sliding" or facts.sliding is None or facts.sliding.channels == 3:
        return 3, "colour, and grey repeated"
    return 1, "all images are grey"


def view_scale(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """So that objects fill the middle of a patch."""
    if decided["technique"] != "sliding" or facts.sliding is None:
        return 1.0, NO_SLIDING
    shape = SLIDING_NETWORKS.get(decided["architecture"], SLIDING_NETWORKS["patch_net"])
    return sliding.view_scale(facts.sliding, shape)


def object_px(facts: DetectionFacts, decided: Decided) -> tuple[tuple[tuple[float, float], ...], str]:
    """Medians."""
    if decided["technique"] != "sliding" or facts.sliding is None:
        return (), NO_SLIDING
    return facts.sliding.sizes_px, "median width and height of each class: boxes around what is found"


def apart_px(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """From the distances of neighbours."""
    if decided["technique"] != "sliding" or facts.sliding is None:
        return 0.0, NO_SLIDING
    return sliding.apart_px(facts.sliding)


def mining_rounds(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """Two, and a third where there is time."""
    if decided["technique"] != "sliding":
        return 1, NO_SLIDING
    return sliding.mining_rounds(facts.budget_s)


def views(facts: DetectionFacts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """Quarter turns."""
    if decided["technique"] != "sliding":
        return ("upright",), NO_SLIDING
    return sliding.VIEWS, "quarter turns averaged, kept only if better on validation data"


def networks(facts: DetectionFacts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """None besides."""
    if decided["technique"] != "sliding":
        return (), NO_SLIDING
    return (), "one network a member: the time is better spent on it"


def mining(facts: DetectionFacts, decided: Decided) -> tuple[str, str]:
    """False peaks."""
    if decided["technique"] != "sliding":
        return "peaks", NO_SLIDING
    return "peaks", "false peaks are what a reader would see; other places stay half of the negatives"


def object_shares(facts: DetectionFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """Nearly half."""
    if decided["technique"] != "sliding":
        return (0.4,), NO_SLIDING
    return (0.4,), "objects are rare in an image, and nearly half of what is learnt from"


def object_reach(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """Near the middle."""
    if decided["technique"] != "sliding":
        return 0.15, NO_SLIDING
    return 0.15, "peaks stay sharp where places far from an object's middle do not count as it"


def answers_px(facts: DetectionFacts, decided: Decided) -> tuple[int, str]:
    """Four pixels."""
    if decided["technique"] != "sliding":
        return 4, NO_SLIDING
    return 4, "a fifth of an object's side or less: no peak is missed between two answers"


def smoothing(facts: DetectionFacts, decided: Decided) -> tuple[tuple[str, float], str]:
    """A little."""
    if decided["technique"] != "sliding":
        return ("gaussian", sliding.SMOOTHING), NO_SLIDING
    return ("gaussian", sliding.SMOOTHING), "single answers waver; wider smoothing joins neighbours"


def apart_sides(facts: DetectionFacts, decided: Decided) -> tuple[float, str]:
    """By the data."""
    if decided["technique"] != "sliding":
        return 0.0, NO_SLIDING
    return 0.0, "apart_px counts, from the distances of the objects in these data"


def weights(facts: DetectionFacts, decided: Decided) -> tuple[str, str]:
    """Those that come with the package."""
    if decided["technique"] == "sliding":
        return "embedded", "not used: a classifier that slides begins with fresh weights"
    if decided["architecture"] == "ssd300_vgg16":
        return "hub", "VGG16 as it was trained on natural pictures, from torchvision's hub"
    return "embedded", "pre-trained on natural pictures, and already here"


def preparation(facts: DetectionFacts, decided: Decided) -> tuple[tuple[tuple[str, float], ...], str]:
    """None."""
    if decided["technique"] != "sliding":
        return (), NO_SLIDING
    return (), "as stored: steps that even out light belong to a kind of image"


DETECTION_RULES: dict[str, DetectionRule] = {
    rule.__name__: rule
    for rule in (
        validation, folds, technique, architecture, intensity, longest_px, strides, tile_px, overlap, anchors,
        ratios, width, batch_size, rounds, optimiser, schedule, learning_rate, encoder_rate, weight_decay,
        scale, mirrored, mosaic, tone, precision, averaging, suppressions,
        channels, view_scale, object_px, apart_px, mining_rounds, views, networks, mining, object_shares,
        object_reach, answers_px, smoothing, apart_sides, weights, preparation,
    )
}  # fmt: skip


def _square(decided: Decided) -> int:
    """Side of what a sliding classifier's answer depends on."""
    return SLIDING_NETWORKS.get(decided["architecture"], SLIDING_NETWORKS["patch_net"]).side_px


def _factor(facts: DetectionFacts, decided: Decided) -> float:
    """By how much images are shrunk."""
    return decided["longest_px"] / facts.longer_px if decided["longest_px"] else 1.0
