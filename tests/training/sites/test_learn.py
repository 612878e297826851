from __future__ import annotations

import numpy as np
import pytest

from thirdeye.training.sites.learn import inner_split, site_probe
from thirdeye.training.sites.pictures import Pictures, even_rows


@pytest.fixture
def pictures() -> Pictures:
    """Site 0: 10 of 20 ill; site 1: 2 of 20; every patient has two pictures."""
    sites = np.repeat([0, 1], 20)
    labels = np.concatenate([np.repeat([1, 0], 10), np.repeat([1, 0], [2, 18])])
    return Pictures(np.zeros((40, 1, 1, 3), np.uint8), labels, sites, np.arange(40) // 2)


def test_a_site_says_nothing_about_the_class_once_rows_are_even(pictures: Pictures) -> None:
    rows = even_rows(pictures, np.arange(40), np.random.default_rng(0))
    for site in (0, 1):
        assert pictures.labels[rows[pictures.sites[rows] == site]].mean() == 0.5
    assert set(rows) == set(range(40))


def test_patients_and_classes_are_on_both_sides_and_none_on_two(pictures: Pictures) -> None:
    rows = even_rows(pictures, np.arange(40), np.random.default_rng(0))
    train, held = inner_split(pictures, rows, np.random.default_rng(1))
    assert not set(pictures.patients[train]) & set(pictures.patients[held])
    assert set(pictures.labels[train]) == set(pictures.labels[held]) == {0, 1}
    assert len(set(held)) == len(held)


def test_a_probe_tells_what_the_features_betray(pictures: Pictures) -> None:
    rng = np.random.default_rng(2)
    features = rng.normal(size=(40, 5)).astype(np.float32)
    features[:, 3] += 4 * pictures.sites
    probe = site_probe(features, pictures.sites)
    told = (features @ probe[:, :-1].T + probe[:, -1]).argmax(axis=1)
    assert (told == pictures.sites).mean() > 0.95
