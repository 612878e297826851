"""How the probabilities of the cases are spread, from ``predictions.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thirdeye.report.document import Figure
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.distributions import class_distributions, two_class_distributions
from thirdeye.report.names import operating_point_title
from thirdeye.report.numbers import is_number
from thirdeye.report.question import other_class
from thirdeye.report.sets import EvidenceSet

if TYPE_CHECKING:
    import pandas as pd


def distribution_figure(evidence: Evidence, part: EvidenceSet) -> Figure | None:
    """Probabilities by true class; None where the predictions are missing."""
    rows = _network_rows(evidence, part)
    if rows is None or rows.empty:
        return None
    return _binary(evidence, part, rows) if evidence.task == "binary" else _several(evidence, rows)


def _network_rows(evidence: Evidence, part: EvidenceSet) -> pd.DataFrame | None:
    table = evidence.predictions
    if table is None or not {"split", "label"} <= set(table.columns):
        return None
    rows = table[table["split"] == part.name]
    return rows[rows["source"] == "network"] if "source" in table else rows


def _probabilities(rows: pd.DataFrame, name: str) -> pd.Series:
    import pandas as pd

    column = f"probability_{name}"
    if column not in rows:
        return pd.Series(dtype=float)
    return pd.to_numeric(rows[column], errors="coerce").dropna()


def _binary(evidence: Evidence, part: EvidenceSet, rows: pd.DataFrame) -> Figure | None:
    positive = evidence.positive or ""
    values = _probabilities(rows, positive)
    if values.empty:
        return None
    truth = rows.loc[values.index, "label"] == positive
    thresholds = {
        operating_point_title(str(point.get("name"))): float(point["threshold"])
        for point in part.points[:2]
        if is_number(point.get("threshold"))
    }
    drawing = two_class_distributions(
        values[truth].tolist(),
        values[~truth].tolist(),
        names=(positive, other_class(evidence)),
        thresholds=thresholds,
    )
    text = (
        f"Probability of “{positive}” by truth. What lies right of a threshold raises an alarm; the "
        "less the two halves overlap, the better they are told apart."
    )
    return Figure(drawing, text, text, title="Probabilities by class")


def _several(evidence: Evidence, rows: pd.DataFrame) -> Figure | None:
    series, names = [], []
    for name in evidence.classes:
        carries = rows["label"].map(lambda label, name=name: name in label.split("|"))
        values = _probabilities(rows[carries], name)
        series.append(values.tolist())
        names.append(name)
    if not any(series):
        return None
    drawing = class_distributions(series, names, x="Probability given to the true class")
    text = (
        "Probability that the network gives to the true class, case by case (ticks), with the middle "
        "half (bar) and the median (dot). Classes with bars far left are the ones it does not "
        "recognise."
    )
    return Figure(drawing, text, text, title="Probability of the true class")
