from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array

from thirdeye.case.image import Image
from thirdeye.dicom.frames import stored_values
from thirdeye.dicom.image import read_dicom
from thirdeye.dicom.open import open_dataset
from thirdeye.errors import UnreadableFile


def bundled(name: str) -> Path:
    """A file that comes with pydicom."""
    return Path(str(get_testdata_file(name, download=False)))


def stored(path: Path, index: int = 0) -> np.ndarray:
    return stored_values(open_dataset(path, path.name), index)


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        ("MR_small.dcm", "MR_small_RLE.dcm"),
        ("MR_small.dcm", "MR_small_bigendian.dcm"),
        ("MR_small.dcm", "MR_small_implicit.dcm"),
        ("MR_small.dcm", "MR_small_jp2klossless.dcm"),
        ("MR_small.dcm", "MR_small_jpeg_ls_lossless.dcm"),
        ("SC_rgb_small_odd.dcm", "SC_rgb_small_odd_big_endian.dcm"),
        ("liver_1frame.dcm", "liver_expb_1frame.dcm"),
        ("rtdose_1frame.dcm", "rtdose_rle_1frame.dcm"),
        ("rtdose_1frame.dcm", "rtdose_expb_1frame.dcm"),
    ],
)
def test_lossless_syntaxes_agree(plain: str, other: str) -> None:
    np.testing.assert_array_equal(stored(bundled(plain)), stored(bundled(other)))
    shown = [read_dicom(bundled(name), name) for name in (plain, other)]
    assert all(isinstance(image, Image) for image in shown)
    assert np.array_equal(shown[0].pixels, shown[1].pixels)  # type: ignore[union-attr]


def test_values_are_in_the_byte_order_of_the_machine() -> None:
    assert stored(bundled("MR_small_bigendian.dcm")).dtype.isnative


def test_jpeg_extended_with_12_bits() -> None:
    """dcmtk 3.6.7 (dcmdjpeg) gives these values; pydicom itself refuses the file."""
    pytest.importorskip("gdcm")
    values = stored(bundled("JPGExtended.dcm"))
    assert values.shape == (1024, 256)
    assert (values.dtype, int(values.min()), int(values.max())) == (np.uint16, 0, 264)
    assert int(values.sum(dtype=np.int64)) == 3_767_007


@pytest.mark.data
def test_every_syntax_of_the_collection_is_decoded(shared_data: Path) -> None:
    """Lossless forms equal the uncompressed one, lossy forms come close to it."""
    pytest.importorskip("gdcm")
    folder = shared_data / "dicom_transfer_syntaxes"
    compared = 0
    for plain in sorted(folder.glob("*_UNC.dcm")):
        truth = pixel_array(plain).astype(int)
        for syntax, tolerance in (("RLE", 0), ("JPLL", 0), ("JLSL", 0), ("J2KR", 0), ("JLSN", 12)):
            path = folder / plain.name.replace("UNC", syntax)
            if path.exists():
                values = stored(path) if truth.ndim == 2 else np.asarray(read_dicom(path, "x").pixels)  # type: ignore[union-attr]
                assert np.abs(values.astype(int) - truth).max() <= tolerance, path.name
                compared += 1
    assert compared > 25


def test_bits_outside_bits_stored_are_cleared(tmp_path: Path) -> None:
    dataset = open_dataset(bundled("MR_small.dcm"), "x")
    truth = np.array([[-2048, -1], [0, 2047]], np.int16)
    rubbish = np.array([[0x5, 0xA], [0xF, 0x3]], np.uint16) << 12
    words = (truth.view(np.uint16) & 0x0FFF) | rubbish
    dataset.Rows, dataset.Columns, dataset.PixelData = 2, 2, words.astype("<u2").tobytes()
    dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 1
    np.testing.assert_array_equal(stored_values(dataset, 0), truth)
    shifted = ((truth.view(np.uint16) & 0x0FFF) << 4) | 0x9  # an overlay in the low bits
    dataset.PixelData, dataset.HighBit = shifted.astype("<u2").tobytes(), 15
    np.testing.assert_array_equal(stored_values(dataset, 0), truth)


def test_a_decoder_that_panics_gives_a_reason(tmp_path: Path) -> None:
    """pylibjpeg-rle is written in Rust; its panic is a BaseException that `except Exception` lets through."""
    content = bytearray(bundled("MR_small_RLE.dcm").read_bytes())
    rng = np.random.default_rng(0)
    reasons = set()
    for _ in range(40):
        damaged = bytearray(content)
        at = int(rng.integers(len(content) // 2, len(content) - 64))
        damaged[at : at + 64] = rng.integers(0, 256, 64, dtype=np.uint8).tobytes()
        (tmp_path / "x.dcm").write_bytes(damaged)
        try:
            read_dicom(tmp_path / "x.dcm", "x.dcm")
        except UnreadableFile as error:
            reasons.add(error.reason)
    assert any("do not fit its size" in reason for reason in reasons)
