"""VGG, ResNet and DenseNet with few channels: the order of the published layers, small enough for a minute.

For fixtures and for learning from scratch; the published networks are "torchvision:vgg19" and its like.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork
from thirdeye.model.architectures.residual import ResidualStages

SIDE = 64
VGG_WIDTHS: tuple[int | str, ...] = (16, "M", 32, "M", 64, 64, "M", 64, 64, "M")
RESNET_WIDTHS, RESNET_LAYERS = (16, 32, 64, 96), (2, 2, 2, 2)
DENSENET_BLOCKS = (2, 2, 2)
DENSENET_GROWTH = 16


def vgg_small() -> nn.Module:
    """Blocks of 3 x 3 convolutions with batch normalisation, each with a pool: to (B, 64, S/16, S/16)."""
    from torchvision.models.vgg import make_layers

    layers: nn.Module = make_layers(list(VGG_WIDTHS), batch_norm=True)
    return layers


def resnet_small() -> nn.Module:
    """Four stages of one residual block each: to (B, 96, S/16, S/16)."""
    return ResidualStages(RESNET_WIDTHS, RESNET_LAYERS)


def densenet_small() -> nn.Module:
    """Three dense blocks of two layers, growth 16, halved in between: to (B, 62, S/16, S/16)."""
    from torchvision.models.densenet import DenseNet

    whole = DenseNet(DENSENET_GROWTH, DENSENET_BLOCKS, num_init_features=24, bn_size=2, num_classes=1)
    return nn.Sequential(whole.features, nn.ReLU(inplace=True))


def _entered(name: str, build: Callable[[], nn.Module], n_features: int, source: str) -> None:
    PUBLISHED.register(name)(
        PublishedNetwork(
            build=build, n_features=n_features, side_px=SIDE, mean=(0.485, 0.456, 0.406),
            std=(0.229, 0.224, 0.225), dropout=0.0, source=source,
        )
    )  # fmt: skip


_entered("vgg_small", vgg_small, 64, "after Simonyan and Zisserman, ICLR 2015")
_entered("resnet_small", resnet_small, 96, "after He, Zhang, Ren and Sun, CVPR 2016")
_entered("densenet_small", densenet_small, 62, "after Huang, Liu, van der Maaten and Weinberger, CVPR 2017")
