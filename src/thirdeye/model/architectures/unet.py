"""The U-Net in two and three dimensions, with strides and kernels that follow the data.

Source: Ronneberger, Fischer and Brox, MICCAI 2015; three dimensions: Cicek et al., MICCAI 2016; instance
normalisation, leaky rectifiers, strided convolutions and the layout by spacing: Isensee et al., "nnU-Net",
Nature Methods 18, 2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from thirdeye.errors import UsageError
from thirdeye.model.architectures.instance_norm import InstanceNorm
from thirdeye.model.dense_network import DenseNetwork

SLOPE = 0.01

Sides = tuple[int, ...]


@dataclass(frozen=True)
class UNetShape:
    """How deep and how wide a U-Net is.

    Args:
        n_in: channels of the image.
        n_out: channels of the answer.
        channels: width of each level, the finest first; two levels or more.
        strides: for each level after the first, by how much each axis shrinks (1 or 2); an axis that is
            already coarse (thick slices) keeps its length.
        kernels: for each level, the side of its kernels along each axis (1 or 3).
    """

    n_in: int
    n_out: int
    channels: tuple[int, ...]
    strides: tuple[tuple[int, ...], ...]
    kernels: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        levels = len(self.channels)
        if levels < 2 or len(self.strides) != levels - 1 or len(self.kernels) != levels:
            raise UsageError(
                f"a U-Net of {levels} levels needs {levels - 1} strides and {levels} kernels, and two levels "
                f"at least; got {len(self.strides)} and {len(self.kernels)}"
            )
        lengths = {len(one) for one in (*self.strides, *self.kernels)}
        if lengths not in ({2}, {3}):
            raise UsageError(f"strides and kernels need 2 or 3 axes alike, got {sorted(lengths)}")

    @property
    def axes(self) -> int:
        """2 or 3."""
        return len(self.kernels[0])

    @property
    def shrinks_by(self) -> tuple[int, ...]:
        """What the sides of an image must be multiples of."""
        factors = [1] * self.axes
        for stride in self.strides:
            factors = [factor * step for factor, step in zip(factors, stride, strict=True)]
        return tuple(factors)


class UNet(DenseNetwork):
    """Images (B, n_in, ...) to logits (B, n_out, ...) of the same sides.

    Args:
        shape: depth and width.
        supervised: how many levels answer while training (deep supervision): 1 is the finest alone.
    """

    def __init__(self, shape: UNetShape, *, supervised: int = 1) -> None:
        super().__init__()
        self.shape = shape
        widths = shape.channels
        self.down = nn.ModuleList(
            _double(
                shape.n_in if level == 0 else widths[level - 1],
                widths[level],
                shape.kernels[level],
                (1,) * shape.axes if level == 0 else shape.strides[level - 1],
            )
            for level in range(len(widths))
        )
        upward = list(range(len(widths) - 2, -1, -1))
        self.rise = nn.ModuleList(_rise(widths[i + 1], widths[i], shape.strides[i]) for i in upward)
        self.up = nn.ModuleList(
            _double(2 * widths[i], widths[i], shape.kernels[i], (1,) * shape.axes) for i in upward
        )
        answering = upward[::-1][: max(1, supervised)]
        self.heads = nn.ModuleDict(
            {str(i): _convolution(widths[i], shape.n_out, (1,) * shape.axes) for i in answering}
        )

    def forward(self, images: Tensor) -> Tensor:
        """Logits at full resolution; coarser levels are not asked."""
        logits: Tensor = self.heads["0"](self._levels(images)[0])
        return logits

    def answers(self, images: Tensor) -> list[Tensor]:
        """Logits of every answering level, the finest first; the sides shrink by the strides."""
        levels = self._levels(images)
        return [head(levels[int(level)]) for level, head in self.heads.items()]

    def coarsest(self, images: Tensor) -> Tensor:
        """Features of the encoder's last level."""
        hidden = images
        for stage in self.down:
            hidden = stage(hidden)
        return hidden

    def _levels(self, images: Tensor) -> dict[int, Tensor]:
        """Decoder features by level."""
        passed: list[Tensor] = []
        hidden = images
        for stage in self.down:
            hidden = stage(hidden)
            passed.append(hidden)
        levels: dict[int, Tensor] = {}
        for step, (rise, stage) in enumerate(zip(self.rise, self.up, strict=True)):
            level = len(passed) - 2 - step
            hidden = stage(torch.cat([rise(hidden), passed[level]], dim=1))
            levels[level] = hidden
        return levels


def _double(n_in: int, n_out: int, kernel: Sides, stride: Sides) -> nn.Sequential:
    return nn.Sequential(
        *_unit(n_in, n_out, kernel, stride), *_unit(n_out, n_out, kernel, (1,) * len(stride))
    )


def _unit(n_in: int, n_out: int, kernel: Sides, stride: Sides) -> list[nn.Module]:
    padding = tuple(side // 2 for side in kernel)
    return [
        _convolution(n_in, n_out, kernel, stride=stride, padding=padding, bias=False),
        InstanceNorm(n_out),
        nn.LeakyReLU(SLOPE, inplace=True),
    ]


def _convolution(n_in: int, n_out: int, kernel: Sides, **options: Any) -> nn.Module:
    kind: Any = nn.Conv2d if len(kernel) == 2 else nn.Conv3d
    return cast(nn.Module, kind(n_in, n_out, kernel, **options))


def _rise(n_in: int, n_out: int, stride: Sides) -> nn.Module:
    kind: Any = nn.ConvTranspose2d if len(stride) == 2 else nn.ConvTranspose3d
    return cast(nn.Module, kind(n_in, n_out, stride, stride, bias=False))
