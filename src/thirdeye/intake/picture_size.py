"""Width and height of a picture from its header, for annotations in fractions of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from thirdeye.intake.pixels import load_image
from thirdeye.intake.raster import displayed_size
from thirdeye.intake.reference import as_path
from thirdeye.intake.workers import Lost, Task, each


def picture_sizes(root: Path, references: Iterable[str]) -> dict[str, tuple[int, int]]:
    """(width, height) as displayed, in pixels, of those images that can be read.

    Of pictures only the header is read; images of other formats are decoded, in a worker.
    """
    sizes, others = {}, []
    for reference in dict.fromkeys(references):
        size = displayed_size(as_path(root, reference))
        if size is None:
            others.append(reference)
        else:
            sizes[reference] = size
    if others:
        with closing(each(_decoded_size, (Task((root, reference)) for reference in others))) as answers:
            found = list(answers)
        sizes |= {r: size for r, size in zip(others, found, strict=True) if not isinstance(size, Lost)}
    return sizes


def _decoded_size(root: Path, reference: str) -> tuple[int, int]:
    image = load_image(root, reference)
    return image.width, image.height
