"""Networks for masses in mammograms, with maxout: CNN3, and CNN2 without its second convolution.

Source: Arevalo J et al. Comput Methods Programs Biomed 2016;127:248-257; layers and norms from its public
configuration, github.com/johnarevalo/cnn-bcdr. Maxout: Goodfellow I et al., ICML 2013. Kernels never grow
beyond a norm; of the inputs 20 % are dropped, of the hidden units 50 %.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from thirdeye.model.architectures.published import PUBLISHED, PublishedNetwork

SIDE = 150
MAPS, UNITS, PIECES = 64, 400, 2
NORMS = (1.98, 0.12, 4.39)  # of the first and the second convolution, and of maxout
INPUT_DROPOUT, HIDDEN_DROPOUT = 0.2, 0.5


class BoundedConv(nn.Conv2d):
    """A convolution whose kernels have at most a norm; longer ones are shortened where they are used.

    Args:
        n_in, n_out, kernel: as of `torch.nn.Conv2d`.
        most: largest Euclidean norm of the weights of one output.
    """

    def __init__(self, n_in: int, n_out: int, kernel: int, *, most: float) -> None:
        super().__init__(n_in, n_out, kernel)
        self.most = most
        nn.init.kaiming_normal_(self.weight, nonlinearity="relu")
        nn.init.zeros_(self.bias)  # type: ignore[arg-type]

    def bounded(self) -> Tensor:
        """The weights that count."""
        norm = self.weight.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, 1, 1, 1)
        return self.weight * (self.most / norm).clamp(max=1.0)

    def forward(self, input: Tensor) -> Tensor:
        """(B, n_in, H, W) to (B, n_out, H - k + 1, W - k + 1)."""
        return nn.functional.conv2d(input, self.bounded(), self.bias)


class Maxout(nn.Module):
    """The largest of each unit's pieces: (B, units * pieces, h, w) to (B, units, h, w)."""

    def forward(self, maps: Tensor) -> Tensor:
        """Pieces of a unit lie side by side."""
        return torch.stack([maps[:, piece::PIECES] for piece in range(PIECES)]).amax(dim=0)


class ArevaloCNN(nn.Module):
    """Images (B, 3, S, S), which are made grey, to maxout (B, 400 / `narrower`, s, s); s is 1 at 150 px.

    Args:
        second: with the second convolution (CNN3) or without it (CNN2).
        narrower: every width is divided by it, for runs that have to be quick; 1 is the published network.
    """

    def __init__(self, *, second: bool = True, narrower: int = 1) -> None:
        super().__init__()
        maps, units = MAPS // narrower, UNITS // narrower
        self.dropout, self.features = nn.Dropout(INPUT_DROPOUT), nn.Sequential()
        self.features.append(BoundedConv(1, maps, 11, most=NORMS[0])).append(nn.ReLU()).append(
            nn.MaxPool2d(5, 4)
        )
        if second:
            self.features.append(BoundedConv(maps, maps, 4, most=NORMS[1])).append(nn.ReLU())
            self.features.append(nn.MaxPool2d(4, 4))
        self.full = BoundedConv(maps, units * PIECES, 7 if second else 34, most=NORMS[2])
        self.between, self.maxout = nn.Dropout(HIDDEN_DROPOUT), Maxout()

    def forward(self, images: Tensor) -> Tensor:
        """Maxout."""
        maps = self.features(self.dropout(images.mean(dim=1, keepdim=True)))
        units: Tensor = self.maxout(self.full(self.between(maps)))
        return units


def _entered(name: str, *, second: bool, narrower: int = 1) -> None:
    PUBLISHED.register(name)(
        PublishedNetwork(
            build=partial(ArevaloCNN, second=second, narrower=narrower), n_features=UNITS // narrower,
            side_px=SIDE, mean=(0.5,) * 3, std=(0.25,) * 3, dropout=HIDDEN_DROPOUT,
            source="Arevalo et al., Comput Methods Programs Biomed 2016",
        )
    )  # fmt: skip


_entered("arevalo_cnn3", second=True)
_entered("arevalo_cnn2", second=False)
_entered("arevalo_cnn3_quarter", second=True, narrower=4)
_entered("arevalo_cnn2_quarter", second=False, narrower=4)
