"""References in the tables of a study must not lead out of the data."""

from __future__ import annotations

from collections.abc import Iterable

from thirdeye.errors import StudyMismatch
from thirdeye.intake.reference import is_elsewhere
from thirdeye.intake.words import shown_name


def refuse_elsewhere(table: str, references: Iterable[str]) -> None:
    """Refuse a table of a study that names a file outside the data.

    Args:
        table: name of the file, for the message.
        references: that stand in it.

    Raises:
        StudyMismatch: one is absolute, or climbs out of the data with "..".
    """
    strange = next((one for one in references if is_elsewhere(one)), None)
    if strange is not None:
        raise StudyMismatch(
            f"{table} names '{shown_name(strange)}', which lies outside the data; the file was edited: plan "
            "the study again"
        )
