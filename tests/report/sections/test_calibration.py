from __future__ import annotations

from thirdeye.report import sets
from thirdeye.report.document import FigureRow, Fold, Paragraph, Table
from thirdeye.report.evidence import read_evidence
from thirdeye.report.sections.calibration import calibration_section
from thirdeye.report.sections.results import results_section
from thirdeye.report.sets import EvidenceSet


def test_both_curves_and_every_measure_of_calibration(make_study) -> None:
    evidence = read_evidence(make_study("binary"))
    section = calibration_section(evidence, sets.test_set(evidence))
    assert (section.anchor, section.title) == ("calibration", "Calibration on the test part")
    (row,) = (block for block in section.blocks if isinstance(block, FigureRow))
    assert [figure.title for figure in row.figures] == ["Reliability in bins", "Smooth calibration"]
    assert all(figure.alt and figure.caption for figure in row.figures)
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    (fold,) = (block for block in section.blocks if isinstance(block, Fold))
    titles = [cells[0].text for cells in (*table.rows, *fold.blocks[0].rows)]
    assert titles[:4] == ["Calibration intercept", "Calibration slope", "Expected over observed", "ICI"]
    assert {"Expected calibration error, equal mass", "Scaled Brier score", "Log loss"} <= set(titles)
    words = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "percentage points" in words
    assert "Hosmer and Lemeshow" in words
    results = results_section(evidence, sets.test_set(evidence))
    shown = [cells[0].text for table in results.blocks if isinstance(table, Table) for cells in table.rows]
    assert "Calibration slope" not in shown  # every number stands in one place


def test_classes_are_judged_by_the_class_named(make_study) -> None:
    evidence = read_evidence(make_study("seven"))
    section = calibration_section(evidence, sets.test_set(evidence))
    (row,) = (block for block in section.blocks if isinstance(block, FigureRow))
    assert "being right" in row.figures[1].drawing.svg


def test_an_older_study_without_these_fields_has_no_section(make_study) -> None:
    evidence = read_evidence(make_study("binary"))
    older = EvidenceSet("test", {"metrics": [], "n": 10}, "image")
    assert calibration_section(evidence, older) is None
