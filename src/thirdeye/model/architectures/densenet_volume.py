"""DenseNet over volumes: every layer sees what all earlier layers of its block gave.

Source: Huang, Liu, van der Maaten and Weinberger, CVPR 2017 (DenseNet-121: growth 32, blocks of 6, 12, 24 and
16 layers, compression one half); here with kernels over three axes, as tissue maps need. An axis of few
slices is halved only while it is long enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

BOTTLENECK = 4  # times the growth
COMPRESSION = 0.5
SHORTEST = 4  # slices from which they are halved


@dataclass(frozen=True)
class DenseShape:
    """Widths and sides.

    Args:
        n_in, n_out: channels in, logits out.
        sides: (slices, rows, columns) of a volume.
        growth: maps that each layer adds.
        blocks: layers of each block.
        dropout: before the answer.
    """

    n_in: int
    n_out: int
    sides: tuple[int, int, int]
    growth: int = 32
    blocks: tuple[int, ...] = (6, 12, 24, 16)
    dropout: float = 0.0


class DenseLayer(nn.Module):
    """Maps (B, n_in, ...) to (B, n_in + growth, ...)."""

    def __init__(self, n_in: int, growth: int) -> None:
        super().__init__()
        inner = BOTTLENECK * growth
        self.path = nn.Sequential(
            nn.BatchNorm3d(n_in), nn.ReLU(), nn.Conv3d(n_in, inner, 1, bias=False),
            nn.BatchNorm3d(inner), nn.ReLU(), nn.Conv3d(inner, growth, 3, padding=1, bias=False),
        )  # fmt: skip

    def forward(self, maps: Tensor) -> Tensor:
        """What came in, and what this layer adds."""
        return torch.cat([maps, self.path(maps)], dim=1)


class DenseNetVolume(nn.Module):
    """Volumes (B, n_in, slices, rows, columns) to logits (B, n_out).

    Args:
        shape: widths and sides.
    """

    def __init__(self, shape: DenseShape) -> None:
        super().__init__()
        self.shape = shape
        width, slices = 2 * shape.growth, shape.sides[0]
        step = 2 if slices >= 2 * SHORTEST else 1
        layers: list[nn.Module] = [
            nn.Conv3d(shape.n_in, width, (3, 7, 7), (step, 2, 2), (1, 3, 3), bias=False),
            nn.BatchNorm3d(width), nn.ReLU(), nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)),
        ]  # fmt: skip
        slices = -(-slices // step)
        for number, count in enumerate(shape.blocks):
            for _ in range(count):
                layers.append(DenseLayer(width, shape.growth))
                width += shape.growth
            if number + 1 < len(shape.blocks):
                step = 2 if slices >= SHORTEST else 1
                narrow, slices = int(width * COMPRESSION), slices // step
                layers += [nn.BatchNorm3d(width), nn.ReLU(), nn.Conv3d(width, narrow, 1, bias=False)]
                layers.append(nn.AvgPool3d((step, 2, 2)))
                width = narrow
        self.features = nn.Sequential(*layers, nn.BatchNorm3d(width), nn.ReLU())
        self.n_features = width
        self.dropout = nn.Dropout(shape.dropout)
        self.head = nn.Linear(width, shape.n_out)

    def forward(self, volumes: Tensor) -> Tensor:
        """Logits of whole volumes."""
        logits: Tensor = self.head(self.dropout(self.features(volumes).mean(dim=(2, 3, 4))))
        return logits
