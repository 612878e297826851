"""A feature pyramid on a pre-trained EfficientNet-Lite: what the detectors look at.

Source: Lin et al., "Feature Pyramid Networks for Object Detection", CVPR 2017.
"""

from __future__ import annotations

from collections import OrderedDict

import torch.nn.functional as F
from torch import Tensor, nn

from thirdeye.errors import UsageError
from thirdeye.model.architectures.efficientnet_lite import EfficientNetLite

COARSEST_TAP = 32  # stride of the encoder's last features; coarser levels are made from it


class LitePyramid(nn.Module):
    """Colour images (B, 3, H, W) in -1..1 to a map (B, width, H / stride, W / stride) for every stride.

    Args:
        encoder: the backbone; its last layer (1280 channels) is not used, nor what only coarser levels need.
        strides: of the levels, the finest (4 or more) first, each twice the last.
        width: channels of every level.

    Raises:
        UsageError: a stride that the encoder does not have.
    """

    def __init__(self, encoder: EfficientNetLite, *, strides: tuple[int, ...], width: int) -> None:
        super().__init__()
        taps = taps_of(encoder)
        inner = [stride for stride in strides if stride <= COARSEST_TAP]
        if not inner or inner[0] not in taps:
            raise UsageError(
                f"the finest level of the pyramid is one of {', '.join(map(str, taps))}, got {strides}"
            )
        self.taps = tuple(taps[stride] for stride in inner)
        self.stem, self.act = encoder.stem, encoder.act
        self.blocks = encoder.blocks[: max(self.taps) + 1]
        channels = [encoder.blocks[tap].project[0].out_channels for tap in self.taps]  # type: ignore[index,union-attr]
        self.lateral = nn.ModuleList(_unit(n, width, 1) for n in channels)
        self.smooth = nn.ModuleList(_unit(width, width, 3, rectified=True) for _ in channels)
        self.coarser = nn.ModuleList(
            _unit(width, width, 3, stride=2, rectified=True) for _ in range(len(strides) - len(inner))
        )
        self.out_channels = width

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's."""
        return [*self.stem.parameters(), *self.blocks.parameters()]

    def forward(self, images: Tensor) -> OrderedDict[str, Tensor]:
        """Levels by name "0", "1", ..., the finest first."""
        hidden = self.act(self.stem(images * (127.5 / 128) + 0.5 / 128))
        passed: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            hidden = block(hidden)
            if number in self.taps:
                passed.append(hidden)
        levels = [bring(one) for bring, one in zip(self.lateral, passed, strict=True)]
        for at in range(len(levels) - 2, -1, -1):
            levels[at] = levels[at] + F.interpolate(levels[at + 1], scale_factor=2.0, mode="nearest")
        levels = [smooth(one) for smooth, one in zip(self.smooth, levels, strict=True)]
        for shrink in self.coarser:
            levels.append(shrink(levels[-1]))
        return OrderedDict((str(at), one) for at, one in enumerate(levels))


def taps_of(encoder: EfficientNetLite) -> dict[int, int]:
    """Stride of the features to the last block that has them, from stride 4."""
    stride, taps = 2, {}
    for number, block in enumerate(encoder.blocks):
        stride *= int(block.depthwise[0].stride[0])  # type: ignore[index]
        taps[stride] = number
    return {stride: number for stride, number in taps.items() if stride >= 4}


def _unit(n_in: int, n_out: int, kernel: int, *, stride: int = 1, rectified: bool = False) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(n_out),
    ]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if rectified else []))
