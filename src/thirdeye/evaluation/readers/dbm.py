"""Reader studies by Dorfman, Berbaum and Metz: an analysis of variance of jackknife pseudovalues.

Dorfman, Berbaum & Metz 1992 (Invest Radiol 27). Hillis, Berbaum & Metz 2008 (Acad Radiol 15) show that with
random readers and cases it gives the F, degrees of freedom and p of `obuchowski_rockette` with the jackknife.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from thirdeye.errors import DataRefused
from thirdeye.evaluation.readers.covariance import pseudovalues
from thirdeye.evaluation.readers.merit import AUC, Merit
from thirdeye.evaluation.readers.readings import Readings

Array = NDArray[np.float64]
_NOISE = 1e-20


@dataclass(frozen=True)
class PseudovalueAnova:
    """Three-way analysis of variance of pseudovalues, tests by readers by cases.

    Args:
        mean_squares: of "T", "R", "C", "TR", "TC", "RC" and "TRC".
        df: degrees of freedom of each.
        variances: of "R", "C", "TR", "TC", "RC" and "error", negative where they come out so.
        statistic, df_numerator, df_denominator, p: F test of the tests; readers and cases random unless
            `readers_fixed`.
        difference_error: standard error of the difference of two tests.
        readers_fixed: whether readers are those at hand only.
    """

    mean_squares: dict[str, float]
    df: dict[str, int]
    variances: dict[str, float]
    statistic: float
    df_numerator: float
    df_denominator: float
    p: float
    difference_error: float
    readers_fixed: bool


def analyse_pseudovalues(
    readings: Readings, *, merit: Merit = AUC, readers_fixed: bool = False
) -> PseudovalueAnova:
    """The analysis of variance.

    Args:
        readings: complete; two tests and two readers or more.
        merit: figure of merit.
        readers_fixed: the result is about these readers only.

    Raises:
        DataRefused: incomplete readings, or too few tests or readers.
    """
    return anova_of(pseudovalues(readings, merit), readers_fixed=readers_fixed)


def anova_of(values: Array, *, readers_fixed: bool = False) -> PseudovalueAnova:
    """The analysis of variance of (T, R, n) pseudovalues.

    Raises:
        DataRefused: fewer than two tests, readers or cases, or tests that do not differ in any reader.
    """
    t, r, c = values.shape
    if t < 2 or r < 2 or c < 2:
        raise DataRefused(
            f"DBM compares two tests or more over two readers or more, got {t} tests, {r} readers, {c} cases"
        )
    squares, df = _table(values)
    if readers_fixed:
        denominator, ddf = squares["TC"], float(df["TC"])
    else:
        denominator = squares["TR"] + max(squares["TC"] - squares["TRC"], 0.0)
        top, below = denominator**2, squares["TR"] ** 2 / df["TR"]
        ddf = top / below if below > 0 else float("inf")
    if not denominator > _NOISE:
        raise DataRefused("the tests do not differ in any reader or case: there is nothing to compare")
    statistic = squares["T"] / denominator
    return PseudovalueAnova(
        mean_squares=squares,
        df=df,
        variances=_variances(squares, t, r, c),
        statistic=statistic,
        df_numerator=float(t - 1),
        df_denominator=ddf,
        p=_upper_p(statistic, t - 1, ddf),
        difference_error=float(np.sqrt(2 * denominator / (r * c))),
        readers_fixed=readers_fixed,
    )


def _upper_p(statistic: float, df: int, ddf: float) -> float:
    """Of F; of chi-square over its degrees of freedom where those of the denominator have no bound."""
    if np.isinf(ddf):
        return float(stats.chi2.sf(statistic * df, df))
    return float(stats.f.sf(statistic, df, ddf))


def _table(values: Array) -> tuple[dict[str, float], dict[str, int]]:
    """Mean squares and degrees of freedom, each effect cleared of those it contains."""
    names, sizes = "TRC", dict(zip("TRC", values.shape, strict=True))
    effects: dict[str, Array] = {"": np.full((1, 1, 1), values.mean())}
    squares: dict[str, float] = {}
    df: dict[str, int] = {}
    for effect in ("T", "R", "C", "TR", "TC", "RC", "TRC"):
        away = tuple(axis for axis, name in enumerate(names) if name not in effect)
        about = values.mean(axis=away, keepdims=True) if away else values
        inside = [part for key, part in effects.items() if set(key) < set(effect)]
        effects[effect] = about - sum(inside)
        df[effect] = int(np.prod([sizes[name] - 1 for name in effect]))
        repeats = values.size / effects[effect].size
        squares[effect] = repeats * float((effects[effect] ** 2).sum()) / df[effect]
    return squares, df


def _variances(squares: dict[str, float], t: int, r: int, c: int) -> dict[str, float]:
    """Expected mean squares solved for the components."""
    ms = squares
    return {
        "R": (ms["R"] - ms["TR"] - ms["RC"] + ms["TRC"]) / (t * c),
        "C": (ms["C"] - ms["TC"] - ms["RC"] + ms["TRC"]) / (t * r),
        "TR": (ms["TR"] - ms["TRC"]) / c,
        "TC": (ms["TC"] - ms["TRC"]) / r,
        "RC": (ms["RC"] - ms["TRC"]) / t,
        "error": ms["TRC"],
    }
