"""What a random operation is: draw its parameters, keep them, apply them.

Three families, so that a chain of ten operations touches the pixels only a few times: `Geometric` operations
multiply into one matrix, `Tonal` operations into one look-up table, `Pixelwise` operations run one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.registry import Registry

Drawn = Mapping[str, Any]


@runtime_checkable
class Geometric(Protocol):
    """Moves pixels: a matrix in the square [-1, 1] x [-1, 1] around the image's centre."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Parameters for one image."""
        ...

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """(3, 3) matrix that maps source to target coordinates."""
        ...


@runtime_checkable
class Tonal(Protocol):
    """Changes grey values one by one."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Parameters for one image."""
        ...

    def curve(self, values: NDArray[np.float64], drawn: Drawn) -> NDArray[np.float64]:
        """New values of values in 0..1 (clipped by the caller)."""
        ...


@runtime_checkable
class Pixelwise(Protocol):
    """Anything else: sees the image and gives a new one."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Parameters for one image."""
        ...

    def apply(self, pixels: NDArray[np.uint8], drawn: Drawn) -> NDArray[np.uint8]:
        """(S, S, 3) to (S, S, 3)."""
        ...


operations: Registry[Geometric | Tonal | Pixelwise] = Registry("operation")
