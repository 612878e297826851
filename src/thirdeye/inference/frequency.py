"""How often the reader was right when it was as sure as this: ranges of probability on validation data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import Frequency
from thirdeye.case.study import Study
from thirdeye.evaluation.proportion import proportion, wilson
from thirdeye.inference.advice import Seen
from thirdeye.inference.manifest import Manifest

NAME = "frequency"
FEWEST = 20  # cases of a range
MOST_RANGES = 10


def fit_frequencies(
    probabilities: NDArray[np.floating],
    truth: NDArray[np.bool_],
    classes: Sequence[str],
    *,
    patients: NDArray[np.str_] | None = None,
    cluster: str = "patient",
) -> dict[str, list[dict[str, Any]]]:
    """Ranges of probability of each class that hold about as many validation cases each.

    Args:
        probabilities: (n, K) calibrated, of cases that were not learnt from.
        truth: (n, K) whether a case has a class.
        classes: their names.
        patients: (n,) of each case; None where they are not known, and each case stands for itself.
        cluster: what `patients` names, as of `Frequency`.

    Returns:
        Class to ranges {"from", "to", "n", "k", "low", "high", "patients", "cluster"}, ascending from 0 to 1
        without a gap, each of `FEWEST` cases or more; none where there are fewer cases in all. The
        interval takes a patient with several cases as one unit.
    """
    found = {
        name: _ranges(np.asarray(probabilities[:, index], float), truth[:, index], patients)
        for index, name in enumerate(classes)
    }
    return {name: [one | {"cluster": cluster} for one in ranges] for name, ranges in found.items()}


def _ranges(
    values: NDArray[np.float64], had: NDArray[np.bool_], patients: NDArray[np.str_] | None
) -> list[dict[str, Any]]:
    limits = _limits(np.sort(values))
    number = np.searchsorted(limits[1:-1], values, side="right")
    found = []
    for index, (low, high) in enumerate(pairwise(limits)):
        here = number == index
        of_whom = None if patients is None else patients[here]
        found.append({"from": low, "to": high, **_counted(had[here], of_whom)})
    return found


def _limits(ordered: NDArray[np.float64]) -> list[float]:
    """From 0 to 1, so that each range holds `FEWEST` values or more and equal ones share theirs."""
    n = len(ordered)
    count = min(MOST_RANGES, n // FEWEST)
    if count == 0:
        return []
    found, start, goal = [0.0], 0, n / count
    for place in map(int, np.flatnonzero(np.diff(ordered)) + 1):  # where another value begins
        if place >= goal - 1e-9 and place - start >= FEWEST and n - place >= FEWEST:
            found.append(float(ordered[place]))
            start, goal = place, (place * count // n + 1) * n / count
    return [*found, 1.0]


def _counted(had: NDArray[np.bool_], patients: NDArray[np.str_] | None) -> dict[str, Any]:
    """How many of some cases had the class, with the interval of the share."""
    share = proportion(had, name="frequency", clusters=patients)
    return {
        "n": int(had.size),
        "k": int(had.sum()),
        "low": 0.0 if share.ci_low is None else share.ci_low,
        "high": 1.0 if share.ci_high is None else share.ci_high,
        "patients": None if patients is None else share.n_clusters,
    }


@dataclass(frozen=True)
class FrequencyAdviser:
    """Looks up the range that a probability lies in.

    Args:
        ranges: as `fit_frequencies` gives them.
        positive: the class to speak of; None: the most probable one.
    """

    ranges: Mapping[str, Sequence[Mapping[str, Any]]]
    positive: str | None

    def advise(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with the frequency of the class it speaks of."""
        name = self.positive or opinion.predicted
        if opinion.abstained is not None or name is None or not self.ranges.get(name):
            return opinion
        value = opinion.probabilities[name]
        ranges = self.ranges[name]
        one = next((one for one in reversed(ranges) if value >= one["from"]), ranges[0])
        return replace(opinion, frequencies=(_frequency(name, one),))


def _frequency(name: str, one: Mapping[str, Any]) -> Frequency:
    """As kept, with the interval of earlier versions where none was."""
    n, k, patients = int(one["n"]), int(one["k"]), one.get("patients")
    low, high = (one["low"], one["high"]) if "low" in one else wilson(k, n)
    return Frequency(
        name, n, k, float(low), float(high), float(one["from"]), float(one["to"]),
        None if patients is None else int(patients), str(one.get("cluster", "patient")),
    )  # fmt: skip


def frequency_adviser(study: Study, manifest: Manifest) -> FrequencyAdviser | None:
    """Of a reader that knows its frequencies."""
    ranges = manifest.trust.get(NAME)
    return FrequencyAdviser(ranges, manifest.positive) if ranges else None
