"""Training that was cut far short is said in plain words, on paper and in the terminal."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from thirdeye.case.study import Study
from thirdeye.journey.located.told_rounds import write_rounds
from thirdeye.report.evidence import read_evidence
from thirdeye.report.located.cut_short import cut_short, planned_rounds, rounds_done, short_training
from thirdeye.training.event import Event

PLAN = {"rounds": 20, "zoom": 0.0, "fine_rounds": 10}


def _history(rounds: int) -> list[dict[str, float]]:
    return [{"epoch": n + 1, "seconds": 1.0, "train_loss": 1.0, "learning_rate": 1.0} for n in range(rounds)]


def test_half_of_the_rounds_is_enough() -> None:
    assert cut_short([10, 10], 20) is None
    said = cut_short([9, 3], 20)
    assert said is not None
    assert said.startswith(
        "Each of the 2 networks learnt for 3 to 9 of the 20 rounds that were planned (30%)"
    )
    assert cut_short([], 20) is None
    assert cut_short([1], 0) is None


@pytest.mark.parametrize(
    ("change", "starts", "rounds"),
    [({}, 1, 20), ({"zoom": 2.0}, 1, 30), ({}, 3, 60), ({"rounds": None}, 1, 0)],
)
def test_what_was_planned(change: dict[str, Any], starts: int, rounds: int) -> None:
    assert planned_rounds(PLAN | change, starts) == rounds


def test_the_report_and_the_terminal_say_it(tmp_path: Path) -> None:
    study, told = Study(tmp_path), list[Event]()
    study.write_json("plan.json", {"values": {name: {"value": value} for name, value in PLAN.items()}})
    plan: Any = SimpleNamespace(values=lambda: PLAN)
    write_rounds(study, [_history(2), _history(20)], plan, told.append)
    assert (told, short_training(read_evidence(tmp_path))) == ([], None)
    write_rounds(study, [_history(2)], plan, told.append)
    notice = short_training(read_evidence(tmp_path))
    assert notice is not None
    assert "The network learnt for 2 of the 20 rounds" in notice.text
    assert [event.text.partition(". ")[0] for event in told] == ["Training was cut far short"]


def test_a_network_that_counts_anew_in_each_mining_round(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.write_json("plan.json", {"values": {"rounds": {"value": 20}}})
    plan: Any = SimpleNamespace(values=lambda: {"rounds": 20})
    write_rounds(study, [[*_history(20), *_history(18)]], plan, lambda event: None)
    evidence = read_evidence(tmp_path)
    assert rounds_done(evidence) == ([38], 2)
    assert short_training(evidence) is None
