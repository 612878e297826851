"""MetaImage and NRRD against SimpleITK, which shares no code with the readers here, and against damage."""

from __future__ import annotations

import bz2
import gzip
import zlib
from pathlib import Path

import nrrd
import numpy as np
import pytest
import SimpleITK

from thirdeye.case.orientation import ORIENTATIONS, swap_lps
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.nifti_header import NO_ORIENTATION
from thirdeye.intake.pixels import load

ENDINGS = (".mha", ".mhd", ".nrrd", ".nhdr")
META = """ObjectType = Image
NDims = 3
BinaryData = True
TransformMatrix = 1 0 0 0 1 0 0 0 1
Offset = 0 0 0
ElementSpacing = 1 1 1
DimSize = 2 3 4
ElementType = MET_UCHAR
ElementDataFile = LOCAL
"""
NRRD = """NRRD0004
type: uint8
dimension: 3
space: left-posterior-superior
sizes: 2 3 4
space directions: (1,0,0) (0,1,0) (0,0,1)
kinds: domain domain domain
endian: little
encoding: raw
space origin: (0,0,0)

"""


def read(path: Path) -> Volume:
    item = load(path.parent, path.name)
    assert isinstance(item, Volume)
    return item


def itk_image(code: str, kind: str = "int16", channels: int = 0) -> SimpleITK.Image:
    """Oblique, by hand in LPS: R is -x, A is -y."""
    grows = np.array([np.eye(3)["LPS".find(c)] if c in "LPS" else -np.eye(3)["RAI".find(c)] for c in code]).T
    angle = np.radians(9)
    turned = [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    shape = (5, 4, 3, channels) if channels else (5, 4, 3)
    values = np.random.default_rng(1).permutation(np.prod(shape)).reshape(shape).astype(kind)
    image = SimpleITK.GetImageFromArray(values, isVector=bool(channels))
    image.SetDirection((np.array(turned) @ grows).ravel())
    image.SetSpacing((0.7, 1.3, 2.9))
    image.SetOrigin((-5.5, 7.25, 100.1))
    return image


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("code", ORIENTATIONS)
def test_every_orientation_agrees_with_simpleitk(tmp_path: Path, code: str, ending: str) -> None:
    image = itk_image(code)
    SimpleITK.WriteImage(image, str(tmp_path / f"v{ending}"))
    volume = read(tmp_path / f"v{ending}")
    assert volume.geometry.orientation == code
    assert np.array_equal(volume.voxels.T, SimpleITK.GetArrayFromImage(image))
    for index in [(0, 0, 0), (2, 3, 4), (1, 0, 4)]:
        lps = swap_lps(volume.geometry.affine) @ (*index, 1)
        assert np.allclose(lps[:3], image.TransformIndexToPhysicalPoint(index), atol=1e-12)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "kind", ["uint8", "int8", "uint16", "int32", "uint32", "int64", "float32", "float64"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_types_channels_and_packings(tmp_path: Path, ending: str, kind: str, packed: bool) -> None:
    for channels in (0, 2):
        image = itk_image("RAS", kind, channels)
        SimpleITK.WriteImage(image, str(tmp_path / f"v{ending}"), useCompression=packed)
        voxels = read(tmp_path / f"v{ending}").voxels
        assert voxels.dtype == kind
        assert np.array_equal(voxels, np.moveaxis(SimpleITK.GetArrayFromImage(image), (0, 1, 2), (2, 1, 0)))


def test_flat_pictures(tmp_path: Path) -> None:
    image = SimpleITK.GetImageFromArray(np.arange(12, dtype=np.int16).reshape(3, 4))
    image.SetSpacing((0.5, 2))
    for ending in ENDINGS:
        SimpleITK.WriteImage(image, str(tmp_path / f"v{ending}"))
        volume = read(tmp_path / f"v{ending}")
        assert volume.voxels[..., 0].T.tolist() == np.arange(12).reshape(3, 4).tolist()
        assert volume.geometry.spacing_mm[:2] == (0.5, 2)


@pytest.mark.parametrize("encoding", ["raw", "gzip", "bzip2"])
def test_nrrd_as_pynrrd_writes_it(tmp_path: Path, encoding: str) -> None:
    values = np.random.default_rng(1).normal(size=(3, 4, 5)).astype(">f4")
    header = {
        "space": "right-anterior-superior",
        "space directions": np.diag([1.0, 2, 3]),
        "space origin": [10, 20, 30],
    }
    nrrd.write(str(tmp_path / "v.nrrd"), values, {**header, "encoding": encoding})
    volume = read(tmp_path / "v.nrrd")
    assert np.array_equal(volume.voxels, values)
    assert volume.geometry.affine.tolist() == [[1, 0, 0, 10], [0, 2, 0, 20], [0, 0, 3, 30], [0, 0, 0, 1]]


def test_nrrd_that_states_no_orientation(tmp_path: Path) -> None:
    nrrd.write(str(tmp_path / "v.nrrd"), np.zeros((3, 4, 5)), {"spacings": [1.0, 2.0, 3.0]})
    volume = read(tmp_path / "v.nrrd")
    assert volume.geometry.spacing_mm == (1, 2, 3)
    assert volume.attributes["geometry"] == NO_ORIENTATION


def test_colours_of_nrrd(tmp_path: Path) -> None:
    text = NRRD.replace("dimension: 3", "dimension: 4").replace("sizes: ", "sizes: 3 ")
    text = text.replace("directions: ", "directions: none ").replace("kinds: ", "kinds: RGB-color ")
    (tmp_path / "v.nrrd").write_bytes(text.encode() + bytes(range(72)))
    volume = read(tmp_path / "v.nrrd")
    assert (volume.voxels.shape, volume.attributes["photometric"]) == ((2, 3, 4, 3), "RGB")
    assert volume.voxels[1, 0, 0].tolist() == [3, 4, 5]


def test_old_metaimage_without_geometry(tmp_path: Path) -> None:
    text = META.replace("TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\n", "")
    (tmp_path / "v.mha").write_bytes(text.replace("Spacing = 1", "Size = 2").encode() + bytes(24))
    volume = read(tmp_path / "v.mha")
    assert volume.geometry.spacing_mm == (2, 1, 1)
    assert volume.attributes["geometry"] == NO_ORIENTATION


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("= LOCAL", "= ../../etc/passwd", "outside its folder"),
        ("= LOCAL", "= /etc/passwd", "outside its folder"),
        ("= LOCAL", "= C:\\x.raw", "outside its folder"),
        ("= LOCAL", "= out.raw", "outside its folder"),
        ("= LOCAL", "= gone.raw", "'gone.raw' are not beside it"),
        ("= LOCAL", f"= {'x' * 5000}.raw", "are not beside it"),
        ("= LOCAL", "= LIST", "several files"),
        ("= LOCAL", "= v%03d.raw 1 9 1", "several files"),
        ("ElementDataFile = LOCAL\n", "", "does not end in ElementDataFile"),
        ("2 3 4", "2 3 4000000", "cut off"),
        ("2 3 4", "200000 300000 400000", "GiB"),
        ("2 3 4", "2 -3 4", "at least one voxel"),
        ("2 3 4", "2 3 x", "not whole numbers"),
        ("2 3 4", "2 3", "3 axes, 2 sizes"),
        ("NDims = 3", "NDims = 99", "99 axes"),
        ("MET_UCHAR", "MET_STRING", "unknown type"),
        ("BinaryData = True", "BinaryData = False", "as text"),
        ("1 0 0 0 1 0 0 0 1", "1 0 0 0 1 0 0 0 nan", "not numbers"),
        ("1 0 0 0 1 0 0 0 1", "1 0 0 1 0 0 0 0 1", "one plane"),
        ("1 0 0 0 1 0 0 0 1", "1 0 0", "9 numbers"),
        ("Spacing = 1 1 1", "Spacing = 1 0 1", "spacing 0"),
        ("BinaryData = True", "BinaryData = True\nCompressedData = True", "cannot be unpacked"),
        ("= True", "= True\nElementNumberOfChannels = 99999", "99999 channels"),
    ],
)
def test_hostile_metaimage(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in META
    (tmp_path / "data").mkdir()
    (tmp_path / "secret.raw").write_bytes(bytes(24))
    (tmp_path / "data" / "out.raw").symlink_to(tmp_path / "secret.raw")
    (tmp_path / "data" / "v.mha").write_bytes(META.replace(old, new, 1).encode() + b"\1" * 24)
    with pytest.raises(UnreadableFile, match=words):
        read(tmp_path / "data" / "v.mha")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("encoding: raw", "encoding: raw\ndata file: ../secret.raw", "outside its folder"),
        ("encoding: raw", "encoding: raw\ndata file: LIST", "several files"),
        ("encoding: raw", "encoding: ascii", "save it as raw or gzip"),
        ("encoding: raw", "encoding: gzip", "cannot be unpacked"),
        ("encoding: raw", "encoding: raw\nbyte skip: -9", "not read"),
        ("encoding: raw", "encoding: raw\nline skip: 3", "not read"),
        ("sizes: 2 3 4", "sizes: 20000 30000 40000", "GiB"),
        ("sizes: 2 3 4", "sizes: 2 3", "3 axes and 2 sizes"),
        ("sizes: 2 3 4", "sizes: 2 3 0", "at least one voxel"),
        ("sizes: 2 3 4", "sizes: two", "damaged NRRD header"),
        ("type: uint8", "type: block", "unknown type"),
        ("(0,0,1)", "(0,0,nan)", "not numbers"),
        ("(0,0,1)", "(0,1,0)", "one plane"),
        ("NRRD0004", "NRRD9999", "damaged NRRD header"),
    ],
)
def test_hostile_nrrd(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in NRRD
    (tmp_path / "v.nrrd").write_bytes(NRRD.replace(old, new, 1).encode() + b"\1" * 24)
    with pytest.raises(UnreadableFile, match=words):
        read(tmp_path / "v.nrrd")


@pytest.mark.parametrize("packing", ["zlib", "gzip", "bzip2"])
def test_bombs_stop_at_what_the_header_announces(tmp_path: Path, packing: str) -> None:
    zeros = bytes(64 << 20)
    if packing == "zlib":
        text = META.replace("BinaryData = True", "BinaryData = True\nCompressedData = True")
        (tmp_path / "v").write_bytes(text.encode() + zlib.compress(zeros))
    else:
        packed = gzip.compress(zeros) if packing == "gzip" else bz2.compress(zeros)
        (tmp_path / "v").write_bytes(NRRD.replace("raw", packing).encode() + packed)
    with pytest.raises(UnreadableFile, match="much more data"):
        read(tmp_path / "v")


@pytest.mark.parametrize("ending", [".mha", ".nrrd"])
@pytest.mark.parametrize("packed", [False, True])
def test_damage_never_crashes(tmp_path: Path, ending: str, packed: bool) -> None:
    path = tmp_path / f"v{ending}"
    SimpleITK.WriteImage(itk_image("RAS"), str(path), useCompression=packed)
    sound = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for trial in range(150):
        data = bytearray(sound[: rng.integers(len(sound))] if trial % 3 == 0 else sound)
        for place in rng.integers(0, max(1, len(data)), 4):
            data[place : place + 1] = bytes([rng.integers(256)]) if data else b""
        path.write_bytes(data)
        try:
            read(path)
        except UnreadableFile:
            refused += 1
    assert 40 < refused < 150
