"""Polarity and scale of heat maps."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.inference.heat_map import evidence, heat_map, scaled_evidence, typical_peak


def cam() -> np.ndarray:
    maps = np.zeros((3, 4, 4), np.float32)
    maps[:, 0, 0] = 5  # all classes alike: evidence for none
    maps[1, 2, 3] = 2
    maps[0, 3, 0] = 2
    return maps


def test_what_speaks_for_the_class_is_bright_and_what_speaks_against_it_is_not() -> None:
    made = heat_map(cam(), 1, task="multiclass", class_name="b", reference=None, passed_sanity=None)
    assert np.argwhere(made.values == 1).tolist() == [[2, 3]]
    assert made.values[3, 0] == 0
    assert made.values[0, 0] == pytest.approx(0, abs=1e-6)
    assert (made.class_name, made.method, made.passed_sanity) == ("b", "cam", None)


def test_binary_maps_of_the_two_classes_are_opposites() -> None:
    two = np.random.default_rng(0).normal(size=(2, 5, 5)).astype(np.float32)
    assert np.allclose(evidence(two, 0, task="binary"), -evidence(two, 1, task="binary"))


def test_multilabel_maps_stand_alone() -> None:
    assert np.array_equal(evidence(cam(), 1, task="multilabel"), cam()[1])


def test_a_weak_map_stays_faint_beside_the_typical_one() -> None:
    weak = np.full((4, 4), 0.1, np.float32)
    assert scaled_evidence(weak, reference=1.0).max() == pytest.approx(0.1)
    assert scaled_evidence(weak).max() == pytest.approx(1)
    assert scaled_evidence(weak * 50, reference=1.0).max() == pytest.approx(1)


def test_no_evidence_gives_an_empty_map() -> None:
    assert scaled_evidence(np.full((4, 4), -3, np.float32)).max() == 0
    assert scaled_evidence(np.zeros((4, 4), np.float32), reference=0.0).max() == 0


def test_typical_peak_is_the_median() -> None:
    maps = np.stack([cam() * k for k in (1, 2, 9)])
    assert typical_peak(maps, np.array([1, 1, 1]), task="multilabel") == pytest.approx(10)
