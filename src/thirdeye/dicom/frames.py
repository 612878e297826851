"""The stored values of one frame, decoded by a decoder that is named (PS3.5 section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.jpeg_extended import GDCM_12_BIT, enter_decoder

_JPEG = "1.2.840.10008.1.2.4."
_RLE = "1.2.840.10008.1.2.5"
_EXTENDED = _JPEG + "51"
_GDCM = "pip install 'thirdeye-imaging[dicom]'"
_J2K = (("pylibjpeg",), "pip install pylibjpeg pylibjpeg-openjpeg")
_LS = (("pyjpegls", "gdcm"), "pip install pyjpegls")
# Transfer syntax UID to (decoders as pydicom calls them, in order; how to get the first).
_DECODERS: dict[str, tuple[tuple[str, ...], str]] = {
    _JPEG + "50": (("pillow",), "pip install pillow"),  # JPEG baseline
    _EXTENDED: (("pillow", GDCM_12_BIT), _GDCM),  # JPEG extended: pillow reads 8 bits, gdcm 12
    _JPEG + "57": (("gdcm",), _GDCM),  # JPEG lossless, process 14
    _JPEG + "70": (("gdcm",), _GDCM),  # JPEG lossless, process 14, selection value 1
    _JPEG + "80": _LS,  # JPEG-LS lossless
    _JPEG + "81": _LS,  # JPEG-LS near-lossless
    _JPEG + "90": _J2K,  # JPEG 2000 lossless
    _JPEG + "91": _J2K,  # JPEG 2000
    _JPEG + "201": _J2K,  # HTJ2K lossless
    _JPEG + "202": _J2K,  # HTJ2K lossless, RPCL
    _JPEG + "203": _J2K,  # HTJ2K
    _RLE: (("pylibjpeg",), "pip install pylibjpeg pylibjpeg-rle"),
}


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
    """The frame by the first decoder that is installed and does not fail, in the machine's byte order."""
    from pydicom.pixels import pixel_array

    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_compressed:
        values: NDArray[np.generic] = pixel_array(dataset, index=index, raw=raw, correct_unused_bits=not raw)
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    if str(syntax) not in _DECODERS:
        raise ValueError(f"is compressed as {syntax.name}, which is not read here; decompress it first")
    names, cure = _DECODERS[str(syntax)]
    if str(syntax) == _EXTENDED:
        enter_decoder()
        names = names[1:] if int(dataset.BitsStored) > 8 else names[:1]
    failed: Exception | None = None
    for name in names:
        try:
            return _by(name, dataset, index, raw=raw)
        except Exception as error:  # decoders raise anything; the next one may do better
            if "missing dependencies" not in str(error):
                failed = failed or error
    if failed is not None:
        raise failed
    raise ValueError(f"is compressed as {syntax.name}, for which no decoder is installed: {cure}")


def _by(decoder: str, dataset: Any, index: int, *, raw: bool) -> NDArray[np.generic]:
    """One decoder; a panic of one written in Rust is no `Exception`, and must not end the program."""
    from pydicom.pixels import pixel_array

    try:
        return pixel_array(
            dataset, index=index, raw=raw, decoding_plugin=decoder, correct_unused_bits=not raw
        )
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("is damaged: its compressed pixels do not fit its size") from error


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
