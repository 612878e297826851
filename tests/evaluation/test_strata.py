"""Hidden strata: a planted one is found where it lies, none is invented on noise, too few cases say so."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.case_set import read_case_set
from thirdeye.evaluation.strata import _harder, strata_evidence, worst_rows
from thirdeye.evaluation.strata_candidates import fact_candidates, feature_candidates, reduced
from thirdeye.evaluation.strata_measure import excess_error, permutation_p
from thirdeye.evaluation.strata_side import Side
from thirdeye.evaluation.strata_words import distinguishing, in_words

POINT = [{"name": "youden", "threshold": 0.5, "origin": "tuned_on_validation"}]


def drawn(rng: np.random.Generator, n: int, planted: str | None = None, repeat: int = 1) -> Side:
    """Cases of which a seventh, or those dark ones of site b, are read by chance alone."""
    people = n // repeat
    truth = np.repeat(rng.random(people) < 0.35, repeat)
    site = np.repeat(rng.choice(["a", "b", "c"], people), repeat)
    brightness = np.repeat(rng.normal(size=people), repeat)
    hidden = np.repeat(rng.random(people) < 0.15, repeat)
    features = rng.normal(size=(n, 32))
    features[:, 0] += 3 * truth
    logit = rng.normal(size=n) + 2.5 * truth - 1.2
    if planted == "hidden":
        features[:, 1] += 6 * hidden
        logit = np.where(hidden, rng.normal(size=n), logit)
    if planted == "fact":
        logit = np.where((site == "b") & (brightness < -0.43), rng.normal(size=n), logit)
    scores = 1 / (1 + np.exp(-logit))
    cases = read_case_set(
        labels=truth.astype(int), probabilities=np.column_stack([1 - scores, scores]), classes=["no", "yes"],
        task="binary", positive="yes", operating_points=POINT,
        clusters=np.repeat(np.arange(people), repeat) if repeat > 1 else None,
    )  # fmt: skip
    return Side(cases, {"site": site.tolist()}, {"brightness": brightness}, features)


def by_source(found: dict[str, Any]) -> dict[str, Any]:
    return {group["source"]: group for group in found["groups"]}


def test_planted_facts_are_found() -> None:
    rng = np.random.default_rng(0)
    found = by_source(strata_evidence(drawn(rng, 700, "fact"), drawn(rng, 400, "fact")))["facts"]
    assert found["definition"] == "site: b, brightness: low"
    assert found["outcome"] == "shown"
    assert found["p_adjusted"] < 0.01
    assert "lower brightness" in found["description"]
    assert found["excess_error"]["ci_low"] > 0
    names = [metric["name"] for metric in found["inside"]]
    assert names == ["accuracy", "sensitivity", "specificity"]


def test_planted_stratum_that_no_fact_names_is_found_by_features() -> None:
    rng = np.random.default_rng(1)
    held_out = drawn(rng, 400, "hidden")
    found = by_source(strata_evidence(drawn(rng, 700, "hidden"), held_out))["features"]
    assert found["outcome"] == "shown"
    shown = held_out.features[found["rows"], 1]
    assert (shown > 3).mean() > 0.9


def test_none_is_invented_on_noise() -> None:
    """15 studies, at most 5 % of them with an alarm: more than 3 would have a chance of 1 in 200."""
    rng = np.random.default_rng(2)
    alarms = 0
    for _ in range(15):
        found = strata_evidence(drawn(rng, 300), drawn(rng, 200))
        alarms += any(group["outcome"] == "shown" for group in found["groups"])
    assert alarms <= 3


def test_errors_of_the_same_patients_outside_the_group_do_not_make_it_hard() -> None:
    """One eye of each of 16 patients is in the group and read rightly; it is their other eye that is not."""
    truth = np.tile([0, 1], 40).repeat(2)
    eye, person = np.tile([0, 1], 80), np.arange(80).repeat(2)
    wrong = (eye == 1) & (person < 16)
    wrong |= (eye == 0) & np.isin(person, [0, 1, *range(16, 24)])  # as often in the group as among the others
    scores = np.where(truth.astype(bool) != wrong, 0.9, 0.1)
    cases = read_case_set(
        labels=truth, probabilities=np.column_stack([1 - scores, scores]), classes=["no", "yes"],
        task="binary", positive="yes", operating_points=POINT, clusters=person,
    )  # fmt: skip
    side = Side(cases, {}, {}, np.zeros((160, 2)))
    rows = (eye == 0) & (person < 16)
    assert permutation_p(side, rows) > 0.5
    gap = excess_error(side, rows)
    assert gap.ci_low is not None
    assert gap.ci_low < 0
    assert not _harder(gap)


def every_dealing(errors: list[list[float]], members: list[list[bool]]) -> list[tuple[float, int]]:
    """Sum and number of the cases in the group for every way to deal, each as likely; two cases a patient."""
    counts = [sum(one) for one in members]
    found = []
    for dealt in itertools.permutations(counts):
        for picks in itertools.product((0, 1), repeat=len(counts)):  # of a patient with one case in the group
            own = [
                {0: [], 1: [cases[pick]], 2: cases}[count]
                for cases, pick, count in zip(errors, picks, dealt, strict=True)
            ]
            flat = [value for cases in own for value in cases]
            found.append((sum(flat), len(flat)))
    return found


@pytest.mark.parametrize(
    "members", [[1, 0, 1, 0, 0, 1, 0, 0], [1, 1, 0, 1, 0, 0, 1, 0], [1, 1, 1, 1, 0, 0, 0, 0]]
)
def test_p_is_that_of_every_dealing_counted_by_hand(members: list[int]) -> None:
    """Two cases of each of four patients a class: part of a patient in the group, or all of it."""
    truth, person = np.repeat([0, 1], 8), np.arange(8).repeat(2)
    wrong = np.array([1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], bool)
    rows = np.array([*members, *members], bool)
    scores = np.where(truth.astype(bool) != wrong, 0.9, 0.1)
    cases = read_case_set(
        labels=truth, probabilities=np.column_stack([1 - scores, scores]), classes=["no", "yes"],
        task="binary", positive="yes", operating_points=POINT, clusters=person,
    )  # fmt: skip
    excess = np.concatenate([wrong[:8] - wrong[:8].mean(), wrong[8:] - wrong[8:].mean()])
    ways = [
        every_dealing(excess[at].reshape(4, 2).tolist(), rows[at].reshape(4, 2).tolist())
        for at in (slice(0, 8), slice(8, 16))
    ]
    means = [(one + other) / (n + m) for one, n in ways[0] for other, m in ways[1]]
    exact = np.mean(np.array(means) >= excess[rows].mean() - 1e-9)
    assert 0.02 < exact < 0.98
    assert permutation_p(Side(cases, {}, {}), rows, n_permutations=20000) == pytest.approx(exact, abs=0.012)


def test_permutation_keeps_its_level_when_patients_are_partly_in_the_group() -> None:
    """Eyes of one patient are wrong together, and one of them is in the group."""
    rng = np.random.default_rng(15)
    low = 0
    for seed in range(100):
        side = drawn(rng, 200, repeat=4)
        person, first = np.repeat(rng.random(50) < 0.4, 4), np.tile([True, True, False, False], 50)
        low += permutation_p(side, person & first, seed=seed, n_permutations=199) <= 0.05
    assert low <= 13  # P(X > 13) = 0.0005 for 100 draws at 0.05


def test_choice_knows_nothing_of_the_held_out_errors() -> None:
    """Other labels and probabilities on the held-out side leave the definition as it is."""
    rng = np.random.default_rng(3)
    sought, held_out = drawn(rng, 500, "fact"), drawn(rng, 300)
    other = Side(drawn(rng, 300).cases, held_out.columns, held_out.facts, held_out.features)
    names = [
        [group["definition"] for group in strata_evidence(sought, side)["groups"]]
        for side in (held_out, other)
    ]
    assert names[0] == names[1]


def test_a_hard_class_is_no_hidden_stratum() -> None:
    """A group of nothing but the hard class has no excess over that class."""
    rng = np.random.default_rng(4)
    side = drawn(rng, 600)
    rows = side.cases.membership[:, 1] & (rng.random(600) < 0.5)
    assert abs(excess_error(side, rows).value or 1.0) < 0.12
    assert permutation_p(side, rows) > 0.01


def test_permutation_keeps_its_level_when_patients_repeat() -> None:
    rng = np.random.default_rng(5)
    low = 0
    for seed in range(100):
        side = drawn(rng, 200, repeat=4)
        rows = np.repeat(rng.random(50) < 0.3, 4)
        low += permutation_p(side, rows, seed=seed, n_permutations=199) <= 0.05
    assert low <= 13  # P(X > 13) = 0.0005 for 100 draws at 0.05


def test_excess_by_hand() -> None:
    truth = np.repeat([1, 0], 20)
    wrong = np.r_[[1] * 5 + [0] * 5 + [0] * 10, [1] * 4 + [0] * 16].astype(bool)
    scores = np.where(wrong, 1 - truth, truth) * 0.8 + 0.1
    cases = read_case_set(
        labels=truth, probabilities=np.column_stack([1 - scores, scores]), classes=["no", "yes"],
        task="binary", positive="yes", clusters=None, operating_points=POINT,
    )  # fmt: skip
    side = Side(cases, {}, {})
    assert side.wrong.tolist() == wrong.tolist()
    rows = np.zeros(40, bool)
    rows[:10] = rows[20:30] = True  # half of its positives are wrong, 4 of 10 negatives; none outside
    found = excess_error(side, rows)
    assert found.value == pytest.approx(0.5 * 0.5 + 0.5 * 0.4)
    assert permutation_p(side, rows) < 0.01


def test_too_few_cases_say_so() -> None:
    rng = np.random.default_rng(6)
    found = strata_evidence(drawn(rng, 60), drawn(rng, 60))
    assert found["groups"] == []
    assert "too few" in found["verdict"]


def test_without_features_and_with_missing_facts() -> None:
    rng = np.random.default_rng(7)
    side = drawn(rng, 300)
    facts = {"brightness": np.full(300, np.nan), "contrast": np.zeros(300)}
    bare = Side(side.cases, {"site": [None] * 300}, facts)
    assert fact_candidates(bare, bare) == []
    assert feature_candidates(bare, bare) == []
    assert strata_evidence(bare, bare)["groups"] == []


def test_constant_features() -> None:
    here, there = reduced(np.ones((50, 8)), np.ones((20, 8)))
    assert here.shape == (50, 1)
    assert there.shape == (20, 1)


def test_components_keep_distances() -> None:
    rng = np.random.default_rng(8)
    points = rng.normal(size=(40, 3)) @ rng.normal(size=(3, 100))
    here, there = reduced(points[:30], points[30:])
    assert np.linalg.norm(here[0] - there[0]) == pytest.approx(
        np.linalg.norm(points[0] - points[30]), rel=1e-6
    )


def test_words_tell_what_distinguishes() -> None:
    rng = np.random.default_rng(9)
    side = drawn(rng, 400)
    rows = (np.asarray(side.columns["site"]) == "b") & (side.facts["brightness"] < 0)
    found = distinguishing(side, rows)
    said = in_words(found)
    assert "site: b" in said
    assert "lower brightness" in said
    assert distinguishing(side, np.zeros(400, bool)) == []


def test_examples_are_wrong_ones_of_different_patients() -> None:
    rng = np.random.default_rng(10)
    side = drawn(rng, 400, repeat=4)
    rows = worst_rows(side, np.ones(400, bool))
    patients = side.cases.groups.codes[rows]
    assert len(set(patients)) == len(rows) == 8
    assert side.wrong[rows].all()


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_other_tasks(task: str) -> None:
    rng = np.random.default_rng(11)

    def side(n: int) -> Side:
        site = rng.choice(["a", "b"], n)
        if task == "multilabel":
            labels = (rng.random((n, 3)) < 0.3).astype(int)
            logits = 4 * labels - 2 + rng.normal(size=(n, 3)) * np.where(site == "b", 4, 1)[:, None]
            probabilities = 1 / (1 + np.exp(-logits))
        else:
            labels = rng.integers(0, 3, n)
            logits = 3 * np.eye(3)[labels] + rng.normal(size=(n, 3)) * np.where(site == "b", 4, 1)[:, None]
            probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        cases = read_case_set(
            labels=labels, probabilities=probabilities, classes=["a", "b", "c"], task=task, positive=None,
            clusters=None,
        )  # fmt: skip
        return Side(cases, {"site": site.tolist()}, {"brightness": rng.normal(size=n)})

    found = by_source(strata_evidence(side(400), side(300)))["facts"]
    assert "site: b" in found["definition"]
    assert found["outcome"] == "shown"
    assert [metric["name"] for metric in found["inside"]] == ["accuracy"]
