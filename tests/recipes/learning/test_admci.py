"""The whole system on a tenth of its fixture; what its run reaches is asked by test_fixtures."""

import io
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.recipes.fixtures.measurements import write_measurements
from thirdeye.recipes.learning.admci_model import DeepModel
from thirdeye.recipes.learning.admci_repeat import PARTS, linear, support_vectors
from thirdeye.recipes.recipe import values_of
from thirdeye.recipes.rows.li2015_admci import RECIPE
from thirdeye.recipes.system import ANSWER, Cases, Learning, System

SMALL = {"folds": 2, "repeats": 2, "rounds": 4, "layers": (8, 4), "rbm_epochs": 1, "epochs": 3}
VALUES = values_of(RECIPE.published(())) | SMALL


@pytest.fixture(scope="module")
def system() -> System:
    assert RECIPE.system is not None
    return RECIPE.system


@pytest.fixture(scope="module")
def cases(system: System, tmp_path_factory: pytest.TempPathFactory) -> Cases:
    path = write_measurements(tmp_path_factory.mktemp("measured"), 0)
    return system.open(path, VALUES, {}).at(np.arange(60))


@pytest.fixture(scope="module")
def member(system: System, cases: Cases) -> DeepModel:
    found = system.learn(cases.at(np.arange(40)), Learning(VALUES, 0, time.monotonic() + 60))
    assert isinstance(found, DeepModel)
    return found


def test_every_source_answers(member: DeepModel, cases: Cases, system: System) -> None:
    said = member.say(cases)
    assert set(said) == {ANSWER, *system.sources} == {ANSWER, *PARTS}
    assert all(one.shape == (60, 2) and np.isfinite(one).all() for one in said.values())


def test_is_the_mean_of_its_repeats(member: DeepModel, cases: Cases) -> None:
    alone = [replace(member, repeats=(one,)).say(cases)[ANSWER] for one in member.repeats]
    assert not np.allclose(alone[0], alone[1])
    assert np.allclose(member.say(cases)[ANSWER], np.mean(alone, axis=0))


def test_says_the_same_after_being_kept(member: DeepModel, cases: Cases, system: System) -> None:
    stream = io.BytesIO()
    np.savez(stream, **member.keep())
    stream.seek(0)
    with np.load(stream, allow_pickle=False) as saved:
        again = system.restored(dict(saved), VALUES)
    for source, table in member.say(cases).items():
        assert np.array_equal(again.say(cases)[source], table)
    assert isinstance(again, DeepModel)
    assert np.array_equal(again.score("MMSE", cases), member.score("MMSE", cases))


def test_a_missing_measurement_stands_in_the_middle(member: DeepModel, cases: Cases) -> None:
    values = cases.arrays["measurements"][:1].copy()
    values[0, 5] = np.nan
    told = member.prepared.projected(values)
    values[0, 5] = member.prepared.middle[5]
    assert np.allclose(told, member.prepared.projected(values))


def test_visible_stays_within_its_range(member: DeepModel, cases: Cases) -> None:
    far = member.prepared.visible(10 * cases.arrays["measurements"])
    assert far.min() == 0.0
    assert far.max() == 1.0


def test_tells_of_selection_and_scores(member: DeepModel, cases: Cases, system: System) -> None:
    told = system.told((member, member), cases.at(np.arange(40, 60)), VALUES)
    assert [one.caption.split(",")[0] for one in told.tables] == [
        "Stability of the first components", "Measurements that the kept components are made of",
        "Single repeats", "The clinical scores",
    ]  # fmt: skip
    assert [row[0] for row in told.tables[3].rows] == ["MMSE", "ADAS-Cog"]
    assert set(told.numbers["repeat_accuracies"]) == {ANSWER, *PARTS}
    assert all(len(row) == len(one.columns) for one in told.tables for row in one.rows)
    assert told.numbers["stable_components"] == [int(member.prepared.stable.sum())] * 2


@pytest.mark.parametrize(
    "wrong", [{"variance": 0.0}, {"layers": ()}, {"dropout_hidden": 1.0}, {"repeats": 0}, {"lasso": 2.0}]
)
def test_values_that_cannot_be_are_refused(system: System, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        system.check(VALUES | wrong)


def test_support_vectors_decide_as_scikit_learn_does() -> None:
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    rng = np.random.default_rng(0)
    table, labels = 5 + 3 * rng.normal(size=(60, 4)), rng.integers(0, 3, 60)
    scaler = StandardScaler().fit(table)
    theirs = LinearSVC(C=0.3, class_weight="balanced", dual=False).fit(scaler.transform(table), labels)
    found = linear(support_vectors(table, labels, 0.3, 3), table)
    assert np.allclose(found, theirs.decision_function(scaler.transform(table)), atol=1e-6)
    two = linear(support_vectors(table, (labels > 0).astype(int), 0.3, 2), table)
    assert np.allclose(two[:, 0], -two[:, 1])


def test_the_fixture_is_opened_by_path(system: System, tmp_path: Path) -> None:
    path = write_measurements(tmp_path, 1)
    four = system.open(path, VALUES | {"contrast": ("HC", "MCI=MCI-NC+MCI-C", "AD")}, {})
    assert (four.task, len(four.rows)) == ("multiclass", 606)
