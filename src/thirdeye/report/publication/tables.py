"""All tables of a study, in the order of print."""

from __future__ import annotations

from collections.abc import Callable

from thirdeye.report.evidence import Evidence
from thirdeye.report.publication.characteristics import characteristics_table
from thirdeye.report.publication.class_table import class_table
from thirdeye.report.publication.comparisons import comparison_table
from thirdeye.report.publication.performance import all_measures_table, performance_table
from thirdeye.report.publication.points_table import operating_point_table
from thirdeye.report.publication.subgroup_table import gap_table, subgroup_table
from thirdeye.report.publication.table import JournalTable

MAKERS: tuple[Callable[[Evidence], JournalTable | None], ...] = (
    characteristics_table,
    performance_table,
    comparison_table,
    subgroup_table,
    operating_point_table,
    class_table,
    gap_table,
    all_measures_table,
)


def journal_tables(evidence: Evidence) -> list[JournalTable]:
    """Those that the study has something to say in."""
    return [table for make in MAKERS if (table := make(evidence)) is not None]
