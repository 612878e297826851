"""EfficientNet-Lite: EfficientNet without squeeze-and-excitation, with ReLU6 and a fixed stem and head.

Source: Tan and Le, "EfficientNet", ICML 2019; the Lite variants are Google's (TensorFlow TPU repository,
2020).
Convolutions with stride pad as TensorFlow's SAME does, so that the published weights see what they were
trained on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

# expansion, kernel, stride, output channels, repeats (Tan and Le, table 1)
_STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
STEM_CHANNELS = 32
HEAD_CHANNELS = 1280
PIXEL_MEAN = 127.0 / 255.0
PIXEL_STD = 128.0 / 255.0


@dataclass(frozen=True)
class Scaling:
    """Compound scaling of one variant: factors on the channels and on the repeats."""

    width: float
    depth: float


SCALINGS = {"lite0": Scaling(1.0, 1.0), "lite1": Scaling(1.0, 1.1), "lite2": Scaling(1.1, 1.2)}


def _scaled_channels(channels: int, width: float) -> int:
    """Channels times `width`, rounded to a multiple of eight and never down by more than a tenth."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


class SameConv(nn.Conv2d):
    """Convolution that pads as TensorFlow's SAME: the odd pixel goes to the right and the bottom."""

    def forward(self, input: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', ceil(H / stride), ceil(W / stride))."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return F.conv2d(input, self.weight, None, 1, kernel // 2, 1, self.groups)
        pad_h, pad_w = (max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in input.shape[-2:])
        if pad_h == pad_w and pad_h % 2 == 0:
            return F.conv2d(input, self.weight, None, stride, pad_h // 2, 1, self.groups)
        padded = F.pad(input, (pad_w // 2, pad_w - pad_w // 2, pad_h // 2, pad_h - pad_h // 2))
        return F.conv2d(padded, self.weight, None, stride, 0, 1, self.groups)


def _conv_norm(n_in: int, n_out: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        SameConv(n_in, n_out, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(n_out, eps=1e-3, momentum=0.01),
    )


class InvertedResidual(nn.Module):
    """Expand, filter per channel, project; with a shortcut where the shape allows it.

    Args:
        n_in, n_out: channels.
        expansion: factor of the inner width.
        kernel, stride: of the depthwise convolution.
        drop: probability with which the residual branch of an image is dropped in training
            (stochastic depth, Huang et al., ECCV 2016).
    """

    def __init__(self, n_in: int, n_out: int, expansion: int, kernel: int, stride: int, drop: float) -> None:
        super().__init__()
        inner = n_in * expansion
        self.expand = _conv_norm(n_in, inner, 1) if expansion != 1 else None
        self.depthwise = _conv_norm(inner, inner, kernel, stride, groups=inner)
        self.project = _conv_norm(inner, n_out, 1)
        self.act = nn.ReLU6(inplace=True)
        self.shortcut = stride == 1 and n_in == n_out
        self.drop = drop

    def forward(self, images: Tensor) -> Tensor:
        """(B, n_in, H, W) to (B, n_out, H / stride, W / stride)."""
        inner = images if self.expand is None else self.act(self.expand(images))
        result = self.project(self.act(self.depthwise(inner)))
        if not self.shortcut:
            return result
        if self.training and self.drop > 0:
            keep = result.new_empty(result.shape[0], 1, 1, 1).bernoulli_(1 - self.drop) / (1 - self.drop)
            result = result * keep
        return images + result


class EfficientNetLite(nn.Module):
    """Backbone up to the last convolution: (B, 3, S, S) to (B, 1280, S / 32, S / 32).

    Args:
        variant: "lite0", "lite1" or "lite2".
        drop_path: stochastic depth of the last block; it grows linearly from 0 at the first.
    """

    def __init__(self, variant: str, *, drop_path: float = 0.0) -> None:
        super().__init__()
        scaling = SCALINGS[variant]
        shapes = []
        n_in = STEM_CHANNELS
        for index, (expansion, kernel, stride, channels, repeats) in enumerate(_STAGES):
            ends = index in (0, len(_STAGES) - 1)
            n_out = _scaled_channels(channels, scaling.width)
            for repeat in range(repeats if ends else math.ceil(repeats * scaling.depth)):
                shapes.append((n_in, n_out, expansion, kernel, stride if repeat == 0 else 1))
                n_in = n_out
        self.stem = _conv_norm(3, STEM_CHANNELS, 3, 2)
        self.blocks = nn.ModuleList(
            InvertedResidual(*shape, drop=drop_path * i / len(shapes)) for i, shape in enumerate(shapes)
        )
        self.top = _conv_norm(n_in, HEAD_CHANNELS, 1)
        self.act = nn.ReLU6(inplace=True)

    def forward(self, images: Tensor) -> Tensor:
        """Feature map of normalised images."""
        hidden = self.act(self.stem(images))
        for block in self.blocks:
            hidden = block(hidden)
        return self.act(self.top(hidden))


_PARTS = {"_expand_conv": "expand.0", "_bn0": "expand.1", "_depthwise_conv": "depthwise.0"}
_PARTS |= {"_bn1": "depthwise.1", "_project_conv": "project.0", "_bn2": "project.1"}
_ENDS = {"_conv_stem": "stem.0", "_bn0": "stem.1", "_conv_head": "top.0", "_bn1": "top.1"}


def rename_published(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights under their published names, renamed for `EfficientNetLite`; the classifier is left out."""
    renamed = {}
    for name, tensor in state.items():
        parts = name.split(".")
        if parts[0] == "_blocks":
            renamed[f"blocks.{parts[1]}.{_PARTS[parts[2]]}.{parts[3]}"] = tensor
        elif parts[0] in _ENDS:
            renamed[f"{_ENDS[parts[0]]}.{parts[1]}"] = tensor
    return renamed
