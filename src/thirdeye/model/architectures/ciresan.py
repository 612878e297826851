"""The two networks of Ciresan et al. that find mitoses: windows of 101 pixels, 16 maps in every layer.

Every pooling divides its map exactly (100, 50, 48, 24, 22, 11, 10, 5, 4, 2 and 98, 49, 46, 23, 20, 10, 8, 4),
so that reading a whole image gives what reading its windows one by one gives. The full layers are
convolutions. Source: Ciresan, Giusti, Gambardella and Schmidhuber, "Mitosis detection in breast cancer
histology images with deep neural networks", MICCAI 2013; sizes of maps from memory, and they add up.
"""

from __future__ import annotations

from torch import Tensor, nn

MAPS = 16
HIDDEN = 100
DNN1 = (2, 3, 3, 2, 2)  # sides of the kernels, each followed by pooling by 2
DNN2 = (4, 4, 4, 3)
LAST = {DNN1: 2, DNN2: 4}  # side of the last map


class CiresanNet(nn.Module):
    """Images (B, n_in, H, W) to logits (B, n_out, rows, columns); 1 x 1 for windows of 101 x 101.

    Args:
        kernels: `DNN1` or `DNN2`.
        n_in: channels of the image.
        n_out: classes, background first.
    """

    def __init__(self, kernels: tuple[int, ...], *, n_in: int, n_out: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = n_in
        for side in kernels:
            layers += [nn.Conv2d(before, MAPS, side), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
            before = MAPS
        self.features = nn.Sequential(*layers)
        self.hidden = nn.Sequential(nn.Conv2d(MAPS, HIDDEN, LAST[kernels]), nn.ReLU(inplace=True))
        self.head = nn.Conv2d(HIDDEN, n_out, 1)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        """Logits of every window."""
        logits: Tensor = self.head(self.hidden(self.features(images)))
        return logits
