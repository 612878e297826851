"""How well several annotators agree on the labels of the same cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.evaluation.agreement import kappa
from thirdeye.evaluation.fleiss import fleiss_kappa
from thirdeye.evaluation.gwet import gwet_ac
from thirdeye.evaluation.intraclass import icc
from thirdeye.evaluation.krippendorff import krippendorff_alpha
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.ratings import category_counts
from thirdeye.intake.files import natural

_MOST_CATEGORIES = 30
_LEAST_SHARED = 2


@dataclass(frozen=True)
class LabelAgreement:
    """What several annotators said of the same cases.

    Args:
        cases: (n,) with two labels or more.
        annotators: (r,) names.
        metrics: the headline first.
        pairs: each two annotators: their names, cases that both labelled, share on which they agree.
        disputed: cases on which they differ, those with the least agreement first.
        agreed: share of pairs of labels that are equal, over all cases.
    """

    cases: tuple[str, ...]
    annotators: tuple[str, ...]
    metrics: tuple[Metric, ...]
    pairs: tuple[tuple[str, str, int, float], ...]
    disputed: tuple[str, ...]
    agreed: float


def label_agreement(
    readings: pd.DataFrame, *, classes: Sequence[str], ordered: bool, seed: int = 0
) -> LabelAgreement | None:
    """Agreement of the readings of a collection; None where no case has two.

    Labels are categories in the order of `classes` (others after them), or numbers where they are
    measurements: all numeric, and more than 30 different ones.

    Args:
        readings: ``case``, ``annotator``, ``label``.
        classes: names in their order.
        ordered: the order means something (grades).
        seed: of the bootstrap.
    """
    known = readings[readings["label"] != ""]
    wide = known.drop_duplicates(["case", "annotator"]).pivot(
        index="case", columns="annotator", values="label"
    )
    wide = wide[wide.notna().sum(axis=1) >= _LEAST_SHARED]
    if wide.empty or wide.shape[1] < 2:
        return None
    names = sorted({label for label in wide.to_numpy().ravel() if isinstance(label, str)}, key=natural)
    numbers = pd.to_numeric(pd.Series(names), errors="coerce")
    if len(names) > _MOST_CATEGORIES and numbers.notna().all():
        table = wide.apply(pd.to_numeric).to_numpy(dtype=np.float64)
        metrics = _of_measurements(table, seed)
    else:
        order = [name for name in classes if name in names] + [n for n in names if n not in set(classes)]
        table = wide.apply(lambda column: column.map({name: i for i, name in enumerate(order)}))
        table = table.to_numpy(dtype=np.float64)
        metrics = _of_categories(table, max(2, len(order)), ordered, seed)
    share = _shares(table)
    by_doubt = np.argsort(share, kind="stable")
    return LabelAgreement(
        cases=tuple(map(str, wide.index)),
        annotators=tuple(map(str, wide.columns)),
        metrics=tuple(metrics),
        pairs=tuple(_pairs(table, [str(name) for name in wide.columns])),
        disputed=tuple(str(wide.index[i]) for i in by_doubt if share[i] < 1),
        agreed=float(share.mean()),
    )


def agreement_by_class(
    readings: pd.DataFrame, classes: Sequence[str], *, seed: int = 0
) -> dict[str, LabelAgreement]:
    """Agreement on each class of several at once: it is there, or it is not.

    Args:
        readings: as of `label_agreement`; a label is the classes that are there, joined by ``|``.
        classes: names in their order.
        seed: of the bootstrap.
    """
    held = readings["label"].map(lambda label: set(label.split("|")))
    found = {}
    for name in classes:
        answers = readings.assign(label=["yes" if name in one else "no" for one in held])
        one = label_agreement(answers, classes=("no", "yes"), ordered=False, seed=seed)
        if one is not None:
            found[name] = one
    return found


def _of_categories(table: NDArray[np.float64], k: int, ordered: bool, seed: int) -> list[Metric]:
    """Kappa of two, Fleiss of more; Gwet where prevalence is extreme; Krippendorff with gaps."""
    complete = table[~np.isnan(table).any(axis=1)]
    found: list[Metric] = [krippendorff_alpha(table, scale="ordinal" if ordered else "nominal", seed=seed)]
    if table.shape[1] == 2:
        one, other = complete.T.astype(int)
        found.insert(0, kappa(one, other, k=k, weights="unweighted", seed=seed))
        if ordered:
            found.insert(0, kappa(one, other, k=k, weights="quadratic", seed=seed))
    elif len(complete) and len(complete) == len(table):
        found.insert(0, fleiss_kappa(table, k=k, seed=seed))
    found.append(gwet_ac(table, k=k))
    if ordered:
        found.append(gwet_ac(table, k=k, weights="quadratic"))
    return found


def _of_measurements(table: NDArray[np.float64], seed: int) -> list[Metric]:
    complete = table[~np.isnan(table).any(axis=1)]
    found = [krippendorff_alpha(table, scale="interval", seed=seed)]
    if len(complete) >= 2:
        left_out = {"not rated by all": len(table) - len(complete)} if len(complete) < len(table) else {}
        found = [icc(complete, form=form).with_(n_excluded=left_out) for form in ("2_1", "3_1")] + found
    return found


def _shares(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each case the share of pairs of labels that are equal, (n,)."""
    values = np.unique(table[~np.isnan(table)])
    codes = np.where(np.isnan(table), np.nan, np.searchsorted(values, np.nan_to_num(table, nan=values[0])))
    counts = category_counts(codes, max(2, len(values)))
    raters = counts.sum(axis=1)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1)))


def _pairs(table: NDArray[np.float64], names: Sequence[str]) -> list[tuple[str, str, int, float]]:
    found = []
    for first, second in combinations(range(len(names)), 2):
        both = ~np.isnan(table[:, [first, second]]).any(axis=1)
        if both.any():
            agreed = float((table[both, first] == table[both, second]).mean())
            found.append((names[first], names[second], int(both.sum()), round(agreed, 4)))
    return found
