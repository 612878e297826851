"""The network's scores of the cases that were read: a table of its own, or predictions.csv of a study."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.deferral import DeferralRule, deferral_rules
from thirdeye.evaluation.metric import ThresholdOrigin
from thirdeye.evaluation.operating_point import youden_points
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import listed

_SCORE = ("score", "rating", "probability")
_VALIDATION = ("validation", "val", "tuning")


@dataclass(frozen=True)
class NetworkScores:
    """What the network says.

    Args:
        scores: case to score, of every case outside validation.
        validation: scores (n,) and truth (n,) or None of validation cases; None without any.
        threshold: from which it calls a case positive; None where nothing fixed it.
        origin: of the threshold.
        told: sentences on where both come from.
    """

    scores: dict[str, float]
    validation: tuple[Any, Any] | None
    threshold: float | None
    origin: ThresholdOrigin | None
    told: tuple[str, ...]

    def rules(self) -> tuple[DeferralRule, ...]:
        """Rules of deferral from validation cases; none where there are no probabilities or no such cases."""
        if self.validation is None or self.threshold is None or not 0 < self.threshold < 1:
            return ()
        values = self.validation[0]
        if values.size < 10 or values.min() < 0 or values.max() > 1:
            return ()
        return deferral_rules(values, threshold=self.threshold)


def read_network_scores(
    path: Path, *, validation: Path | None = None, threshold: float | None = None
) -> NetworkScores:
    """Read them.

    Args:
        path: table with the columns case and score (a column ``split`` sets validation cases apart), or
            ``predictions.csv`` of a Third Eye study.
        validation: table of validation cases (case, score, truth), where `path` holds none.
        threshold: fixed beforehand; else the study's operating point, else Youden's on validation cases.

    Raises:
        DataRefused: a column is missing, or a score is no number.
        UsageError: a threshold that is no number.
    """
    table, told, point = _in_form(path)
    is_validation = table["split"].str.lower().isin(_VALIDATION)
    own = table[~is_validation].drop_duplicates("case")
    known = table[is_validation] if validation is None else _in_form(validation)[0]
    held = _validation(known)
    chosen, origin, words = _threshold(threshold, point, held)
    scores = dict(zip(own["case"], own["score"].astype(float), strict=True))
    return NetworkScores(scores, held, chosen, origin, (*told, *words))


def _in_form(path: Path) -> tuple[pd.DataFrame, tuple[str, ...], float | None]:
    """case, score, split and truth; sentences; the study's operating point."""
    table = read_table(path)
    known = {column.lower(): column for column in table.columns}
    told: tuple[str, ...] = ()
    point = None
    positive, score = None, next((known[word] for word in _SCORE if word in known), None)
    if score is None:
        positive, point = _study_model(path)
        score = known.get(f"probability_{positive}".lower())
        told = (f"{path.name}: the probability of '{positive}' is the score.",)
    if "case" not in known or score is None:
        raise DataRefused(
            f"{path.name} needs the columns case and score; it has {listed(tuple(table.columns), 12)}"
        )
    if "source" in known:
        table = table[table[known["source"]] == "network"]
    frame = pd.DataFrame(
        {"case": table[known["case"]], "score": pd.to_numeric(table[score], errors="coerce")}
    )
    if np.isinf(frame["score"]).any():
        raise DataRefused(f"{path.name}: a score is infinite")
    frame["split"] = table[known["split"]] if "split" in known else ""
    frame["truth"] = np.nan
    label = known.get("truth") or known.get("label")
    if label is not None:
        values = (
            (table[label] == positive).astype(float)
            if positive
            else pd.to_numeric(table[label], errors="coerce")
        )
        frame["truth"] = values
    return frame.dropna(subset=["score"]), told, point


def _study_model(path: Path) -> tuple[str, float | None]:
    """Positive class and operating point of the study that `path` belongs to."""
    model = path.parent / "model" / "model.json"
    try:
        content = json.loads(model.read_text(encoding="utf-8"))
        points = content.get("operating_points") or []
        return str(content["positive"]), float(points[0]["threshold"]) if points else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataRefused(
            f"{path.name} has no column score, and no model/model.json beside it says which class is positive"
        ) from error


def _validation(rows: pd.DataFrame) -> tuple[Any, Any] | None:
    if rows.empty:
        return None
    truth = rows["truth"].to_numpy(float)
    return rows["score"].to_numpy(float), None if np.isnan(truth).any() else truth


def _threshold(
    given: float | None, point: float | None, held: tuple[Any, Any] | None
) -> tuple[float | None, ThresholdOrigin | None, tuple[str, ...]]:
    if given is not None:
        if not np.isfinite(given):
            raise UsageError(f"a threshold is a finite number, got {given}")
        return (
            given,
            "prespecified",
            (f"The network calls a score of {given:g} and more positive, as was said.",),
        )
    if point is not None:
        told = f"The network calls a score of {point:.3g} and more positive: the study's operating point."
        return point, "tuned_on_validation", (told,)
    if held is not None and held[1] is not None and 0 < held[1].sum() < held[1].size:
        found = youden_points(held[1].astype(int), held[0])[0].threshold
        told = (
            f"The network calls a score of {found:.3g} and more positive: Youden's point on validation cases."
        )
        return float(found), "tuned_on_validation", (told,)
    return None, None, ()
