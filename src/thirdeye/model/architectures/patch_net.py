"""A small network that says what lies in the middle of a patch, and of every patch of an image at once.

Without padding each answer depends on its own patch alone, so that reading a whole image densely gives
exactly what reading its patches one by one would give (Sermanet et al., "OverFeat", ICLR 2014; Giusti et al.,
ICIP 2013). Layers: pairs of 3 x 3 convolutions and maximum pooling (Simonyan and Zisserman, ICLR 2015), the
use of Ciresan et al. (MICCAI 2013, mitosis detection): patches around a centre against patches elsewhere.
"""

from __future__ import annotations

from torch import Tensor, nn

PATCH = 48  # side of the square that an answer depends on
STRIDE = 4  # pixels between neighbouring answers
WIDTHS = (24, 48, 96)
LAST = 5  # side of the kernel that takes the place of the fully connected layer
DROPOUT = 0.3


class PatchNet(nn.Module):
    """Images (B, n_in, H, W) to logits (B, n_out, (H - PATCH) // STRIDE + 1, (W - PATCH) // STRIDE + 1).

    The answer (i, j) is about the square of side `PATCH` whose upper left corner is (i, j) times `STRIDE`.

    Args:
        n_in: channels of the image.
        n_out: classes, background first.
    """

    def __init__(self, *, n_in: int, n_out: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = n_in
        for level, width in enumerate(WIDTHS):
            layers += [*_unit(before, width, 3), *_unit(width, width, 3)]
            if level + 1 < len(WIDTHS):
                layers.append(nn.MaxPool2d(2))
            before = width
        self.features = nn.Sequential(*layers)
        self.last = nn.Sequential(*_unit(before, before, LAST))
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Conv2d(before, n_out, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Logits of every patch."""
        logits: Tensor = self.head(self.dropout(self.last(self.features(images))))
        return logits


def _unit(n_in: int, n_out: int, side: int) -> list[nn.Module]:
    return [nn.Conv2d(n_in, n_out, side, bias=False), nn.BatchNorm2d(n_out), nn.ReLU(inplace=True)]
