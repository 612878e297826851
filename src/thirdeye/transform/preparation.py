"""Steps of preparation beyond size and grey scale, by name: cut out what matters, even out what does not.

A step is deterministic, and is done alike before learning and before reading. A `Framing` step chooses the
part of the image; a `Painting` step works on the square. Each has one number, its strength.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.errors import UsageError
from thirdeye.registry import Registry

Steps = Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Frame:
    """A part of an image, in its pixels; it may reach beyond the image, where it is black."""

    top: int
    left: int
    height: int
    width: int


@runtime_checkable
class Framing(Protocol):
    """Chooses the part of the image that is looked at."""

    def frame(self, image: Image, strength: float) -> Frame:
        """The part, of an image of any size."""
        ...


@runtime_checkable
class Painting(Protocol):
    """Changes the pixels of the square."""

    def paint(self, square: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
        """(S, S, 3) to (S, S, 3)."""
        ...


preparations: Registry[Framing | Painting] = Registry("preparation")


def check_steps(steps: Any) -> tuple[tuple[str, float], ...]:
    """Steps as tuples, once it is known that there are such.

    Args:
        steps: (name, strength) each; lists, as JSON has them, are taken too.

    Raises:
        UsageError: it is no list of pairs of a name and a number, or no step has the name.
    """
    found = []
    for step in steps if isinstance(steps, list | tuple) else [steps]:
        if not isinstance(step, list | tuple) or len(step) != 2 or not isinstance(step[1], int | float):
            raise UsageError(f"a step of preparation is a name and a number, not {step!r}")
        preparations.get(str(step[0]))
        found.append((str(step[0]), float(step[1])))
    return tuple(found)


def framed_part(image: Image, steps: Steps) -> Frame:
    """The part of an image that the network sees: what every `Framing` step leaves, one after the other.

    Args:
        image: any size.
        steps: all steps; others are passed over.
    """
    whole = Frame(0, 0, image.height, image.width)
    for name, strength in steps:
        step = preparations.get(name)
        if isinstance(step, Framing):
            part = step.frame(cut(image, whole), strength)
            whole = replace(part, top=whole.top + part.top, left=whole.left + part.left)
    return whole


def framed(image: Image, steps: Steps) -> Image:
    """The part of an image that the network sees, as an image; black beyond its edges."""
    part = framed_part(image, steps)
    return image if part == Frame(0, 0, image.height, image.width) else cut(image, part)


def painted(square: NDArray[np.uint8], steps: Steps) -> NDArray[np.uint8]:
    """A square (S, S, 3) after every `Painting` step, in order."""
    for name, strength in steps:
        step = preparations.get(name)
        if isinstance(step, Painting):
            square = np.ascontiguousarray(step.paint(square, strength))
    return square


def cut(image: Image, part: Frame) -> Image:
    """A part of an image; black where it reaches beyond."""
    pixels = np.zeros((part.height, part.width, *image.pixels.shape[2:]), image.pixels.dtype)
    top, left = max(part.top, 0), max(part.left, 0)
    seen = image.pixels[top : part.top + part.height, left : part.left + part.width]
    down, right = top - part.top, left - part.left
    pixels[down : down + seen.shape[0], right : right + seen.shape[1]] = seen
    return replace(image, pixels=pixels)
