"""Decisions of readers and network side by side: disagreement, policies, deferral."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.evaluation.deferral import RiskCoverage, certainty, risk_coverage
from thirdeye.evaluation.readers.decisions import Decisions, decisions_of
from thirdeye.evaluation.readers.disagreement import Disagreement, disagreement
from thirdeye.evaluation.readers.policies import Policy, policies
from thirdeye.journey.readers.network_scores import NetworkScores

COVERAGES = (0.5, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Together:
    """Readers and network on the same cases.

    Args:
        decisions: side by side.
        disagreement: before adjudication.
        policies: ways of working, with rules of deferral fixed on validation cases; empty without a network.
        curve: risk against coverage of the network; None where its scores are no probabilities.
        told: sentences on what decisions are, and what could not be said.
    """

    decisions: Decisions
    disagreement: Disagreement
    policies: tuple[Policy, ...]
    curve: RiskCoverage | None
    told: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        curve = self.curve
        return {
            "told": list(self.told),
            "disagreement": self.disagreement.as_json(),
            "policies": [one.as_json() for one in self.policies],
            "risk_coverage": None if curve is None else {
                "aurc": curve.aurc,
                "risk_at_coverage": {f"{share:.1f}": curve.risk_at(share) for share in COVERAGES},
            },
        }  # fmt: skip


def work_together(
    people: pd.DataFrame, *, threshold: float | None, scores: NetworkScores | None, level: float
) -> Together | None:
    """Compare decisions; None where there are none, or nobody to compare with.

    Args:
        people: readings of the readers: reader, case, test, truth, and rating, or initial decisions.
        threshold: rating from which a reader calls a case positive.
        scores: of the network.
        level: of the intervals.

    Raises:
        DataRefused: readings that contradict each other.
    """
    rows, told = _own_decisions(people, threshold)
    if rows is None:
        return None
    machine, values = _machine(people, rows, scores)
    table = rows.pivot(index="reader", columns="case", values="call")
    table = table.loc[list(dict.fromkeys(rows["reader"])), list(dict.fromkeys(rows["case"]))]
    if machine is None and len(table) < 2:
        return None
    truth = rows.drop_duplicates("case").set_index("case")["truth"].reindex(table.columns)
    said = None if machine is None else machine.reindex(table.columns).to_numpy(float)
    decisions = decisions_of(
        table.to_numpy(float),
        truth.to_numpy(float),
        said,
        readers=list(table.index),
        cases=list(table.columns),
    )
    probabilities = None if values is None else values.reindex(table.columns).to_numpy(float)
    found, more, curve = _ways(decisions, probabilities, scores, level)
    return Together(decisions, disagreement(decisions, level=level), found, curve, (told, *more))


def _own_decisions(people: pd.DataFrame, threshold: float | None) -> tuple[pd.DataFrame | None, str]:
    """reader, case, truth, call: decisions without help, of the first test."""
    if "initial" in people and people["initial"].notna().any():
        rows = people.dropna(subset=["initial"]).drop_duplicates(["reader", "case"])
        return rows.assign(call=rows["initial"]), "Decisions are the readers' first ones, made alone."
    if "rating" not in people:
        return None, ""
    rows = people[people["test"] == people["test"].iloc[0]].dropna(subset=["rating"])
    name = rows["test"].iloc[0] if len(rows) else ""
    if threshold is None and not set(rows["rating"]) <= {0, 1}:
        return None, ""
    limit = 1.0 if threshold is None else threshold
    told = f"Decisions are ratings of {limit:g} and more, read with {name}."
    return rows.assign(call=(rows["rating"] >= limit).astype(float)), told


def _machine(
    people: pd.DataFrame, rows: pd.DataFrame, scores: NetworkScores | None
) -> tuple[pd.Series | None, pd.Series | None]:
    """Call and score of the machine for each case."""
    if scores is not None and scores.threshold is not None:
        values = pd.Series(scores.scores, dtype=float)
        return (values >= scores.threshold).astype(float), values
    if "machine" not in people or people["machine"].isna().all():
        return None, None
    said = people.dropna(subset=["machine"]).groupby("case")["machine"]
    if (said.nunique() > 1).any():
        case = said.nunique().idxmax()
        raise DataRefused(f"the machine's decision on case '{case}' differs between readers; give it one")
    calls = said.first()
    missing = set(rows["case"]) - set(calls.index)
    return (None, None) if missing else (calls.astype(float), None)


def _ways(
    decisions: Decisions, probabilities: Any, scores: NetworkScores | None, level: float
) -> tuple[tuple[Policy, ...], tuple[str, ...], RiskCoverage | None]:
    if decisions.machine is None:
        return (), (), None
    usable = probabilities is not None and np.nanmin(probabilities) >= 0 and np.nanmax(probabilities) <= 1
    rules = scores.rules() if usable and scores is not None else ()
    told: tuple[str, ...] = ()
    if not rules:
        told = (
            "No rule of deferral was fixed beforehand: that takes the network's probabilities on other "
            "cases (--validation-scores, or a column split). A rule made on these cases would be flattered.",
        )
    found = policies(decisions, probabilities=probabilities if usable else None, rules=rules, level=level)
    curve = None
    limit = None if scores is None else scores.threshold
    if usable and limit is not None and 0 < limit < 1:
        curve = risk_coverage(
            decisions.truth.astype(int),
            probabilities,
            threshold=limit,
            confidence=certainty(probabilities, limit),
        )
    return found, told, curve
