"""Volumes and masks written back in the geometry that they came with."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.affine import refusal
from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.errors import StageFailed, UsageError
from thirdeye.intake.nifti_write import nifti_bytes
from thirdeye.intake.text_volume_write import metaimage_bytes, nrrd_bytes

_KINDS: dict[str, Callable[[Volume], tuple[bytes, ...]]] = {
    ".nii.gz": nifti_bytes,
    ".nii": nifti_bytes,
    ".mha": metaimage_bytes,
    ".nrrd": nrrd_bytes,
}


def write_volume(path: Path, volume: Volume) -> None:
    """Write voxels and geometry; the type of the voxels stays (bool becomes uint8, float16 float32).

    Affines come back bit by bit from NRRD, and from NIfTI where they fit into float32 (all that were read
    from NIfTI-1 do); others are then a relative 6e-8 away, which is 0.00002 mm at 300 mm. MetaImage states
    directions and spacings apart, so that a product may be a unit in the last place of float64 away.

    Args:
        path: ends in ``.nii.gz``, ``.nii``, ``.mha`` or ``.nrrd``; an existing file is replaced, whole or not
            at all.
        volume: (I, J, K) or (I, J, K, C) voxels.

    Raises:
        UsageError: another ending, an affine that cannot place voxels, or voxels that are no numbers.
        StageFailed: the folder cannot be written.
    """
    ending = next((known for known in _KINDS if path.name.lower().endswith(known)), None)
    if ending is None:
        raise UsageError(f"cannot write a volume as '{path.name}'; expected one of {', '.join(_KINDS)}")
    if reason := refusal(volume.geometry.affine):
        raise UsageError(f"cannot write '{path.name}': {reason}")
    parts = _KINDS[ending](_plain(volume, path.name))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            if ending.endswith(".gz"):
                with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
                    packed.writelines(parts)
            else:
                file.writelines(parts)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StageFailed(
            f"cannot write '{path.name}': {error.strerror or error}; free some space"
        ) from error


def write_mask(path: Path, mask: NDArray[np.generic], like: Volume | Geometry) -> None:
    """Write a label map on the grid of the volume that it was drawn or found on.

    Args:
        path: as of `write_volume`.
        mask: (I, J, K) whole numbers or booleans, indexed as the voxels of `like`. A mask found on a turned
            copy comes back with `thirdeye.case.reorient.returned` first.
        like: the volume (its size is compared), or its geometry.

    Raises:
        UsageError: the mask has other sizes than the volume, or does not hold whole numbers.
        StageFailed: the folder cannot be written.
    """
    if mask.dtype.kind not in "iub" or mask.ndim != 3:
        raise UsageError(f"a mask holds whole numbers in three axes; got {mask.dtype} in {mask.ndim}")
    if isinstance(like, Volume) and mask.shape != like.voxels.shape[:3]:
        raise UsageError(
            f"the mask has {mask.shape} voxels and its volume {like.voxels.shape[:3]}; bring it back to the "
            "grid of the volume before you write it"
        )
    geometry = like.geometry if isinstance(like, Volume) else like
    write_volume(path, Volume(mask, geometry, path.name))


def _plain(volume: Volume, name: str) -> Volume:
    """With voxels of a type that every format knows."""
    voxels = volume.voxels
    if voxels.ndim not in (3, 4) or voxels.dtype.kind not in "iubf" or voxels.dtype.itemsize > 8:
        raise UsageError(f"cannot write '{name}': its voxels are {voxels.dtype} in {voxels.ndim} axes")
    kind = {"bool": "uint8", "float16": "float32"}.get(voxels.dtype.name, voxels.dtype.name)
    plain = voxels.astype(np.dtype(kind).newbyteorder("<"), copy=False)
    return Volume(plain, volume.geometry, volume.source, volume.modality, volume.attributes)
