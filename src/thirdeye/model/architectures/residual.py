"""Residual networks of any number of stages, and the one of five stages that graded diabetic retinopathy.

Source: Gargeya R, Leng T. Automated identification of diabetic retinopathy using deep learning. Ophthalmology
2017. Five residual stages of 4, 6, 8, 10 and 6 layers, batch normalisation and rectifiers, and 1,024 globally
averaged features are from memory; kernels, strides and the widths before the last are chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork

WIDTHS = (64, 128, 256, 512, 1024)
LAYERS = (4, 6, 8, 10, 6)
SIDE = 512
SMALL_WIDTHS, SMALL_LAYERS, SMALL_SIDE = (16, 32, 48, 64, 96), (2, 2, 2, 2, 2), 64


class ResidualStages(nn.Module):
    """Images (B, 3, S, S) to a map (B, widths[-1], S / 2^n, S / 2^n), n stages each halving the side.

    Args:
        widths: channels of each stage.
        layers: convolutions of 3 x 3 of each stage, even: two to a block.
    """

    def __init__(self, widths: Sequence[int], layers: Sequence[int]) -> None:
        super().__init__()
        first = widths[0]
        self.stem = nn.Sequential(
            nn.Conv2d(3, first, 3, 1, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU(inplace=True)
        )
        before = (first, *widths[:-1])
        self.stages = nn.Sequential(
            *(
                _stage(come, width, count // 2)
                for come, width, count in zip(before, widths, layers, strict=True)
            )
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, images: Tensor) -> Tensor:
        """The map of the last stage."""
        found: Tensor = self.stages(self.stem(images))
        return found


def _stage(come: int, width: int, blocks: int) -> nn.Sequential:
    """Blocks of two convolutions around which their input is led; the first halves the side."""
    from torchvision.models.resnet import BasicBlock

    aside = nn.Sequential(nn.Conv2d(come, width, 1, 2, bias=False), nn.BatchNorm2d(width))
    first = BasicBlock(come, width, stride=2, downsample=aside)
    return nn.Sequential(first, *(BasicBlock(width, width) for _ in range(blocks - 1)))


def _entered(name: str, widths: Sequence[int], layers: Sequence[int], side: int) -> None:
    PUBLISHED.register(name)(
        PublishedNetwork(
            build=lambda: ResidualStages(widths, layers), n_features=widths[-1], side_px=side,
            mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), dropout=0.0,
            source="Gargeya and Leng, Ophthalmology 2017",
        )
    )  # fmt: skip


_entered("residual5", WIDTHS, LAYERS, SIDE)
_entered("residual5_small", SMALL_WIDTHS, SMALL_LAYERS, SMALL_SIDE)
