"""Line integrals against brute force: sampling densities along rays, and chords of cylinders by hand."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.dataset.phantoms_anatomy import Ellipsoid, draw_anatomy, ellipsoid
from thirdeye.dataset.phantoms_projection import (
    LUNG_DENSITY,
    Detector,
    covered,
    crossings,
    project,
    tube_lengths,
)
from thirdeye.dataset.phantoms_tubes import Tubes, along

SMALL = Detector(rows=24, columns=20, pixel_mm=16.0)
FINE = Detector(rows=81, columns=81, pixel_mm=0.5)
NO_TUBES = Tubes(np.empty((0, 3)), np.empty(0), np.empty(0))


def inside(solids: tuple[Ellipsoid, ...], points: np.ndarray) -> np.ndarray:
    return np.any([solid.depth(points) <= 1 for solid in solids], axis=0)


def test_paths_agree_with_sampling_along_rays() -> None:
    whole = draw_anatomy(np.random.default_rng(3), female=True, nodules=2)
    anatomy = type(whole)(**{**vars(whole), "vessels": NO_TUBES, "airways": NO_TUBES, "bones": NO_TUBES})
    paths = project(anatomy, SMALL)
    x, z = SMALL.axes()
    step = 0.5
    depth = np.arange(-160, 160, step) + step / 2
    for row, column in [(4, 5), (8, 6), (12, 4), (15, 7), (12, 13), (18, 14), (20, 6), (10, 10)]:
        points = np.stack([np.full_like(depth, x[column]), depth, np.full_like(depth, z[row])], axis=1)
        body = inside(anatomy.body, points)
        assert np.all(np.diff(np.flatnonzero(body)) == 1)  # the body is one piece along every ray
        lung = inside(anatomy.lungs, points) & ~inside(anatomy.organs, points)
        gas = inside(anatomy.gas, points)
        nodules = sum((one.depth(points) <= 1) * one.density for one in anatomy.nodules)
        bone = sum(((one.depth(points) <= 1) * one.density for one in anatomy.plates), 0.0) * body
        density = body - (1 - LUNG_DENSITY) * lung - gas + (1 - LUNG_DENSITY) * nodules - bone
        assert paths.soft_mm[row, column] == pytest.approx(max(density.sum() * step, 0), abs=2.5)
        assert paths.bone_mm[row, column] == pytest.approx(np.sum(bone) * step, abs=1.0)


def test_a_tilted_ellipsoid_is_cut_where_its_equation_says() -> None:
    solid = ellipsoid((10, -20, 5), (40, 25, 60), tilt_deg=30)
    starts, ends = crossings([solid], SMALL)
    x, z = SMALL.axes()
    hit = ends[0] > starts[0]
    rows, columns = np.nonzero(hit)
    assert len(rows) > 20
    for y in (starts[0][hit], ends[0][hit]):
        surface = np.stack([x[columns], y, z[rows]], axis=1)
        np.testing.assert_allclose(solid.depth(surface), 1.0, atol=1e-9)


def test_windows_hold_the_whole_shadow() -> None:
    solid = ellipsoid((-52, 0, 40), (30, 25, 60), tilt_deg=25)
    starts, ends = crossings([solid], SMALL)
    shadow = (ends - starts)[0]
    kept = np.zeros_like(shadow)
    kept[SMALL.window(solid)] = shadow[SMALL.window(solid)]
    np.testing.assert_array_equal(kept, shadow)
    assert kept[SMALL.window(solid)].size < shadow.size / 2


def test_union_of_intervals_counts_overlaps_once() -> None:
    starts = np.array([0.0, 2.0, 10.0, 11.0, 40.0])[:, None, None]
    ends = np.array([3.0, 5.0, 20.0, 12.0, 40.0])[:, None, None]
    assert covered(starts, ends).item() == 15.0


@pytest.mark.parametrize("incline_deg", [90.0, 50.0])
def test_a_tube_has_the_chords_of_a_cylinder(incline_deg: float) -> None:
    radius, turn = 4.0, np.deg2rad(incline_deg)
    way = np.array([0, np.cos(turn), np.sin(turn)])
    tube = along(np.stack([-200 * way, 200 * way]), radius=radius, density=0.7)
    found = tube_lengths(tube, FINE)[40]  # the row through the middle
    across = (np.arange(81) - 40) * 0.5
    chord = 0.7 * 2 * np.sqrt(np.maximum(radius**2 - across**2, 0)) / np.sin(turn)
    away_from_edge = np.abs(np.abs(across) - radius) > 1.5
    np.testing.assert_allclose(found[away_from_edge], chord[away_from_edge], atol=0.15)
    section = 0.7 * np.pi * radius**2 / np.sin(turn)  # mm^2, cut by the plane of the rays
    assert found.sum() * FINE.pixel_mm == pytest.approx(section, rel=0.01)


def test_turning_a_patient_keeps_the_mass() -> None:
    anatomy = draw_anatomy(np.random.default_rng(5), female=False, nodules=1)
    nodule = anatomy.nodules[0]
    turned = anatomy.posed(turn_deg=20, stretch=1.0, shift_mm=(3, -4)).nodules[0]
    assert np.linalg.det(turned.shape) == pytest.approx(np.linalg.det(nodule.shape))
    assert np.hypot(*(turned.centre[:2] - [3, 0])) == pytest.approx(np.hypot(*nodule.centre[:2]))
    assert turned.centre[2] == pytest.approx(nodule.centre[2] - 4)


def test_nodules_lie_in_air_and_some_behind_the_heart() -> None:
    behind = 0
    for seed in range(60):
        anatomy = draw_anatomy(np.random.default_rng(seed), female=False, nodules=3)
        heart = anatomy.organs[0]
        for nodule in anatomy.nodules:
            assert inside(anatomy.lungs, nodule.centre[None]).all()
            assert not inside(anatomy.organs, nodule.centre[None]).any()
            over_heart = nodule.centre * [1, 0, 1] + heart.centre * [0, 1, 0]
            behind += bool(heart.depth(over_heart[None])[0] < 0.9)
    assert 3 <= behind <= 60
