"""The 48 orientations against nibabel, and against voxels whose place in the patient is known."""

from __future__ import annotations

import nibabel.orientations as reference
import numpy as np
import pytest

from thirdeye.case.affine import farthest_mm
from thirdeye.case.geometry import Geometry
from thirdeye.case.orientation import (
    ORIENTATIONS,
    affine_from_lps,
    code_of,
    obliquity_deg,
    swap_lps,
    turn_affine,
    turn_voxels,
)
from thirdeye.case.reorient import reoriented, returned
from thirdeye.case.volume import Volume

SHAPE = (3, 4, 5)


def rotation(degrees: tuple[float, float, float]) -> np.ndarray:
    x, y, z = np.radians(degrees)
    about_x = [[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]]
    about_y = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_z = [[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]]
    return np.array(about_x) @ np.array(about_y) @ np.array(about_z)


def affine_of(code: str, degrees: tuple[float, float, float] = (0, 0, 0)) -> np.ndarray:
    """By hand, letter by letter: an index that grows to the right adds to x, and so on."""
    grows = {"R": (1, 0, 0), "A": (0, 1, 0), "S": (0, 0, 1), "L": (-1, 0, 0), "P": (0, -1, 0)}
    grows["I"] = (0, 0, -1)
    affine = np.eye(4)
    affine[:3, :3] = rotation(degrees) @ np.array([grows[letter] for letter in code]).T * (0.7, 1.3, 2.9)
    affine[:3, 3] = (-91.3, 126.1, -72.7)
    return affine


def volume_in(code: str, degrees: tuple[float, float, float] = (0, 0, 0)) -> Volume:
    voxels = np.random.default_rng(7).permutation(60).reshape(SHAPE).astype(np.int16)  # all differ
    return Volume(voxels, Geometry(affine_of(code, degrees)), "scan.nii")


def places(volume: Volume) -> dict[int, np.ndarray]:
    """Every value (all differ) to its place in the patient."""
    indices = np.indices(volume.voxels.shape).reshape(3, -1)
    points = volume.geometry.affine @ np.vstack([indices, np.ones(indices.shape[1])])
    return dict(zip(volume.voxels.ravel().tolist(), points[:3].T, strict=True))


def test_there_are_48() -> None:
    assert len(set(ORIENTATIONS)) == 48
    assert ORIENTATIONS[0] == "RAS"


@pytest.mark.parametrize("code", ORIENTATIONS)
@pytest.mark.parametrize("degrees", [(0, 0, 0), (12, -17, 8), (-20, 5, 25)])
def test_codes_agree_with_nibabel(code: str, degrees: tuple[float, float, float]) -> None:
    affine = affine_of(code, degrees)
    assert code_of(affine) == code == "".join(reference.aff2axcodes(affine))
    assert obliquity_deg(affine) == pytest.approx(
        np.degrees(np.arccos(np.abs(rotation(degrees).diagonal()).min())), abs=1e-5
    )


def test_random_oblique_affines_agree_with_nibabel_where_one_axis_leads() -> None:
    rng = np.random.default_rng(3)
    compared = 0
    for _ in range(300):
        affine = np.eye(4)
        affine[:3, :3] = rotation(tuple(rng.uniform(-180, 180, 3))) * rng.uniform(0.3, 5, 3)
        if np.sort(np.abs(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)), axis=0)[-1].min() > 0.75:
            compared += 1
            assert code_of(affine) == "".join(reference.aff2axcodes(affine))
    assert compared > 100


@pytest.mark.parametrize("to", ORIENTATIONS)
def test_every_voxel_keeps_its_place_in_every_turn(to: str) -> None:
    for code in ORIENTATIONS:
        before = volume_in(code, (6, -4, 9))
        after = reoriented(before, to)
        assert after.geometry.orientation == to
        was, is_now = places(before), places(after)
        assert max(float(np.abs(was[value] - is_now[value]).max()) for value in was) < 1e-10


@pytest.mark.parametrize("code", ORIENTATIONS)
def test_turning_agrees_with_nibabel(code: str) -> None:
    volume = volume_in(code, (6, -4, 9))
    turn = reference.ornt_transform(
        reference.io_orientation(volume.geometry.affine), reference.axcodes2ornt(tuple("LPS"))
    )
    turned = reoriented(volume, "LPS")
    assert np.array_equal(turned.voxels, reference.apply_orientation(volume.voxels, turn))
    expected = volume.geometry.affine @ reference.inv_ornt_aff(turn, SHAPE)
    assert farthest_mm(turned.geometry.affine, expected, SHAPE) < 1e-10


@pytest.mark.parametrize("code", ORIENTATIONS)
def test_back_is_bit_exact(code: str) -> None:
    for to in ORIENTATIONS:
        volume = volume_in(code, (31, 2, -11))
        back = returned(reoriented(volume, to).voxels, to, volume.geometry)
        assert back.dtype == volume.voxels.dtype
        assert np.array_equal(back, volume.voxels)
        exact = Volume(volume.voxels, Geometry(affine_of(code) * 16 // 1 / 16), "dyadic.nii")
        exact.geometry.affine[3] = (0, 0, 0, 1)
        again = reoriented(reoriented(exact, to), exact.geometry.orientation)
        assert again.geometry.affine.tobytes() == exact.geometry.affine.tobytes()


def test_channels_stay_where_they_are() -> None:
    voxels = np.random.default_rng(1).normal(size=(*SHAPE, 2))
    turned = turn_voxels(voxels, "RAS", "SLP")
    assert turned.shape == (5, 3, 4, 2)
    assert np.array_equal(turned[..., 1], turn_voxels(voxels[..., 1], "RAS", "SLP"))


def test_lps_and_back() -> None:
    affine = affine_of("PIR", (10, 20, 30))
    there = swap_lps(affine)
    assert np.array_equal(there, np.diag([-1.0, -1, 1, 1]) @ affine)
    assert swap_lps(there).tobytes() == affine.tobytes()


def test_an_axial_dicom_stack_is_lps() -> None:
    affine = affine_from_lps(np.array([-100.0, -90, 30]), np.eye(3), np.array([0.5, 0.6, 3]))
    assert code_of(affine) == "LPS"
    assert (affine @ (0, 0, 0, 1)).tolist() == [100, 90, 30, 1]  # to the right and in front of the centre
    assert (affine @ (2, 0, 1, 1)).tolist() == [99, 90, 33, 1]


@pytest.mark.parametrize("code", ["RA", "RASX", "RRS", "XYZ", "ras", ""])
def test_what_is_no_orientation_is_named(code: str) -> None:
    with pytest.raises(ValueError, match="expected one letter each"):
        turn_affine(np.eye(4), SHAPE, code)
