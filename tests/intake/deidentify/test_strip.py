"""Pictures and volumes: metadata gone, not one pixel changed."""

from __future__ import annotations

import gzip
import io
import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from thirdeye.intake.deidentify.jpeg import strip_jpeg
from thirdeye.intake.deidentify.nifti import strip_nifti
from thirdeye.intake.deidentify.png import strip_png
from thirdeye.intake.deidentify.tiff import strip_tiff

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 255, (24, 31), dtype=np.uint8)
COLOUR = RNG.integers(0, 255, (24, 31, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65535, (24, 31), dtype=np.uint16)
SECRET = "SECRETJANEDOE"


def opened(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


def jpeg(orientation: int = 1, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif[0x0112] = orientation
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    buffer = io.BytesIO()
    Image.fromarray(COLOUR).save(
        buffer, "JPEG", exif=exif, icc_profile=profile, comment=SECRET, xmp=SECRET.encode(), **options
    )
    return buffer.getvalue() + b"\xff\xd8" + SECRET.encode()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 100, "subsampling": 0}])
def test_jpeg(options: dict[str, object]) -> None:
    content = jpeg(**options)
    stripped = strip_jpeg(content)
    assert content.count(SECRET.encode()) >= 4
    assert SECRET.encode() not in stripped
    assert b"ICC_PROFILE" not in stripped
    assert np.array_equal(opened(stripped), opened(content))
    assert stripped.endswith(b"\xff\xd9")


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_jpeg_is_not_turned(orientation: int) -> None:
    content = jpeg(orientation)
    shown = [
        np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(one))))
        for one in (content, strip_jpeg(content))
    ]
    assert np.array_equal(*shown)
    assert dict(Image.open(io.BytesIO(strip_jpeg(content))).getexif()) == (
        {} if orientation == 1 else {0x0112: orientation}
    )


def test_jpeg_thumbnail_of_jfif_goes() -> None:
    head = struct.pack(">5sHBHHBB", b"JFIF\0", 0x0102, 1, 72, 72, 2, 2) + b"SECRETTHUMBS"
    content = jpeg()
    with_thumb = content[:2] + struct.pack(">BBH", 0xFF, 0xE0, len(head) + 2) + head + content[20:]
    assert b"SECRETTHUMBS" in with_thumb
    assert b"SECRETTHUMBS" not in strip_jpeg(with_thumb)


@pytest.mark.parametrize("pixels", [GREY, COLOUR, DEEP], ids=["grey", "colour", "deep"])
def test_png(pixels: np.ndarray) -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Title", SECRET)
    note.add_text("Comment", SECRET, zip=True)
    note.add_itxt("Author", SECRET)
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET
    Image.fromarray(pixels).save(buffer, "PNG", pnginfo=note, exif=exif, icc_profile=b"0" * 200)
    content = buffer.getvalue() + SECRET.encode()
    stripped = strip_png(content)
    chunks = [
        kind for kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", SECRET.encode()) if kind in stripped
    ]
    assert chunks == []
    assert np.array_equal(opened(stripped), opened(content))
    assert Image.open(io.BytesIO(stripped)).info == {}


@pytest.mark.parametrize("pixels", [GREY, COLOUR, DEEP], ids=["grey", "colour", "deep"])
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("big", [False, True])
def test_tiff(pixels: np.ndarray, compression: str, big: bool) -> None:
    buffer = io.BytesIO()
    pages = [Image.fromarray(pixels), Image.fromarray(pixels[::-1])]
    pages[0].save(
        buffer, "TIFF", save_all=True, append_images=pages[1:], compression=compression, big_tiff=big,
        description=SECRET, software=SECRET, artist=SECRET, icc_profile=b"0" * 200,
    )  # fmt: skip
    content = buffer.getvalue() + SECRET.encode()
    stripped = strip_tiff(content)
    assert SECRET.encode() in content
    assert SECRET.encode() not in stripped
    before, after = Image.open(io.BytesIO(content)), Image.open(io.BytesIO(stripped))
    assert after.n_frames == 2
    for page in range(2):
        before.seek(page)
        after.seek(page)
        assert np.array_equal(np.asarray(before), np.asarray(after))


@pytest.mark.parametrize("kind", [nibabel.Nifti1Image, nibabel.Nifti2Image])
@pytest.mark.parametrize("zipped", [False, True])
def test_nifti(tmp_path: Path, kind: type, zipped: bool) -> None:
    values = RNG.normal(size=(4, 5, 6)).astype(np.float32)
    affine = np.array([[0, 2, 0, -7], [-1, 0, 0, 3], [0, 0, 3, 1], [0, 0, 0, 1.0]])
    image = kind(values, affine)
    for name in ("descrip", "aux_file", "intent_name"):
        image.header[name] = SECRET.encode()
    if kind is nibabel.Nifti1Image:
        image.header["db_name"] = SECRET.encode()
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", SECRET.encode() * 30))
    path = tmp_path / f"{SECRET}.nii{'.gz' if zipped else ''}"
    nibabel.save(image, path)
    content = path.read_bytes()
    if not zipped:
        content += SECRET.encode()
    stripped = strip_nifti(content)
    (tmp_path / f"b.nii{'.gz' if zipped else ''}").write_bytes(stripped)
    again = nibabel.load(tmp_path / f"b.nii{'.gz' if zipped else ''}")
    assert SECRET.encode() not in (gzip.decompress(stripped) if zipped else stripped)
    assert SECRET.encode() not in stripped
    assert np.array_equal(again.get_fdata(), values)
    assert np.array_equal(again.affine, affine)
    assert again.header.get_zooms() == image.header.get_zooms()
    assert not again.header.extensions


@pytest.mark.parametrize(
    ("strip", "content"),
    [
        (strip_jpeg, jpeg()[:400]),
        (strip_jpeg, b"\xff\xd8nonsense"),
        (strip_png, b"\x89PNG\r\n\x1a\n\0\0\xff\xffIHDR"),
        (strip_png, b"GIF89a"),
        (strip_tiff, b"II*\0\x08\0\0\0\xff\xff"),
        (strip_tiff, b"II*\0\0\0\0\0"),
        (strip_nifti, b"nonsense" * 100),
        (strip_nifti, gzip.compress(b"a" * 1000, mtime=0)[:15]),
    ],
)
def test_damaged_files_are_refused(strip: object, content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(is|has) "):
        strip(content)


def test_a_tiff_in_a_circle_ends() -> None:
    buffer = io.BytesIO()
    Image.fromarray(GREY).save(buffer, "TIFF")
    content = bytearray(buffer.getvalue())
    (at,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, at)
    struct.pack_into("<I", content, at + 2 + 12 * count, at)
    with pytest.raises(ValueError, match="circle"):
        strip_tiff(bytes(content))


def test_a_bomb_is_stopped_early() -> None:
    image = nibabel.Nifti1Image(np.zeros((2, 2, 2), dtype=np.uint8), np.eye(4))
    content = image.to_bytes()
    with pytest.raises(ValueError, match="far more than its header says"):
        strip_nifti(gzip.compress(content + bytes(50_000_000)))
    damaged = bytearray(gzip.compress(content))
    damaged[-8] ^= 0xFF  # the checksum
    with pytest.raises(ValueError, match="damaged gzip"):
        strip_nifti(bytes(damaged))
    assert np.array_equal(
        nibabel.Nifti1Image.from_bytes(strip_nifti(content)).get_fdata(), np.zeros((2, 2, 2))
    )
