"""Probability maps: what they say, where they lie, and that the mask is their largest share."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import StageFailed
from thirdeye.inference.dense import probability
from thirdeye.inference.dense.probability import segment_with_probabilities
from thirdeye.inference.dense.second_reader import SegmentingReader
from thirdeye.inference.dense.segment import Reader, segment
from thirdeye.inference.dense.segmented import Segmented
from thirdeye.inference.dense.write_probabilities import map_stem, shares_as_png
from thirdeye.transform.dense.prepare import Preparation, prepared
from thirdeye.transform.dense.windows import Windows

_SPEC = importlib.util.spec_from_file_location("dense_conftest", Path(__file__).with_name("conftest.py"))
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
marked, voxels_of = _MODULE.marked, _MODULE.voxels_of
WritePicture = Callable[[str, np.ndarray], Path]
TURNED = np.array([[0, -2.0, 0, 3], [1.5, 0, 0, 4], [0, 0, 3.0, 5], [0, 0, 0, 1]])


class Speckled:
    """Three outputs that vary from place to place."""

    def run(self, windows: np.ndarray) -> np.ndarray:
        return np.concatenate([0.4 + 0 * windows, 3 * windows, np.cos(9 * windows)], axis=1)


def volume(seed: int = 0) -> Volume:
    voxels = np.random.default_rng(seed).normal(0, 1, (18, 24, 16)).astype(np.float32)
    return Volume(voxels, Geometry(TURNED), "noise")


def both(item: Image | Volume, how: Preparation) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels as always, labels beside maps, and all shares with background first."""
    reader, windows = Reader([Speckled()], (0,)), Windows((8,) * how.axes)
    plain = segment(reader, prepared(item, how), windows, {}, n_structures=2)
    seen = prepared(item, how)
    labels, maps = segment_with_probabilities(reader, seen, windows, {}, structures=("a", "b"))
    shares = np.stack([values for _, values in maps])
    assert shares.dtype == np.float32
    return plain, labels, np.concatenate([1 - shares.sum(axis=0, keepdims=True), shares])


@pytest.mark.parametrize("in_memory", [True, False])
def test_the_mask_is_the_largest_share(monkeypatch: pytest.MonkeyPatch, in_memory: bool) -> None:
    if not in_memory:
        monkeypatch.setattr(probability, "IN_MEMORY", 100)
    plain, labels, shares = both(volume(), Preparation(3, 1, "window", window=(-3, 3, 0, 1)))
    assert labels.shape == (18, 24, 16)
    assert set(np.unique(labels)) == {0, 1, 2}
    np.testing.assert_array_equal(labels, plain)
    np.testing.assert_array_equal(shares.argmax(axis=0), labels)
    assert shares.min() >= -1e-6


def test_shares_of_another_grid_still_sum_to_one() -> None:
    how = Preparation(3, 1, "window", window=(-3, 3, 0, 1), spacing_mm=(3.0, 2.0, 1.7))
    plain, labels, shares = both(volume(1), how)
    np.testing.assert_array_equal(labels, plain)
    assert shares.shape == (3, 18, 24, 16)
    assert shares.min() >= -1e-5
    assert 0.6 < (shares.argmax(axis=0) == labels).mean() < 1  # both are interpolated, each in its way


def test_in_two_dimensions() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (31, 20)).astype(np.uint8)
    plain, labels, shares = both(Image(pixels, 8, "noise"), Preparation(2, 1, "range"))
    np.testing.assert_array_equal(labels, plain)
    np.testing.assert_array_equal(shares.argmax(axis=0), labels)


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, **_: int) -> None: ...

        def seek(self, _: int) -> None: ...

        def write(self, _: bytes) -> None:
            raise OSError(28, "No space left on device")

        def close(self) -> None: ...

    monkeypatch.setattr(probability.tempfile, "SpooledTemporaryFile", Full)
    with pytest.raises(StageFailed, match="temporary folder: No space left"):
        both(volume(), Preparation(3, 1, "window", window=(-3, 3, 0, 1)))


def test_the_files_of_a_volume(volume_study: Path, tmp_path: Path) -> None:
    truth = marked((20, 18, 9))
    path = tmp_path / "scan.nii.gz"
    image = nib.Nifti1Image(voxels_of(truth), TURNED)
    image.set_qform(TURNED, 2)
    image.header["descrip"] = b"Jane Doe"
    image.to_filename(path)
    reader = SegmentingReader.load(volume_study, threads=1)
    reader.keep_probabilities()
    (found,) = reader.read_many([path])
    assert isinstance(found, Segmented)
    names = found.write(tmp_path, "case")
    assert names[-2:] == ("case_probability_1_bright.nii.gz", "case_probability_2_dark.nii.gz")
    maps = [nib.load(tmp_path / name) for name in names[-2:]]
    given = nib.load(path)
    for one in maps:
        assert one.get_data_dtype() == np.float32
        np.testing.assert_array_equal(one.affine, given.affine)
        assert one.get_qform(coded=True)[1] == 2
        assert b"Jane" not in one.header.binaryblock
    shares = np.stack([np.asarray(one.dataobj) for one in maps])
    background = 1 - shares.sum(axis=0, keepdims=True)
    np.testing.assert_array_equal(np.concatenate([background, shares]).argmax(axis=0), truth)


def test_the_files_of_a_picture(
    one_structure_study: Path, write_picture: WritePicture, tmp_path: Path
) -> None:
    truth = marked((37, 50))
    reader = SegmentingReader.load(one_structure_study, threads=1)
    reader.keep_probabilities()
    (found,) = reader.read_many([write_picture("a.png", truth)])
    assert isinstance(found, Segmented)
    (name,) = found.write(tmp_path, "case")[3:]
    stored = np.asarray(PIL.Image.open(tmp_path / name))
    assert stored.dtype == np.uint16
    np.testing.assert_array_equal(stored >= 32_768, truth == 1)


def test_without_the_wish_there_are_none(picture_study: Path, write_picture: WritePicture) -> None:
    reader = SegmentingReader.load(picture_study, threads=1)
    (found,) = reader.read_many([write_picture("a.png", marked((37, 50)))])
    assert isinstance(found, Segmented)
    assert found.probabilities is None


def test_one_half_is_not_above_one_half(tmp_path: Path) -> None:
    values = np.array([[0, 0.5, np.nextafter(np.float32(0.5), np.float32(1)), 1]], np.float32)
    path = tmp_path / "a.png"
    path.write_bytes(shares_as_png(values))
    assert np.asarray(PIL.Image.open(path)).tolist() == [[0, 32_767, 32_768, 65_535]]


@pytest.mark.parametrize(
    ("name", "expected"), [("left lung", "s_probability_3_left_lung"), ("../é", "s_probability_3")]
)
def test_names_of_files_hold_plain_letters(name: str, expected: str) -> None:
    assert map_stem("s", 3, name) == expected
