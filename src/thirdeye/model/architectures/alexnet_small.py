"""A small network in AlexNet's order: three convolutions, three pools, two full layers, 240 x 240.

Source: Jia X, Meng MQH. A deep convolutional neural network for bleeding detection in wireless capsule
endoscopy images. EMBC 2016. The number of layers is from memory; kernels and strides are AlexNet's first
three, widths and the 256 features of the first full layer are chosen here. The second full layer is the head.
"""

from __future__ import annotations

from torch import Tensor, nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork

SIDE = 240
WIDTHS = (32, 64, 128)
FULL = 256
DROPOUT = 0.5


class AlexNetSmall(nn.Module):
    """Images (B, 3, S, S) to the answers of the first full layer (B, 256, s, s); s is 1 at 240 px."""

    def __init__(self) -> None:
        super().__init__()
        w1, w2, w3 = WIDTHS
        self.features = nn.Sequential(
            nn.Conv2d(3, w1, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(w1, w2, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(w2, w3, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(3, 2),
        )  # fmt: skip
        self.fc1 = nn.Conv2d(w3, FULL, 6)
        self.act = nn.ReLU()
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        """The first full layer."""
        answers: Tensor = self.act(self.fc1(self.features(images)))
        return answers


PUBLISHED.register("alexnet_small")(
    PublishedNetwork(
        build=AlexNetSmall, n_features=FULL, side_px=SIDE, mean=(0.485, 0.456, 0.406), std=(0.25,) * 3,
        dropout=DROPOUT, source="Jia and Meng, EMBC 2016",
    )
)  # fmt: skip
