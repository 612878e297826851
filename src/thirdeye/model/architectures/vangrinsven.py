"""The small network of van Grinsven et al. that finds haemorrhages: five convolutions of 32 maps.

Without padding, so that reading a whole image gives what reading its squares one by one gives: 40, 38, 36,
pooled to 18, 16, 14, pooled to 7, 5, then full layers as convolutions. The paper's square of 41 (from memory)
leaves an odd map of 37, whose last row and column pooling would drop: an answer depends on 40 of them.
Source: van Grinsven et al., "Fast convolutional neural network training using selective data sampling", IEEE
TMI 2016;35:1273-1284; order of the layers from memory, doubtful.
"""

from __future__ import annotations

from torch import Tensor, nn

MAPS = 32
HIDDEN = 1024
LAST = 5  # side of the last map
DROPOUT = 0.5


class VanGrinsvenNet(nn.Module):
    """Images (B, n_in, H, W) to logits (B, n_out, rows, columns); 1 x 1 for squares of 40 x 40.

    Args:
        n_in: channels of the image.
        n_out: classes, background first.
    """

    def __init__(self, *, n_in: int, n_out: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *_unit(n_in, MAPS), *_unit(MAPS, MAPS), nn.MaxPool2d(2),
            *_unit(MAPS, MAPS), *_unit(MAPS, MAPS), nn.MaxPool2d(2), *_unit(MAPS, MAPS),
        )  # fmt: skip
        self.hidden = nn.Sequential(nn.Conv2d(MAPS, HIDDEN, LAST), nn.ReLU(inplace=True))
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Conv2d(HIDDEN, n_out, 1)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        """Logits of every square."""
        logits: Tensor = self.head(self.dropout(self.hidden(self.features(images))))
        return logits


def _unit(n_in: int, n_out: int) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(n_in, n_out, 3), nn.ReLU(inplace=True)
