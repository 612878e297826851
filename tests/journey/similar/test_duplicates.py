from __future__ import annotations

import numpy as np

from thirdeye.journey.similar.duplicates import COPIES, copies_of, fix_limit, fix_picture_measure


def test_the_limit_lets_most_copies_through_and_hardly_any_other() -> None:
    found = fix_limit(np.linspace(0.9, 1, 101), np.linspace(-0.5, 0.5, 1000), gallery=10)
    copies = found["copies_found"]
    assert copies["value"] == 96 / 101
    assert copies["ci_low"] < 96 / 101 < copies["ci_high"]
    assert copies["n"] == 101
    assert found["pairs_flagged"]["value"] == 0
    assert (found["pairs_flagged"]["n"], found["pairs_flagged"]["details"]) == (1000, {"count": 0})
    assert found["limit"] > 0.9


def test_copies_of_one_image_count_as_one() -> None:
    of_copies = np.tile(np.linspace(0.4, 1, 50), 4)
    others = np.linspace(0, 0.8, 1000)
    alone = fix_limit(of_copies, others, gallery=1000)["copies_found"]
    by_image = fix_limit(of_copies, others, gallery=1000, originals=np.tile(np.arange(50), 4))["copies_found"]
    assert by_image["value"] == alone["value"]
    assert by_image["n_clusters"] == 50
    assert by_image["ci_high"] - by_image["ci_low"] > 1.5 * (alone["ci_high"] - alone["ci_low"])


def test_others_that_are_as_alike_as_copies_raise_the_limit() -> None:
    found = fix_limit(np.linspace(0.5, 1, 101), np.linspace(0, 0.8, 1000), gallery=1000)
    assert found["limit"] > 0.8
    assert found["pairs_flagged"]["value"] == 0
    assert 0.3 < found["copies_found"]["value"] < 0.5


def test_copies_of_smooth_pictures_are_known_again() -> None:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 255, (60, 6, 6, 3)).astype(np.float32)
    images = np.kron(coarse, np.ones((1, 8, 8, 1))).astype(np.uint8)
    measure, found = fix_picture_measure(images, lambda rows: np.eye(len(rows), dtype=bool), seed=0)
    assert found["copies_found"]["value"] >= 0.9
    assert found["copies_found"]["n_clusters"] == 40
    assert found["n_copies"] == 40 * len(COPIES)
    assert measure.members == 1
    assert copies_of(images[:3]).shape == (3 * len(COPIES), 48, 48, 3)
