from __future__ import annotations

import numpy as np

from thirdeye.intake.probe.folds import deal_folds


def test_a_patient_is_in_one_fold_and_every_fold_has_every_class() -> None:
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 80, 300)
    classes = rng.choice(3, 80, p=[0.7, 0.2, 0.1])[groups]
    membership = classes[:, None] == np.arange(3)
    folds = deal_folds(membership, groups, seed=0)
    assert all(np.unique(folds[groups == group]).size == 1 for group in np.unique(groups))
    for fold in range(5):
        assert membership[folds == fold].any(axis=0).all()
    assert np.bincount(folds).min() > 0.1 * 300


def test_another_seed_deals_otherwise() -> None:
    membership = np.tile([[True, False], [False, True]], (50, 1))
    one, other = (deal_folds(membership, np.arange(100), seed=seed) for seed in (0, 1))
    assert (one != other).any()
    assert (one == deal_folds(membership, np.arange(100), seed=0)).all()
