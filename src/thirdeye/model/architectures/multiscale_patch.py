"""The class of one place from squares of several sides around it, each read by a branch of its own.

A small square shows what a place looks like, a large one where it lies. Layers: A22 of the table of systems,
after Moeskops et al., "Automatic segmentation of MR brain images with a convolutional neural network", IEEE
TMI 2016;35:1252-1261 (sides and first kernels as published; numbers of maps from memory).

Places of an image are read densely: where a branch would shrink its maps by pooling, later layers take every
second place instead (Sermanet et al., "OverFeat", ICLR 2014), so that each answer is exactly the one that
the place's own squares give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thirdeye.errors import UsageError
from thirdeye.model.dense_network import DenseNetwork

KERNELS = {25: (5, 3, 3), 51: (7, 5, 3), 75: (9, 7, 5)}  # side of a square to those of its kernels
POOLED = {25: (True, True, False), 51: (True, True, True), 75: (True, True, True)}  # after each convolution
PUBLISHED_WIDTH, PUBLISHED_HIDDEN = 24, 256
DROPOUT = 0.5


@dataclass(frozen=True)
class PatchShape:
    """Squares and widths of the network.

    Args:
        n_in, n_out: channels of the image and of the answer.
        scales: sides of the squares, of `KERNELS`, each at most once.
        width: maps of the first layer; as published 24, then 32 and 48, and 256 units in the full layer.
        axes: 2, or 3 for volumes that are read slice by slice.
        across: axis across the slices of a volume.

    Raises:
        UsageError: a side has no published branch, stands twice, or there is none.
    """

    n_in: int
    n_out: int
    scales: tuple[int, ...]
    width: int = PUBLISHED_WIDTH
    axes: int = 2
    across: int = 2

    def __post_init__(self) -> None:
        known = ", ".join(map(str, KERNELS))
        if not self.scales or len(set(self.scales)) < len(self.scales) or set(self.scales) - set(KERNELS):
            raise UsageError(f"scales are some of {known}, each once; got {self.scales}")

    @property
    def widths(self) -> tuple[int, int, int]:
        """Maps of the three layers of a branch."""
        return self.width, self.width * 4 // 3, self.width * 2

    @property
    def hidden(self) -> int:
        """Units of a branch's full layer."""
        return self.width * PUBLISHED_HIDDEN // PUBLISHED_WIDTH

    @property
    def reach(self) -> int:
        """Places on either side of a place that its largest square holds."""
        return max(self.scales) // 2


class Branch(nn.Module):
    """One square: three convolutions without padding, each with batch norm, and a full layer.

    Args:
        side: of the square, of `KERNELS`.
        shape: of the network.
    """

    def __init__(self, side: int, shape: PatchShape) -> None:
        super().__init__()
        self.side, self.pooled = side, POOLED[side]
        before = (shape.n_in, *shape.widths[:-1])
        self.convolutions = nn.ModuleList(
            nn.Conv2d(n_in, n_out, kernel, bias=False)
            for n_in, n_out, kernel in zip(before, shape.widths, KERNELS[side], strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in shape.widths)
        self.full = nn.Conv2d(shape.widths[-1], shape.hidden, map_sides(side)[-1], bias=False)
        self.full_norm = nn.BatchNorm2d(shape.hidden)

    def one(self, squares: Tensor) -> Tensor:
        """Features (B, hidden, 1, 1) of single squares (B, n_in, side, side)."""
        maps = squares
        for layer, norm, pooled in zip(self.convolutions, self.norms, self.pooled, strict=True):
            maps = F.relu(norm(layer(maps)))
            maps = F.max_pool2d(maps, 2) if pooled else maps
        return F.relu(self.full_norm(self.full(maps)))

    def every(self, images: Tensor) -> Tensor:
        """Features (B, hidden, H - side + 1, W - side + 1) of every square of images (B, n_in, H, W)."""
        maps, step = images, 1
        for module, norm, pooled in zip(self.convolutions, self.norms, self.pooled, strict=True):
            layer = cast(nn.Conv2d, module)
            maps = F.relu(norm(F.conv2d(maps, layer.weight, dilation=step)))
            if pooled:
                maps, step = _highest_of_four(maps, step), 2 * step
        maps = F.relu(self.full_norm(F.conv2d(maps, self.full.weight, dilation=step)))
        # Pooling leaves an odd last line of a square unread, so that squares beyond the edge seem to fit.
        return maps[..., : images.shape[2] - self.side + 1, : images.shape[3] - self.side + 1]


class MultiscalePatchNet(DenseNetwork):
    """Images with their surroundings to logits of every place inside.

    (B, n_in, H + 2 r, W + 2 r) to (B, n_out, H, W), r being `PatchShape.reach`; of volumes each slice by
    itself, with surroundings in its plane alone.

    Args:
        shape: squares and widths.
    """

    def __init__(self, shape: PatchShape) -> None:
        super().__init__()
        self.shape = shape
        self.branches = nn.ModuleList(Branch(side, shape) for side in shape.scales)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Conv2d(shape.hidden * len(shape.scales), shape.n_out, 1)

    def answers(self, images: Tensor) -> list[Tensor]:
        """The logits alone."""
        if self.shape.axes == 2:
            return [self._plane(images)]
        across = self.shape.across + 2
        slices = images.movedim(across, 1)
        logits = self._plane(slices.flatten(0, 1))
        apart = logits.reshape(-1, slices.shape[1], *logits.shape[1:])
        return [apart.movedim(1, across)]

    def _plane(self, images: Tensor) -> Tensor:
        reach = self.shape.reach
        single = images.shape[2] == images.shape[3] == 2 * reach + 1
        features = []
        for module in self.branches:
            branch = cast(Branch, module)
            spare = reach - branch.side // 2
            inside = images[..., spare : images.shape[2] - spare, spare : images.shape[3] - spare]
            features.append(branch.one(inside) if single else branch.every(inside))
        logits: Tensor = self.head(self.dropout(torch.cat(features, dim=1)))
        return logits


def map_sides(side: int) -> list[int]:
    """Sides of a branch's maps, one after another: the square, then after each convolution and pooling."""
    sides = [side]
    for kernel, pooled in zip(KERNELS[side], POOLED[side], strict=True):
        sides.append(sides[-1] - kernel + 1)
        if pooled:
            sides.append(sides[-1] // 2)
    return sides


def _highest_of_four(maps: Tensor, step: int) -> Tensor:
    """Maximum over 2 x 2 places that lie `step` apart, at every place."""
    rows = torch.maximum(maps[..., :-step, :], maps[..., step:, :])
    return torch.maximum(rows[..., :-step], rows[..., step:])
