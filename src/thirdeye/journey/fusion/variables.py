"""Which clinical variables may stand beside the image, and how they become numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.files import FIRST_COLUMNS
from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.columns import kind_of
from thirdeye.inference.fusion.variables import Variable, number_of, text_of
from thirdeye.intake.columns import candidates
from thirdeye.intake.words import listed
from thirdeye.journey.fusion.cases import IMAGE, cases_of

KINDS = ("age", "sex", "anatomy")
FEWEST, MOST_LEVELS = 5, 30
KNOWN_SHARE = 0.1
SLIPS = 0.02  # share of cases whose images may say different things of one patient by a slip
ALMOST_ALONE = 0.9  # lower limit of the AUC above which a variable is asked about
_NOT = (*FIRST_COLUMNS, "view", "laterality", "site", "case_of_views", "image_file")


@dataclass(frozen=True)
class Offered:
    """The clinical variables of a table.

    Args:
        taken: names that are taken on their own accord.
        refused: name to why it is not.
    """

    taken: tuple[str, ...]
    refused: dict[str, str]


def offered(rows: pd.DataFrame, unit: str) -> Offered:
    """Age, sex and place in the body by their names; what else there is has to be named by a person.

    Args:
        rows: development images (the labels of the test part are not looked at).
        unit: what is decided.
    """
    held = rows.iloc[cases_of(rows, unit).first]
    taken, refused = [], {}
    dealt = candidates([str(name) for name in rows.columns], "split")  # they tell where a row was put
    for name in rows.columns:
        if name in _NOT or name in dealt or not _varies(rows, held, str(name), unit):
            continue
        if kind_of(str(name)) not in KINDS:
            if variable_of(str(name), held[name]) is not None and not _identifies(held[name]):
                refused[str(name)] = doubt_about(held, str(name)) or (
                    "its name does not say that it is known before the diagnosis"
                )
            continue
        if variable_of(str(name), held[name]) is None:
            continue
        doubt = doubt_about(held, str(name))
        if doubt:
            refused[str(name)] = doubt
        else:
            taken.append(str(name))
    return Offered(tuple(taken), refused)


def refuse_unfit(names: Sequence[str], rows: pd.DataFrame, unit: str) -> None:
    """Refuse variables that a person named and that cannot be used.

    Raises:
        UsageError: there is no such column, it says nothing, or it says the label in other words.
    """
    held = rows.iloc[cases_of(rows, unit).first]
    for name in names:
        there = [str(column) for column in rows.columns if column not in _NOT]
        if name not in there:
            raise UsageError(f"there is no clinical variable '{name}'; the table has: {listed(there, 20)}")
        if variable_of(name, held[name]) is None:
            raise UsageError(f"the variable '{name}' says too little: it hardly varies, or few cases have it")
        if not _varies(rows, held, name, unit):
            raise UsageError(f"the variable '{name}' differs between the images of one {unit}")
        if says_label(held[name], held["label"]):
            raise UsageError(
                f"the variable '{name}' is the label in other words (each of its values goes with one class "
                "only), so it cannot help to tell it; leave it out"
            )


def variables_of(rows: pd.DataFrame, names: Sequence[str]) -> tuple[Variable, ...]:
    """How the named columns become numbers, from the values of development cases; labels are not used."""
    found = [variable_of(name, rows[name]) for name in names if name in rows]
    return tuple(one for one in found if one is not None)


def variable_of(name: str, values: pd.Series) -> Variable | None:
    """How one column becomes numbers; None where it hardly varies or few cases have it."""
    numbers = np.array([number_of(str(value)) for value in values])
    finite = numbers[np.isfinite(numbers)]
    if len(finite) >= max(2, KNOWN_SHARE * len(values)) and np.ptp(finite) > 0:
        return Variable(
            name, (), float(np.median(finite)), float(finite.std()), float(np.quantile(finite, 2 / 3))
        )
    counts = pd.Series([text_of(name, str(value)) for value in values]).value_counts()
    levels = [str(level) for level, n in counts.items() if level and n >= FEWEST][:MOST_LEVELS]
    if len(levels) < 2 or sum(int(counts[level]) for level in levels) < KNOWN_SHARE * len(values):
        return None
    return Variable(name, tuple(levels))


def says_label(values: pd.Series, labels: pd.Series) -> bool:
    """Whether each value goes with one class only, though values are shared by many cases."""
    numbers = np.array([number_of(str(value)) for value in values])
    known = np.isfinite(numbers)
    if known.sum() >= 0.9 * len(values):
        order = np.argsort(numbers[known], kind="stable")
        turned = labels.to_numpy()[known][order]
        pure = pd.Series(turned).groupby(numbers[known][order]).nunique().max() == 1
        return bool(pure and (turned[1:] != turned[:-1]).sum() == labels.nunique() - 1)
    texts = values.astype(str).str.strip().str.lower()
    shared = texts[texts != ""]
    if shared.nunique() < 2 or shared.nunique() > len(shared) / 4:
        return False
    return bool((labels[texts != ""].groupby(shared).nunique() == 1).all())


def tells_almost_alone(values: pd.Series, labels: pd.Series) -> float | None:
    """The AUC of the class that a column tells best, where its lower limit is above `ALMOST_ALONE`.

    A number may tell by being low; the frequency among the others of a text may not: without its own case it
    is a little lower for each case that has the class, so that a text which says nothing comes out as 0.
    """
    is_number = _is_number(values)
    best = None
    for name in labels.unique():
        truth = (labels == name).to_numpy()
        score = _score(values, truth)
        if not 0 < truth.sum() < len(truth):
            continue
        found = auc(truth, score)
        if is_number and found.value is not None and found.ci_low is not None and found.value < 0.5:
            found = auc(truth, -score)
        if found.ci_low is not None and found.ci_low > ALMOST_ALONE and found.value is not None:
            best = max(best or 0.0, found.value)
    return best


def _score(values: pd.Series, truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The number itself, or how often the others of the same text have the class."""
    if _is_number(values):
        numbers = np.array([number_of(str(value)) for value in values])
        return np.where(np.isfinite(numbers), numbers, np.nanmedian(numbers))
    codes = pd.factorize(values.astype(str))[0]
    total, count = np.bincount(codes, weights=truth), np.bincount(codes)
    return np.asarray((total[codes] - truth + truth.mean()) / count[codes])


def _is_number(values: pd.Series) -> bool:
    return bool(np.isfinite([number_of(str(value)) for value in values]).mean() >= 0.5)


def doubt_about(held: pd.DataFrame, name: str) -> str:
    """Why a column may be the label rather than something known of the patient; "" where nothing says so.

    Args:
        held: development cases, with "label".
        name: of the column.
    """
    if says_label(held[name], held["label"]):
        return "it is the label in other words: each of its values goes with one class only"
    told = tells_almost_alone(held[name], held["label"])
    if told is None:
        return ""
    return (
        f"it tells the label almost by itself (AUC {told:.2f}); name it if it is known before the diagnosis"
    )


def _identifies(values: pd.Series) -> bool:
    """Names and numbers of patients or files: text of which hardly any comes twice."""
    numbers = [number_of(str(value)) for value in values]
    return bool(np.isnan(numbers).mean() > 0.5 and values.nunique() > 0.5 * len(values))


def _varies(rows: pd.DataFrame, held: pd.DataFrame, name: str, unit: str) -> bool:
    """Whether it differs between cases, and hardly ever within one."""
    if held[name].nunique() < 2:
        return False
    if unit == IMAGE:
        return True
    within = rows.groupby(cases_of(rows, unit).of_image)[name].nunique()
    return bool((within > 1).mean() <= SLIPS)
