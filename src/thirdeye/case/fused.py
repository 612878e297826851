"""How an opinion on a case came about: its images, and the clinical variables beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class ImagePart:
    """One image of a case.

    Args:
        source: the file as the user named it.
        view: "axial", "MLO", or "" where it is not known.
        probabilities: class to calibrated probability by this image alone; empty where it was left out.
        left_out: why it does not count; None where it does.
    """

    source: str
    view: str = ""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    left_out: str | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "probabilities": dict(self.probabilities)}


@dataclass(frozen=True)
class Fused:
    """What was put together for one opinion.

    Args:
        method: how the images were, in words ("mean of the images' evidence").
        images: in the order in which they were given.
        variables: clinical variable to the value that was given and used.
        missing: clinical variables that the reader knows and was not given.
        by_images: class to probability by the images alone; empty where no variable was used.
    """

    method: str
    images: tuple[ImagePart, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    by_images: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "method": self.method,
            "images": [image.as_json() for image in self.images],
            "variables": dict(self.variables),
            "missing": list(self.missing),
            "by_images": dict(self.by_images),
        }
