"""NIfTI against nibabel and SimpleITK, which share no code with the reader here, and against damage."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK

from thirdeye.case.orientation import ORIENTATIONS, swap_lps
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.nifti_header import FORMS_DIFFER, NO_ORIENTATION, SFORM_BAD
from thirdeye.intake.pixels import load

SHAPE = (3, 4, 5)


def oblique(code: str) -> np.ndarray:
    """By hand, letter by letter, 11 degrees off the axes of the body; spacings 0.75, 1.25 and 3 mm."""
    grows = np.array([np.eye(3)["RAS".find(c)] if c in "RAS" else -np.eye(3)["LPI".find(c)] for c in code]).T
    angle = np.radians(11)
    turned = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    affine = np.eye(4)
    affine[:3, :3] = np.array(turned) @ grows * (0.75, 1.25, 3)
    affine[:3, 3] = (-91, 126, -72)
    return affine.astype(np.float32).astype(np.float64)  # what NIfTI-1 can hold


def voxels(kind: str = "<i2") -> np.ndarray:
    return np.random.default_rng(5).permutation(60).reshape(SHAPE).astype(kind)


def saved(
    path: Path, values: np.ndarray, affine: np.ndarray | None = None, kind: type = nibabel.Nifti1Image
) -> Path:
    nibabel.save(kind(values, np.diag([2.0, 3, 4, 1]) if affine is None else affine), path)
    return path


def read(path: Path) -> Volume:
    item = load(path.parent, path.name)
    assert isinstance(item, Volume)
    return item


@pytest.mark.parametrize("code", ORIENTATIONS)
def test_every_orientation_agrees_with_nibabel_and_simpleitk(tmp_path: Path, code: str) -> None:
    path = saved(tmp_path / "v.nii.gz", voxels(), oblique(code))
    ours, theirs, third = read(path), nibabel.load(path), SimpleITK.ReadImage(str(path))
    assert ours.geometry.orientation == code == "".join(nibabel.aff2axcodes(theirs.affine))
    assert ours.geometry.affine.tobytes() == theirs.affine.tobytes()
    assert np.array_equal(ours.voxels, np.asarray(theirs.dataobj))
    assert np.array_equal(ours.voxels.T, SimpleITK.GetArrayFromImage(third))
    for index in [(0, 0, 0), (2, 3, 4), (1, 0, 4)]:
        lps = swap_lps(ours.geometry.affine) @ (*index, 1)
        assert np.allclose(lps[:3], third.TransformIndexToPhysicalPoint(index), atol=1e-4)


@pytest.mark.parametrize("code", ORIENTATIONS)
def test_the_qform_alone_agrees_with_nibabel(tmp_path: Path, code: str) -> None:
    image = nibabel.Nifti1Image(voxels(), oblique(code))
    image.set_sform(None, 0)
    image.set_qform(oblique(code), 1)
    nibabel.save(image, tmp_path / "v.nii")
    assert np.allclose(read(tmp_path / "v.nii").geometry.affine, oblique(code), atol=2e-5)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".hdr"])
@pytest.mark.parametrize("kind", ["u1", "i1", "<i2", ">i2", "u2", "i4", "u4", "<f4", ">f4", "f8", "i8", "u8"])
def test_types_and_packings(tmp_path: Path, suffix: str, kind: str) -> None:
    image = nibabel.Nifti1Pair if suffix == ".hdr" else nibabel.Nifti1Image
    endian = ">" if kind[0] == ">" else "<"
    values = voxels(kind)
    header = image.header_class(endianness=endian)
    header.set_data_dtype(values.dtype)
    nibabel.save(image(values, np.diag([2.0, 3, 4, 1]), header), tmp_path / f"v{suffix}")
    got = read(tmp_path / f"v{suffix}")
    assert np.array_equal(got.voxels, values)
    assert got.voxels.dtype == values.dtype.newbyteorder("=")
    assert got.geometry.spacing_mm == (2, 3, 4)


@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz", "packed.bin"])
def test_nifti_2_and_names_that_say_nothing(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / "w.nii.gz", voxels("f4"), kind=nibabel.Nifti2Image)
    data = path.read_bytes()
    (tmp_path / name).write_bytes(gzip.decompress(data) if name == "v.nii" else data)
    got = read(tmp_path / name)
    assert (got.attributes["format"], got.voxels.shape) == ("NIfTI-2", SHAPE)


def test_the_file_named_is_the_file_read(tmp_path: Path) -> None:
    saved(tmp_path / "v.nii", voxels())
    saved(tmp_path / "v.nii.gz", voxels() + 1)
    assert np.array_equal(read(tmp_path / "v.nii.gz").voxels, read(tmp_path / "v.nii").voxels + 1)


def edited(path: Path, offset: int, kind: str, *values: float) -> Path:
    data = bytearray(path.read_bytes())
    struct.pack_into(kind, data, offset, *values)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("slope", "intercept", "kind"),
    [
        (1, -1024, "i2"),
        (1, 32000, "i2"),
        (1, 60000, "i4"),
        (0.5, 3, "f4"),
        (0, 7, "i2"),
        (1, 3e9, "f8"),
        (0.001, 5e3, "f8"),
    ],
)
def test_scaling(tmp_path: Path, slope: float, intercept: float, kind: str) -> None:
    path = edited(saved(tmp_path / "v.nii", voxels()), 112, "<2f", slope, intercept)
    got = read(path).voxels
    assert got.dtype == np.dtype(kind)
    assert np.allclose(got, nibabel.load(path).get_fdata(), rtol=1e-7, atol=0)
    assert len(np.unique(got)) == 60


@pytest.mark.parametrize(("kind", "intercept", "result"), [("u2", -30000, "i2"), ("u1", -1024, "i2")])
def test_an_intercept_that_makes_unsigned_numbers_negative(
    tmp_path: Path, kind: str, intercept: int, result: str
) -> None:
    values = np.linspace(0, np.iinfo(kind).max if kind == "u1" else 62000, 60).reshape(SHAPE).astype(kind)
    got = read(edited(saved(tmp_path / "v.nii", values), 112, "<2f", 1, intercept)).voxels
    assert got.dtype == result
    assert np.array_equal(got, values.astype(int) + intercept)


def test_a_scale_beyond_all_numbers(tmp_path: Path) -> None:
    kind = nibabel.Nifti2Image
    path = edited(saved(tmp_path / "v.nii", voxels(), kind=kind), 176, "<2d", 1e300, 1e300)
    with pytest.raises(UnreadableFile, match="no voxel that is a number"):
        read(path)


def test_channels_flat_pictures_and_singular_axes(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.nii", np.zeros((2, 3, 4, 5), np.int16))).voxels.shape == (2, 3, 4, 5)
    assert read(saved(tmp_path / "b.nii", np.zeros((2, 3, 4, 1, 5), np.int16))).voxels.shape == (2, 3, 4, 5)
    assert read(saved(tmp_path / "c.nii", np.zeros((2, 3, 4, 1), np.int16))).voxels.shape == (2, 3, 4)
    assert read(saved(tmp_path / "d.nii", np.zeros((2, 3), np.int16))).voxels.shape == (2, 3, 1)
    with pytest.raises(UnreadableFile, match="at most one of channels or time"):
        read(saved(tmp_path / "e.nii", np.zeros((2, 3, 4, 2, 5), np.int16)))
    with pytest.raises(UnreadableFile, match="complex"):
        read(saved(tmp_path / "f.nii", np.zeros((2, 3, 4), np.complex64)))


def test_colours(tmp_path: Path) -> None:
    values = np.random.default_rng(2).integers(0, 256, (*SHAPE, 3), dtype=np.uint8)
    packed = values.view(np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])).reshape(SHAPE)
    got = read(saved(tmp_path / "v.nii", packed))
    assert np.array_equal(got.voxels, values)
    assert got.attributes["photometric"] == "RGB"


def test_voxels_that_are_no_numbers_count_as_0(tmp_path: Path) -> None:
    values = voxels("f4")
    values[0, 0, 0], values[1, 1, 1] = np.nan, np.inf
    got = read(saved(tmp_path / "v.nii", values))
    assert (got.voxels[0, 0, 0], got.voxels[1, 1, 1], got.attributes["not_finite"]) == (0, 0, "2")
    with pytest.raises(UnreadableFile, match="no voxel that is a number"):
        read(saved(tmp_path / "w.nii", np.full(SHAPE, np.nan, np.float32)))


def test_which_form_counts(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(voxels(), None)
    image.set_sform(np.diag([-2.0, 2, 2, 1]), 1)
    image.set_qform(np.diag([2.0, 2, 2, 1]), 1)
    nibabel.save(image, tmp_path / "v.nii")
    both = read(tmp_path / "v.nii")
    assert (both.geometry.orientation, both.attributes["geometry"]) == ("LAS", FORMS_DIFFER)
    edited(tmp_path / "v.nii", 280, "<12f", *([0] * 12))
    fallback = read(tmp_path / "v.nii")
    assert (fallback.geometry.orientation, fallback.attributes["geometry"]) == ("RAS", SFORM_BAD)
    edited(tmp_path / "v.nii", 252, "<2h", 0, 0)
    neither = read(tmp_path / "v.nii")
    assert neither.attributes["geometry"] == NO_ORIENTATION
    assert neither.geometry.spacing_mm == (2, 2, 2)


def test_units(tmp_path: Path) -> None:
    path = edited(saved(tmp_path / "v.nii", voxels()), 123, "<B", 3)  # microns
    assert read(path).geometry.spacing_mm == pytest.approx((0.002, 0.003, 0.004))


def test_a_pair_without_its_voxels(tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Pair(voxels(), np.eye(4)), tmp_path / "v.hdr")
    (tmp_path / "v.img").unlink()
    with pytest.raises(UnreadableFile, match=r"'v\.img' is not beside it"):
        read(tmp_path / "v.hdr")


def test_analyze_does_not_say_where_left_is(tmp_path: Path) -> None:
    nibabel.save(nibabel.AnalyzeImage(voxels(), np.eye(4)), tmp_path / "v.hdr")
    with pytest.raises(UnreadableFile, match="where left is"):
        read(tmp_path / "v.hdr")


def test_more_data_than_announced_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "v.nii", voxels())
    path.write_bytes(gzip.compress(path.read_bytes() + bytes(3 << 20)))
    with pytest.raises(UnreadableFile, match="much more data"):
        read(path)


def test_a_small_file_cannot_announce_much(tmp_path: Path) -> None:
    path = edited(saved(tmp_path / "v.nii", voxels()), 42, "<3h", 800, 800, 800)
    with pytest.raises(UnreadableFile, match="cut off"):
        read(path)


@pytest.mark.parametrize("part", [0, 0.01, 0.3, 0.7, 0.76, 0.9, 0.99])
@pytest.mark.parametrize("name", ["v.nii", "v.nii.gz", "v.hdr"])
def test_cut_anywhere(tmp_path: Path, part: float, name: str) -> None:
    kind = nibabel.Nifti1Pair if name == "v.hdr" else nibabel.Nifti1Image
    path = saved(tmp_path / name, voxels(), kind=kind)
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with pytest.raises(UnreadableFile):
        read(path)


def test_flipped_bits_never_crash(tmp_path: Path) -> None:
    path = saved(tmp_path / "v.nii", voxels())
    sound = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(400):
        data = bytearray(sound)
        for place in rng.integers(0, 352, 3):
            data[place] = rng.integers(256)
        path.write_bytes(data)
        try:
            read(path)
        except UnreadableFile:
            refused += 1
    assert 50 < refused < 400


@pytest.mark.data
def test_hostile_files_end_in_a_reason(shared_data: Path) -> None:
    folder = shared_data.parent / "corpora" / "generated" / "files"
    expected = json.loads((folder / "EXPECT.json").read_text())
    names = [name for name in expected if name.startswith("n")]
    sound = {"n19_flip.nii": "LAS", "n20_4d.nii": "RAS"}
    for name in names:
        if name in sound:
            assert read(folder / name).geometry.orientation == sound[name]
            continue
        with pytest.raises(UnreadableFile):
            read(folder / name)
    assert len(names) == 20


@pytest.mark.data
def test_real_volumes_agree_with_nibabel(shared_data: Path) -> None:
    for path in sorted((shared_data / "msd_task04_hippocampus").glob("*Tr/*.nii.gz"))[::20]:
        ours, theirs = read(path), nibabel.load(path)
        assert np.array_equal(ours.voxels, np.asarray(theirs.dataobj))
        assert ours.geometry.affine.tobytes() == theirs.affine.tobytes()


def test_nibabels_own_files() -> None:
    folder = Path(nibabel.__file__).parent / "tests" / "data"
    for name in [
        "anatomical.nii",
        "example4d.nii.gz",
        "example_nifti2.nii.gz",
        "functional.nii",
        "standard.nii.gz",
    ]:
        ours, theirs = read(folder / name), nibabel.load(folder / name)
        assert ours.geometry.affine.tobytes() == theirs.affine.tobytes()
        assert np.allclose(ours.voxels, theirs.get_fdata(), rtol=1e-6, atol=0)
