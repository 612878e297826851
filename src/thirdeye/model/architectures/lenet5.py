"""LeNet-5 with its trainable subsampling and partial connections: 60,000 free parameters before the output.

Source: LeCun Y, Bottou L, Bengio Y, Haffner P. Gradient-based learning applied to document recognition. Proc
IEEE 1998;86:2278-2324, section II-B, table I. Its output units are radial basis functions of fixed patterns;
here they are a linear layer with cross-entropy, as in all later uses.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork

SIDE = 32
# Table I: which of the six maps each of the sixteen sees.
CONNECTIONS = (
    *((i, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *((i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6) for i in range(6)),
    (0, 1, 3, 4),
    (1, 2, 4, 5),
    (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)


class Squash(nn.Module):
    """1.7159 tanh(2/3 a): 1 at 1 and -1 at -1."""

    def forward(self, maps: Tensor) -> Tensor:
        """The same shape."""
        return 1.7159 * torch.tanh(maps * (2 / 3))


class Subsampling(nn.Module):
    """Mean of 2 x 2 squares, times a coefficient and plus a bias that each map learns."""

    def __init__(self, n_maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.ones(1, n_maps, 1, 1))
        self.bias = nn.Parameter(torch.zeros(1, n_maps, 1, 1))

    def forward(self, maps: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C, H / 2, W / 2)."""
        return F.avg_pool2d(maps, 2) * self.coefficient + self.bias


class PartialConv(nn.Conv2d):
    """A convolution in which a map sees some of the maps before; the other weights stay out of it."""

    seen: Tensor

    def __init__(self, n_in: int, connections: tuple[tuple[int, ...], ...], kernel: int) -> None:
        super().__init__(n_in, len(connections), kernel)
        seen = torch.zeros(len(connections), n_in, 1, 1)
        for row, maps in enumerate(connections):
            seen[row, list(maps)] = 1
        self.register_buffer("seen", seen, persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """(B, n_in, H, W) to (B, maps, H - k + 1, W - k + 1)."""
        return F.conv2d(input, self.weight * self.seen, self.bias)

    def free_parameters(self) -> int:
        """Weights that take part, and biases."""
        height, width = self.kernel_size
        return int(self.seen.sum()) * height * width + self.out_channels


class LeNet5(nn.Module):
    """Images (B, 3, S, S), which are made grey, to the 84 answers of F6 (B, 84, s, s); s is 1 at 32 px."""

    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsampling(6)
        self.c3 = PartialConv(6, CONNECTIONS, 5)
        self.s4 = Subsampling(16)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Conv2d(120, 84, 1)
        self.squash = Squash()

    def forward(self, images: Tensor) -> Tensor:
        """F6."""
        maps = images.mean(dim=1, keepdim=True)
        maps = self.squash(self.s2(self.squash(self.c1(maps))))
        maps = self.squash(self.s4(self.squash(self.c3(maps))))
        f6: Tensor = self.squash(self.f6(self.squash(self.c5(maps))))
        return f6


PUBLISHED.register("lenet5")(
    PublishedNetwork(
        build=LeNet5, n_features=84, side_px=SIDE, mean=(0.5,) * 3, std=(0.5,) * 3, dropout=0.0,
        source="LeCun et al., Proc IEEE 1998",
    )
)  # fmt: skip
