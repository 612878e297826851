from __future__ import annotations

from pathlib import Path

import pytest

from thirdeye.report.checklists.checklists import checklist_section, checklists
from thirdeye.report.checklists.fill import FILLERS
from thirdeye.report.checklists.lists import CHECKLISTS
from thirdeye.report.checklists.topics import TOPICS
from thirdeye.report.document import Fold
from thirdeye.report.evidence import Evidence, read_evidence
from thirdeye.report.publication import data_sheet, model_card


@pytest.fixture(scope="module")
def evidence(finished: Path) -> Evidence:
    return read_evidence(finished / "study")


def test_every_topic_is_asked_or_known_to_a_run() -> None:
    used = {topic for one in CHECKLISTS for item in one.items for topic in item.topics}
    assert used | set(model_card.ASKED) | set(data_sheet.ASKED) == set(TOPICS)
    assert {name for name, topic in TOPICS.items() if not topic.asked} == set(FILLERS)


def test_numbers_of_items_are_those_of_the_guidelines() -> None:
    assert {one.name: len(one.items) for one in CHECKLISTS} == {
        "claim_2024": 44, "stard_ai": 48, "tripod_ai": 52,
    }  # fmt: skip
    for one in CHECKLISTS:
        numbers = [item.number for item in one.items]
        assert len(set(numbers)) == len(numbers)


def test_a_run_fills_what_it_knows_and_leaves_the_rest_open(evidence: Evidence) -> None:
    filled = checklists(evidence, {})
    for one in filled["checklists"]:
        counts = one["counts"]
        assert sum(counts.values()) == len(one["items"])
        assert counts["filled"] >= 8
        assert counts["open"] >= 10
    claim = {item["item"]: item for item in filled["checklists"][0]["items"]}
    assert claim["44"] == {
        "item": "44", "fill": "ask", "asked": "Funding", "topics": ["funding"], "text": None,
        "state": "open", "where": [],
    }  # fmt: skip
    assert claim["19"]["state"] == "filled"
    assert "disjoint by patient" in claim["20"]["text"]
    assert "funding" in filled["open_topics"]


def test_one_answer_serves_every_list(evidence: Evidence) -> None:
    filled = checklists(evidence, {"funding": "None."})
    states = [
        item["state"]
        for one in filled["checklists"]
        for item in one["items"]
        if item["topics"] == ["funding"]
    ]
    assert states == ["filled"] * 3
    assert "funding" not in filled["open_topics"]


def test_an_empty_study_leaves_everything_open(tmp_path: Path) -> None:
    filled = checklists(read_evidence(tmp_path), {})
    for one in filled["checklists"]:
        assert one["counts"]["filled"] == 0


def test_every_list_is_folded_under_its_count(evidence: Evidence) -> None:
    filled = checklists(evidence, {})
    section = checklist_section(filled)
    folds = [block for block in section.blocks if isinstance(block, Fold)]
    assert [fold.title.split(":")[0] for fold in folds] == [one["title"] for one in filled["checklists"]]
    for fold, one in zip(folds, filled["checklists"], strict=True):
        assert f"{one['counts']['open']} open" in fold.title
