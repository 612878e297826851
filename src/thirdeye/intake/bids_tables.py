"""The tables of a BIDS dataset joined to its images: participants, phenotype, sessions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from thirdeye.intake.bids_name import BidsName
from thirdeye.intake.table_file import read_table

PARTICIPANTS = "participants.tsv"


def clinical_columns(folder: Path, images: Sequence[BidsName], files: Sequence[str]) -> pd.DataFrame:
    """A row per image with every column of ``participants.tsv``, ``phenotype/*.tsv``, ``sub-*_sessions.tsv``.

    A column that two tables have comes from the more particular one: sessions, then phenotype, then
    participants. Cells of people who are in no table are "".

    Raises:
        DataRefused: a table cannot be read.
    """
    joined = pd.DataFrame(index=range(len(images)))
    tables = [file for file in files if file == PARTICIPANTS]
    tables += [file for file in files if file.startswith("phenotype/") and file.endswith(".tsv")]
    for file in tables:
        joined = _joined(joined, _of_people(read_table(folder / file), images))
    sessions = [file for file in files if file.endswith("_sessions.tsv") and file.startswith("sub-")]
    if sessions:
        joined = _joined(joined, _of_sessions(folder, sessions, images))
    return joined.fillna("")


def _joined(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """The columns of both; a cell that is "" on the right does not hide one on the left."""
    for column in right.columns:
        old = left[column] if column in left.columns else ""
        left[column] = right[column].where(right[column] != "", old)
    return left


def _of_people(table: pd.DataFrame, images: Sequence[BidsName]) -> pd.DataFrame:
    """Rows of a table with ``participant_id`` (and perhaps ``session_id``) for every image."""
    if "participant_id" not in table.columns:
        return pd.DataFrame(index=range(len(images)))
    people = table["participant_id"].str.removeprefix("sub-")
    keys: list[tuple[str, ...]] = [(image.entities["sub"],) for image in images]
    if "session_id" in table.columns:
        sessions = table["session_id"].str.removeprefix("ses-")
        index = pd.MultiIndex.from_arrays([people, sessions])
        keys = [(image.entities["sub"], image.entities.get("ses", "")) for image in images]
    else:
        index = pd.MultiIndex.from_arrays([people])
    held = table.drop(columns=["participant_id", "session_id"], errors="ignore").set_axis(index)
    held = held[~held.index.duplicated()]
    return held.reindex(pd.MultiIndex.from_tuples(keys)).fillna("").reset_index(drop=True)


def _of_sessions(folder: Path, files: Sequence[str], images: Sequence[BidsName]) -> pd.DataFrame:
    parts = []
    for file in files:
        table = read_table(folder / file)
        person = file.rsplit("/", 1)[-1].removesuffix("_sessions.tsv")
        if "session_id" in table.columns:
            parts.append(table.assign(participant_id=person))
    if not parts:
        return pd.DataFrame(index=range(len(images)))
    return _of_people(pd.concat(parts, ignore_index=True).fillna(""), images)
