"""A fingerprint of a volume that a re-saved copy shares."""

from __future__ import annotations

import hashlib

import numpy as np

from thirdeye.case.orientation import turn_voxels
from thirdeye.case.volume import Volume


def volume_hash(volume: Volume) -> str:
    """SHA-256 over sizes and values, slice by slice in the orientation RAS.

    Copies in another format, orientation or number type have the same, because the values decide: as float32
    where that holds them exactly, else as float64. Two mirrored volumes differ.
    """
    voxels = turn_voxels(volume.voxels, volume.geometry.orientation, "RAS")
    digest = hashlib.sha256(f"volume {voxels.shape}".encode())
    for place in range(voxels.shape[2]):
        values = np.ascontiguousarray(np.swapaxes(voxels[:, :, place], 0, 1))
        narrow = values.astype(np.float32)
        exact = narrow if np.array_equal(narrow, values) else values.astype(np.float64)
        digest.update((exact + 0.0).data)  # minus zero is zero
    return digest.hexdigest()
