"""Prepared images of a dataset on disk: decoded and resized once, read thousands of times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.transform.prepare import prepare

DECODERS = 2
CHUNK = 64


def prepared_images(
    folder: Path,
    references: Sequence[str],
    load: Callable[[str], Image],
    *,
    size_px: int,
    resize: str,
    intensity: str,
    identity: str,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.uint8]:
    """All images as one memory map (N, S, S, 3), made on the first call and reused afterwards.

    Args:
        folder: where the cache lies.
        references: of the images, in the order of the result.
        load: gives the image behind a reference.
        size_px, resize, intensity: as in `Plan`.
        identity: what the pixels depend on beyond the references (hash of the data).
        progress: called with (done, total).
    """
    description = json.dumps([identity, size_px, resize, intensity, list(references)])
    key = hashlib.sha256(description.encode()).hexdigest()[:16]
    path = folder / f"prepared-{key}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shape = (len(references), size_px, size_px, 3)
        temporary = path.with_suffix(".part")
        target = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)

        def one(reference: str) -> NDArray[np.uint8]:
            return prepare(load(reference), size_px=size_px, resize=resize, intensity=intensity)

        with ThreadPoolExecutor(DECODERS) as pool:
            for start in range(0, len(references), CHUNK):
                chunk = references[start : start + CHUNK]
                for offset, pixels in enumerate(pool.map(one, chunk)):
                    target[start + offset] = pixels
                if progress is not None:
                    progress(start + len(chunk), len(references))
        target.flush()
        temporary.replace(path)
    return np.load(path, mmap_mode="r", allow_pickle=False)
