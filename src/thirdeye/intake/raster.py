"""Ordinary picture files (PNG, JPEG, TIFF, BMP, PGM, GIF, WebP) to pixels that keep every bit."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.errors import UnreadableFile
from thirdeye.intake.deep_colour import read_deep_colour
from thirdeye.intake.jpeg_quality import jpeg_quality

MAX_MEGAPIXELS = 300

# First bytes of a file -> Pillow's plugin, its class. Asking the class directly (not `PIL.Image.open`) leaves
# Pillow's process-wide limits and the caller's warning filters alone.
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG", "PngImageFile"),
    (b"\xff\xd8\xff", "JPEG", "JpegImageFile"),
    (b"II*\x00", "TIFF", "TiffImageFile"),
    (b"MM\x00*", "TIFF", "TiffImageFile"),
    (b"II+\x00", "TIFF", "TiffImageFile"),
    (b"MM\x00+", "TIFF", "TiffImageFile"),
    (b"BM", "BMP", "BmpImageFile"),
    (b"GIF87a", "GIF", "GifImageFile"),
    (b"GIF89a", "GIF", "GifImageFile"),
    (b"P2", "PPM", "PpmImageFile"),
    (b"P3", "PPM", "PpmImageFile"),
    (b"P5", "PPM", "PpmImageFile"),
    (b"P6", "PPM", "PpmImageFile"),
)
_PLUGINS = {
    "PNG": "PngImagePlugin",
    "JPEG": "JpegImagePlugin",
    "TIFF": "TiffImagePlugin",
    "BMP": "BmpImagePlugin",
    "GIF": "GifImagePlugin",
    "PPM": "PpmImagePlugin",
    "WEBP": "WebPImagePlugin",
}
_ON_BLACK = "transparent parts laid on black"


def picture_format(head: bytes) -> str | None:
    """Name of the picture format that the first 16 bytes announce ("PNG"), or None."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    for signature, name, _ in _SIGNATURES:
        if head.startswith(signature):
            return name
    return None


def read_picture(path: Path, name: str, kind: str) -> Image:
    """Decode one picture file.

    Args:
        path: the file.
        name: how the user knows it.
        kind: what `picture_format` said.

    Raises:
        UnreadableFile: damaged, larger than `MAX_MEGAPIXELS`, several pages, NaN, or a colour model that
            has no grey or RGB meaning.
    """
    try:
        with quiet_decoders(), path.open("rb") as file:
            return _decode(file, name, kind)
    except UnreadableFile:
        raise
    except MemoryError as error:
        raise UnreadableFile(name, "does not fit into memory") from error
    except Exception as error:  # a decoder may raise anything on a damaged file
        raise UnreadableFile(name, _damage(error, kind)) from error


def _damage(error: Exception, kind: str) -> str:
    """Why a decoder gave up, in words; its own where ours say no more."""
    if type(error).__name__ == "DecompressionBombError":
        return f"claims more pixels than the limit of {MAX_MEGAPIXELS} megapixels"
    if "MAX_TEXT" in str(error):
        return "holds a text that grows beyond reason when it is unpacked; save the picture again without it"
    return f"is a damaged {kind} file ({_first_line(error)})"


def displayed_size(path: Path) -> tuple[int, int] | None:
    """(width, height) of a picture file, upright, from its header alone; None where it has no such header."""
    try:
        with quiet_decoders(), path.open("rb") as file:
            kind = picture_format(file.read(16))
            if kind is None:
                return None
            file.seek(0)
            picture = _open(file, kind)
            turned = kind == "JPEG" and _orientation(picture) >= 5  # asking a PNG would decode it
    except Exception:  # the pass over the pixels says what is wrong with it
        return None
    width, height = picture.size
    return (height, width) if turned else (width, height)


def _decode(file: IO[bytes], name: str, kind: str) -> Image:
    picture = _open(file, kind)
    _refuse_size(name, *picture.size)
    _refuse_pages(name, picture)
    converted: list[str] = []
    deep = read_deep_colour(picture)
    pixels = _flatten(deep, converted) if deep is not None else _pixels(picture, name, converted)
    if kind != "TIFF":  # Pillow turns TIFF by itself
        pixels = _upright(pixels, _orientation(picture), converted)
    attributes = {"format": kind}
    if table := getattr(picture, "quantization", {}).get(0):  # of a JPEG
        attributes["jpeg_quality"] = str(jpeg_quality(table))
    if picture.mode == "1":
        attributes["stored_bits"] = "1"
    if converted:
        attributes["converted"] = "; ".join(converted)
    bits = {np.uint8: 8, np.uint16: 16}.get(pixels.dtype.type, 32)
    return Image(pixels=np.ascontiguousarray(pixels), bits=bits, source=name, attributes=attributes)


def _open(file: IO[bytes], kind: str) -> Any:
    plugin = importlib.import_module(f"PIL.{_PLUGINS[kind]}")
    class_name = "WebPImageFile" if kind == "WEBP" else next(c for _, k, c in _SIGNATURES if k == kind)
    return getattr(plugin, class_name)(file)


def _refuse_size(name: str, width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise UnreadableFile(name, f"claims {width} x {height} pixels")
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise UnreadableFile(
            name,
            f"has {width} x {height} pixels, more than the limit of {MAX_MEGAPIXELS} megapixels; "
            "crop or shrink it (whole slides are not read as one image)",
        )


def _refuse_pages(name: str, picture: Any) -> None:
    """A second page of the same size is a second image; a smaller one is a thumbnail or a pyramid level."""
    if picture.format not in ("TIFF", "GIF", "WEBP") or not getattr(picture, "is_animated", False):
        return
    size = picture.size
    picture.seek(1)
    second = picture.size
    picture.seek(0)
    if second == size:
        raise UnreadableFile(name, f"holds {picture.n_frames} pages; save each as an image of its own")


def _pixels(picture: Any, name: str, converted: list[str]) -> NDArray[np.generic]:
    """Pixels of a loaded Pillow picture: (H, W) or (H, W, 3), uint8, uint16 or float32."""
    mode = picture.mode
    if mode == "1":
        return np.asarray(picture.convert("L"))
    if mode in ("L", "RGB"):
        return _without_transparent_key(picture, converted)
    if mode.startswith("I;16"):
        return np.asarray(picture).astype(np.uint16)
    if mode in ("I", "F"):
        return _wide(np.asarray(picture), name)
    if mode in ("P", "PA"):
        converted.append("palette replaced by its colours")
        return _flatten(np.asarray(picture.convert("RGBA")), converted)
    if mode in ("LA", "La", "RGBA", "RGBa"):
        return _flatten(np.asarray(picture.convert("RGBA")), converted)
    if mode in ("CMYK", "YCbCr", "RGBX", "HSV"):
        converted.append(f"{mode} turned into RGB")
        return np.asarray(picture.convert("RGB"))
    raise UnreadableFile(name, f"has the colour model {mode}, which is not read; save it as grey or RGB")


def _without_transparent_key(picture: Any, converted: list[str]) -> NDArray[np.generic]:
    """Grey and RGB files may name one value that means "transparent"."""
    pixels = np.asarray(picture)
    if "transparency" not in picture.info:
        return pixels
    return _flatten(np.asarray(picture.convert("RGBA")), converted)


def _wide(values: NDArray[np.generic], name: str) -> NDArray[np.generic]:
    """32-bit integers and floats: uint16 where that is exact, else float32."""
    if values.dtype.kind == "f":
        if not np.isfinite(values).all():
            bad = int(values.size - np.isfinite(values).sum())
            raise UnreadableFile(name, f"holds {bad} pixels that are NaN or infinite; replace them first")
        return values.astype(np.float32, copy=False)
    if values.min() >= 0 and values.max() <= np.iinfo(np.uint16).max:
        return values.astype(np.uint16)
    return values.astype(np.float32)


def _flatten(pixels: NDArray[np.generic], converted: list[str]) -> NDArray[np.generic]:
    """Lay (H, W, 4) pixels on black and drop the opacity; (H, W, 3) pass; equal channels become grey."""
    if pixels.shape[2] == 4:
        opacity = pixels[:, :, 3:]
        full = 255 if pixels.dtype == np.uint8 else 65535
        colour = pixels[:, :, :3]
        if not (opacity == full).all():
            scaled = colour.astype(np.float64) * opacity.astype(np.float64) / full
            colour = np.rint(scaled).astype(pixels.dtype)
            converted.append(_ON_BLACK)
        pixels = colour
    if (pixels[:, :, 0] == pixels[:, :, 1]).all() and (pixels[:, :, 1] == pixels[:, :, 2]).all():
        return pixels[:, :, 0]
    return pixels


def _orientation(picture: Any) -> int:
    """EXIF orientation 1 to 8; 1 where there is none or it is damaged."""
    try:
        value = picture.getexif().get(0x0112, 1)
    except Exception:  # damaged EXIF must not cost the image
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(pixels: NDArray[np.generic], orientation: int, converted: list[str]) -> NDArray[np.generic]:
    """Undo EXIF orientation (EXIF 2.32, tag 0x0112)."""
    if orientation == 1:
        return pixels
    converted.append("turned upright by its EXIF orientation")
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    flip_rows = orientation in (3, 4, 7, 8)
    flip_columns = orientation in (2, 3, 6, 7)
    return pixels[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:120] if text else type(error).__name__
