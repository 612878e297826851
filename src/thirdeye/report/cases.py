"""Counting cases: by part, class and patient, from ``dataset.csv``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thirdeye.report.evidence import Evidence
from thirdeye.report.names import SPLITS
from thirdeye.report.numbers import count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PartCount:
    """Images, cases and patients (or what `noun` says) of a part; `patients` is None where none is named."""

    split: str
    images: int
    cases: int
    patients: int | None
    noun: str = "patient"

    @property
    def text(self) -> str:
        """``1,204 images of 312 patients``."""
        images = count(self.images, "image")
        cases = f" of {count(self.cases, 'case')}" if self.cases != self.images else ""
        return (
            images + cases + (f" of {count(self.patients, self.noun)}" if self.patients is not None else "")
        )


def part_count(rows: pd.DataFrame, split: str, noun: str = "patient") -> PartCount:
    """Counts of the rows of one part."""
    cases = rows["case"].nunique() if "case" in rows else len(rows)
    named = rows["patient"][rows["patient"] != ""] if "patient" in rows else None
    patients = None if named is None or named.empty else int(named.nunique())
    return PartCount(split, len(rows), int(cases), patients, noun)


def rows_of(table: pd.DataFrame, split: str) -> pd.DataFrame:
    """Rows of one part; all of them where the table knows no parts."""
    return table[table["split"] == split] if "split" in table else table


def splits_present(table: pd.DataFrame) -> list[str]:
    """Parts that hold rows, in reading order."""
    there = set(table["split"]) if "split" in table else set()
    return [split for split in SPLITS if split in there]


def class_count(rows: pd.DataFrame, class_name: str, *, multilabel: bool) -> int:
    """Images that carry a class."""
    if "label" not in rows:
        return 0
    if multilabel:
        return int(rows["label"].map(lambda text: class_name in text.split("|")).sum())
    return int((rows["label"] == class_name).sum())


def cross_fitted_folds(table: pd.DataFrame) -> int:
    """How many folds the development cases were cross-fitted in; 0 when they were not."""
    if "fold" not in table:
        return 0
    folds = {text for text in table["fold"] if text not in ("", "-1", "-1.0")}
    return len(folds)


def excluded_reasons(table: pd.DataFrame) -> dict[str, int]:
    """Why images were left out, most frequent first."""
    left_out = rows_of(table, "excluded") if "split" in table else table.iloc[:0]
    if "excluded_because" not in left_out or left_out.empty:
        return {"no reason recorded": len(left_out)} if len(left_out) else {}
    reasons = left_out["excluded_because"].replace("", "no reason recorded").value_counts()
    return {str(reason): int(number_of) for reason, number_of in reasons.items()}


def patients_named(evidence: Evidence) -> bool:
    """Whether any image says whose it is."""
    table = evidence.dataset
    return table is not None and "patient" in table and bool((table["patient"] != "").any())


def patients_on_two_sides(table: pd.DataFrame) -> int | None:
    """How many named patients have images in more than one part; None where no patient is named."""
    if "patient" not in table or "split" not in table:
        return None
    named = table[(table["patient"] != "") & (table["split"] != "excluded")]
    if named.empty:
        return None
    return int((named.groupby("patient")["split"].nunique() > 1).sum())


def sites(evidence: Evidence) -> list[str]:
    """Names of the sites that the data come from; empty where none is named."""
    table = evidence.dataset
    if table is None or "site" not in table:
        return []
    return sorted({name for name in table["site"] if name})
