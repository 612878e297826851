"""A U-Net whose encoder is a pre-trained EfficientNet-Lite: for pictures in two dimensions.

The encoder gives features at a half to a thirty-second of the resolution; the decoder doubles it step by step
and joins what the encoder saw there (Ronneberger, Fischer and Brox, MICCAI 2015; with a pre-trained encoder:
Iglovikov and Shvets 2018).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thirdeye.model.architectures.efficientnet_lite import EfficientNetLite
from thirdeye.model.dense_network import DenseNetwork

WIDTHS = (192, 96, 48, 32, 16)  # of the decoder, the coarsest first


class UNetLite(DenseNetwork):
    """Colour images (B, 3, H, W) in -1..1 to logits (B, n_out, H, W).

    Args:
        encoder: the backbone; its last layer (1280 channels) is not used.
        n_out: channels of the answer.
    """

    def __init__(self, encoder: EfficientNetLite, *, n_out: int) -> None:
        super().__init__()
        self.stem, self.blocks, self.act = encoder.stem, encoder.blocks, encoder.act
        self.taps = taps_of(encoder)
        channels = [encoder.blocks[tap].project[0].out_channels for tap in self.taps]  # type: ignore[index,union-attr]
        skips = [*channels[-2::-1], 0]
        below = [channels[-1], *WIDTHS[:-1]]
        self.up = nn.ModuleList(
            double_convolution(low + skip, width)
            for low, skip, width in zip(below, skips, WIDTHS, strict=True)
        )
        self.head = nn.Conv2d(WIDTHS[-1], n_out, 1)

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's."""
        return [*self.stem.parameters(), *self.blocks.parameters()]

    def coarsest(self, images: Tensor) -> Tensor:
        """Features of the encoder's last block."""
        hidden = self.act(self.stem(images * (127.5 / 128) + 0.5 / 128))
        for block in self.blocks:
            hidden = block(hidden)
        return hidden

    def answers(self, images: Tensor) -> list[Tensor]:
        """The logits alone: the encoder needs no help from coarser levels."""
        hidden = self.act(self.stem(images * (127.5 / 128) + 0.5 / 128))
        passed: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            hidden = block(hidden)
            if number in self.taps:
                passed.append(hidden)
        skips = [*passed[-2::-1], None]
        for stage, skip in zip(self.up, skips, strict=True):
            sides = images.shape[2:] if skip is None else skip.shape[2:]
            hidden = F.interpolate(hidden, size=sides, mode="bilinear", align_corners=False)
            hidden = stage(hidden if skip is None else torch.cat([hidden, skip], dim=1))
        return [self.head(hidden)]


def taps_of(encoder: EfficientNetLite) -> tuple[int, ...]:
    """The last block of each resolution."""
    strides = [int(block.depthwise[0].stride[0]) for block in encoder.blocks]  # type: ignore[index]
    return tuple(
        number for number in range(len(strides)) if number + 1 == len(strides) or strides[number + 1] == 2
    )


def double_convolution(n_in: int, n_out: int) -> nn.Sequential:
    """Twice a convolution of side 3 with batch norm and ReLU."""
    layers: list[nn.Module] = []
    for width in (n_in, n_out):
        layers += [
            nn.Conv2d(width, n_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(n_out),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)
