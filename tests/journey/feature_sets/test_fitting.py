"""Feature sets on a small study: nothing decides what taught it, and the evidence tells every pair."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

pytest.importorskip("torch")

import thirdeye.journey.feature_sets.fitting as fitting
from thirdeye.case.study import Study
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.inference.manifest import read_manifest
from thirdeye.journey.feature_sets.fitting import FittedSet, fit_feature_sets, with_sources
from thirdeye.journey.feature_sets.measuring import join_feature_sets, pairs_of
from thirdeye.journey.feature_sets.tables import Ground
from thirdeye.journey.material import gather, member_splits, read_plan, read_study_dataset
from thirdeye.journey.scoring import Scored
from thirdeye.training.event import silent

NAMES = ("hog", "divergence", "pretrained", "network", "network:lenet5", "hog+network")


@pytest.fixture(scope="module")
def asked(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `fit_feature_sets` is called with, on a copy of the finished study."""
    folder = Path(shutil.copytree(finished, tmp_path_factory.mktemp("sets") / "place"))
    place = Study(folder / "study")
    plan, dataset = read_plan(place), read_study_dataset(place, folder / "data")
    development = gather(place, dataset, plan, "train", "validation")
    return {
        "place": place, "development": development, "test": gather(place, dataset, plan, "test"),
        "splits": member_splits(development.rows, plan), "plan": replace(plan, feature_sets=NAMES),
        "manifest": read_manifest(place), "seconds": 60.0, "tell": silent,
    }  # fmt: skip


@pytest.fixture(scope="module")
def found(asked: dict[str, Any]) -> tuple[FittedSet, ...]:
    return fit_feature_sets(**asked)


def test_every_set_answers_every_case(found: tuple[FittedSet, ...], asked: dict[str, Any]) -> None:
    assert tuple(one.name for one in found) == NAMES
    assert [one.n_features for one in found][:3] == [128, 32, 1280]
    assert found[5].n_features == found[0].n_features + found[3].n_features
    for one in found:
        assert one.held_out.sum(axis=1) == pytest.approx(1.0)
        assert one.test.shape == (len(asked["test"].rows), 2)
        assert one.test.sum(axis=1) == pytest.approx(1.0)


def test_no_machine_and_no_network_has_learnt_from_what_it_answers(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feature is the number of the row, so that a machine shows what it was taught with."""
    development = asked["development"]
    taught: list[np.ndarray] = []
    real = fitting.fit_part

    def watched(technique: str, features: Any, design: Any, truth: Any, **rest: Any) -> Any:
        taught.append(features[:, 0].astype(int))
        return real(technique, features, design, truth, **rest)

    def numbered(part: str, ground: Ground) -> list[Any]:
        own = np.arange(len(development.rows), dtype=float)[:, None]
        return [(own, np.zeros((len(ground.test.rows), 1)))] * len(ground.splits)

    monkeypatch.setattr(fitting, "fit_part", watched)
    monkeypatch.setattr(fitting, "single_tables", numbered)
    fit_feature_sets(**{**asked, "plan": replace(asked["plan"], feature_sets=("hog",))})
    assert len(taught) == len(asked["splits"])
    for rows, (train, holdout) in zip(taught, asked["splits"], strict=True):
        assert set(rows) == set(train)
        assert not set(rows) & set(holdout)


def test_a_further_network_is_kept_and_found_again(
    found: tuple[FittedSet, ...], asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = asked["place"].path("runs/feature_networks/lenet5")
    assert len(list(folder.glob("*.json"))) == len(asked["splits"])
    monkeypatch.setattr("thirdeye.training.members.fine_tune", None)  # would have to be called to learn
    again = fit_feature_sets(**{**asked, "plan": replace(asked["plan"], feature_sets=("network:lenet5",))})
    assert again[0].test == pytest.approx(found[4].test, abs=1e-4)


def test_the_evidence_tells_every_pair_and_fits_the_schema(
    found: tuple[FittedSet, ...], asked: dict[str, Any]
) -> None:
    test = asked["test"]
    scored = Scored(test, np.arange(len(test.rows)), found[0].test, None)
    entry: dict[str, Any] = {}
    join_feature_sets(entry, scored, found, asked["plan"], patients_known=True)
    form = entry["feature_sets"]
    assert [one["source"] for one in form["sets"]] == [f"features:{name}" for name in NAMES]
    assert len(form["comparisons"]) == len(NAMES) - 1 + 1
    assert all("p_adjusted" in one for one in form["comparisons"])
    whole = evaluation_schema()
    schema = whole["$defs"]["set"]["properties"]["feature_sets"] | {"$defs": whole["$defs"]}
    Draft202012Validator(schema).validate(json.loads(json.dumps(form)))


def test_predictions_of_every_set_stand_beside_the_others(
    found: tuple[FittedSet, ...], asked: dict[str, Any]
) -> None:
    test, development = asked["test"], asked["development"]
    rows = np.arange(3, 9)
    sets = {
        "test": Scored(
            test, np.arange(len(test.rows)), found[0].test, None, others={"simple": found[1].test}
        ),
        "validation": Scored(development, rows, found[0].held_out[rows], None),
    }
    more = with_sources(sets, found)
    assert list(more["test"].others) == ["simple", *(one.source for one in found)]
    assert np.array_equal(more["validation"].others["features:hog"], found[0].held_out[rows])


def test_without_names_nothing_is_done(asked: dict[str, Any]) -> None:
    assert fit_feature_sets(**{**asked, "plan": replace(asked["plan"], feature_sets=())}) == ()


def test_pairs_hold_the_first_and_the_parts_of_combinations_once() -> None:
    assert list(pairs_of(("a", "b", "a+b", "c", "a+b+c"))) == [
        ("b", "a"), ("a+b", "a"), ("c", "a"), ("a+b+c", "a"), ("a+b", "b"), ("a+b+c", "b"), ("a+b+c", "a+b"),
        ("a+b+c", "c"),
    ]  # fmt: skip
