"""A network of patches that answers more often, of the same weights: dilated layers in place of strides.

A pooling that halves leaves out every other place. Where it moves by one pixel instead, and every layer after
it takes its inputs twice as far apart, each place gets the answer that its own patch would get. Sources:
Giusti et al., "Fast image scanning with deep max-pooling convolutional neural networks", ICIP 2013; Chen et
al., "DeepLab", ICLR 2015 (the same with holes).
"""

from __future__ import annotations

import copy
from typing import TypeVar

from torch import nn

from thirdeye.errors import StageFailed

N = TypeVar("N", bound=nn.Module)


def with_answers_every(stride_px: int, network: N) -> N:
    """A copy whose neighbouring answers lie `stride_px` apart, each the same as of its patch alone.

    Args:
        stride_px: a power of two, at most the network's own.
        network: its layers in the order in which they are applied; convolutions without padding, and
            poolings that halve.

    Raises:
        StageFailed: a layer is of another kind, or its own answers lie closer already.
    """
    result = copy.deepcopy(network)
    jump, apart = 1, 1
    for layer in result.modules():
        if isinstance(layer, nn.Conv2d):
            layer.dilation = (apart, apart)
        elif isinstance(layer, nn.MaxPool2d):
            if layer.stride != 2 or layer.padding != 0:
                raise StageFailed(f"only poolings that halve can be read more densely, got {layer}")
            layer.dilation = apart
            if jump * 2 <= stride_px:
                jump *= 2
            else:
                layer.stride, apart = 1, apart * 2
    if jump != stride_px:
        raise StageFailed(
            f"answers {stride_px} px apart are not among those of this network ({jump} at most)"
        )
    return result
