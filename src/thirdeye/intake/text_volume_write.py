"""MetaImage and NRRD from a volume: a header of text in LPS+, then the voxels."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.orientation import directions, swap_lps
from thirdeye.case.volume import Volume

_META = {
    "i1": "MET_CHAR", "u1": "MET_UCHAR", "i2": "MET_SHORT", "u2": "MET_USHORT", "i4": "MET_INT",
    "u4": "MET_UINT", "i8": "MET_LONG_LONG", "u8": "MET_ULONG_LONG", "f4": "MET_FLOAT", "f8": "MET_DOUBLE",
}  # fmt: skip
_NRRD = {
    "i1": "int8", "u1": "uint8", "i2": "int16", "u2": "uint16", "i4": "int32", "u4": "uint32", "i8": "int64",
    "u8": "uint64", "f4": "float", "f8": "double",
}  # fmt: skip


def metaimage_bytes(volume: Volume) -> tuple[bytes, ...]:
    """``.mha`` with packed voxels; channels are interleaved."""
    affine = swap_lps(volume.geometry.affine)
    channels = volume.voxels.shape[3] if volume.voxels.ndim == 4 else 1
    packed = zlib.compress(_interleaved(volume.voxels), 6)
    lines = {
        "ObjectType": "Image",
        "NDims": "3",
        "BinaryData": "True",
        "BinaryDataByteOrderMSB": "False",
        "CompressedData": "True",
        "CompressedDataSize": str(len(packed)),
        "TransformMatrix": _words(directions(affine).T.ravel()),
        "Offset": _words(affine[:3, 3]),
        "CenterOfRotation": "0 0 0",
        "ElementSpacing": _words(np.array(volume.geometry.spacing_mm)),
        "DimSize": " ".join(str(length) for length in volume.voxels.shape[:3]),
        **({"ElementNumberOfChannels": str(channels)} if channels > 1 else {}),
        "ElementType": _META[volume.voxels.dtype.str[1:]],
        "ElementDataFile": "LOCAL",
    }
    return "".join(f"{key} = {value}\n" for key, value in lines.items()).encode("ascii"), packed


def nrrd_bytes(volume: Volume) -> tuple[bytes, ...]:
    """``.nrrd`` with packed voxels; channels come first, as 3D Slicer and ITK write them."""
    affine = swap_lps(volume.geometry.affine)
    sizes = [*volume.voxels.shape[3:], *volume.voxels.shape[:3]]
    lead = ["none"] * (volume.voxels.ndim - 3)
    kinds = ["RGB-color" if volume.attributes.get("photometric") == "RGB" else "vector"] * len(lead)
    vectors = [f"({','.join(repr(float(v)) for v in affine[:3, index])})" for index in range(3)]
    lines = [
        "NRRD0004",
        f"type: {_NRRD[volume.voxels.dtype.str[1:]]}",
        f"dimension: {len(sizes)}",
        "space: left-posterior-superior",
        f"sizes: {' '.join(str(size) for size in sizes)}",
        f"space directions: {' '.join([*lead, *vectors])}",
        f"kinds: {' '.join([*kinds, 'domain', 'domain', 'domain'])}",
        "endian: little",
        "encoding: gzip",
        f"space origin: ({','.join(repr(float(v)) for v in affine[:3, 3])})",
    ]
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)  # 31: a gzip stream, without name or time
    packed = packer.compress(_interleaved(volume.voxels)) + packer.flush()
    return ("\n".join(lines) + "\n\n").encode("ascii"), packed


def _interleaved(voxels: NDArray[np.generic]) -> bytes:
    """First channel, then i, j, k: the fastest first."""
    return (np.moveaxis(voxels, -1, 0) if voxels.ndim == 4 else voxels).tobytes(order="F")


def _words(values: NDArray[np.float64]) -> str:
    return " ".join(repr(float(value)) for value in values)
