"""A closer look at one picture of a collection; files are decoded in a worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UnreadableFile
from thirdeye.intake.picture import picture_of
from thirdeye.intake.pixels import load
from thirdeye.intake.reference import as_path
from thirdeye.intake.workers import call, limit_for


def look(root: Path, reference: str) -> NDArray[np.generic] | None:
    """Pixels of the picture of a reference; None where it cannot be read.

    Args:
        root: what references start from.
        reference: of an image, a volume (its central slices), or a signal (its spectrogram).
    """
    try:
        if is_archive(root):
            return pixels_of(root, reference)
        limit_s = limit_for(as_path(root, reference))
        found: Any = call(pixels_of, root, reference, name=reference, limit_s=limit_s)
    except UnreadableFile:
        return None
    pixels: NDArray[np.generic] = found
    return pixels


def pixels_of(root: Path, reference: str) -> NDArray[np.generic]:
    """The same in this process.

    Raises:
        UnreadableFile: it cannot be read, or nothing of it can be shown.
    """
    return picture_of(load(root, reference)).pixels


def is_archive(root: Path) -> bool:
    """Whether references lead into an archive of arrays, which is opened once and not a file a picture."""
    return root.suffix.lower() == ".npz" and root.is_file()
