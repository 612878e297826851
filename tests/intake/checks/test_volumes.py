"""The checks of volumes on data made to offend them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.orientation import turn_affine, turn_voxels
from thirdeye.case.volume import Volume
from thirdeye.intake.checks.check import CHECKS, NotApplicable
from thirdeye.intake.finding import Finding
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey
from thirdeye.intake.volume_write import write_mask, write_volume

AFFINE = np.array([[0.8, 0, 0, -20], [0, 0.8, 0, -30], [0, 0, 2.5, 10], [0, 0, 0, 1.0]])
SHAPE = (10, 12, 8)
Change = Callable[[Volume], Volume]


def scan(seed: int) -> Volume:
    voxels = np.random.default_rng(seed).normal(100, 20, SHAPE).astype(np.int16)
    return Volume(voxels, Geometry(AFFINE), "scan")


def turned(to: str) -> Change:
    def change(volume: Volume) -> Volume:
        affine = turn_affine(volume.geometry.affine, SHAPE, to)
        return Volume(turn_voxels(volume.voxels, "RAS", to), Geometry(affine), "scan")

    return change


def moved(**changes: float) -> Change:
    """Entries of the affine by name: ``a02=0.5`` is row 0, column 2."""

    def change(volume: Volume) -> Volume:
        affine = volume.geometry.affine.copy()
        for place, value in changes.items():
            affine[int(place[1]), int(place[2])] = value
        return Volume(volume.voxels, Geometry(affine), "scan")

    return change


def times(factor: float, plus: float = 0) -> Change:
    return lambda v: Volume((v.voxels * factor + plus).astype(np.float32), v.geometry, "scan")


def dataset(
    folder: Path, changes: dict[int, Change], *, count: int = 12, masks: dict[int, Change] | None = None
) -> Path:
    """So many scans in the Decathlon's layout, some of them changed; masks for all when some are changed."""
    for part in ("imagesTr", "labelsTr"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        volume = changes.get(number, lambda v: v)(scan(number))
        write_volume(folder / "imagesTr" / f"c_{number:02d}.nii.gz", volume)
        mask = (masks or {}).get(number, lambda v: v)(scan(number))
        if masks is not None:
            write_mask(folder / "labelsTr" / f"c_{number:02d}.nii.gz", mask.voxels > 110, mask.geometry)
    return folder


def found(folder: Path, check: str) -> list[Finding]:
    with survey(open_collection(folder, labels_optional=True)) as seen:
        return list(CHECKS.get(check).run(seen))


def only(folder: Path, check: str) -> Finding:
    findings = found(folder, check)
    assert len(findings) == 1
    return findings[0]


OURS = (
    "volume.orientation", "volume.spacing", "volume.geometry", "volume.channels", "volume.intensity",
    "mask.geometry", "volume.not_finite",
)  # fmt: skip


@pytest.mark.parametrize("check", OURS)
def test_sound_volumes_offend_no_check(tmp_path: Path, check: str) -> None:
    assert not found(dataset(tmp_path, {}, masks={}), check)


@pytest.mark.parametrize("check", OURS)
def test_without_volumes_nothing_applies(class_folders: Callable[..., Path], check: str) -> None:
    with pytest.raises(NotApplicable, match="the data hold no volumes"):
        found(class_folders({"no": 6, "yes": 6}), check)


def test_one_volume_mirrored(tmp_path: Path) -> None:
    finding = only(dataset(tmp_path, {3: turned("LAS")}), "volume.orientation")
    assert finding.cases == ("imagesTr/c_03.nii.gz",)
    assert "mirrored, left for right" in finding.message
    assert finding.evidence["table"]["rows"] == [["RAS", 11], ["LAS", 1]]
    assert finding.exhibits[0].pixels.shape == (12, 10 + 6 + 10, 3)
    assert "each turned by its header" in finding.exhibits[0].caption


def test_one_volume_lies_otherwise(tmp_path: Path) -> None:
    finding = only(dataset(tmp_path, {3: turned("RSA"), 4: turned("RSA")}), "volume.orientation")
    assert finding.cases == ("imagesTr/c_03.nii.gz", "imagesTr/c_04.nii.gz")
    assert "RSA instead of RAS" in finding.message


def test_no_usual_orientation(tmp_path: Path) -> None:
    folder = dataset(tmp_path, {n: turned(("LPS", "RSA", "PIR")[n % 3]) for n in range(9)})
    finding = only(folder, "volume.orientation")
    assert "4 orientations" in finding.message
    assert len(finding.cases) == 12


def test_spacing_of_another_protocol(tmp_path: Path) -> None:
    finding = only(dataset(tmp_path, {5: moved(a22=6.0)}), "volume.spacing")
    assert (finding.severity, finding.cases) == ("warning", ("imagesTr/c_05.nii.gz",))
    assert "0.8 x 0.8 x 6 mm instead of 0.8 x 0.8 x 2.5 mm" in finding.message


def test_spacings_in_any_orientation_are_the_same(tmp_path: Path) -> None:
    assert not found(dataset(tmp_path, {n: turned("SLP") for n in range(5)}), "volume.spacing")


def test_mixed_spacings(tmp_path: Path) -> None:
    finding = only(dataset(tmp_path, {n: moved(a00=0.8 + 0.03 * n) for n in range(12)}), "volume.spacing")
    assert finding.severity == "info"
    assert finding.evidence["table"]["rows"][0][1::4] == [0.8, 1.13]


def test_spacing_in_the_wrong_unit(tmp_path: Path) -> None:
    folder = dataset(tmp_path, {n: moved(a00=0.0008, a11=0.0008, a22=0.0025) for n in range(12)})
    assert "no scanner has" in only(folder, "volume.spacing").message


def test_a_smaller_field_of_view(tmp_path: Path) -> None:
    folder = dataset(tmp_path, {2: lambda v: Volume(v.voxels[:, :, :3], v.geometry, "x")})
    finding = only(folder, "volume.spacing")
    assert finding.cases == ("imagesTr/c_02.nii.gz",)
    assert "8 x 10 x 8 mm instead of 8 x 10 x 20 mm" in finding.message


def test_geometry_that_is_doubtful(tmp_path: Path) -> None:
    folder = dataset(tmp_path, {1: moved(a02=0.5), 2: moved(a00=1, a11=1, a22=1)})
    path = folder / "imagesTr" / "c_04.nii"
    write_volume(path, scan(4))
    (folder / "imagesTr" / "c_04.nii.gz").unlink()
    data = bytearray(path.read_bytes())
    data[252:256] = bytes(4)  # qform_code and sform_code
    path.write_bytes(data)
    findings = found(folder, "volume.geometry")
    assert [f.cases[0] for f in findings] == [f"imagesTr/c_{n}" for n in ("04.nii", "02.nii.gz", "01.nii.gz")]
    assert [f.severity for f in findings] == ["warning", "info", "warning"]
    assert "state no orientation" in findings[0].message
    assert "sheared" in findings[2].message


def test_voxels_that_are_no_numbers(tmp_path: Path) -> None:
    def damaged(volume: Volume) -> Volume:
        voxels = volume.voxels.astype(np.float32)
        voxels[:2, 0, 0] = np.nan
        voxels[0, 1, 0] = np.inf
        return Volume(voxels, volume.geometry, "x")

    finding = only(dataset(tmp_path, {2: damaged}), "volume.not_finite")
    assert finding.cases == ("imagesTr/c_02.nii.gz",)
    assert "3 of 960 (0.3 %) voxels" in finding.message


def test_channels_mixed(tmp_path: Path) -> None:
    folder = dataset(tmp_path, {7: lambda v: Volume(np.stack([v.voxels] * 3, -1), v.geometry, "x")})
    finding = only(folder, "volume.channels")
    assert (finding.severity, finding.cases) == ("error", ("imagesTr/c_07.nii.gz",))
    assert "11 have 1, 1 have 3" in finding.message


@pytest.mark.parametrize(
    ("change", "severity", "words"),
    [
        (moved(a03=-18), "error", "up to 2 mm away"),
        (moved(a03=-19.9), "warning", "up to 0.1 mm away"),
        (moved(a00=-0.8, a03=-12.8), "error", "mirrored, left for right"),
        (moved(a22=2.6), "error", "up to 0.7 mm away"),
    ],
)
def test_masks_off_their_grid(tmp_path: Path, change: Change, severity: str, words: str) -> None:
    finding = only(dataset(tmp_path, {}, masks={6: change}), "mask.geometry")
    assert finding.severity == severity
    assert finding.groups == (("imagesTr/c_06.nii.gz", "labelsTr/c_06.nii.gz"),)
    assert words in finding.message
    picture = finding.exhibits[0].pixels
    assert (picture[..., 0] != picture[..., 1]).any()  # the mask is red


def test_another_size_is_told_by_another_check(tmp_path: Path) -> None:
    folder = dataset(tmp_path, {}, masks={6: lambda v: Volume(v.voxels[:, :, :7], v.geometry, "m")})
    assert not found(folder, "mask.geometry")
    assert found(folder, "mask.size")


def test_rounding_is_no_finding(tmp_path: Path) -> None:
    assert not found(dataset(tmp_path, {}, masks={6: moved(a03=-20.001)}), "mask.geometry")


def test_channels_of_a_case_off_their_grid(tmp_path: Path) -> None:
    for part in ("imagesTr", "labelsTr"):
        (tmp_path / part).mkdir()
    for number in range(6):
        for channel in range(2):
            change = moved(a23=14) if (number, channel) == (4, 1) else lambda v: v
            write_volume(
                tmp_path / "imagesTr" / f"c{number}_{channel:04d}.nii.gz", change(scan(2 * number + channel))
            )
        write_mask(tmp_path / "labelsTr" / f"c{number}.nii.gz", scan(number).voxels > 110, scan(number))
    finding = only(tmp_path, "mask.geometry")
    assert finding.groups == (
        ("imagesTr/c4_0001.nii.gz", "labelsTr/c4.nii.gz"),
        ("imagesTr/c4_0000.nii.gz", "imagesTr/c4_0001.nii.gz"),
    )  # fmt: skip


def test_hounsfield_units_beside_raw_values(tmp_path: Path) -> None:
    folder = dataset(tmp_path, {n: times(10, -2000) for n in range(9)})
    messages = [f.message for f in found(folder, "volume.intensity")]
    assert len(messages) == 1 or "Hounsfield" in messages[0]
    assert any(
        "9 volumes hold values far below zero" in message and "3 none" in message for message in messages
    )


def test_one_volume_on_another_scale(tmp_path: Path) -> None:
    finding = only(dataset(tmp_path, {8: times(100)}), "volume.intensity")
    assert finding.cases == ("imagesTr/c_08.nii.gz",)
    assert "on another scale than the others" in finding.message


def test_every_volume_on_its_own_scale(tmp_path: Path) -> None:
    finding = only(dataset(tmp_path, {n: times(8.0 ** (n % 4)) for n in range(12)}), "volume.intensity")
    assert "on different scales" in finding.message
    assert finding.evidence["table"]["columns"][0] == "of a volume"


@pytest.mark.data
def test_the_scales_of_the_hippocampus_set(shared_data: Path) -> None:
    """205 of the 260 are floats up to 1.7e6, 55 are bytes (see its PROVENANCE.md)."""
    with survey(open_collection(shared_data / "msd_task04_hippocampus")) as seen:
        (finding,) = CHECKS.get("volume.intensity").run(seen)
        assert "on different scales" in finding.message
        assert not list(CHECKS.get("mask.geometry").run(seen))
