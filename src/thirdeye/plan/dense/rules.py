"""From what the images and masks are to how a segmentation is learnt: every rule, to be read by a person.

Each rule gives a value and the reason for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thirdeye.plan.dense.layout import Layout, layout_of

MOST_VOXELS = {2: 74_000, 3: 120_000}  # of a patch: what two cores learn from in a second or so
PLACES_A_WINDOW = 32_768  # that a network of squares answers at a time: its last layers are wide
PATCHES = "multiscale_patch"
SCALES = (25, 51, 75)  # sides of its squares
PLACES_A_STEP, PATCHES_WIDTH = 96, 12
VOXELS_A_STEP = {2: 262_144, 3: 240_000}
NARROW, WIDE = 16, 32  # multiples of 16: what a processor multiplies at a time; 24 is slower than 32
WIDE_FROM_S = 3600.0  # of a member's training
STEPS_A_ROUND = 25
MEMBER_S = 600.0  # a member should have at least this long
MOST_MEMBERS = 5
RESERVED_SHARE = 0.15  # an estimate; training itself leaves what reading and evidence turn out to need
MOST_ROUNDS = {2: 400, 3: 400}
OFFICIAL_MINIMUM = 20  # cases of an official validation part from which it is used as it is
APART = 5.0  # times the spacing in the plane, from which slices are read by themselves
THICK_SLICES = 3.0  # times the spacing in the plane
THIN_PX = 8.0  # structures thinner than this need every pixel
LONGEST_PX = 288
MORE_ROUNDS = 1.25  # than foreseen: training ends with the budget, and a quiet machine has time to spare
FEW_SLICES = 6
LABEL_WEIGHT = 0.5
SMALL_SHARE = 0.002  # of the image, below which a structure counts as small


@dataclass(frozen=True)
class DenseFacts:
    """What the rules look at.

    Args:
        classes: names of the structures.
        n_development, n_validation: cases of training and validation part together, and of the latter.
        groups: patients (or what stands for them) in the development part.
        axes: 2 for images, 3 for volumes.
        channels: of most images.
        sides: median of the images' sides; volumes along RAS axes.
        spacing_mm: median of the voxel distances along RAS axes; ones for images.
        modality: "CT", "MR", ... or "".
        deep_share: share of images with more than 8 bits or with values in physical units.
        window: 0.5th and 99.5th percentile, mean and spread of the values inside the structures.
        thickness_px: median thickness of the thinnest structure, in pixels of the images.
        smallest_share: median share of the image that the smallest structure covers where it is there.
        has_bf16: whether the processor multiplies bf16 in hardware.
        voxels_per_s: voxels that the planned network learns from in a second on this machine.
        budget_s: seconds that the run may take.
        seed: of everything random.
        label_classes: of the label that the cases have besides their masks; empty where they have none.
        label_positive: the class that counts as diseased; "" unless there are two classes.
        label_left_alone: why no label is learnt, where none is.
    """

    classes: tuple[str, ...]
    n_development: int
    n_validation: int
    groups: int
    axes: int
    channels: int
    sides: tuple[float, ...]
    spacing_mm: tuple[float, ...]
    modality: str
    deep_share: float
    window: tuple[float, float, float, float]
    thickness_px: float
    smallest_share: float
    has_bf16: bool
    voxels_per_s: float
    budget_s: float
    seed: int
    label_classes: tuple[str, ...] = ()
    label_positive: str = ""
    label_left_alone: str = "the cases have no label besides their masks"


Decided = Mapping[str, Any]
DenseRule = Callable[[DenseFacts, Decided], tuple[Any, str]]


def validation(facts: DenseFacts, decided: Decided) -> tuple[str, str]:
    """Official validation where it is large enough."""
    if facts.n_validation >= OFFICIAL_MINIMUM:
        return "official", f"the validation part has {facts.n_validation} cases"
    return "cross_fitted", "each case is read by the member that has not learnt from it"


def members(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """As many as can each learn for ten minutes."""
    affordable = int(facts.budget_s * (1 - RESERVED_SHARE) / MEMBER_S)
    most = MOST_MEMBERS if decided["validation"] == "official" else min(MOST_MEMBERS, facts.groups)
    count = max(1, min(most, affordable))
    told = f"what the time budget leaves when each member learns for {MEMBER_S / 60:.0f} minutes"
    return count, told if count <= affordable else "the fewest there can be; the budget bears no more"


def folds(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """Five, so that a member learns from four fifths of the cases, also where not every fold gets one."""
    if decided["validation"] == "official":
        return decided["members"], "the official validation part is held out of every member"
    count = max(2, decided["members"], min(MOST_MEMBERS, facts.groups))
    return count, f"each member learns from all cases but one part in {count}, which it is measured on"


def axes(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """Volumes are read as volumes."""
    if facts.axes == 3:
        return 3, "volumes: neighbouring slices help, and thick slices are treated apart"
    return 2, "images in two dimensions"


def channels(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """As they come; grey pictures three times over for an encoder that knows colour ones."""
    if facts.axes == 2 and facts.channels == 1 and facts.thickness_px >= THIN_PX:
        return 3, "grey, three times over: the pre-trained encoder knows colour pictures"
    return facts.channels, "colour" if facts.axes == 2 and facts.channels == 3 else "as the images have them"


def intensity(facts: DenseFacts, decided: Decided) -> tuple[str, str]:
    """By what the values mean."""
    if facts.modality == "CT" and facts.deep_share > 0.5:
        return "window", "CT: Hounsfield units mean the same everywhere, one window for all"
    if facts.axes == 2 and facts.deep_share <= 0.5:
        return "range", "8 bits a pixel, taken as they are"
    return "image", "values mean nothing by themselves: each image by its own mean and spread"


def window(facts: DenseFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """Of all values inside the structures."""
    if decided["intensity"] != "window":
        return (), "not used"
    return facts.window, "0.5th and 99.5th percentile, mean and spread inside the structures"


def corrections(facts: DenseFacts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """None: files do not say that they are MR images of heads."""
    return (), "only for MR images, which the data do not say they are; bias_field,brain turns both on"


def neighbours(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """2.5-D for slices far apart, and for volumes of very few."""
    if facts.axes == 2:
        return 0, "not used for images in two dimensions"
    ratio, fewest = max(facts.spacing_mm) / min(facts.spacing_mm), min(facts.sides)
    if ratio >= APART:
        return 1, (
            f"slices lie {ratio:.0f} times as far apart as the pixels in them: each is read by itself, with "
            "its neighbours as further channels (2.5-D)"
        )
    if fewest < FEW_SLICES and facts.sides.index(fewest) == _thick_axis(facts.spacing_mm):
        count = 1 if fewest > 1 else 0
        return count, f"{fewest:.0f} slices are too few to be read as a volume"
    return 0, "slices lie close enough to be read as a volume"


def spacing_mm(facts: DenseFacts, decided: Decided) -> tuple[tuple[float, ...], str]:
    """The median, so that few images are changed much."""
    if facts.axes == 2:
        return (), "images in two dimensions are not resampled to a spacing"
    return tuple(round(one, 4) for one in facts.spacing_mm), "the median of the volumes: few change much"


def longest_px(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """Large pictures of thick things are shrunk."""
    if facts.axes == 3:
        return 0, "not used for volumes"
    longest = max(facts.sides)
    factor = max(1.0, facts.thickness_px / THIN_PX)
    if longest <= LONGEST_PX or factor == 1.0:
        return 0, f"structures are {facts.thickness_px:.0f} px thick: every pixel is needed"
    aim = int(max(LONGEST_PX, longest / factor) // 32 * 32)
    return aim, f"structures stay at least {THIN_PX:.0f} px thick, and the network sees more around them"


def architecture(facts: DenseFacts, decided: Decided) -> tuple[str, str]:
    """A pre-trained encoder for things in pictures, a plain U-Net for fine lines and volumes."""
    if facts.axes == 3:
        return "unet", "three dimensions"
    if decided["channels"] != 3:
        return "unet", f"the pre-trained encoder reads colour pictures, not {decided['channels']} channels"
    if facts.thickness_px < THIN_PX:
        return "unet", f"structures {facts.thickness_px:.0f} px thick need full resolution from the start"
    return "unet_lite0", "an encoder pre-trained on natural images knows edges and textures already"


def scales(facts: DenseFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """The published three."""
    if decided["architecture"] != PATCHES:
        return (), "this network reads whole patches"
    return SCALES, "small squares show what a place looks like, large ones where it lies"


def patch(facts: DenseFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """As much context as a step can bear."""
    found = _layout(facts, decided)
    if all(p >= s for p, s in zip(found.patch, _sides(facts, decided), strict=True)):
        return found.patch, "the whole image fits"
    return found.patch, "as much of the image as a step can bear on this machine"


def levels(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """Until the coarsest level is a few voxels wide."""
    return _layout(facts, decided).levels, "until the coarsest level is a few voxels wide"


def strides(facts: DenseFacts, decided: Decided) -> tuple[tuple[tuple[int, ...], ...], str]:
    """Coarse axes wait for the others."""
    return _layout(facts, decided).strides, "each axis halves while it is long and no coarser than the others"


def kernels(facts: DenseFacts, decided: Decided) -> tuple[tuple[tuple[int, ...], ...], str]:
    """Kernels do not reach across thick slices."""
    return _layout(facts, decided).kernels, "3 along every axis that is not far coarser than the finest"


def width(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """Narrower than on a GPU, unless there is much time."""
    if decided["scales"]:
        return PATCHES_WIDTH, "half the published width: as many steps in a quarter of the time"
    if facts.budget_s * (1 - RESERVED_SHARE) / decided["members"] >= WIDE_FROM_S:
        return WIDE, "there is time for the width that is usual on a GPU"
    return NARROW, "half the usual width learns three times as many steps in the same time on a processor"


def supervised(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """Two levels answer."""
    if decided["architecture"] == PATCHES:
        return 1, "each place has one answer"
    if decided["architecture"] != "unet":
        return 1, "the encoder is pre-trained: the finest level answers alone"
    return min(2, decided["levels"] - 1), "coarser answers speed up the beginning of training"


def batch_size(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """As many patches as a step can bear."""
    if decided["scales"]:
        return PLACES_A_STEP, "places a step, each with its squares"
    voxels = 1
    for side in decided["patch"]:
        voxels *= side
    return max(2, min(16, VOXELS_A_STEP[facts.axes] // voxels)), "as many patches as a step can bear"


def rounds(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """What the budget leaves."""
    voxels = decided["batch_size"]
    for side in () if decided["scales"] else decided["patch"]:
        voxels *= side
    each = facts.budget_s * (1 - RESERVED_SHARE) / decided["members"]
    possible = int(MORE_ROUNDS * each * facts.voxels_per_s / (voxels * STEPS_A_ROUND))
    most = MOST_ROUNDS[facts.axes]
    if possible >= most:
        return most, f"{most * STEPS_A_ROUND:,} steps: more has not been seen to help"
    return (
        max(4, possible),
        f"what the budget leaves and some more, at {facts.voxels_per_s / 1e3:.0f} thousand voxels a second",
    )


def optimiser(facts: DenseFacts, decided: Decided) -> tuple[str, str]:
    """AdamW for every network."""
    return "adamw", "needs the least tuning"


def learning_rate(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Peak rate."""
    return 2e-3, "rises for a tenth of the steps, then falls by half a cosine"


def encoder_rate(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Pre-trained weights move more slowly."""
    if decided["architecture"] == "unet_lite0":
        return 0.3, "pre-trained weights are moved more gently than the fresh decoder"
    return 1.0, "nothing is pre-trained"


def weight_decay(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """AdamW's."""
    return 0.01, "mild: augmentation regularises more"


def loss(facts: DenseFacts, decided: Decided) -> tuple[str, str]:
    """Overlap and cross-entropy together."""
    if facts.smallest_share < SMALL_SHARE:
        return "tversky_cross_entropy", (
            f"the smallest structure covers {facts.smallest_share:.2%} of an image: missing it costs more "
            "than marking too much"
        )
    return "dice_cross_entropy", "overlap (Dice) and cross-entropy together"


def sampling(facts: DenseFacts, decided: Decided) -> tuple[str, str]:
    """Single places one class after another."""
    if decided["scales"]:
        return "classes", "single places: as many of each class, background included"
    return "structures", "a patch shows background beside its structures"


def foreground(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Half of the patches hold a structure for certain."""
    return 0.5, "half of the patches hold a structure for certain, each structure as often"


def turn_deg(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Pictures from any side, bodies nearly upright."""
    if facts.axes == 2 and facts.channels == 3:
        return 180.0, "colour pictures are taken from any side"
    return 20.0, "bodies lie nearly, not quite, alike"


def turned_axes(facts: DenseFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """Not across thick slices."""
    if facts.axes == 2:
        return (), "not used in two dimensions"
    fine = min(facts.spacing_mm)
    thick = [axis for axis in range(3) if facts.spacing_mm[axis] >= THICK_SLICES * fine]
    if thick:
        return tuple(thick), "thick slices: turned within them only"
    return (0, 1, 2), "about every axis"


def scale(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Bodies differ in size."""
    return 0.25, "bodies differ in size, and pictures in distance"


def warped(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """A share stays as it is."""
    return 0.5, "half of the patches are turned and scaled, the others stay sharp"


def elastic(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Off: published systems set it."""
    return 0.0, "bending patches has not been measured to help here; a spread of 2 to 5 voxels turns it on"


def mirrored(facts: DenseFacts, decided: Decided) -> tuple[tuple[int, ...], str]:
    """Where left and right mean the same."""
    if facts.axes == 2 and facts.channels == 3:
        return (0, 1), "colour pictures have no upright side"
    if facts.axes == 2:
        return (1,), "left and right look alike"
    return (), "left and right, front and back are different places in a body"


def mining(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Off; see docs/decisions/0020-dense-training.md."""
    return 0.0, "drawing hard cases more often has not been tried on public data yet; 0.25 turns it on"


def tone(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Devices differ."""
    return 1.0, "devices differ in brightness, contrast, sharpness and noise"


def precision(facts: DenseFacts, decided: Decided) -> tuple[str, str]:
    """bf16 doubles dense convolutions."""
    if decided["architecture"] == "unet_lite0":
        return "fp32", "bf16 slows the training of depthwise convolutions on processors"
    if facts.has_bf16:
        return "bf16", "this processor multiplies bf16 in hardware"
    return "fp32", "this processor has no bf16"


def averaging(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Weight averaging costs nothing."""
    return 0.99, "the mean over the last hundred steps is steadier than the last step"


def overlap(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """Windows overlap by half."""
    if decided["scales"]:
        return 0.0, "an answer depends on its own squares alone, not on the window"
    return 0.5, "each place is seen from several windows, the middle of each counting most"


def tidying(facts: DenseFacts, decided: Decided) -> tuple[tuple[str, ...], str]:
    """Candidates; validation data choose."""
    return ("none", "largest_piece", "fill_holes", "drop_small"), "kept only if better on validation data"


def label_weight(facts: DenseFacts, decided: Decided) -> tuple[float, str]:
    """As heavy as the masks' cross-entropy."""
    if facts.label_classes and decided["scales"]:
        return 0.0, "squares show no whole case; for its label take another network"
    if not facts.label_classes:
        return 0.0, facts.label_left_alone
    return (
        LABEL_WEIGHT,
        "the label's cross-entropy beside the masks' overlap and cross-entropy, half as heavy",
    )


def label_every(facts: DenseFacts, decided: Decided) -> tuple[int, str]:
    """Every second step."""
    if not facts.label_classes:
        return 1, facts.label_left_alone
    return 2, "every second step also learns the label, from whole reduced images"


DENSE_RULES: dict[str, DenseRule] = {
    rule.__name__: rule
    for rule in (
        validation, members, folds, axes, channels, intensity, window, corrections, neighbours,
        spacing_mm, longest_px,
        architecture, scales,
        patch,
        levels, strides, kernels, width, supervised, batch_size, rounds, optimiser, learning_rate,
        encoder_rate, weight_decay, loss, sampling,
        foreground, mining, turn_deg, turned_axes, scale, warped, elastic, mirrored, tone, precision,
        averaging, overlap, tidying, label_weight, label_every,
    )
}  # fmt: skip


def _sides(facts: DenseFacts, decided: Decided) -> tuple[float, ...]:
    """Of the images on the network's grid."""
    if facts.axes == 3:
        return facts.sides
    longest = decided["longest_px"]
    factor = longest / max(facts.sides) if longest else 1.0
    return tuple(side * factor for side in facts.sides)


def _layout(facts: DenseFacts, decided: Decided) -> Layout:
    spacing = facts.spacing_mm if facts.axes == 3 else (1.0, 1.0)
    slicewise = facts.axes == 3 and (decided["neighbours"] or decided["scales"])
    across = _thick_axis(decided["spacing_mm"]) if slicewise else None
    most = PLACES_A_WINDOW if decided["scales"] else MOST_VOXELS[facts.axes]
    return layout_of(_sides(facts, decided), spacing, most_voxels=most, slicewise=across)


def _thick_axis(spacing: tuple[float, ...]) -> int:
    """Of the largest spacing, the last of several alike."""
    return max(range(len(spacing)), key=lambda axis: (spacing[axis], axis))
