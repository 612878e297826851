"""What a run fills in, held against what the reference says that software can fill."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.report.checklists.checklists import checklists
from thirdeye.report.checklists.fill import DRAFTS, FILLERS
from thirdeye.report.checklists.lists import CHECKLISTS
from thirdeye.report.checklists.places import PLACES
from thirdeye.report.checklists.topics import TOPICS
from thirdeye.report.evidence import read_evidence

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "reporting" / "checklists.json"
KEYS = {"claim_2024": "CLAIM_2024", "stard_ai": "STARD_AI", "tripod_ai": "TRIPOD_AI"}
# What the data of a study lack, no run can say; the text names it.
LACKING = re.compile(r"not in the data: |the data name |not measured: ")
NO_DATES = ("tripod_ai", "5b")


@pytest.fixture
def filled(finished: Path) -> dict[str, Any]:
    """Of a study that was really run, on phantoms."""
    return checklists(read_evidence(finished / "study"), {})


def items(content: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(one["name"], item["item"]): item for one in content["checklists"] for item in one["items"]}


@pytest.mark.data
def test_who_fills_each_item_is_that_of_the_reference() -> None:
    if not REFERENCE.is_file():
        pytest.skip("the known answers (../shared/reference beside the checkout) are not here")
    known = json.loads(REFERENCE.read_text(encoding="utf-8"))
    for one in CHECKLISTS:
        assert [(item.number, item.fill) for item in one.items] == [
            (str(item["item"]), item["fill"]) for item in known[KEYS[one.name]]
        ]


def test_what_software_can_fill_is_filled(filled: dict[str, Any]) -> None:
    for place, item in items(filled).items():
        if item["fill"] == "auto" and place != NO_DATES:
            assert item["state"] == "filled" or LACKING.search(item["text"] or ""), (place, item)
        if item["fill"] == "ask":
            assert item["state"] == "open", (place, item)
            assert item["text"] is None or item["text"].startswith("Draft from the run: ")


def test_no_filling_is_hollow(filled: dict[str, Any]) -> None:
    for place, item in items(filled).items():
        text = item["text"] or ""
        assert not re.search(r"\b(None|nan|not recorded|undefined \(no reason)\b", text), (place, text)
        assert "_" not in text.replace("efficientnet_lite0", ""), (place, text)
        assert bool(item["where"]) == bool(text), (place, item)


def test_every_topic_that_a_run_fills_has_a_place() -> None:
    assert set(FILLERS) | set(DRAFTS) == set(PLACES)
    assert set(DRAFTS) <= {name for name, topic in TOPICS.items() if topic.asked}
    assert not set(FILLERS) & set(DRAFTS)


def test_the_numbers_are_those_of_the_evidence(make_study: Callable[..., Path]) -> None:
    evidence = read_evidence(make_study("binary"))
    found = items(checklists(evidence, {}))
    point = evidence.evaluation["sets"]["test"]["operating_points"][0]
    (tn, fp), (fn, tp) = point["confusion_matrix"]["counts"]
    crossed = found["stard_ai", "30"]["text"]
    assert f"{tn:,} read as “benign”, {fp:,} read as “malignant”" in crossed
    assert f"{fn:,} read as “benign”, {tp:,} read as “malignant”" in crossed
    auc = next(m for m in evidence.evaluation["sets"]["test"]["metrics"] if m["name"] == "auc")
    assert f"AUC {auc['value']:.3f}" in found["claim_2024", "38"]["text"]


def test_an_answer_stands_before_what_the_run_knows(make_study: Callable[..., Path]) -> None:
    evidence = read_evidence(make_study("binary"))
    found = items(checklists(evidence, {"limitations": "One hospital only."}))
    item = found["claim_2024", "40"]
    assert item["state"] == "filled"
    assert item["text"].startswith("One hospital only.")


def test_without_patients_the_level_is_not_called_disjoint(make_study: Callable[..., Path]) -> None:
    found = items(checklists(read_evidence(make_study("not_better")), {}))
    assert found["claim_2024", "20"]["state"] == "partly"
    assert "no patient is named" in found["claim_2024", "20"]["text"]
