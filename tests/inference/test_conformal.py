from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.inference.conformal import SetAdviser, fit_rules, questions, rules_of, set_adviser

OPINION = Opinion(source="a.png", task="multiclass", probabilities={"a": 0.6, "b": 0.4})


def _seen(probability, **attributes: str) -> SimpleNamespace:
    image = SimpleNamespace(attributes=attributes)
    return SimpleNamespace(probability=np.array(probability), image=image)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20)


@pytest.fixture
def cases(rng) -> tuple[np.ndarray, np.ndarray]:
    table = rng.dirichlet(np.ones(3), 300)
    return np.array([rng.choice(3, p=row) for row in table]), table


def _adviser(form, task: str, classes) -> SetAdviser:
    return set_adviser(None, SimpleNamespace(trust={"sets": form}, task=task, classes=classes))


def test_the_most_probable_class_comes_first(cases) -> None:
    labels, table = cases
    form = fit_rules(labels, table, task="multiclass", classes=["a", "b", "c"], clusters=None)
    each, everybody = (
        _adviser(form, "multiclass", ["a", "b", "c"]).advise(OPINION, _seen([0.3, 0.65, 0.05])).sets
    )
    assert (each.scope, everybody.scope) == ("each class", "all cases")
    assert everybody.classes == ("b", "a")
    assert everybody.coverage == 0.9
    limit = rules_of({"sets": form})[1][1].thresholds[0]
    assert 0.7 <= limit <= 0.95  # 1 - 0.3 lies within, 1 - 0.05 does not


def test_ordered_classes_keep_their_order(cases) -> None:
    labels, table = cases
    form = fit_rules(labels, table, task="ordinal", classes=["a", "b", "c"], clusters=None)
    assert {rule["score"] for rule in form["rules"]} == {"contiguous"}
    found = _adviser(form, "ordinal", ["a", "b", "c"]).advise(OPINION, _seen([0.3, 0.65, 0.05])).sets
    assert found[1].classes == ("a", "b")


def test_one_decision_for_each_label(rng) -> None:
    table = rng.random((400, 2))
    labels = (rng.random((400, 2)) < table).astype(int)
    form = fit_rules(labels, table, task="multilabel", classes=["x", "y"], clusters=None)
    found = _adviser(form, "multilabel", ["x", "y"]).advise(OPINION, _seen([0.99, 0.01])).sets
    assert [one.scope for one in found] == [
        "label x, each class", "label x, all cases", "label y, each class", "label y, all cases",
    ]  # fmt: skip
    assert [one.classes for one in found] == [("x",), ("x",), ("no y",), ("no y",)]
    assert [one.scope for one in questions("multilabel", ["x", "y"])] == ["label x", "label y"]


def test_the_rule_of_a_group_is_used_where_the_file_names_it(cases) -> None:
    labels, table = cases
    groups = {"view: PA": np.arange(300) < 150}
    form = fit_rules(labels, table, task="multiclass", classes=["a", "b", "c"], clusters=None, groups=groups)
    adviser = _adviser(form, "multiclass", ["a", "b", "c"])
    assert [one.scope for one in adviser.advise(OPINION, _seen([0.5, 0.3, 0.2], view="PA")).sets][
        -1
    ] == "view: PA"
    assert len(adviser.advise(OPINION, _seen([0.5, 0.3, 0.2], view="AP")).sets) == 2
    own = rules_of({"sets": form})[-1][1]
    assert own.patients == (150, 150, 150)


def test_no_set_with_an_abstention_and_no_adviser_without_rules(cases) -> None:
    labels, table = cases
    form = fit_rules(labels, table, task="multiclass", classes=["a", "b", "c"], clusters=None)
    quiet = Opinion(source="a.png", task="multiclass", probabilities={}, abstained="blank")
    assert _adviser(form, "multiclass", ["a", "b", "c"]).advise(quiet, _seen([1, 0, 0])) == quiet
    assert set_adviser(None, SimpleNamespace(trust={}, task="binary", classes=("a", "b"))) is None
