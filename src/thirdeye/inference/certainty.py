"""How certain a reader is of a case, and which cases it leaves to the doctor alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import Certainty
from thirdeye.case.study import Study
from thirdeye.evaluation.certainty import agreement, distance_from_threshold, margin, one_minus_entropy
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.inference.advice import Seen
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.manifest import Manifest

NAME = "certainty"
SHARES = (0.1, 0.2, 0.3)  # of validation cases that the rules of deferral leave to the doctor
DEFERRED = 0.2  # by the rule that an opinion follows
GRID = np.linspace(0, 1, 101)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """What measures of certainty look at.

    Args:
        probabilities: (n, K) calibrated.
        by_view: (n, V, K) logits of each view; None: one view only.
        members: (n, M, K) logits of each member as the network gives them; None: not known.
    """

    probabilities: Array
    by_view: NDArray[np.floating] | None = None
    members: NDArray[np.floating] | None = None


def certainties(told: Told, manifest: Manifest) -> dict[str, Array]:
    """Every measure that can be taken, the simplest first: name to (n,), 0 to 1.

    Args:
        told: of the cases.
        manifest: of the reader.
    """
    task, table = manifest.task, positive_last(told.probabilities, manifest)
    found = {"probability": distance_from_threshold(table, task=task, threshold=decision_threshold(manifest))}
    if task in ("multiclass", "ordinal"):
        found["margin"] = margin(table)
    found["entropy"] = one_minus_entropy(table, task=task)
    if told.by_view is not None and told.by_view.shape[1] > 1:
        found["views"] = agreement(_calibrated(manifest.calibration, told.by_view), task=task)
    say = np.array([float(one.get("say", 1.0)) for one in manifest.members])
    if told.members is not None and told.members.shape[1] == len(say) > 1 and (say > 0).all():
        own = np.asarray(told.members, float) / say[:, None]
        found["members"] = agreement(_calibrated(manifest.calibration, own), task=task, weights=say)
    return found


def _calibrated(calibration: Calibration, logits: NDArray[np.floating]) -> Array:
    flat = np.asarray(logits, float).reshape(-1, logits.shape[-1])
    return apply(calibration, flat).reshape(logits.shape)


def positive_last(probabilities: Array, manifest: Manifest) -> Array:
    """Columns with the positive class as the second; as they are where there is none."""
    if manifest.positive is None or manifest.classes.index(manifest.positive) == 1:
        return probabilities
    return probabilities[:, ::-1]


def decision_threshold(manifest: Manifest) -> float | None:
    """At which a yes-or-no question is decided: the first operating point's."""
    if manifest.positive is None or not manifest.operating_points:
        return None
    return float(manifest.operating_points[0]["threshold"])


def fit_deferral(
    certainty: Array, method: str, *, shares: tuple[float, ...] = SHARES, clusters: Any = None
) -> dict[str, Any]:
    """Rules that leave stated shares of the validation cases to the doctor.

    Args:
        certainty: (n,) of the validation cases.
        method: how it was measured.
        shares: each above 0 and below 1.
        clusters: (n,) patient of each case; None: each case on its own.

    Returns:
        For ``model.json``: "method", "grid" (101 quantiles), "rules" ({"asked", "below", "share"}) and
        "deferred", the share of the rule that opinions follow. The "share" is a metric in its JSON form.
    """
    known = np.sort(certainty)
    rules = []
    for share in shares:
        below = float(known[min(known.size - 1, round(share * known.size))])
        rules.append({"asked": share, "below": below, "share": _left(certainty < below, clusters).as_json()})
    grid = [float(value) for value in np.quantile(known, GRID)]
    return {"method": method, "grid": grid, "rules": rules, "deferred": DEFERRED}


def _left(left: NDArray[np.bool_], clusters: Any) -> Metric:
    said = "validation cases, on which the rule was fixed"
    return proportion(left, name="deferred", clusters=check_clusters(clusters, left.size), convention=said)


def share_below(value: float, grid: Sequence[float]) -> float:
    """Share of the validation cases that were less certain than a value; those as certain do not count.

    Args:
        value: of the case.
        grid: 101 quantiles of the validation cases, ascending.
    """
    first = int(np.searchsorted(grid, value, side="left"))
    if first < len(grid) and grid[first] == value:
        return float(GRID[first])
    return float(np.interp(value, grid, GRID))


@dataclass(frozen=True)
class CertaintyAdviser:
    """Says how certain the reader is, and whether the rule leaves the case to the doctor.

    Args:
        manifest: of the reader.
        method: one of the names that `certainties` gives.
        grid: 101 quantiles of the validation cases' certainty.
        below: of the rule; less certain cases are left to the doctor.
        share: of the validation cases that were.
    """

    manifest: Manifest
    method: str
    grid: tuple[float, ...]
    below: float
    share: float

    def advise(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with its certainty."""
        if opinion.abstained is not None:
            return opinion
        views = None if seen.by_view is None else seen.by_view[None]
        members = None if seen.members is None else seen.members[None]
        found = certainties(Told(seen.probability[None], views, members), self.manifest).get(self.method)
        if found is None:
            return opinion
        value = float(found[0])
        rank = share_below(value, self.grid)
        defer = value < self.below
        return replace(
            opinion, certainty=Certainty(self.method, value, rank, defer, self._reason() if defer else None)
        )

    def _reason(self) -> str:
        return (
            f"it is as uncertain as the least certain {100 * self.share:.0f} % of the validation cases, and"
            " the rule that was fixed on them hands such cases over"
        )


def certainty_adviser(study: Study, manifest: Manifest) -> CertaintyAdviser | None:
    """Of a reader with a rule of deferral."""
    form: Mapping[str, Any] = manifest.trust.get(NAME) or {}
    rule = next((one for one in form.get("rules") or () if one["asked"] == form.get("deferred")), None)
    if rule is None:
        return None
    grid = tuple(float(value) for value in form["grid"])
    told = rule["share"]  # of a study of an earlier version: a number
    share = float(told["value"] if isinstance(told, Mapping) else told)
    return CertaintyAdviser(manifest, str(form["method"]), grid, float(rule["below"]), share)
