"""The table of cases with the proposed changes made; the data themselves are never touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.reading import CORE_COLUMNS

CHANGED = "changed_by_check"


@dataclass(frozen=True)
class FixedTable:
    """What is left, and what was done.

    Args:
        rows: the collection's rows without those left out; one more column, `CHANGED`, says what was changed
            in a row ("" where nothing was).
        done: (check, what was done) to the number of images.
        overruled: changes that another one stood against, in order.
        left_out: images that do not appear any more.
    """

    rows: pd.DataFrame
    done: dict[tuple[str, str], int]
    overruled: tuple[Fix, ...]
    left_out: tuple[str, ...]


def fixed_table(rows: pd.DataFrame, findings: Sequence[Finding]) -> FixedTable:
    """Make every change that the findings propose.

    Where two stand against each other, leaving an image out goes before setting a value, and of two values
    that of the earlier finding counts (errors before warnings, then the order of the checks).

    Args:
        rows: of a collection.
        findings: in the order of an examination.
    """
    proposed = [(f.check, fix) for f in findings for fix in f.fixes]
    present = set(rows["image"])
    gone = dict.fromkeys(
        fix.image for _, fix in proposed if fix.action == "leave_out" and fix.image in present
    )
    done: Counter[tuple[str, str]] = Counter()
    told: set[str] = set()
    values: dict[tuple[str, str], Fix] = {}
    overruled: list[Fix] = []
    for check, fix in proposed:
        if fix.image not in present:
            continue
        key = fix.image, fix.column
        if fix.action == "leave_out":
            if fix.image not in told:
                done[check, "left out"] += 1
                told.add(fix.image)
        elif fix.image in gone or (key in values and values[key].value != fix.value):
            overruled.append(fix)
        elif key not in values:
            values[key] = fix
            done[check, f"{fix.column} set to '{fix.value}'"] += 1
    kept = _with_values(rows[~rows["image"].isin(list(gone))], values)
    return FixedTable(kept, dict(done), tuple(overruled), tuple(gone))


def _with_values(rows: pd.DataFrame, values: dict[tuple[str, str], Fix]) -> pd.DataFrame:
    """The rows with values set, core columns first and the remarks last."""
    fixed = rows.reset_index(drop=True).drop(columns=CHANGED, errors="ignore")
    remarks = pd.Series("", index=fixed.index, dtype=object)
    for (image, column), fix in values.items():
        if column not in fixed:
            fixed[column] = ""
        for row in fixed.index[fixed["image"] == image]:
            before = str(fixed.at[row, column])
            fixed.at[row, column] = fix.value
            remark = f"{column} was '{before}': {fix.reason}"
            remarks[row] = f"{remarks[row]}; {remark}" if remarks[row] else remark
    others = [column for column in fixed.columns if column not in CORE_COLUMNS]
    return fixed[[*CORE_COLUMNS, *others]].assign(**{CHANGED: remarks})
