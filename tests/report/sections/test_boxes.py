from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from thirdeye.evaluation.box_evidence import box_evidence
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.evaluation.box_reader import reader_evidence
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.threshold import Threshold
from thirdeye.report.document import Figure, Gallery, Paragraph, Table
from thirdeye.report.located.box_words import false_sentence, found_sentence, mistakes_sentence, size_text
from thirdeye.report.sections.boxes import boxes_section
from thirdeye.report.sets import EvidenceSet

sys.path.insert(0, str(Path(__file__).parents[2] / "evaluation"))
from box_examples import CLASSES, by_chance, case

EVIDENCE = SimpleNamespace(task="detection", picture=lambda name: b"png" if name else None)


@pytest.fixture(scope="module")
def entry():
    boxes = box_set(by_chance(60), classes=CLASSES, clusters=None)
    found = box_evidence(boxes, points=choose_box_points(boxes), n_resamples=100)
    point = Threshold("fp_per_image_1", 0.2, "tuned_on_validation")
    found["readers"] = [reader_evidence(boxes, boxes, point=point, name="annotator b", n_resamples=50)]
    found["drawn"] = [
        {"picture": "explanation/boxes/01.png", "kind": "missed", "case": "i1", "class": "cell",
         "score": None, "size_px": 12.4, "mistake": None},
        {"picture": "explanation/boxes/02.png", "kind": "false alarm", "case": "i2", "class": "cell",
         "score": 0.9, "size_px": None, "mistake": "other class"},
    ]  # fmt: skip
    return found


@pytest.fixture
def part(entry):
    return EvidenceSet("test", entry, "image", "image")


def test_the_section_tells_the_whole_story(part, entry) -> None:
    section = boxes_section(EVIDENCE, part)
    lead = section.blocks[0]
    found = next(
        m for m in entry["metrics"]
        if (m["name"], m["class"], m["operating_point"]) == ("lesion_sensitivity", None, "fp_per_image_1")
    )  # fmt: skip
    assert isinstance(lead, Paragraph)
    assert lead.text.startswith(f"Of 100 lesions the network finds {100 * found['value']:.0f} (95% interval")
    assert "one false alarm per image" in lead.text
    captions = [block.caption for block in section.blocks if isinstance(block, Table)]
    assert captions == [
        "Kind by kind", "At the operating points", "Whole patients and images",
            "Small and large lesions", "Beside another observer",
    ]  # fmt: skip
    assert sum(isinstance(block, Figure) for block in section.blocks) == 1
    missed, false = (block for block in section.blocks if isinstance(block, Gallery))
    assert missed.pictures[0].lines == ("cell: no mark met it", "size 12 px", "i1")
    assert false.pictures[0].lines[:2] == ("Called cell, score 0.900", "a lesion of another kind")


def test_all_rows_have_all_columns(part) -> None:
    for block in boxes_section(EVIDENCE, part).blocks:
        if isinstance(block, Table):
            assert {len(row) for row in block.rows} == {len(block.columns)}


def test_other_tasks_have_no_such_section(part) -> None:
    assert boxes_section(SimpleNamespace(task="segmentation"), part) is None


def test_without_points_marks_or_lesions() -> None:
    silent = box_set([case("a", [(0, 0, 9, 0)], []), case("b", [], [])], classes=("cell",), clusters=None)
    part = EvidenceSet("external:X", box_evidence(silent, n_resamples=20), "image", "image")
    section = boxes_section(EVIDENCE, part)
    assert "no threshold was fixed beforehand" in section.blocks[0].text
    assert section.title == "Lesions in external data “X”"
    bare = box_set([case("a", [], []), case("b", [], [])], classes=("cell",), clusters=None)
    none = EvidenceSet("test", box_evidence(bare, n_resamples=20), "image", "image")
    assert found_sentence(none).endswith("is undefined (no lesion is there).")
    assert false_sentence(none) == ""
    assert boxes_section(EVIDENCE, none) is not None


def test_sentences() -> None:
    assert mistakes_sentence({"background": 3, "wrong_place": 1, "other_class": 0}) == (
        "Of 4 false alarms at this threshold, 3 lie where nothing was drawn and 1 lies on a lesion, but not "
        "well enough placed."
    )
    assert "no false alarm" in mistakes_sentence({"background": 0})
    assert mistakes_sentence(None) == ""
    assert [size_text(3.6, 4.2), size_text(4, 9), size_text(None, 3)] == ["4 px", "4 to 9 px", "not recorded"]
