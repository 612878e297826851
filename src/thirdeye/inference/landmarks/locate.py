"""An image in, its landmarks in its own pixels out: both looks, all members; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thirdeye.case.image import Image
from thirdeye.inference.landmarks.points import Points
from thirdeye.transform.landmarks.canvas import placed
from thirdeye.transform.landmarks.looks import (
    First,
    HeatEngine,
    Second,
    first_look,
    heat_agreed,
    mean_heat,
    second_look,
)
from thirdeye.transform.landmarks.pairs import PairModel
from thirdeye.transform.landmarks.shape import ShapeModel, settled


@dataclass(frozen=True)
class Finder:
    """The networks of a study, ready to read.

    Args:
        first_engines, second_engines: members of each look; the latter empty where there is one look.
        first, second: how they read.
        shape: model of how landmarks lie together, where it is used.
        settle: how far points may lie from the fitted shape before they are drawn to it (see
            `thirdeye.transform.landmarks.shape.settled`); 0: they stay.
        pairs: how landmarks lie to each other, where places are chosen together.
    """

    first_engines: Sequence[HeatEngine]
    second_engines: Sequence[HeatEngine]
    first: First
    second: Second | None
    shape: ShapeModel | None
    settle: float = 0.0
    pairs: PairModel | None = None

    def find(self, item: Image) -> Points:
        """The landmarks of an image of any size.

        Raises:
            UnreadableFile: its channels or values do not suit.
        """
        found = self._found(item)
        if self.shape is None or not self.settle:
            return found
        return Points(settled(self.shape, found.xy, found.certainty, self.settle), found.certainty)

    def _found(self, item: Image) -> Points:
        heat = mean_heat(
            self.first_engines, placed(item, self.first.canvas), self.first, mirrored=self.first.mirrored
        )
        heat = heat_agreed(heat, self.first, self.pairs)
        places, certainty = first_look(heat, self.first, self.shape)
        xy = self.first.canvas.frame(item.height, item.width).back(places)
        if self.second is None:
            return Points(xy, certainty)
        finer = self.first.canvas.zoomed(self.second.zoom)
        frame = finer.frame(item.height, item.width)
        places, sure = second_look(self.second_engines, placed(item, finer), frame.onto(xy), self.second)
        return Points(frame.back(places), np.asarray(certainty * sure))
