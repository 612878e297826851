from __future__ import annotations

import csv

import numpy as np
import pytest

from thirdeye.evaluation.readers.switching import switching

NAMES = {
    "initial_accuracy": "initial_accuracy", "machine_accuracy": "ai_accuracy",
    "final_accuracy": "final_accuracy", "disagreement": "disagreement",
    "accept_rate": "switch_rate_given_disagreement", "override_rate": "override_rate_given_disagreement",
    "correct_to_incorrect_rate": "correct_to_incorrect_rate_all",
    "automation_bias_rate": "automation_bias_rate", "self_reliance_rate": "relative_self_reliance",
    "beneficial_switch_rate": "beneficial_switch_rate", "under_reliance_rate": "under_reliance_rate",
}  # fmt: skip


@pytest.fixture
def columns(shared_reference) -> dict[str, np.ndarray]:
    with (shared_reference / "stats" / "reader_ai.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@pytest.mark.data
def test_known_answer(known, columns) -> None:
    told = known["reader_ai.switching"]["value"]
    numbers = {name: columns[name].astype(int) for name in ("truth", "initial", "ai", "final")}
    found = switching(
        truth=numbers["truth"], initial=numbers["initial"], machine=numbers["ai"], final=numbers["final"],
        reader=columns["reader"], case=columns["case"],
    )  # fmt: skip
    values = {metric.name: metric for metric in found.metrics}
    for name, key in NAMES.items():
        assert values[name].value == pytest.approx(told[key], rel=1e-9)
        assert values[name].ci_low < values[name].value < values[name].ci_high
        assert values[name].ci_method == "bootstrap_readers_and_cases"
    for name in ("correct_to_incorrect", "incorrect_to_correct", "commission_errors", "omission_errors",
                 "net_switch"):  # fmt: skip
        assert getattr(found, name) == told[name]
    assert found.mcnemar_p == pytest.approx(told["mcnemar_exact_p"], rel=1e-9)
    assert found.final_accuracy == pytest.approx(told["reader_final_accuracy"])
    low, high = found.net_switch_interval
    assert low < found.net_switch / 400 < high


def test_nobody_misled_leaves_the_bias_undefined() -> None:
    found = switching(
        truth=[1, 0], initial=[1, 0], machine=[1, 0], final=[1, 0], reader=["a", "a"], case=["1", "2"]
    )
    values = {metric.name: metric for metric in found.metrics}
    assert values["automation_bias_rate"].status == "undefined"
    assert found.mcnemar_p is None
    assert found.net_switch_interval is None  # one reader: no resampling of readers
    assert values["final_accuracy"].ci_method == "wilson"
