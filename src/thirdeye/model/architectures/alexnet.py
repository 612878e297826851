"""AlexNet as published: two groups, local response normalisation, 60,965,224 parameters for 1,000 classes.

Source: Krizhevsky A, Sutskever I, Hinton GE. ImageNet classification with deep convolutional neural networks.
NIPS 2012. The paper prints 224 x 224; its first map of 55 needs 227, which review and lecture use too. Maps
are normalised before they are pooled, as in the paper. torchvision's `alexnet` is the one-tower network of a
later paper (61,100,840 parameters): another network.
"""

from __future__ import annotations

from functools import partial

from torch import Tensor, nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork

SIDE = 227
DROPOUT = 0.5
FULL = 4096


class AlexNet(nn.Module):
    """Images (B, 3, S, S) to the answers of FC7 (B, 4096 / `narrower`, s, s); s is 1 at 227 px.

    Args:
        narrower: every width is divided by it, for runs that have to be quick; 1 is the published network.
    """

    def __init__(self, narrower: int = 1) -> None:
        super().__init__()
        w1, w2, w3, w4 = (width // narrower for width in (96, 256, 384, FULL))
        self.features = nn.Sequential(
            *_unit(3, w1, 11, stride=4), _normalised(), nn.MaxPool2d(3, 2),
            *_unit(w1, w2, 5, groups=2), _normalised(), nn.MaxPool2d(3, 2),
            *_unit(w2, w3, 3), *_unit(w3, w3, 3, groups=2), *_unit(w3, w2, 3, groups=2), nn.MaxPool2d(3, 2),
        )  # fmt: skip
        self.fc6 = nn.Conv2d(w2, w4, 6)
        self.fc7 = nn.Conv2d(w4, w4, 1)
        self.dropout = nn.Dropout(DROPOUT)
        self.act = nn.ReLU()

    def forward(self, images: Tensor) -> Tensor:
        """FC7."""
        maps = self.act(self.fc6(self.dropout(self.features(images))))
        fc7: Tensor = self.act(self.fc7(self.dropout(maps)))
        return fc7


def _unit(n_in: int, n_out: int, kernel: int, *, stride: int = 1, groups: int = 1) -> tuple[nn.Module, ...]:
    padding = 0 if stride > 1 else kernel // 2
    conv = nn.Conv2d(n_in, n_out, kernel, stride, padding, groups=groups)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    nn.init.zeros_(conv.bias)  # type: ignore[arg-type]
    return conv, nn.ReLU()


def _normalised() -> nn.Module:
    """Section 3.3 of the paper: n 5, alpha 1e-4 for the sum (PyTorch's is for the mean), beta 0.75, k 2."""
    return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)


def _entered(name: str, narrower: int) -> None:
    PUBLISHED.register(name)(
        PublishedNetwork(
            build=partial(AlexNet, narrower), n_features=FULL // narrower, side_px=SIDE,
            mean=(0.485, 0.456, 0.406), std=(0.25,) * 3, dropout=DROPOUT,
            source="Krizhevsky et al., NIPS 2012",
        )
    )  # fmt: skip


_entered("alexnet", 1)
_entered("alexnet_quarter", 4)
