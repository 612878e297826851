"""Prepared images of a dataset on disk: decoded and resized once, read thousands of times."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.errors import StageFailed
from thirdeye.transform.preparation import Steps
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
    preparation: Steps = (),
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.uint8]:
    """All images as one memory map (N, S, S, 3), made on the first call and reused afterwards.

    Args:
        folder: where the cache lies.
        references: of the images, in the order of the result.
        load: gives the image behind a reference.
        size_px, resize, intensity: as in `Plan`.
        identity: what the pixels depend on beyond the references (hash of the data).
        preparation: further steps, as in `Plan`.
        progress: called with (done, total).

    Raises:
        StageFailed: the cache cannot be written.
        UnreadableFile: an image cannot be decoded.
    """
    further = [preparation] if preparation else []
    depends = [identity, size_px, resize, intensity, list(references), *further]
    key = hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:16]
    path = folder / f"prepared-{key}.npy"
    known = _opened(path)
    if known is not None:
        return known

    def one(reference: str) -> NDArray[np.uint8]:
        return prepare(
            load(reference), size_px=size_px, resize=resize, intensity=intensity, preparation=preparation
        )

    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, references, one, size_px, progress)
    except OSError as error:
        raise StageFailed(
            f"cannot keep the prepared images ({len(references) * size_px**2 * 3 / 1e6:.0f} MB) in the "
            f"study: {error.strerror or error}; free some space and run again"
        ) from error
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _opened(path: Path) -> NDArray[np.uint8] | None:
    """The cache, or None where there is none or it was cut."""
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None


def _write(
    path: Path,
    references: Sequence[str],
    one: Callable[[str], NDArray[np.uint8]],
    size_px: int,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Write row by row, not through a memory map: a full disk is then an error and not a dead process."""
    temporary = path.with_suffix(".part")
    shape = (len(references), size_px, size_px, 3)
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    pool = ThreadPoolExecutor(DECODERS)
    try:
        with temporary.open("wb") as stream:
            np.lib.format.write_array_header_1_0(stream, header)
            for start in range(0, len(references), CHUNK):
                chunk = references[start : start + CHUNK]
                for pixels in pool.map(one, chunk):
                    stream.write(pixels.tobytes())
                if progress is not None:
                    progress(start + len(chunk), len(references))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        pool.shutdown(cancel_futures=True)
        temporary.unlink(missing_ok=True)
