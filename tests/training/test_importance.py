import numpy as np
from sklearn.metrics import roc_auc_score

from thirdeye.training.classical import Learner
from thirdeye.training.importance import MOST_ROWS, held_out_sample, shuffled_logits
from thirdeye.training.traditional import cross_fit_traditional


def test_only_the_family_that_matters_loses() -> None:
    random = np.random.default_rng(0)
    labels = np.arange(200) % 2
    features = random.normal(size=(200, 6))
    features[:, :2] += 1.5 * labels[:, None]
    fold = random.integers(0, 2, 200)
    splits = [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in (0, 1)]
    result = cross_fit_traditional(
        features, labels, splits, task="binary", groups=np.arange(200), seed=0,
        candidates=(Learner("logistic", 0.1),),
    )  # fmt: skip
    families = {"useful": np.arange(2), "idle": np.arange(2, 6)}
    found = shuffled_logits(result.folds, features, splits, families, repeats=3, seed=0, seconds=60)
    truth = labels[np.concatenate([holdout for _, holdout in splits])]
    auc = {name: [roc_auc_score(truth, table[:, 1]) for table in tables] for name, tables in found.items()}
    assert len(auc["useful"]) == len(auc["idle"]) == 3
    assert max(auc["useful"]) < 0.65
    assert min(auc["idle"]) > 0.9


def test_no_time_leaves_one_round() -> None:
    ticks = iter([0.0, 10.0, 20.0])
    found = shuffled_logits(
        [], np.zeros((0, 2)), [], {}, repeats=5, seed=0, seconds=5, clock=lambda: next(ticks)
    )
    assert found == {}
    assert next(ticks) == 20.0  # asked once, before the second round


def test_many_rows_are_cut_to_whole_patients() -> None:
    groups = np.repeat(np.arange(1000), 3)
    rows = np.arange(3000)
    splits = [(rows[:1500], rows[1500:]), (rows[1500:], rows[:1500])]
    sample = held_out_sample(splits, groups, seed=0)
    kept = np.concatenate([holdout for _, holdout in sample])
    assert MOST_ROWS <= len(kept) <= MOST_ROWS + 2
    assert set(np.bincount(groups[kept])) <= {0, 3}
    assert held_out_sample(splits[:1], groups, seed=0)[0][1].size < 1500
    few = [(rows[:10], rows[10:20])]
    assert held_out_sample(few, groups, seed=0) == few
