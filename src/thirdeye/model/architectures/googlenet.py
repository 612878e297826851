"""GoogLeNet as published: nine Inception modules with 5 x 5 convolutions, local response normalisation.

Source: Szegedy C, Liu W, Jia Y, et al. Going deeper with convolutions. CVPR 2015, table 1. The two auxiliary
heads of its training are left out: first weights after He et al. take their place. torchvision's `googlenet`
has 3 x 3 in place of 5 x 5 convolutions, and batch normalisation: another network.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork

SIDE = 224
DROPOUT = 0.4
WIDTH = 1024
# columns of table 1: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, after the pool
MODULES: dict[str, tuple[int, int, int, int, int, int]] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
POOLED_AFTER = ("3b", "4e")


class Inception(nn.Module):
    """One module: four ways side by side.

    Args:
        n_in: channels that come in.
        widths: a row of `MODULES`.
        normalised: batch normalisation after each convolution, which the published network has not.
    """

    def __init__(self, n_in: int, widths: tuple[int, ...], *, normalised: bool) -> None:
        super().__init__()
        one, less3, three, less5, five, after = widths
        unit = partial(_unit, normalised=normalised)
        self.ways = nn.ModuleList(
            [
                unit(n_in, one, 1),
                nn.Sequential(unit(n_in, less3, 1), unit(less3, three, 3)),
                nn.Sequential(unit(n_in, less5, 1), unit(less5, five, 5)),
                nn.Sequential(nn.MaxPool2d(3, 1, padding=1), unit(n_in, after, 1)),
            ]
        )

    def forward(self, maps: Tensor) -> Tensor:
        """(B, `n_in`, h, w) to (B, sum of the four ways, h, w)."""
        return torch.cat([way(maps) for way in self.ways], dim=1)


def googlenet(narrower: int = 1, *, normalised: bool = False) -> nn.Module:
    """Images (B, 3, S, S) to (B, 1024 / `narrower`, S/32, S/32).

    Args:
        narrower: every width is divided by it, for runs that have to be quick; 1 is the published network.
        normalised: see `Inception`; the local response normalisation is then left out.
    """
    w1, w2, width = 64 // narrower, 192 // narrower, 192 // narrower
    local = nn.Identity() if normalised else nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75)
    layers: list[nn.Module] = [
        _unit(3, w1, 7, stride=2, normalised=normalised), _pool(), local,
        _unit(w1, w1, 1, normalised=normalised), _unit(w1, w2, 3, normalised=normalised), local, _pool(),
    ]  # fmt: skip
    for name, widths in MODULES.items():
        narrowed = tuple(one // narrower for one in widths)
        layers.append(Inception(width, narrowed, normalised=normalised))
        width = narrowed[0] + narrowed[2] + narrowed[4] + narrowed[5]
        if name in POOLED_AFTER:
            layers.append(_pool())
    return nn.Sequential(*layers)


def _pool() -> nn.Module:
    return nn.MaxPool2d(3, 2, ceil_mode=True)


def _unit(n_in: int, n_out: int, kernel: int, *, stride: int = 1, normalised: bool) -> nn.Module:
    conv = nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, bias=not normalised)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)
    norm = [nn.BatchNorm2d(n_out)] if normalised else []
    return nn.Sequential(conv, *norm, nn.ReLU(inplace=True))


def _entered(name: str, narrower: int, *, normalised: bool) -> None:
    PUBLISHED.register(name)(
        PublishedNetwork(
            build=partial(googlenet, narrower, normalised=normalised), n_features=WIDTH // narrower,
            side_px=SIDE, mean=(0.485, 0.456, 0.406), std=(0.25,) * 3, dropout=DROPOUT,
            source="Szegedy et al., CVPR 2015",
        )
    )  # fmt: skip


_entered("googlenet", 1, normalised=False)
_entered("googlenet_quarter", 4, normalised=True)
