from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from thirdeye.case.study import Study
from thirdeye.evaluation.mask_comparison import compare_observers
from thirdeye.evaluation.mask_evidence import mask_evidence
from thirdeye.evaluation.mask_scores import score_masks
from thirdeye.report.document import Fold, Gallery, Notice, Section, Table
from thirdeye.report.evidence import Evidence, read_evidence
from thirdeye.report.located.segmentation_limits import few_cases, missed, one_annotator
from thirdeye.report.located.sizes import significant, size_text
from thirdeye.report.sections.structures import structures_section
from thirdeye.report.sets import test_set as of_test

CLASSES = ("liver", "tumour")


def _masks(index: int, shift: int) -> np.ndarray:
    labels = np.zeros((40, 40), np.uint8)
    labels[8 + shift : 28, 8:28] = 1
    if index % 3:
        labels[32:36, 30 + shift : 37] = labels[2:5, 30:35] = 2
    return labels


def _evidence(folder: Path, *, second: bool = True) -> Evidence:
    scores: dict[str, list[Any]] = {"network": [], "second": [], "crossed": []}
    patients = {}
    for index in range(12):
        case, reference, network, other = f"c{index}", *(_masks(index, shift) for shift in (0, index % 3, 1))
        patients[case] = f"p{index // 2}"
        common: dict[str, Any] = {"structures": CLASSES, "spacing": (0.5, 0.5)}
        scores["network"] += score_masks(case, reference, network, **common)
        scores["second"] += score_masks(case, reference, other, **common)
        scores["crossed"] += score_masks(case, other, network, **common)
    entry = mask_evidence(
        scores["network"], structures=CLASSES, clusters=patients, unit="mm", size_unit="mm2", tolerance=2.0,
        n_resamples=100,
    )  # fmt: skip
    entry["readers"] = []
    if second:
        differences = compare_observers(
            scores["network"], scores["second"], structures=CLASSES, clusters=patients, name="2",
            crossed=scores["crossed"], n_resamples=100,
        )  # fmt: skip
        entry["readers"] = [{"name": "annotator 2", "n": 12, "metrics": [], "differences": differences}]
    entry["drawn"] = [
        {"structure": "liver", "rank": "best", "case": "c0", "dice": 1.0, "picture": "none.png", "planes": []}
    ]
    study = Study(folder)
    study.write_json(
        "evaluation.json",
        {"version": 1, "task": "segmentation", "positive": None, "unit": "image", "classes": list(CLASSES),
         "sets": {"test": entry}},
    )  # fmt: skip
    return read_evidence(folder)


def _section(evidence: Evidence) -> Section:
    part = of_test(evidence)
    assert part is not None
    section = structures_section(evidence, part)
    assert section is not None
    return section


def _tables(section: Section) -> dict[str, Table]:
    inside = [b for block in section.blocks for b in (block.blocks if isinstance(block, Fold) else (block,))]
    return {block.caption: block for block in inside if isinstance(block, Table)}


def test_every_question_has_its_table(tmp_path: Path) -> None:
    section = _section(_evidence(tmp_path))
    tables = _tables(section)
    assert list(tables) == [
        "How well each structure is marked", "Is it there? Case by case", "Piece by piece",
        "Areas measured from the outlines: do they agree?", "Beside a second observer", "Further measures",
        "The worst",
    ]  # fmt: skip
    assert [row[0] for row in tables["Piece by piece"].rows] == ["tumour"]
    assert tables["Is it there? Case by case"].rows[1][3] == "8, 4"
    titles = [column.title for column in tables["How well each structure is marked"].columns]
    assert titles[-2:] == ["Border within 2 mm", "HD95 (mm)"]


def test_the_verdict_on_the_second_observer_stands_before_the_figures(tmp_path: Path) -> None:
    section = _section(_evidence(tmp_path))
    notices = [block for block in section.blocks if isinstance(block, Notice)]
    assert [notice.title.partition(":")[0] for notice in notices] == ["Liver", "Tumour"]
    assert all("interval" in notice.text for notice in notices)


def test_cases_are_drawn_without_heat_maps(tmp_path: Path) -> None:
    galleries = [block for block in _section(_evidence(tmp_path)).blocks if isinstance(block, Gallery)]
    assert [gallery.title for gallery in galleries] == ["liver"]
    assert galleries[0].alone
    assert galleries[0].pictures[0].lines[0] == "Best: Dice 1.000"


def test_limits_of_a_segmentation(tmp_path: Path) -> None:
    evidence = _evidence(tmp_path, second=False)
    few = few_cases(evidence)
    assert few is not None
    assert "liver (12), tumour (8)" in few.text
    assert one_annotator(evidence) is not None
    assert missed(evidence) is None
    assert "Beside a second observer" not in _tables(_section(evidence))


def test_a_second_observer_takes_the_limit_away(tmp_path: Path) -> None:
    assert one_annotator(_evidence(tmp_path)) is None


def test_nothing_of_heat_maps_is_missing_in_a_segmentation(tmp_path: Path) -> None:
    evidence = _evidence(tmp_path)
    assert not [name for name in evidence.missing if name.startswith(("explanation", "runs/stages"))]
    assert "plan.json" in evidence.missing


def test_sizes_are_written_with_their_unit() -> None:
    assert size_text(1234.5, "mm3") == "1.23 ml"
    assert size_text(52.0, "mm2") == "52.0 mm²"
    assert size_text(-0.04567, "px", sign=True) == "−0.0457 pixels"
    assert size_text(None, "mm3") == "not measured"
    assert significant(12345.6) == "12,346"
    assert significant(0.0) == "0.00"
