"""Columns that say where a picture comes from: hospital, machine, collection."""

from __future__ import annotations

import pandas as pd

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.probe.target import Target
from thirdeye.intake.words import tokens, word_set

_WORDS = word_set(
    """
    site hospital center centre institution institute clinic facility device scanner manufacturer vendor
    machine dataset database source origin collection cohort
    """
)
_NOT = word_set("anatom anatomical label image path file id lesion body")
_MOST_SOURCES = 50


def source_columns(exhibits: Exhibits, target: Target) -> dict[str, pd.Series]:
    """Name to the source of each image of the target; "" where unknown. Two to fifty sources each."""
    found: dict[str, pd.Series] = {}
    for column in target.rows.columns:
        words = set(tokens(column))
        if words & _WORDS and not words & _NOT:
            found[column] = target.rows[column].astype(str)
    for column in ("manufacturer", "device"):
        if column not in found and column in exhibits.facts.columns:
            found[column] = exhibits.facts[column].iloc[target.positions].astype(str)
    return {
        column: values
        for column, values in found.items()
        if 2 <= values[values != ""].nunique() <= _MOST_SOURCES
    }
