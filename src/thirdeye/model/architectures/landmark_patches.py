"""Small networks that say how likely the centre of a patch is a landmark, slid over a whole picture.

Source: Arik, Ibragimov and Xing, J Med Imaging 2017;4:014501: one network per landmark, patches of 81 x 81,
convolution and pooling four times, then fully connected layers; their widths are chosen here. Every patch of
a picture is answered at once (Giusti et al., ICIP 2013): pooling moves on by two pixels until the answers are
as far apart as they should be, after that by one, and what follows looks between them.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from thirdeye.model.dense_network import DenseNetwork

PATCH = 81
KERNELS = (5, 5, 4, 4)  # 81-77-38-34-17-14-7-4-2
SMALLEST = 65  # side of a patch of which four poolings leave anything


def last_side(patch: int) -> int:
    """Side of the maps that are fully connected, after four convolutions and poolings of a patch."""
    for kernel in KERNELS:
        patch = (patch - kernel + 1) // 2
    return patch


def seen_side(patch: int) -> int:
    """Side of that part of a patch on which an answer depends: pooling by two leaves an odd row out."""
    side = last_side(patch)
    for kernel in reversed(KERNELS):
        side = 2 * side + kernel - 1
    return side


class PatchScorer(nn.Module):
    """Patches (B, n_in, P, P) to logits (B, n_out, 1, 1), or pictures to the logits of all their patches.

    Args:
        n_in: channels.
        n_out: landmarks that it answers for.
        widths: maps of the four convolutions, then units of the fully connected layer.
        patch: side of a patch.
    """

    def __init__(self, *, n_in: int, n_out: int, widths: tuple[int, ...], patch: int = PATCH) -> None:
        super().__init__()
        before = (n_in, *widths[:3])
        self.convolutions = nn.ModuleList(
            nn.Conv2d(low, high, side, bias=False)
            for low, high, side in zip(before, widths[:4], KERNELS, strict=True)
        )
        self.normalised = nn.ModuleList(nn.BatchNorm2d(width) for width in widths[:4])
        self.full = nn.Conv2d(widths[3], widths[4], last_side(patch))
        self.head = nn.Conv2d(widths[4], n_out, 1)

    def forward(self, pictures: Tensor, every: int | None = None) -> Tensor:
        """Logits.

        Args:
            pictures: (B, n_in, H, W).
            every: pixels between neighbouring answers, a power of 2; None: one answer a patch.
        """
        hidden, stride, apart = pictures, 1, 1
        for convolution, normalised in zip(self.convolutions, self.normalised, strict=True):
            hidden = F.conv2d(hidden, convolution.weight, dilation=apart)  # type: ignore[arg-type]
            hidden = torch.relu(normalised(hidden))
            if every is None or stride < every:
                hidden, stride = F.max_pool2d(hidden, 2), 2 * stride
            else:
                hidden, apart = F.max_pool2d(hidden, 2, stride=1, dilation=apart), 2 * apart
        hidden = torch.relu(F.conv2d(hidden, self.full.weight, self.full.bias, dilation=apart))
        logits: Tensor = self.head(hidden)
        return logits


class LandmarkPatches(DenseNetwork):
    """Images (B, n_in, H, W) to logits (B, n_out, H / stride, W / stride), each of the patch around it.

    Beyond its edge an image goes on as it ends.

    Args:
        n_in: channels.
        n_out: landmarks.
        widths: of each network (see `PatchScorer`).
        patch: side of a patch.
        stride: pixels between neighbouring answers: 2, 4, 8 or 16.
        is_shared: one network for all landmarks, in place of one for each.
    """

    def __init__(
        self, *, n_in: int, n_out: int, widths: tuple[int, ...], patch: int = PATCH, stride: int = 4,
        is_shared: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        outputs = (n_out,) if is_shared else (1,) * n_out
        self.scorers = nn.ModuleList(
            PatchScorer(n_in=n_in, n_out=count, widths=widths, patch=patch) for count in outputs
        )
        self.stride, self.side = stride, seen_side(patch)

    def of_patches(self, patches: Tensor) -> Tensor:
        """Logits (B, n_out) of single patches (B, n_in, P, P)."""
        return torch.cat([scorer(patches) for scorer in self.scorers], dim=1).flatten(1)

    def answers(self, images: Tensor) -> list[Tensor]:
        """The logits alone."""
        before = (self.side - self.stride) // 2
        after = self.side - self.stride - before
        padded = F.pad(images, (before, after, before, after), mode="replicate")
        return [torch.cat([scorer(padded, self.stride) for scorer in self.scorers], dim=1)]
