"""The stored values of one frame, decoded by a decoder that is named (PS3.5 section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

EXTRA = "dicom"
# Transfer syntax UID to (decoder as pydicom calls it, the package that brings it).
_JPEG = "1.2.840.10008.1.2.4."
_RLE = "1.2.840.10008.1.2.5"
_GDCM = ("gdcm", f"pip install 'thirdeye-imaging[{EXTRA}]'")
_LS = ("pyjpegls", "pip install pyjpegls")
_J2K = ("pylibjpeg", "pip install pylibjpeg pylibjpeg-openjpeg")
_DECODERS = {
    _JPEG + "50": ("pillow", "pip install pillow"),  # JPEG baseline
    _JPEG + "51": _GDCM,  # JPEG extended, 8 or 12 bits
    _JPEG + "57": _GDCM,  # JPEG lossless, process 14
    _JPEG + "70": _GDCM,  # JPEG lossless, process 14, selection value 1
    _JPEG + "80": _LS,  # JPEG-LS lossless
    _JPEG + "81": _LS,  # JPEG-LS near-lossless
    _JPEG + "90": _J2K,  # JPEG 2000 lossless
    _JPEG + "91": _J2K,  # JPEG 2000
    _JPEG + "201": _J2K,  # HTJ2K lossless
    _JPEG + "202": _J2K,  # HTJ2K lossless, RPCL
    _JPEG + "203": _J2K,  # HTJ2K
    _RLE: ("pylibjpeg", "pip install pylibjpeg pylibjpeg-rle"),
}
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


def stored_values(dataset: Any, index: int) -> NDArray[np.generic]:
    """Values of one frame as they were stored, before any table or rescale.

    Bits beyond BitsStored (where old overlays lie, PS3.3 C.9.2) are cleared, and signed values extended.

    Args:
        dataset: a pydicom dataset that passed `check_before_decoding`.
        index: frame from 0.

    Returns:
        (H, W) for one sample a pixel, (H, W, 3) for three, as the photometric interpretation stores them.

    Raises:
        ValueError: no decoder is installed, or the result has another shape.
        Exception: whatever the decoder raises on damage.
    """
    values = _decoded(dataset, index, raw=True)
    expected = (int(dataset.Rows), int(dataset.Columns))
    if values.shape[:2] != expected:
        raise ValueError(f"decodes to the shape {values.shape}, not to {expected[0]} x {expected[1]} pixels")
    return values if values.dtype.kind == "f" else _meaningful_bits(dataset, values)


def rgb_values(dataset: Any, index: int) -> NDArray[np.generic]:
    """(H, W, 3) RGB of one frame of three samples a pixel, from RGB or YBR; arguments as `stored_values`."""
    values = _decoded(dataset, index, raw=False)
    if values.ndim != 3 or values.shape[2] not in (3, 4):
        raise ValueError(f"decodes to the shape {values.shape}, not to RGB")
    return values[:, :, :3]


def _decoded(dataset: Any, index: int, *, raw: bool) -> NDArray[np.generic]:
    from pydicom.pixels import pixel_array

    syntax = dataset.file_meta.TransferSyntaxUID
    plugin, cure = _DECODERS.get(str(syntax), ("", ""))
    if str(syntax) == _JPEG + "51" and int(dataset.BitsAllocated) == 8:
        plugin, cure = _DECODERS[_JPEG + "50"]
    if syntax.is_compressed and not plugin:
        raise ValueError(f"is compressed as {syntax.name}, which is not read here; decompress it first")
    try:
        return pixel_array(dataset, index=index, raw=raw, decoding_plugin=plugin)
    except RuntimeError as error:
        if "missing dependencies" not in str(error):
            raise
        reason = f"is compressed as {syntax.name}, for which no decoder is installed: {cure}"
        raise ValueError(reason) from error


def _meaningful_bits(dataset: Any, values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Values of BitsStored bits below HighBit; the bits around them say nothing about the pixel."""
    allocated, stored = int(dataset.BitsAllocated), int(dataset.BitsStored)
    syntax = dataset.file_meta.TransferSyntaxUID
    if stored == allocated or allocated == 1 or (syntax.is_compressed and str(syntax) != _RLE):
        return values  # other codestreams name their own precision
    high = dataset.get("HighBit")
    high = high if isinstance(high, int) and stored - 1 <= high < allocated else stored - 1
    unsigned = values.view(np.dtype(f"u{values.dtype.itemsize}")) >> np.uint8(high + 1 - stored)
    kept = unsigned & unsigned.dtype.type((1 << stored) - 1)
    if not int(dataset.get("PixelRepresentation") or 0):
        return kept
    up = 8 * values.dtype.itemsize - stored
    return (kept << np.uint8(up)).view(np.dtype(f"i{values.dtype.itemsize}")) >> np.int8(up)
