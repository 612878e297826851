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
from thirdeye.evaluation.proportion import wilson
from thirdeye.inference.advice import Seen
from thirdeye.inference.manifest import Manifest

NAME = "frequency"
FEWEST = 20  # cases of a range
MOST_RANGES = 10


def fit_frequencies(
    probabilities: NDArray[np.floating], truth: NDArray[np.bool_], classes: Sequence[str]
) -> dict[str, list[dict[str, float]]]:
    """Ranges of probability of each class that hold about as many validation cases each.

    Args:
        probabilities: (n, K) calibrated, of cases that were not learnt from.
        truth: (n, K) whether a case has a class.
        classes: their names.

    Returns:
        Class to ranges {"from", "to", "n", "k"}, ascending; none where there are fewer than `FEWEST` cases.
    """
    return {
        name: _ranges(np.asarray(probabilities[:, index], float), truth[:, index])
        for index, name in enumerate(classes)
    }


def _ranges(values: NDArray[np.float64], had: NDArray[np.bool_]) -> list[dict[str, float]]:
    count = min(MOST_RANGES, len(values) // FEWEST)
    if count == 0:
        return []
    inner = np.unique(np.quantile(values, np.arange(1, count) / count))
    number = np.searchsorted(inner, values, side="right")
    limits = [0.0, *map(float, inner), 1.0]
    found = []
    for index, (low, high) in enumerate(pairwise(limits)):
        here = number == index
        if here.any():
            found.append({"from": low, "to": high, "n": int(here.sum()), "k": int(had[here].sum())})
    return found


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
        low, high = wilson(one["k"], one["n"])
        found = Frequency(name, int(one["n"]), int(one["k"]), low, high, float(one["from"]), float(one["to"]))
        return replace(opinion, frequencies=(found,))


def frequency_adviser(study: Study, manifest: Manifest) -> FrequencyAdviser | None:
    """Of a reader that knows its frequencies."""
    ranges = manifest.trust.get(NAME)
    return FrequencyAdviser(ranges, manifest.positive) if ranges else None
