"""Xception as published: separable convolutions with shortcuts, 20,806,952 parameters before its last layer.

Source: Chollet F. Xception: deep learning with depthwise separable convolutions. CVPR 2017, figure 5.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from torch import Tensor, nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork

SIDE = 299
WIDTH = 2048
MIDDLE = 8  # modules of the middle flow


class Separable(nn.Sequential):
    """A convolution of each channel by itself, then one across channels, then batch normalisation."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__(
            nn.Conv2d(n_in, n_in, 3, padding=1, groups=n_in, bias=False),
            nn.Conv2d(n_in, n_out, 1, bias=False),
            nn.BatchNorm2d(n_out),
        )


class Module(nn.Module):
    """Separable convolutions beside a shortcut.

    Args:
        widths: channels that come in, and those after each separable convolution.
        halved: whether a pool halves the sides at the end; the shortcut is then a convolution with stride 2.
        act_first: whether an activation stands before the first convolution.
    """

    def __init__(self, widths: tuple[int, ...], *, halved: bool, act_first: bool = True) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for number, (n_in, n_out) in enumerate(pairwise(widths)):
            layers += [nn.ReLU()] if number or act_first else []
            layers.append(Separable(n_in, n_out))
        self.way = nn.Sequential(*layers, *([nn.MaxPool2d(3, 2, padding=1)] if halved else []))
        self.shortcut: nn.Module = nn.Identity()
        if halved:
            self.shortcut = nn.Sequential(
                nn.Conv2d(widths[0], widths[-1], 1, stride=2, bias=False), nn.BatchNorm2d(widths[-1])
            )

    def forward(self, maps: Tensor) -> Tensor:
        """(B, first width, h, w) to (B, last width, h, w), or half the sides."""
        result: Tensor = self.way(maps) + self.shortcut(maps)
        return result


def xception() -> nn.Module:
    """Images (B, 3, S, S) to (B, 2048, s, s); s is 10 at 299 px."""
    return nn.Sequential(
        *_plain(3, 32, stride=2), *_plain(32, 64),
        Module((64, 128, 128), halved=True, act_first=False),
        Module((128, 256, 256), halved=True), Module((256, 728, 728), halved=True),
        *(Module((728,) * 4, halved=False) for _ in range(MIDDLE)),
        Module((728, 728, 1024), halved=True),
        Separable(1024, 1536), nn.ReLU(), Separable(1536, WIDTH), nn.ReLU(),
    )  # fmt: skip


def _plain(n_in: int, n_out: int, *, stride: int = 1) -> tuple[nn.Module, ...]:
    return nn.Conv2d(n_in, n_out, 3, stride, bias=False), nn.BatchNorm2d(n_out), nn.ReLU()


PUBLISHED.register("xception")(
    PublishedNetwork(
        build=partial(xception), n_features=WIDTH, side_px=SIDE, mean=(0.5,) * 3, std=(0.5,) * 3, dropout=0.5,
        source="Chollet, CVPR 2017",
    )
)  # fmt: skip
