"""What lies before the checks: the collection and everything that one pass over its pixels left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.intake.collection import Collection
from thirdeye.intake.twins.groups import NearGroups, near_groups
from thirdeye.intake.twins.pairs import NearPair, near_pairs

THUMBNAIL_PX = 64


class Embedder(Protocol):
    """Pictures to vectors in which similar pictures lie close.

    Attributes:
        name: what it is, for the report ("EfficientNet-Lite0, ImageNet").
        size_px: side of the squares that it takes.
    """

    name: str
    size_px: int

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(B, S, S, 3) to (B, D)."""
        ...


@dataclass(frozen=True)
class Velocity:
    """How fast this machine is, where that was measured.

    Args:
        training_images_per_s: images of 224 x 224 pixels that it learns from in a second; None: not measured.
        reading_images_per_s: images that it reads in a second; None: not measured.
        checking_images_per_s: images that this pass looked at in a second.
        bytes_total: size of all files; 0 where unknown.
    """

    training_images_per_s: float | None = None
    reading_images_per_s: float | None = None
    checking_images_per_s: float | None = None
    bytes_total: int = 0


@dataclass(frozen=True)
class Exhibits:
    """Everything a check may look at. Rows of `thumbnails` and `features` follow the rows of `facts`.

    Args:
        collection: what was opened.
        facts: one row per image, indexed by its reference: the fields of `thirdeye.intake.facts.ImageFacts`
            and the columns of every gauge. Where ``error`` is not "" the others mean nothing.
        thumbnails: (N, 64, 64) uint8, the whole picture squashed to a square, grey, its own 0.5th to 99.5th
            percentile over the full range; zeros where unreadable. A file on disk where there are many.
        mask_facts: one row per mask, indexed by its reference (see `thirdeye.intake.mask_facts`).
        features: (N, D) float32 from an embedder; None where none was given. Zeros where unreadable.
        features_from: name of the embedder.
        velocity: of this machine.
        look: loads the picture of a reference for a closer look (decoded in a worker); None if unreadable.
        seed: of everything random in a check.
    """

    collection: Collection
    facts: pd.DataFrame
    thumbnails: NDArray[np.uint8]
    mask_facts: pd.DataFrame
    features: NDArray[np.float32] | None = None
    features_from: str = ""
    velocity: Velocity = field(default_factory=Velocity)
    look: Callable[[str], NDArray[np.generic] | None] = lambda reference: None
    seed: int = 0

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The collection's rows of readable images, one per image, in the order of `facts`."""
        rows = self.collection.rows.drop_duplicates("image").set_index("image", drop=False)
        return rows.loc[self.facts.index[(self.facts["error"] == "").to_numpy()]]

    @cached_property
    def position(self) -> dict[str, int]:
        """Image to its row in `facts`, `thumbnails` and `features`."""
        return {image: row for row, image in enumerate(self.facts.index)}

    @cached_property
    def near_pairs(self) -> tuple[NearPair, ...]:
        """Images that show nearly the same picture; searched for when the first check asks."""
        return near_pairs(self.facts, self.thumbnails, seed=self.seed)

    @cached_property
    def near_groups(self) -> NearGroups:
        """The same as groups, with the identical copies of each picture."""
        return near_groups(self.near_pairs, len(self.facts), self.copies)

    @cached_property
    def copies(self) -> dict[str, tuple[str, ...]]:
        """The first image of every group with identical pixels to the whole group."""
        readable = self.facts["sha256"][self.facts["sha256"] != ""]
        groups = readable[readable.duplicated(keep=False)].groupby(readable, sort=False)
        return {str(group.index[0]): tuple(group.index) for _, group in groups}
