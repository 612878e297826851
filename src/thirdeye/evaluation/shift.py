"""How another set of cases differs from the one that a reader comes from: frequency, mix, and ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import normal_two_sided_p, t_two_sided_p, two_sided_z
from thirdeye.evaluation.inputs import LARGEST, Clusters, check_binary, check_clusters, check_numbers
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.proportion import newcombe_difference

NOTABLE = 0.1  # standardised difference from which groups count as unlike (Austin 2009)


@dataclass(frozen=True)
class TwoSets:
    """A difference between two independent sets of cases, second minus first.

    Args:
        difference: as a metric, with its interval.
        test: name of the test that the difference is zero; None where there is none.
        p_value: two-sided.
    """

    difference: Metric
    test: str | None = None
    p_value: float | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"difference": self.difference.as_json(), "test": self.test, "p_value": self.p_value}


def prevalence_difference(
    first: Any, second: Any, *, first_clusters: Any = None, second_clusters: Any = None, level: float = 0.95
) -> TwoSets:
    """Prevalence in the second set minus that in the first.

    Rows on their own: Newcombe's interval (1998, method 10) and the two-proportion z test with the pooled
    variance. Where patients have several rows: ratio estimators with their variances over patients, added.

    Args:
        first, second: (n,) and (m,) of 0 and 1.
        first_clusters, second_clusters: patient of each row, or None.
        level: confidence level.
    """
    truths = [check_binary(values) for values in (first, second)]
    pairs = zip(truths, (first_clusters, second_clusters), strict=True)
    groups = [check_clusters(clusters, truth.size) for truth, clusters in pairs]
    fields = _fields("prevalence_difference", truths, groups, level)
    if any(one.repeated for one in groups):
        return _clustered_difference(truths, groups, fields)
    (x1, n1), (x2, n2) = ((int(truth.sum()), truth.size) for truth in truths)
    gap, interval = newcombe_difference(x2, n2, x1, n1, level=level)
    pooled = (x1 + x2) / (n1 + n2)
    spread = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    p = normal_two_sided_p(gap / spread**0.5) if spread > 0 else None
    metric = Metric(value=gap, ci_low=interval.low, ci_high=interval.high, ci_method="newcombe_10", **fields)
    return TwoSets(metric, "two_proportions_z", p)


def _fields(
    name: str, truths: list[NDArray[np.bool_]], groups: list[Clusters], level: float
) -> dict[str, Any]:
    n = sum(truth.size for truth in truths)
    positive = int(sum(truth.sum() for truth in truths))
    return {
        "name": name, "n": n, "n_units": n, "n_pos": positive, "n_neg": n - positive,
        "n_clusters": sum(one.count for one in groups), "level": level,
        "convention": "second set minus first; the sets share no patient",
    }  # fmt: skip


def _clustered_difference(
    truths: list[NDArray[np.bool_]], groups: list[Clusters], fields: dict[str, Any]
) -> TwoSets:
    means = [clustered_mean(truth, clusters) for truth, clusters in zip(truths, groups, strict=True)]
    gap = means[1].value - means[0].value
    errors = [mean.standard_error for mean in means]
    known = [error for error in errors if error is not None]
    variance = sum(error**2 for error in known)
    if len(known) < 2 or variance <= 0:
        reason = "a set with one patient, or without variance: no interval"
        return TwoSets(Metric(value=gap, status="degenerate", reason=reason, **fields))
    half = two_sided_z(fields["level"]) * variance**0.5
    metric = Metric(
        value=gap, ci_low=gap - half, ci_high=gap + half, ci_method="clustered_ratio_estimators", **fields
    )
    return TwoSets(metric, "clustered_ratio_estimators_z", normal_two_sided_p(gap / variance**0.5))


def independent_auc_difference(
    first: Mapping[str, Any], second: Mapping[str, Any], *, level: float = 0.95
) -> TwoSets:
    """The AUC of the second set minus that of the first, from what was published of either.

    DeLong's (or Obuchowski's) variances of two independent sets add; the test is Welch's t with cases as
    sample sizes, as in pROC's unpaired test, patients where they repeat.

    Args:
        first, second: metric objects as `Metric.as_json` gives them, with `standard_error` in `details`.
        level: confidence level.
    """
    fields = {
        "name": f"{first['name']}_difference", "n": first["n"] + second["n"], "level": level,
        "n_clusters": (first["n_clusters"] or 0) + (second["n_clusters"] or 0),
        "convention": "second set minus first; independent cases",
    }  # fmt: skip
    for one in (first, second):
        if one["value"] is None:
            return TwoSets(undefined(reason=str(one["reason"]), **fields))
    gap = float(second["value"]) - float(first["value"])
    errors = [(one.get("details") or {}).get("standard_error") for one in (first, second)]
    if any(error is None for error in errors):
        reason = "an AUC without variance (complete separation, or too few cases): no interval"
        return TwoSets(Metric(value=gap, status="degenerate", reason=reason, **fields))
    variances = [float(error) ** 2 for error in errors if error is not None]
    error = sum(variances) ** 0.5
    sizes = [int(one["n_clusters"] or one["n"]) for one in (first, second)]
    df = error**4 / sum(v**2 / (n - 1) for v, n in zip(variances, sizes, strict=True))
    half = two_sided_z(level) * error
    shaky = [one for one in (first, second) if one["status"] == "unstable"]
    state = {"status": "unstable", "reason": shaky[0]["reason"]} if shaky else {}
    metric = Metric(
        value=gap, ci_low=gap - half, ci_high=gap + half, ci_method="delong_unpaired",
        details={"standard_error": error, "df": df}, **fields, **state,
    )  # fmt: skip
    return TwoSets(metric, "delong_unpaired_t", t_two_sided_p(gap / error, df))


def auc_sentence(first: Mapping[str, Any], second: Mapping[str, Any], found: TwoSets, name: str) -> str:
    """One plain sentence: did the reader keep its discrimination on the other data?

    Args:
        first, second: AUC metric objects of the test part and of the external set.
        found: their difference.
        name: of the external set.
    """
    metric = found.difference
    if metric.value is None:
        return f"The AUC on “{name}” cannot be compared with that of the test part: {metric.reason}."
    figures = f"{second['value']:.3f} on “{name}” against {first['value']:.3f} on the test part"
    if metric.ci_low is None or metric.ci_high is None:
        return f"AUC {figures}; the difference ({metric.value:+.3f}) has no interval: {metric.reason}."
    interval = (
        f"difference {metric.value:+.3f}, {100 * metric.level:g} % interval {metric.ci_low:+.3f} to "
        f"{metric.ci_high:+.3f}"
    )
    if metric.ci_high < 0:
        opening = "The reader ranks cases less well on the external data"
    elif metric.ci_low > 0:
        opening = "The reader ranks cases better on the external data"
    else:
        opening = (
            "The difference in ranking between external data and test part is within chance, which does "
            "not prove that there is none"
        )
    return f"{opening}: AUC {figures} ({interval})."


def standardised_difference(
    first: Any, second: Any, *, name: str, level: float = 0.95
) -> Metric:  # fmt: skip
    """Difference of means over the pooled standard deviation (Cohen's d as in Austin, Stat Med 2009).

    Args:
        first, second: (n,) and (m,) numbers; NaN where unknown, left out and counted.
        name: of the variable, kept in the details.
        level: of the interval (Hedges & Olkin 1985, large samples).
    """
    values = [check_numbers(name, one).ravel() for one in (first, second)]
    known = [one[np.isfinite(one) & (np.abs(one) < LARGEST)] for one in values]
    missing = sum(one.size for one in values) - sum(one.size for one in known)
    fields: dict[str, Any] = {
        "name": "standardised_difference", "n": sum(one.size for one in known), "level": level,
        "n_excluded": {"unknown": missing} if missing else {},
        "convention": "second set minus first over the root of the mean variance; 0.1 and more is notable",
    }  # fmt: skip
    n, m = (one.size for one in known)
    if min(n, m) < 2:
        return undefined(reason=f"'{name}' is known of fewer than two cases of a set", **fields)
    gap = float(known[1].mean() - known[0].mean())
    spread = float(np.sqrt((known[0].var(ddof=1) + known[1].var(ddof=1)) / 2))
    if spread <= 1e-12 * max(1.0, abs(gap)):
        if abs(gap) < 1e-12:
            reason = f"'{name}' is the same in every case of both sets"
            return Metric(value=0.0, status="degenerate", reason=reason, **fields)
        return undefined(reason=f"'{name}' is constant in both sets, with different values", **fields)
    d = gap / spread
    error = ((n + m) / (n * m) + d**2 / (2 * (n + m))) ** 0.5
    half = two_sided_z(level) * error
    return Metric(
        value=d, ci_low=d - half, ci_high=d + half, ci_method="hedges_olkin", **_few(min(n, m)), **fields
    )


def standardised_difference_of_shares(
    first: Mapping[str, int], second: Mapping[str, int], *, name: str, level: float = 0.95
) -> Metric:
    """The same for a variable with categories: a Mahalanobis distance of the shares (Yang & Dalton 2012).

    Args:
        first, second: category to number of cases.
        name: of the variable.
        level: as above; no interval is given for more than two categories.
    """
    names: list[str] = sorted({*first, *second})
    counts = [np.array([one.get(key, 0) for key in names], dtype=np.float64) for one in (first, second)]
    n, m = (float(one.sum()) for one in counts)
    fields: dict[str, Any] = {
        "name": "standardised_difference", "n": int(n + m), "level": level,
        "convention": "distance of the shares (Yang & Dalton 2012), without a sign; 0.1 and more is notable",
    }  # fmt: skip
    if min(n, m) < 2:
        return undefined(reason=f"'{name}' is known of fewer than two cases of a set", **fields)
    if len(names) == 1:
        reason = f"'{name}' is the same in every case of both sets"
        return Metric(value=0.0, status="degenerate", reason=reason, **fields)
    shares = [counts[0][1:] / n, counts[1][1:] / m]
    spread = sum((np.diag(p) - np.outer(p, p) for p in shares), np.zeros((len(names) - 1,) * 2)) / 2
    gap = shares[1] - shares[0]
    value = max(0.0, float(gap @ np.linalg.pinv(spread) @ gap)) ** 0.5
    if not np.allclose(spread @ np.linalg.pinv(spread) @ gap, gap, atol=1e-9):
        return undefined(reason=f"'{name}' has no category in common between the sets", **fields)
    error = ((n + m) / (n * m) + value**2 / (2 * (n + m))) ** 0.5
    half = two_sided_z(level) * error
    return Metric(
        value=value, ci_low=max(0.0, value - half), ci_high=value + half, ci_method="hedges_olkin",
        **_few(min(n, m)), **fields,
    )  # fmt: skip


def _few(count: float) -> dict[str, Any]:
    if count >= MIN_EVENTS:
        return {}
    return {"status": "unstable", "reason": f"rests on {count:.0f} cases of one set, fewer than {MIN_EVENTS}"}
