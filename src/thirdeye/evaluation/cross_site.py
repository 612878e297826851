"""Readers that learnt at one hospital or several, tested at each: does the figure travel, what carries it?

Source: Zech et al., PLOS Medicine 2018: networks of two hospitals tested at both and at a third; a trivial
model that sorts films by their hospital alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.paired import PairedDifference, paired_auc
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.shift import TwoSets, independent_auc_difference


@dataclass(frozen=True)
class Films:
    """Cases of several sites.

    Args:
        labels: (n,) of 0 and 1.
        sites: (n,) names.
        patients: (n,) names.
    """

    labels: NDArray[np.int64]
    sites: NDArray[np.str_]
    patients: NDArray[np.str_]

    def at(self, sites: Sequence[str]) -> NDArray[np.bool_]:
        """(n,) True at one of these sites."""
        return np.isin(self.sites, list(sites))


def auc_at(films: Films, scores: NDArray[np.floating], sites: Sequence[str]) -> Metric:
    """AUC over the cases of some sites together, with its interval; undefined where no case is from them.

    Args:
        films: of all sites.
        scores: (n,) finite, higher meaning more likely positive.
        sites: names of those that count.
    """
    there = films.at(sites)
    if not there.any():
        return undefined("auc", "no case is from there", n=0)
    return auc(films.labels[there], scores[there], clusters=films.patients[there])


def paired_at(
    films: Films, first: NDArray[np.floating], second: NDArray[np.floating], sites: Sequence[str]
) -> PairedDifference | None:
    """First minus second AUC on the same cases of some sites (DeLong); None where a class is missing."""
    there = films.at(sites)
    labels = films.labels[there]
    if not labels.size or labels.all() or not labels.any():
        return None
    return paired_auc(labels, first[there], second[there], clusters=films.patients[there])


def lost(internal: Metric, external: Metric) -> TwoSets:
    """AUC at sites that nothing was learnt from minus AUC at those that were; the cases are independent."""
    return independent_auc_difference(internal.as_json(), external.as_json())


def by_prevalence(
    sites: Sequence[str] | NDArray[np.str_], prevalence: Mapping[str, float], *, elsewhere: float
) -> NDArray[np.float64]:
    """(n,) scores of a model that never looks: the share of positives at each case's site.

    Args:
        sites: of the cases.
        prevalence: site to share, counted where was learnt from.
        elsewhere: share at any other site.
    """
    return np.array([prevalence.get(str(site), elsewhere) for site in sites], dtype=np.float64)


def recognised(told: NDArray[np.str_], films: Films, sites: Sequence[str]) -> tuple[Metric, float]:
    """Share of cases whose site was told rightly, among these sites, and what naming the commonest gives.

    Args:
        told: (n,) names.
        films: of all sites.
        sites: that could be told.
    """
    there = films.at(sites)
    right = (told[there] == films.sites[there]).astype(int)
    clusters: Any = films.patients[there] if there.any() else None
    share = proportion(
        right, name="site_recognised", clusters=clusters, convention="site told from what a network sees",
        empty="no case of these sites",
    )  # fmt: skip
    counts = [int((films.sites == site).sum()) for site in sites]
    return share, max(counts) / max(1, sum(counts))
