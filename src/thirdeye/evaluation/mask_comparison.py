"""The network beside a second human observer: is it within what two people differ by?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.mask_scores import MaskScore
from thirdeye.evaluation.metric import Metric

Outcome = Literal["closer", "not_told_apart", "farther", "undetermined"]
_FIRST = "network minus observer, each against the same reference, mean over cases"
_SECOND = "network against the observer minus reference against the observer, mean over cases"


def compare_observers(
    network: Sequence[MaskScore],
    observer: Sequence[MaskScore],
    *,
    structures: Sequence[str],
    clusters: Mapping[str, str] | None,
    name: str,
    crossed: Sequence[MaskScore] = (),
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Mean difference in Dice of each structure, network minus observer, against the same reference.

    The cases are those that the observer marked too. There is no margin: a difference whose interval holds 0
    does not show that network and observer are alike; its limits say how far apart they may be.

    Args:
        network, observer: scores of cases against the reference.
        structures: names.
        clusters: case to patient; None where no patient is known.
        name: of the observer.
        crossed: scores of the network against the observer's marks; the reference against them has the same
            Dice as `observer`.
        level, n_resamples, seed: of the intervals, from resampled patients.

    Returns:
        One JSON-ready comparison a structure: ``structure``, ``observer``, ``n``, the two means,
        ``difference`` (a metric), ``outcome``, ``verdict``, and with `crossed` ``crossed_dice`` and
        ``crossed_difference``: whether the network agrees with the observer as the reference does.
    """
    ours, across = _by_case(network), _by_case(crossed)
    found = []
    for structure in structures:
        theirs = {s.case: s.dice for s in observer if s.structure == structure and s.dice is not None}
        kept = [case for case in theirs if ours.get((case, structure)) is not None]
        if not kept:
            continue
        owners = None if clusters is None else np.array([clusters[case] for case in kept])
        common: dict[str, Any] = {
            "structure": structure,
            "owners": owners,
            "level": level,
            "n_resamples": n_resamples,
            "seed": seed,
        }
        one = np.array([ours[case, structure] for case in kept], dtype=np.float64)
        other = np.array([theirs[case] for case in kept], dtype=np.float64)
        gap = _difference("dice_difference", one - other, _FIRST, **common)
        entry = {
            "structure": structure,
            "observer": name,
            "n": len(kept),
            "network_dice": float(one.mean()),
            "observer_dice": float(other.mean()),
            "difference": gap.as_json(),
            **_verdict(gap, structure),
        }
        if all(across.get((case, structure)) is not None for case in kept):
            third = np.array([across[case, structure] for case in kept], dtype=np.float64)
            cross = _difference("dice_difference", third - other, _SECOND, **common)
            entry |= {"crossed_dice": float(third.mean()), "crossed_difference": cross.as_json()}
        found.append(entry)
    return found


def _by_case(scores: Sequence[MaskScore]) -> dict[tuple[str, str], float | None]:
    return {(score.case, score.structure): score.dice for score in scores}


def _difference(
    name: str, gaps: NDArray[np.float64], convention: str, *, structure: str, owners: Any, level: float,
    n_resamples: int, seed: int,
) -> Metric:  # fmt: skip
    groups = check_clusters(owners, gaps.size)
    sums = np.zeros((groups.count, 2))
    np.add.at(sums, groups.codes, np.column_stack([gaps, np.ones(gaps.size)]))

    def mean(weights: Weights) -> NDArray[np.float64]:
        totals = weights.astype(np.float64) @ sums
        return np.asarray((totals[:, 0] / totals[:, 1])[:, None])

    draws = resample([mean], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    return bootstrap_metric(
        name, float(gaps.mean()), draws, reason="no case in common", n=gaps.size, n_clusters=groups.count,
        groups_of=gaps.size, level=level, class_name=structure, convention=convention,
    )  # fmt: skip


def _verdict(gap: Metric, structure: str) -> dict[str, str]:
    """Within what two people differ by? In words, with what the interval leaves open."""
    outcome = _outcome(gap)
    said = {
        "closer": "the network agrees with the reference more closely than the second observer does",
        "farther": "the network agrees with the reference less than the second observer does: it is not "
        "within what two people differ by",
        "not_told_apart": "network and second observer cannot be told apart by their agreement with the "
        "reference, which does not show that they are alike",
        "undetermined": "too few cases to say whether the network is within what two people differ by",
    }[outcome]
    if outcome == "undetermined":
        return {"outcome": outcome, "verdict": f"{structure}: {said} (difference in Dice {gap.value:+.3f})."}
    low, high = float(gap.ci_low or 0.0), float(gap.ci_high or 0.0)
    figures = f"difference in Dice {gap.value:+.3f}, {100 * gap.level:g} % interval {low:+.3f} to {high:+.3f}"
    return {"outcome": outcome, "verdict": f"{structure}: {said} ({figures}, n = {gap.n})."}


def _outcome(gap: Metric) -> Outcome:
    if gap.ci_low is None or gap.ci_high is None:
        return "undetermined"
    if gap.ci_low > 0:
        return "closer"
    return "farther" if gap.ci_high < 0 else "not_told_apart"
