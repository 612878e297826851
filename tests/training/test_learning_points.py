"""Points of a learning curve: nested subsets of patients, held-out cases only, chance apart from cases."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import thirdeye.training.learning_points as module
from thirdeye.evaluation.learning_curve import fit_learning_curve
from thirdeye.training.learning_points import FOLDS, LearningPoints, measure_learning
from thirdeye.training.selection import Truth


def cases(n=120, *, width=10, apart=1.5, seed=0, images_per_patient=1, k=2, task="binary"):
    """Features of patients who share their class, and the truth of their images."""
    rng = np.random.default_rng(seed)
    patients = np.repeat(np.arange(n // images_per_patient), images_per_patient)
    labels = (patients % k).astype(np.int64)
    direction = rng.normal(size=(k, width))
    features = (rng.normal(size=(n, width)) + apart * direction[labels] / np.sqrt(width)).astype(np.float32)
    names = np.array([f"p{i}" for i in patients])
    given = np.eye(k, dtype=np.int64)[labels] if task == "multilabel" else labels
    classes = tuple("abcd"[:k])
    return features, Truth(given, classes, 1 if task == "binary" else None, names, task), names.tolist()


def measured(*given, time_limit_s=60.0, **options) -> LearningPoints:
    found = measure_learning(*given, seed=0, time_limit_s=time_limit_s, **options)
    assert isinstance(found, LearningPoints), found
    return found


@pytest.fixture
def few_repeats(monkeypatch):
    monkeypatch.setattr(module, "MOST_REPEATS", 3)


@pytest.mark.usefixtures("few_repeats")
def test_more_patients_rank_better_and_the_sizes_are_right():
    found = measured(*cases())
    assert found.name == "auc"
    assert found.patients == pytest.approx([share * 96 for share in found.fractions], abs=1.5)
    assert found.table.shape == (15, len(found.fractions))
    assert found.table.mean(axis=0)[-1] > found.table.mean(axis=0)[0] + 0.02
    assert len(found.complete_repeats) == 3
    assert found.complete_repeats.mean() == pytest.approx(found.table[:, -1].mean())
    assert fit_learning_curve(found.points, covariance=found.covariance).points[-1].n == 96


@pytest.mark.usefixtures("few_repeats")
def test_subsets_are_nested_and_patients_stay_whole(monkeypatch):
    features, truth, names = cases(240, images_per_patient=2)
    seen = []
    original = module._logits

    def spy(features, truth, train, held, strength):
        seen.append((set(train.tolist()), set(held.tolist())))
        return original(features, truth, train, held, strength)

    monkeypatch.setattr(module, "_logits", spy)
    found = measured(features, truth, names)
    runs = seen[len(module.STRENGTHS) :]  # the first fits choose the penalty
    size = len(found.fractions)
    for start in range(0, len(runs), size):
        group = runs[start : start + size]
        assert all(small[0] <= large[0] for small, large in pairwise(group))
        for train, held in group:
            assert not {names[i] for i in train} & {names[i] for i in held}
            assert len({truth.labels[i] for i in train}) == 2
    assert found.cases == pytest.approx(2 * found.patients)


@pytest.mark.usefixtures("few_repeats")
@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_many_classes_have_a_macro_area(task):
    found = measured(*cases(150, k=3, apart=2.5, task=task))
    assert found.name == "auc_macro"
    assert 0.5 < found.table.mean() < 1


def test_time_ends_the_splits_but_not_before_there_are_enough():
    found = measured(*cases(), time_limit_s=0.0)
    assert len(found.table) == module.FEWEST_SPLITS
    assert len(found.complete_repeats) == module.FEWEST_SPLITS // FOLDS


@pytest.mark.usefixtures("few_repeats")
def test_the_same_seed_gives_the_same_points():
    one, two = measured(*cases()), measured(*cases())
    assert (one.table == two.table).all()


def test_what_would_take_far_too_long_is_not_begun(monkeypatch):
    monkeypatch.setattr(module, "SHORT_S", 0.0)
    said = measure_learning(*cases(), seed=0, time_limit_s=0.0)
    assert isinstance(said, str)
    assert "allow for it with --budget" in said


def test_few_patients_are_refused_in_words():
    said = measure_learning(*cases(18), seed=0, time_limit_s=5)
    assert said == "the rarest class has 9 patients; 10 are needed"


def test_small_subsets_go_where_the_rarest_class_is_small():
    found = measured(*cases(40), time_limit_s=0.0)  # 16 of each class learnt from
    assert found.fractions[0] == 0.32


@pytest.mark.slow
@pytest.mark.usefixtures("few_repeats")
def test_the_interval_of_the_gain_holds_the_truth_of_simulated_learners():
    """Gaussian classes, for which the area of a head is known from its weights alone."""
    from math import erf

    from thirdeye.training.frozen import fit_head

    width, n, rng = 30, 150, np.random.default_rng(2)
    direction = rng.normal(size=width)
    direction *= 1.2 / np.linalg.norm(direction)

    def draw(count):
        labels = np.arange(count) % 2
        noise = rng.normal(size=(count, width))
        return (noise + labels[:, None] * direction).astype(np.float32), labels

    def expected(count, strength):
        areas = []
        for _ in range(60):
            head = fit_head(*draw(count), n_outputs=2, task="binary", strength=strength)
            w = head.weight[1] - head.weight[0]
            areas.append(0.5 * (1 + erf(float(w @ direction) / np.linalg.norm(w) / 2)))
        return np.mean(areas)

    true: dict[float, float] = {}
    held = predicted = 0
    for repeat in range(12):
        features, labels = draw(n)
        names = [str(i) for i in range(n)]
        truth = Truth(labels.astype(np.int64), ("a", "b"), 1, np.array(names), "binary")
        found = measure_learning(features, truth, names, seed=repeat, time_limit_s=60)
        gain = fit_learning_curve(found.points, covariance=found.covariance, n_draws=500).gain(2)
        if found.strength not in true:
            true[found.strength] = expected(240, found.strength) - expected(120, found.strength)
        if gain.value is None:
            continue
        predicted += 1
        held += gain.ci_low <= true[found.strength] <= gain.ci_high
    assert predicted >= 9
    assert held >= predicted - 3
