"""Networks of the literature by name, each in its file, with the sizes that its paper prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from thirdeye.registry import Registry

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class PublishedNetwork:
    """A network that is built here, layer by layer.

    Args:
        build: the layers before the last one: (B, 3, S, S) normalised pixels to a map (B, `n_features`, h,
            w), of 1 x 1 at `side_px`: full layers are convolutions, so larger images can be read too.
        n_features: inputs of the last layer.
        side_px: S of the paper, the smallest that it takes.
        mean, std: of pixels in 0..1.
        dropout: before the last layer.
        source: paper.
    """

    build: Callable[[], nn.Module]
    n_features: int
    side_px: int
    mean: Triple
    std: Triple
    dropout: float
    source: str


PUBLISHED: Registry[PublishedNetwork] = Registry("network")
