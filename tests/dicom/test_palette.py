from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from thirdeye.dicom.palette import expand_segments, palette_to_rgb

RAMP = np.array([[0, 1], [2, 3]], np.uint8)


def header(
    entries: int, first: int, bits: int, data: bytes, *, big: bool = False, prefix: str = ""
) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian if big else ExplicitVRLittleEndian
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [entries, first, bits])
        setattr(dataset, f"{prefix}{colour}PaletteColorLookupTableData", data)
    return dataset


@pytest.mark.parametrize("big", [False, True])
def test_16_bit_entries_show_their_upper_byte(big: bool) -> None:
    data = np.array([0, 0x1234, 0x8000, 0xFFFF], ">u2" if big else "<u2").tobytes()
    rgb = palette_to_rgb(header(4, 0, 16, data, big=big), RAMP)
    assert rgb[..., 0].tolist() == [[0, 0x12], [0x80, 0xFF]]
    assert (rgb[..., 0] == rgb[..., 2]).all()


def test_8_bit_entries_in_bytes_and_in_words() -> None:
    octets = np.array([7, 8, 9, 255], np.uint8)
    for data in (octets.tobytes(), octets.astype("<u2").tobytes()):
        assert palette_to_rgb(header(4, 0, 8, data), RAMP)[..., 1].tolist() == [[7, 8], [9, 255]]


def test_values_outside_the_table_take_its_ends() -> None:
    data = np.array([10, 20], np.uint8).tobytes()
    rgb = palette_to_rgb(header(2, 1, 8, data), RAMP)
    assert rgb[..., 0].tolist() == [[10, 10], [20, 20]]


def test_more_entries_than_a_byte_can_count() -> None:
    data = np.arange(1000).astype(np.uint8).tobytes()
    rgb = palette_to_rgb(header(1000, 0, 8, data), np.array([[300, 999]], np.uint16))
    assert rgb[..., 0].tolist() == [[300 % 256, 999 % 256]]


def test_segments() -> None:
    """The example of PS3.3 C.7.9.2 in words: discrete, linear, and a copy of both."""
    words = np.array([0, 2, 5, 9, 1, 4, 17, 2, 2, 0, 0])
    assert expand_segments(words).tolist() == [5, 9, 11, 13, 15, 17, 5, 9, 11, 13, 15, 17]


@pytest.mark.parametrize(
    "words",
    [[0, 5, 1], [1, 4, 9], [2, 1, 0, 0], [9, 1, 1], [0, 1, 5, 2, 1, 40, 0], [0, 1, 5, 1, 65536, 9, 1, 9, 2]],
)
def test_damaged_segments(words: list[int]) -> None:
    with pytest.raises(ValueError, match="segmented table"):
        expand_segments(np.array(words))


def test_segmented_table_of_a_file_agrees_with_pydicom() -> None:
    from pydicom.pixels import apply_color_lut

    words = np.array([0, 1, 0, 1, 255, 65280], "<u2").tobytes()
    dataset = header(256, 0, 16, words, prefix="Segmented")
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    theirs = apply_color_lut(indices, dataset) >> 8
    assert np.abs(palette_to_rgb(dataset, indices).astype(int) - theirs).max() <= 1


def test_missing_table() -> None:
    dataset = header(4, 0, 16, b"")
    with pytest.raises(ValueError, match="no table of colours"):
        palette_to_rgb(dataset, RAMP)
