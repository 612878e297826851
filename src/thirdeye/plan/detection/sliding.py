"""When things are found by sliding a classifier over the image, and how: every rule, to be read by a person.

After Ciresan et al., "Mitosis detection in breast cancer histology images with deep neural networks", MICCAI
2013: patches around a centre against patches elsewhere, and a second network that learns from the places
where the first was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from thirdeye.plan.detection.networks import SLIDING_NETWORKS, SlidingShape

SMALL_SHARE = 0.05  # of the image's longer side, below which an object counts as small
ALIKE = 2.0  # between the largest and smallest tenth of the sides, up to which objects count as equally large
MANY = 3.0  # objects in a typical image from which they count as many
OBJECT_PX = 20.0  # side of a typical object in the classifier's patch of 48 pixels
LARGEST_SCALE = 3.0  # pixels are not invented beyond this
NEAREST = (0.35, 0.8)  # of an object's side: least and greatest distance within which one peak hides another
SMOOTHING = 0.12  # of an object's side
BATCH_SIZE = 64
MOST_STRETCHES = 120  # of 25 steps, a round
LONG_BUDGET_S = 240.0  # from which a third round has time to help
LEARNING_RATE = 2e-3
AVERAGING = 0.98
VIEWS = ("upright", "turned_90", "turned_180", "turned_270")
SHARE_OF_FIRST = 0.45  # of the time goes to the first round
MINING_SHARE = 0.25  # of the time of a round goes to reading the images


@dataclass(frozen=True)
class SlidingFacts:
    """What the rules look at: boxes outside the test part.

    Args:
        sizes_px: median (width, height) of each class, in pixels of the images as stored.
        small_share: median over objects of their side (mean of width and height) as a share of the longer
            side of their image.
        spread: ninth over first decile of the sides of all objects.
        per_image: median number of objects in images that have some.
        nearest_px: fifth percentile of the distance from an object's middle to the nearest other one; 0
            where no image has two.
        channels: 1 where all images are grey, else 3.
        has_bf16: whether the processor multiplies bf16 in hardware.
        patches_per_s: that this machine learns from.
    """

    sizes_px: tuple[tuple[float, float], ...]
    small_share: float
    spread: float
    per_image: float
    nearest_px: float
    channels: int
    has_bf16: bool
    patches_per_s: float

    @property
    def side_px(self) -> float:
        """Side of a typical object: the median over the classes of the mean of width and height."""
        sides = sorted((width + height) / 2 for width, height in self.sizes_px if width + height > 0)
        return sides[len(sides) // 2] if sides else OBJECT_PX


def suits_sliding(facts: SlidingFacts) -> bool:
    """Whether objects are small, of nearly the same size, and many."""
    return facts.small_share < SMALL_SHARE and facts.spread <= ALIKE and facts.per_image >= MANY


def why_sliding(facts: SlidingFacts) -> str:
    """The reason, in words."""
    return (
        f"objects are small ({facts.small_share:.1%} of the image's longer side), of nearly the same size "
        f"and many ({facts.per_image:.0f} an image): a classifier slides over the image"
    )


def view_scale(facts: SlidingFacts, shape: SlidingShape = SLIDING_NETWORKS["patch_net"]) -> tuple[float, str]:
    """By how much images are scaled, so that a typical object has the size that the network is made for."""
    scale = min(LARGEST_SCALE, shape.object_px / max(facts.side_px, 1e-6))
    told = f"a typical object ({facts.side_px:.0f} px) fills the middle of a patch of {shape.side_px}"
    return float(f"{scale:.3g}"), told


def apart_px(facts: SlidingFacts) -> tuple[float, str]:
    """Within which of a more certain object no other is reported, in pixels as stored."""
    side = facts.side_px
    low, high = (share * side for share in NEAREST)
    if facts.nearest_px <= 0:
        return float(f"{high:.3g}"), "no image shows two objects: what lies within one object's reach is one"
    wanted = min(high, max(low, 0.9 * facts.nearest_px))
    return float(f"{wanted:.3g}"), f"objects lie {facts.nearest_px:.0f} px apart or further (95 % of them)"


def mining_rounds(budget_s: float) -> tuple[int, str]:
    """Rounds of learning; each after the first learns from the errors of the one before."""
    if budget_s >= LONG_BUDGET_S:
        return 3, "a second round learns from false alarms, a third is kept if it helps on validation data"
    return 2, "a second round learns from the false alarms of the first"


def stretches(facts: SlidingFacts, budget_s: float, folds: int) -> tuple[int, str]:
    """Of 25 steps, a round, that the budget leaves."""
    seconds = budget_s / folds * SHARE_OF_FIRST * (1 - MINING_SHARE)
    possible = int(seconds * facts.patches_per_s / (25 * BATCH_SIZE))
    if possible >= MOST_STRETCHES:
        return MOST_STRETCHES, f"{MOST_STRETCHES * 25:,} steps a round: more has not been seen to help"
    return max(2, possible), f"what the time budget leaves, at {facts.patches_per_s:.0f} patches a second"
