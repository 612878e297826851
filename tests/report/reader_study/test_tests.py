"""The comparison of tests on the page of a reader study."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.readers.obuchowski_rockette import analyse
from thirdeye.evaluation.readers.simulated import Simulation, simulated_study
from thirdeye.report.document import FigureRow, Fold, Section, Table
from thirdeye.report.reader_study import tests as page
from thirdeye.report.reader_study.study import ReaderStudy


def section(readers: int) -> Section:
    """Of a simulated study with so many readers."""
    readings = simulated_study(Simulation(readers=readers, cases=30), np.random.default_rng(0))
    found = analyse(readings)
    return page.tests_section(ReaderStudy(readings, found, None, None, "auc", None, None, 0.95), found)


def tables(one: Section) -> list[Table]:
    """Open and folded."""
    opened = [block for block in one.blocks if isinstance(block, Table)]
    folded = [inner for block in one.blocks if isinstance(block, Fold) for inner in block.blocks]
    return [*opened, *(inner for inner in folded if isinstance(inner, Table))]


@pytest.mark.parametrize("readers", [3, page.MOST_OPEN, page.MOST_OPEN + 1])
def test_many_readers_are_folded_and_none_is_lost(readers: int) -> None:
    shown = section(readers)
    assert any(isinstance(block, Fold) for block in shown.blocks) == (readers > page.MOST_OPEN)
    (of_readers,) = (table for table in tables(shown) if "of each reader" in table.caption)
    assert len(of_readers.rows) == readers + 1  # and their mean
    curves = next(block for block in shown.blocks if isinstance(block, FigureRow))
    assert len(curves.figures) == 2
