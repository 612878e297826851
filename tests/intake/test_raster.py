from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageOps

from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load_file


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def test_png_and_lossless_formats_keep_every_value(tmp_path: Path, random: np.random.Generator) -> None:
    grey = random.integers(0, 256, (5, 7), dtype=np.uint8)
    colour = random.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    for suffix in ("png", "bmp", "tif", "ppm", "webp"):
        path = tmp_path / f"c.{suffix}"
        Pillow.fromarray(colour).save(path, **({"lossless": True} if suffix == "webp" else {}))
        image = load_file(path)
        assert np.array_equal(image.pixels, colour), suffix
        assert image.bits == 8
        assert image.is_colour
    Pillow.fromarray(grey).save(tmp_path / "g.pgm")
    assert np.array_equal(load_file(tmp_path / "g.pgm").pixels, grey)


def test_jpeg_is_what_opencv_decodes(tmp_path: Path, random: np.random.Generator) -> None:
    smooth = cv2.GaussianBlur(random.integers(0, 256, (40, 30, 3), dtype=np.uint8), (9, 9), 0)
    cv2.imwrite(str(tmp_path / "a.jpg"), smooth)
    ours = load_file(tmp_path / "a.jpg").pixels.astype(int)
    theirs = cv2.imread(str(tmp_path / "a.jpg"))[:, :, ::-1].astype(int)
    assert np.abs(ours - theirs).max() <= 2


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_keep_the_low_byte(
    tmp_path: Path, random: np.random.Generator, suffix: str, channels: int
) -> None:
    shape = (6, 9) if channels == 1 else (6, 9, channels)
    deep = random.integers(0, 65536, shape, dtype=np.uint16)
    if channels == 4:
        deep[:, :, 3] = 65535
    path = tmp_path / f"deep.{suffix}"
    order = [0] if channels == 1 else [2, 1, 0, 3][:channels]
    cv2.imwrite(str(path), deep if channels == 1 else deep[:, :, order])
    image = load_file(path)
    assert image.bits == 16
    assert np.array_equal(image.pixels, deep if channels == 1 else deep[:, :, :3])


def test_sixteen_bit_uncompressed_big_endian_tiff(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.uint16).reshape(3, 4) * 5461
    Pillow.fromarray(values).save(tmp_path / "le.tif")
    Pillow.frombytes("I;16B", (4, 3), values.astype(">u2").tobytes()).save(tmp_path / "be.tif")
    assert np.array_equal(load_file(tmp_path / "le.tif").pixels, values)
    assert np.array_equal(load_file(tmp_path / "be.tif").pixels, values)


def test_grey_with_opacity_of_sixteen_bits_is_laid_on_black(tmp_path: Path) -> None:
    grey = np.array([[1000, 60001]], np.uint16)
    opacity = np.array([[65535, 0]], np.uint16)
    rows = np.stack([grey, opacity], -1).astype(">u2").tobytes()
    header = struct.pack(">IIBBBBB", 2, 1, 16, 4, 0, 0, 0)
    (tmp_path / "la.png").write_bytes(_png(header, b"\x00" + rows))
    assert load_file(tmp_path / "la.png").pixels.tolist() == [[1000, 0]]


def _png(header: bytes, scanlines: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(scanlines)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_one_bit_becomes_black_and_white(tmp_path: Path) -> None:
    Pillow.fromarray(np.array([[True, False]])).save(tmp_path / "1.png")
    assert load_file(tmp_path / "1.png").pixels.tolist() == [[255, 0]]


def test_transparent_parts_are_black_and_said(tmp_path: Path) -> None:
    half = np.array([[[200, 100, 50, 255], [200, 100, 50, 0], [200, 100, 50, 51]]], np.uint8)
    Pillow.fromarray(half, "RGBA").save(tmp_path / "a.png")
    image = load_file(tmp_path / "a.png")
    assert image.pixels.tolist() == [[[200, 100, 50], [0, 0, 0], [40, 20, 10]]]
    assert "laid on black" in image.attributes["converted"]


def test_palette_becomes_its_colours(tmp_path: Path) -> None:
    palette = Pillow.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 200, 150, 100])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "p.png")
    image = load_file(tmp_path / "p.png")
    assert image.pixels.tolist() == [[[10, 20, 30], [200, 150, 100]]]
    assert "palette" in image.attributes["converted"]


def test_transparent_palette_entry_needs_no_warning(tmp_path: Path) -> None:
    palette = Pillow.new("P", (2, 1))
    palette.putpalette([10, 20, 30, 200, 150, 100])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "p.png", transparency=bytes([0, 255]))
    assert load_file(tmp_path / "p.png").pixels.tolist() == [[[0, 0, 0], [200, 150, 100]]]


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    Pillow.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "c.tif")
    image = load_file(tmp_path / "c.tif")
    assert image.pixels[0, 0].tolist() == [255, 0, 0]
    assert "CMYK" in image.attributes["converted"]
    Pillow.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "c.jpg")
    assert np.abs(load_file(tmp_path / "c.jpg").pixels[4, 4].astype(int) - [255, 0, 0]).max() < 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int) -> None:
    picture = Pillow.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6) * 10)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "o.png", exif=exif)
    with Pillow.open(tmp_path / "o.png") as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened))
    for suffix in ("png", "tif"):
        picture.save(tmp_path / f"o.{suffix}", exif=exif)
        assert np.array_equal(load_file(tmp_path / f"o.{suffix}").pixels, expected), suffix


def test_floats_stay_and_nan_is_refused(tmp_path: Path) -> None:
    values = np.array([[0.25, -3.5]], np.float32)
    Pillow.fromarray(values).save(tmp_path / "f.tif")
    image = load_file(tmp_path / "f.tif")
    assert image.pixels.dtype == np.float32
    assert image.bits == 32
    assert np.array_equal(image.pixels, values)
    for bad in (np.nan, np.inf):
        Pillow.fromarray(np.array([[0.25, bad]], np.float32)).save(tmp_path / "n.tif")
        with pytest.raises(UnreadableFile, match="1 pixels that are NaN or infinite"):
            load_file(tmp_path / "n.tif")


def test_thirty_two_bit_integers_become_sixteen_where_they_fit(tmp_path: Path) -> None:
    Pillow.fromarray(np.array([[0, 65535]], np.int32)).save(tmp_path / "i.tif")
    assert load_file(tmp_path / "i.tif").pixels.dtype == np.uint16
    Pillow.fromarray(np.array([[-1000, 70000]], np.int32)).save(tmp_path / "j.tif")
    assert load_file(tmp_path / "j.tif").pixels.tolist() == [[-1000.0, 70000.0]]


def test_several_pages_are_refused_but_thumbnails_are_not(tmp_path: Path) -> None:
    page = Pillow.fromarray(np.zeros((8, 8), np.uint8))
    page.save(tmp_path / "two.tif", save_all=True, append_images=[page])
    with pytest.raises(UnreadableFile, match="holds 2 pages"):
        load_file(tmp_path / "two.tif")
    page.save(tmp_path / "thumb.tif", save_all=True, append_images=[page.resize((4, 4))])
    assert load_file(tmp_path / "thumb.tif").pixels.shape == (8, 8)


def test_header_of_900_megapixels_is_refused_before_decoding(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 0)
    (tmp_path / "big.png").write_bytes(_png(header, b""))
    with pytest.raises(
        UnreadableFile, match="30000 x 30000 pixels, more than the limit of 300 megapixels; crop"
    ):
        load_file(tmp_path / "big.png")


def test_large_but_allowed_images_raise_no_bomb_warning(tmp_path: Path) -> None:
    Pillow.new("1", (15000, 13000)).save(tmp_path / "wide.png")  # 195 megapixels: Pillow alone would refuse
    assert load_file(tmp_path / "wide.png").pixels.shape == (13000, 15000)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
def test_truncated_files_are_unreadable(tmp_path: Path, random: np.random.Generator, suffix: str) -> None:
    stream = io.BytesIO()
    kinds = {"jpg": "JPEG", "tif": "TIFF", "png": "PNG", "bmp": "BMP"}
    Pillow.fromarray(random.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(stream, kinds[suffix])
    content = stream.getvalue()
    for share in (0.1, 0.5, 0.9):
        path = tmp_path / f"cut.{suffix}"
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(UnreadableFile, match="damaged"):
            load_file(path)
