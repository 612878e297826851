"""Whether the label goes with the hospital, the machine or the collection."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.distributions import chi2_upper_p
from thirdeye.evaluation.metric import MIN_EVENTS, Metric
from thirdeye.evaluation.proportion import wilson
from thirdeye.intake.association import chi_square, cramers_v
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.probe.features import picture_features
from thirdeye.intake.probe.probe import ask_prepared, in_words
from thirdeye.intake.probe.sources import source_columns
from thirdeye.intake.probe.target import Target, target_of
from thirdeye.intake.words import listed, shown_name

NAME = "shortcut.site"
LEVEL = 0.01
STRONG = 0.3  # Cramer's V; Cohen 1988: 0.3 is a medium, 0.5 a large association
_SOURCE = "SPEC 3 shortcut.site, spectrum; Zech et al. 2018 (PLoS Med 15:e1002683)"


@register_check(NAME, title="Label told by hospital or machine", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Classes from sources of their own, classes of unequal share, and what the AUC is within a source."""
    target = target_of(exhibits)
    columns = source_columns(exhibits, target)
    if not columns:
        raise NotApplicable("no hospital, machine or collection is known, or there is only one")
    level = LEVEL / len(columns)
    for column, values in columns.items():
        known = (values != "").to_numpy()
        counts = _patients(target, values, known)
        if _one_class_each(counts):
            yield _confounded(column, counts, target)
        elif counts.shape[0] > 1 and _p_of(counts) < level:
            yield _unequal(column, counts, target, values, known, exhibits)


def _patients(target: Target, values: pd.Series, known: NDArray[np.bool_]) -> pd.DataFrame:
    """Patients of each class (columns) in each source (rows)."""
    frames = []
    for c, name in enumerate(target.classes):
        has = known & target.membership[:, c]
        pairs = pd.DataFrame(
            {"source": values.to_numpy()[has], "group": target.groups[has]}
        ).drop_duplicates()
        frames.append(pairs.groupby("source").size().rename(name))
    return pd.concat(frames, axis=1).fillna(0).astype(int).sort_index()


def _one_class_each(counts: pd.DataFrame) -> bool:
    """Every source of some size has one class only."""
    large = counts[counts.sum(axis=1) >= MIN_EVENTS]
    return len(large) >= 2 and bool(((large > 0).sum(axis=1) == 1).all()) and (large.sum() > 0).sum() >= 2


def _p_of(counts: pd.DataFrame) -> float:
    """Pearson's chi-square test of independence, over patients."""
    statistic, freedom = chi_square(counts)
    return chi2_upper_p(statistic, freedom) if freedom > 0 else 1.0


def _confounded(column: str, counts: pd.DataFrame, target: Target) -> Finding:
    pairs = [f"{shown_name(str(source))}: {row.idxmax()}" for source, row in counts.iterrows()]
    return Finding(
        check=NAME,
        severity="warning",
        message=f"Each source holds one class only ('{column}'; {listed(pairs, 5)}). Whatever differs "
        f"between the "
        "sources can pass for the disease, and no figure from these data can tell the two apart.",
        evidence={
            "column": column,
            "cramers_v": round(cramers_v(counts), 3),
            "table": _table(column, counts, target),
        },
        remedy="Add images of every class from at least two of the sources; until then do not read the "
        "figures as evidence of diagnosis",
        source=_SOURCE,
    )


def _unequal(
    column: str,
    counts: pd.DataFrame,
    target: Target,
    values: pd.Series,
    known: NDArray[np.bool_],
    exhibits: Exhibits,
) -> Finding:
    strength = cramers_v(counts)
    lowest, highest, name = _extremes(counts, target)
    pooled, within = _aucs(target, values, known, exhibits)
    compared = ""
    if pooled is not None and within is not None and pooled.value is not None:
        compared = (
            f" A simple model of the pictures reaches AUC {in_words(pooled)} over all sources and "
            f"{within:.2f} on "
            "average within a source."
        )
    return Finding(
        check=NAME,
        severity="warning" if strength >= STRONG else "info",
        message=f"The classes are not equally common in the sources ('{column}'): '{name}' from {lowest} to "
        f"{highest} (Cramer's V {strength:.2f}).{compared}",
        evidence={
            "column": column,
            "cramers_v": round(strength, 3),
            "auc_pooled": None if pooled is None else pooled.as_json(),
            "auc_within_mean": within,
            "table": _table(column, counts, target),
        },
        remedy="Read the figures of each source apart; balance the classes within each source, or validate "
        "on a source that was not trained on",
        source=_SOURCE,
    )


def _extremes(counts: pd.DataFrame, target: Target) -> tuple[str, str, str]:
    """Lowest and highest share of the class whose share varies most, in words, among sources of some size."""
    large = counts[counts.sum(axis=1) >= MIN_EVENTS]
    shares = (large if len(large) > 1 else counts).apply(lambda row: row / row.sum(), axis=1)
    varying = str((shares.max() - shares.min()).idxmax())
    name = varying if target.positive is None else target.classes[target.positive]
    low, high = shares[name].idxmin(), shares[name].idxmax()
    words = [f"{100 * shares[name][source]:.0f} % in {shown_name(str(source))}" for source in (low, high)]
    return words[0], words[1], name


def _aucs(
    target: Target, values: pd.Series, known: NDArray[np.bool_], exhibits: Exhibits
) -> tuple[Metric | None, float | None]:
    """Pooled AUC of the class told best, and the mean of its AUCs within the sources, by their pairs."""
    probe = ask_prepared(picture_features(exhibits, target), target, seed=exhibits.seed)
    has, score = target.membership[:, probe.told_best], probe.scores[:, probe.told_best]
    inside = []
    for source in values[known].unique():
        rows = (values == source).to_numpy()
        if min(has[rows].sum(), (~has[rows]).sum()) >= MIN_EVENTS:
            inside.append(auc(has[rows], score[rows], clusters=target.groups[rows]).value)
    areas = [area for area in inside if area is not None]
    return probe.best, round(float(np.mean(areas)), 4) if areas else None


def _table(column: str, counts: pd.DataFrame, target: Target) -> dict[str, object]:
    """One row a source: patients, and the share of each class with Wilson's interval."""
    rows = []
    for source, row in counts.iterrows():
        total = int(row.sum())
        shares = []
        for name in target.classes:
            low, high = wilson(int(row[name]), total)
            shares.append(f"{100 * row[name] / total:.0f} % ({100 * low:.0f} to {100 * high:.0f})")
        rows.append([str(source), total, *shares])
    return {"columns": [column, "patients", *target.classes], "rows": rows}
