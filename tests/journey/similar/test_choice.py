from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from thirdeye.inference.manifest import Manifest
from thirdeye.journey.similar.choice import Development, choose
from thirdeye.journey.similar.through import Members


def _members(n: int, folds: int, frozen: bool) -> tuple[Members, list[np.ndarray]]:
    fold = np.arange(n) % folds
    held = np.stack([fold == index for index in range(folds)] + [fold == 0] * frozen, axis=1)
    tuned = tuple(range(folds))
    return Members((folds,) if frozen else (), tuned, held), [np.flatnonzero(fold == f) for f in range(folds)]


def _ground(*, telling: str, n: int = 240, folds: int = 3) -> tuple[Development, list[np.ndarray]]:
    """Features of noise; those of the tuned or of the frozen members say what a case is."""
    rng = np.random.default_rng(0)
    members, blocks = _members(n, folds, True)
    labels = rng.integers(0, 2, n)
    features = rng.normal(size=(n, folds + 1, 8)).astype(np.float32)
    which = [folds] if telling == "frozen" else list(range(folds))
    features[:, which, 0] += 4 * labels[:, None]
    rows = pd.DataFrame({"patient": [f"p{i // 2}" for i in range(n)]})
    pictures = np.eye(n, 300, dtype=np.float32)
    return Development(features.reshape(n, -1), labels, rows, pictures, members), blocks


def test_features_that_tell_are_chosen() -> None:
    for telling in ("frozen", "taught_members"):
        choice = choose(*_ground(telling=telling), seed=0)
        assert choice.features == telling
        assert len(choice.candidates) == 9


def test_a_member_never_judges_what_it_has_learnt() -> None:
    """Features that betray the label of learnt rows alone must look like noise."""
    ground, blocks = _ground(telling="frozen")
    spoilt = ground.features.reshape(len(ground.labels), 4, 8).copy()
    spoilt[:, 3] = np.random.default_rng(1).normal(size=spoilt[:, 3].shape)
    spoilt[:, :3, 0] += 50 * (ground.labels[:, None] * ~ground.members.held_out[:, :3])
    found = choose(replace(ground, features=spoilt.reshape(len(spoilt), -1)), blocks, seed=0)
    for one in found.candidates:
        metric = next(metric for metric in one["metrics"] if metric["name"] == "precision_at_5")
        assert metric["value"] < 0.62


def test_a_taught_measure_is_taken_only_where_it_helps() -> None:
    ground, blocks = _ground(telling="frozen")
    assert choose(ground, blocks, seed=0).metric != "taught"  # what tells is loud already
    quiet = ground.features.reshape(len(ground.labels), 4, 8) * np.array([0.3] + [3.0] * 7, np.float32)
    quiet = quiet.reshape(len(quiet), -1).astype(np.float32)
    found = choose(replace(ground, features=quiet), blocks, seed=0)
    assert found.metric == "taught"


def test_few_cases_are_not_judged_by() -> None:
    ground, _ = _ground(telling="frozen")
    choice = choose(ground, [np.arange(10)], seed=0)
    assert choice.candidates == ()
    assert choice.features == "frozen"
    assert "too few" in choice.reason


def test_members_that_see_a_case_have_not_learnt_from_it() -> None:
    members, _ = _members(9, 3, True)
    for row in range(9):
        assert members.group("both", row) == (row % 3, 3)
    assert members.group("both", None) == (0, 1, 2, 3)
    assert members.choices() == ("frozen", "taught_members", "both")


def test_where_all_members_know_the_training_cases_only_the_frozen_one_sees_them() -> None:
    held = np.zeros((6, 3), bool)
    held[4:] = True
    members = Members((2,), (0, 1), held)
    assert members.choices() == ("frozen",)
    assert members.groups("frozen", range(6)) == {(2,): list(range(6))}
    assert Members((), (0, 1), held[:, :2]).choices() == ()


def test_members_are_told_apart_by_their_fold() -> None:
    manifest = Manifest.__new__(Manifest)
    object.__setattr__(manifest, "members", ({"fold": 0}, {"fold": 1}, {"fold": -1}))
    members = Members.of(manifest, np.zeros((4, 3), bool))
    assert (members.tuned, members.frozen) == ((0, 1), (2,))
