"""JPEG extended with 12 bits a sample: gdcm reads it, but pydicom's own bridge to gdcm refuses to try."""

from __future__ import annotations

import contextlib
from typing import Any

GDCM_12_BIT = "gdcm_12_bit"
_BITS = (12, 16)


def enter_decoder() -> None:
    """Make the decoder `GDCM_12_BIT` known to pydicom, once."""
    from pydicom.pixels.decoders import JPEGExtended12BitDecoder

    with contextlib.suppress(ValueError):  # it is known already
        JPEGExtended12BitDecoder.add_plugin(GDCM_12_BIT, (__name__, "_decode_frame"))


DECODER_DEPENDENCIES = {"1.2.840.10008.1.2.4.51": ("gdcm>=3.0.10",)}


def is_available(uid: str) -> bool:
    """Whether gdcm is installed; pydicom asks this of a module that decodes."""
    from importlib.util import find_spec

    return uid in DECODER_DEPENDENCIES and find_spec("gdcm") is not None


def _decode_frame(src: bytes, runner: Any) -> bytes:
    """One frame of grey samples of 9 to 12 bits to little-endian words; called by pydicom.

    Args:
        src: a JPEG stream.
        runner: pydicom's `DecodeRunner`, which knows the image.
    """
    import gdcm

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(src)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.GetPIType(runner.photometric_interpretation)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    syntax = gdcm.TransferSyntax.GetTSType(str(runner.transfer_syntax))
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    used, allocated = _BITS
    image.SetPixelFormat(
        gdcm.PixelFormat(runner.samples_per_pixel, allocated, used, used - 1, runner.pixel_representation)
    )
    frame: bytes = image.GetBuffer().encode("utf-8", "surrogateescape")
    runner.set_option("bits_allocated", allocated)
    return frame
