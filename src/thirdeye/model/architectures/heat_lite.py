"""Heat maps of landmarks from a pre-trained EfficientNet-Lite: an encoder, and a decoder that stops early.

The decoder doubles the resolution step by step and joins what the encoder saw there (Ronneberger, Fischer and
Brox, MICCAI 2015); it stops at the resolution of the heat maps, since places between their cells are decoded.
One map per landmark: Payer et al., Medical Image Analysis 54, 2019.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thirdeye.model.architectures.efficientnet_lite import EfficientNetLite
from thirdeye.model.architectures.unet_lite import double_convolution, taps_of
from thirdeye.model.dense_network import DenseNetwork

COARSEST = 32


class HeatLite(DenseNetwork):
    """Images (B, 1 or 3, H, W) in -1..1 to logits (B, n_out, H / stride, W / stride).

    Args:
        encoder: the backbone; its last layer (1280 channels) is not used.
        n_out: landmarks.
        widths: channels of the decoder, the coarsest level first.
        coarsest: stride of the deepest features: 32, or 16 for crops whose surroundings say little.
    """

    def __init__(
        self, encoder: EfficientNetLite, *, n_out: int, widths: tuple[int, ...], coarsest: int = COARSEST
    ) -> None:
        super().__init__()
        taps = taps_of(encoder)[: 4 if coarsest == 16 else 5]
        self.stem, self.act = encoder.stem, encoder.act
        self.blocks = encoder.blocks[: taps[-1] + 1]
        self.taps = taps
        channels = [encoder.blocks[tap].project[0].out_channels for tap in taps]  # type: ignore[index,union-attr]
        skips = channels[-2::-1][: len(widths)]
        below = [channels[-1], *widths[:-1]]
        self.up = nn.ModuleList(
            double_convolution(low + skip, width)
            for low, skip, width in zip(below, skips, widths, strict=True)
        )
        self.head = nn.Conv2d(widths[-1], n_out, 1)

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's."""
        return [*self.stem.parameters(), *self.blocks.parameters()]

    def answers(self, images: Tensor) -> list[Tensor]:
        """The logits alone."""
        colour = images if images.shape[1] == 3 else torch.cat([images] * 3, dim=1)
        hidden = self.act(self.stem(colour * (127.5 / 128) + 0.5 / 128))
        passed: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            hidden = block(hidden)
            if number in self.taps:
                passed.append(hidden)
        for stage, skip in zip(self.up, passed[-2::-1], strict=False):
            hidden = F.interpolate(hidden, size=skip.shape[2:], mode="bilinear", align_corners=False)
            hidden = stage(torch.cat([hidden, skip], dim=1))
        return [self.head(hidden)]
