"""Networks of whole brains: one that reads patches or a whole volume alike, and a plain one beside it.

After Qiu et al., Brain 2020;143:1920-1933 (public code: vkola-lab/brain2020). A patch of 47 x 47 x 47 voxels
passes four blocks (47-44-43, 40-20, 18-9, 7-6) and two layers that see all of what is left, first 30 units
and then the classes. These two are written as convolutions of 6 x 6 x 6 and 1 x 1 x 1, so that the network
slides over a whole volume in one pass, one answer every four voxels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from thirdeye.errors import UsageError

WIDTHS = (20, 40, 80, 160)
HIDDEN = 30
SIDE = 6  # of what is left of a patch before the two last layers
STEP = 4  # voxels between two answers of a whole volume
SLOPE = 0.01  # of the leaky units, as torch has it
Halvings = tuple[int, int, int, int]
HALVINGS: tuple[Halvings, ...] = (
    (2, 2, 2, 2),  # as published
    (1, 2, 2, 2),
    (1, 2, 2, 1),
    (1, 2, 1, 1),
    (1, 1, 1, 1),
)


@dataclass(frozen=True)
class RiskShape:
    """Sides and widths.

    Args:
        widths: of the four blocks.
        side: of what is left before the two last layers; 6 reads patches of 47 voxels, 1 of 27.
        hidden: units of the layer before the last.
        classes: outputs.
        dropout: share of the units of each block that is left out in learning.
    """

    widths: tuple[int, int, int, int] = WIDTHS
    side: int = SIDE
    hidden: int = HIDDEN
    classes: int = 2
    dropout: float = 0.1

    @property
    def patch(self) -> int:
        """Side of a patch in voxels."""
        return STEP * self.side + 23


class RiskNetwork(nn.Module):
    """Volumes (B, 1, D, H, W) to logits (B, K, d, h, w); a patch of `RiskShape.patch` gives d = h = w = 1."""

    def __init__(self, shape: RiskShape) -> None:
        super().__init__()
        first, second, third, fourth = shape.widths
        self.blocks = nn.Sequential(
            _block(1, first, 4, 1, shape.dropout),
            _block(first, second, 4, 2, shape.dropout),
            _block(second, third, 3, 2, shape.dropout),
            _block(third, fourth, 3, 1, shape.dropout),
        )
        self.all = nn.Conv3d(fourth, shape.hidden, shape.side)
        self.last = nn.Conv3d(shape.hidden, shape.classes, 1)

    def forward(self, volumes: Tensor) -> Tensor:
        """Logits."""
        left = torch.nn.functional.leaky_relu(self.all(self.blocks(volumes)), SLOPE)
        logits: Tensor = self.last(left)
        return logits


class WholeNetwork(nn.Module):
    """Volumes (B, 1, D, H, W) to logits (B, K): the plain network that the published one is compared with.

    A stem of 7 x 7 x 7 with stride 2, then the same widths: 181 x 217 x 181 voxels leave 6 x 8 x 6. Where a
    side has fewer than 97 voxels nothing would be left: some halvings are left out, see `halvings_of`.

    Args:
        sides: of the volumes, in voxels.
        shape: widths, hidden units, classes and dropout; its side is not used.

    Raises:
        UsageError: the volumes are too small.
    """

    def __init__(self, sides: tuple[int, int, int], shape: RiskShape) -> None:
        super().__init__()
        first, second, third, fourth = shape.widths
        halved = halvings_of(sides)
        self.blocks = nn.Sequential(
            _block(1, first, 7, halved[1], shape.dropout, stride=halved[0]),
            _block(first, second, 4, halved[2], shape.dropout),
            _block(second, third, 3, halved[3], shape.dropout),
            _block(third, fourth, 3, 1, shape.dropout),
        )
        left = whole_sides(sides, halved)
        self.all = nn.Linear(fourth * left[0] * left[1] * left[2], shape.hidden)
        self.last = nn.Linear(shape.hidden, shape.classes)

    def forward(self, volumes: Tensor) -> Tensor:
        """Logits."""
        left = torch.nn.functional.leaky_relu(self.all(self.blocks(volumes).flatten(1)), SLOPE)
        logits: Tensor = self.last(left)
        return logits


def halvings_of(sides: tuple[int, int, int]) -> Halvings:
    """The steps of the stem and of the three first pools, as many of them 2 as the volumes bear.

    Raises:
        UsageError: not even steps of 1 leave anything.
    """
    found = next((one for one in HALVINGS if min(whole_sides(sides, one)) > 0), None)
    if found is None:
        raise UsageError(
            f"volumes of {' x '.join(map(str, sides))} voxels are too small for the network of whole "
            "volumes; keep more voxels with --set smaller, or leave it out with --set whole_epochs=0"
        )
    return found


def whole_sides(sides: tuple[int, int, int], halved: Halvings = HALVINGS[0]) -> tuple[int, int, int]:
    """Sides of what `WholeNetwork` leaves of a volume; not above 0 where nothing is left.

    Args:
        sides: of the volume, in voxels.
        halved: steps of the stem and of the three first pools.
    """
    stem, *pools = halved

    def pooled(side: int, step: int) -> int:
        return (side - 2) // step + 1

    def left(side: int) -> int:
        side = pooled((side - 7) // stem + 1, pools[0])
        side = pooled(side - 3, pools[1])
        side = pooled(side - 2, pools[2])
        return pooled(side - 2, 1)

    first, second, third = (left(side) for side in sides)
    return first, second, third


def _block(
    before: int, after: int, kernel: int, pool: int, dropout: float, *, stride: int = 1
) -> nn.Sequential:
    """Convolution, largest of 2 x 2 x 2 (every voxel or every second), normalisation, leaky unit, dropout."""
    return nn.Sequential(
        nn.Conv3d(before, after, kernel, stride=stride), nn.MaxPool3d(2, pool), nn.BatchNorm3d(after),
        nn.LeakyReLU(SLOPE), nn.Dropout(dropout),
    )  # fmt: skip
