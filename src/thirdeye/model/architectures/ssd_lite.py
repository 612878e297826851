"""The maps of an SSD on a pre-trained EfficientNet-Lite: what a processor bears in the place of VGG16.

Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016; further maps as in its figure 2,
with batch normalisation. Not a published network.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from itertools import pairwise

from torch import Tensor, nn

from thirdeye.errors import UsageError
from thirdeye.model.architectures.efficientnet_lite import EfficientNetLite
from thirdeye.model.architectures.pyramid_lite import taps_of

OWN_STRIDES = (8, 16, 32)


class LiteMaps(nn.Module):
    """Colour windows (B, 3, S, S) in -1..1 to one map for every stride.

    Args:
        encoder: the backbone; its last layer (1280 channels) is not used.
        strides: 8, 16, 32, then those of further maps; the last is the side S of the window.
        width: channels of every map.
        learnt: whether the encoder begins with learnt weights.

    Raises:
        UsageError: strides that it cannot have.
    """

    def __init__(
        self, encoder: EfficientNetLite, *, strides: tuple[int, ...], width: int, learnt: bool
    ) -> None:
        super().__init__()
        taps = taps_of(encoder)
        self.taps = tuple(taps[stride] for stride in OWN_STRIDES)
        self.stem, self.act = encoder.stem, encoder.act
        self.blocks = encoder.blocks[: max(self.taps) + 1]
        own = [int(encoder.blocks[tap].project[0].out_channels) for tap in self.taps]  # type: ignore[index,union-attr]
        self.own = nn.ModuleList(_unit(channels, width, 1) for channels in own)
        steps = _steps(strides)
        self.further = nn.ModuleList(_further(width, step) for step in steps)
        self.out_channels = (width,) * len(strides)
        self.learnt = learnt

    def pretrained(self) -> list[nn.Parameter]:
        """The encoder's, where they begin with learnt weights."""
        return [*self.stem.parameters(), *self.blocks.parameters()] if self.learnt else []

    def forward(self, windows: Tensor) -> OrderedDict[str, Tensor]:
        """Maps by name "0", "1", ..., the finest first."""
        hidden = self.act(self.stem(windows * (127.5 / 128) + 0.5 / 128))
        maps: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            hidden = block(hidden)
            if number in self.taps:
                maps.append(self.own[len(maps)](hidden))
        for shrink in self.further:
            maps.append(shrink(maps[-1]))
        return OrderedDict((str(at), one) for at, one in enumerate(maps))


def _steps(strides: tuple[int, ...]) -> list[tuple[int, int]]:
    """(stride, padding) of the 3 x 3 convolution before each further map."""
    side = strides[-1]
    if strides[: len(OWN_STRIDES)] != OWN_STRIDES:
        raise UsageError(f"the strides of ssd_lite0 begin with 8, 16 and 32, got {strides}")
    grids = [math.ceil(side / stride) for stride in strides[len(OWN_STRIDES) - 1 :]]
    found = []
    for before, after in pairwise(grids):
        if after == before - 2:
            found.append((1, 0))
        elif after == math.ceil(before / 2):
            found.append((2, 1))
        else:
            raise UsageError(
                f"a map of {before} x {before} cells becomes one of {math.ceil(before / 2)} or {before - 2}; "
                f"the strides {strides} in a window of {side} px ask for {after}"
            )
    return found


def _further(width: int, step: tuple[int, int]) -> nn.Sequential:
    narrow = width // 2
    return nn.Sequential(_unit(width, narrow, 1), _unit(narrow, width, 3, stride=step[0], padding=step[1]))


def _unit(n_in: int, n_out: int, kernel: int, *, stride: int = 1, padding: int = 0) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, kernel, stride, padding, bias=False),
        nn.BatchNorm2d(n_out),
        nn.ReLU(inplace=True),
    )
