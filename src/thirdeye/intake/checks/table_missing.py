"""Values that are missing from the table, and whether that goes with the label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.evaluation.distributions import chi2_upper_p
from thirdeye.intake.association import chi_square, cramers_v
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.class_counts import SEPARATOR
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.probe.encode import is_missing
from thirdeye.intake.words import listed, shown_name

NAME = "table.missing"
LEVEL = 0.01
STRONG, NOTED = 0.3, 0.1  # Cramer's V
_NOT_ASKED = ("image", "case", "patient", "label", "split", "study", "series")
_SOURCE = "Informative missingness: Groenwold 2020 (BMJ Evid Based Med 25:8); TRIPOD+AI item 11"


@register_check(NAME, title="Missing values", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Share of each column that is missing, class by class; each patient counts once.

    Patients without a name are the business of `patient.unknown` and `shortcut.metadata`.
    """
    rows = exhibits.rows
    rows = rows[~rows["patient"].where(rows["patient"] != "", rows["case"]).duplicated()]
    asked = [c for c in rows.columns if c not in _NOT_ASKED and not rows[c].equals(rows["patient"])]
    missing = {c: is_missing(rows[c]) for c in asked}
    partly = {c: gone for c, gone in missing.items() if gone.any() and not gone.all()}
    if not partly:
        raise NotApplicable("no column of the table has gaps")
    labels = rows["label"].astype(str).str.split(SEPARATOR, regex=False).str[0]
    strength = {c: _association(gone, labels, len(partly)) for c, gone in partly.items()}
    worst = max(strength, key=lambda column: strength[column])
    shares = {
        c: pd.Series(gone, index=rows.index).groupby(labels.to_numpy()).mean() for c, gone in partly.items()
    }
    table = _table(partly, shares, strength)
    if strength[worst] < NOTED:
        classes = "; no difference between the classes could be shown" if labels.nunique() > 1 else ""
        yield Finding(
            check=NAME,
            severity="info",
            message=f"Values are missing from "
            f"{listed([f'{c} ({100 * gone.mean():.0f} %)' for c, gone in partly.items()])}"
            f"{classes}.",
            evidence={"table": table},
            remedy="Say in the report how many were missing and what was done about it",
            source=_SOURCE,
        )
        return
    low, high = shares[worst].idxmin(), shares[worst].idxmax()
    yield Finding(
        check=NAME,
        severity="warning" if strength[worst] >= STRONG else "info",
        message=f"'{shown_name(worst)}' is missing in {100 * shares[worst][high]:.0f} % of '{high}' and in "
        f"{100 * shares[worst][low]:.0f} % of '{low}': that it is missing tells the label. The classes were "
        f"recorded in "
        "different ways or come from different sources.",
        evidence={"cramers_v": {c: round(v, 3) for c, v in strength.items()}, "table": table},
        remedy="Find out why; do not let a model see this column",
        source=_SOURCE,
    )


def _association(gone: NDArray[np.bool_], labels: pd.Series, asked: int) -> float:
    """Cramer's V with the label; 0 where chance explains it (Bonferroni over the columns)."""
    counts = pd.crosstab(labels.to_numpy(), gone)
    statistic, freedom = chi_square(counts)
    if freedom == 0 or chi2_upper_p(statistic, freedom) >= LEVEL / asked:
        return 0.0
    return cramers_v(counts)


def _table(
    partly: dict[str, NDArray[np.bool_]], shares: dict[str, pd.Series], strength: dict[str, float]
) -> dict[str, object]:
    names = list(next(iter(shares.values())).index)[:12]
    rows = [
        [
            c,
            round(float(gone.mean()), 3),
            *(round(float(shares[c][name]), 3) for name in names),
            round(strength[c], 3),
        ]
        for c, gone in partly.items()
    ]
    return {"columns": ["column", "missing", *(f"of {name}" for name in names), "Cramer's V"], "rows": rows}
