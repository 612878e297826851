"""Whether letters and marks burned into the picture go with the label."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.logistic import fit_logistic
from thirdeye.intake.checks.check import NotApplicable, refuse_signals, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Exhibit, Finding
from thirdeye.intake.gauges.marks import CORNERS
from thirdeye.intake.probe.plates import side_by_side
from thirdeye.intake.probe.probe import JUDGED_LEVEL, Probe, ask, in_words
from thirdeye.intake.probe.target import Target, target_of

NAME = "shortcut.text"
STRONG_ODDS = 2.0  # the nearer limit of the odds ratio
CLEAR = 0.60  # lower limit of the AUC
_LEAST_MARKED = 10
_SHOWN = 6
_SOURCE = (
    "SPEC 3 shortcut.pixels; Zech et al. 2018 (laterality tokens); DeGrave et al. 2021 (Nat Mach "
    "Intell 3:610)"
)


@register_check(NAME, title="Letters and marks in the picture that go with the label", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Odds of the label with marks against without, and what number and place of the marks tell."""
    refuse_signals(exhibits)
    target = target_of(exhibits)
    if "marks" not in exhibits.facts.columns:
        raise NotApplicable("no marks were looked for")
    counts = exhibits.facts.iloc[target.positions][["marks", *CORNERS]].to_numpy(dtype=np.float64)
    counts = np.nan_to_num(counts)
    marked = counts[:, 0] > 0
    if min(marked.sum(), (~marked).sum()) < _LEAST_MARKED:
        raise NotApplicable("next to no picture has letter-like marks, or nearly all have")
    odds = _strongest_odds(marked, target)
    probe = ask(np.concatenate([np.minimum(counts, 5), counts > 0], axis=1), target, seed=exhibits.seed)
    if probe.low <= 0.5 and not (odds and _excludes_one(odds)):
        return
    yield _associated(exhibits, target, marked, probe, odds)


def _strongest_odds(marked: NDArray[np.bool_], target: Target) -> dict[str, float | str] | None:
    """Odds ratio of the class whose odds the marks change most, with a sandwich interval over patients.

    Where no patient of a class has marks, or all have, Haldane's odds ratio is given without an interval.
    """
    asked = [_odds(marked, target, column) for column in target.asked]
    return max(asked, key=lambda odds: abs(math.log(float(odds["value"]))), default=None)


def _odds(marked: NDArray[np.bool_], target: Target, column: int) -> dict[str, float | str]:
    has = target.membership[:, column]
    design = np.stack([np.ones(len(has)), marked.astype(float)], axis=1)
    cells = [float((one & other).sum()) for one in (has, ~has) for other in (marked, ~marked)]
    fit = fit_logistic(design, has, clusters=check_clusters(target.groups, len(has))) if min(cells) else None
    name = target.classes[column]
    if fit is None:
        a, b, c, d = (cell + 0.5 for cell in cells)
        return {"class": name, "value": round(a * d / (b * c), 3), "method": "haldane"}
    strict = two_sided_z(1 - (1 - JUDGED_LEVEL) / len(target.asked))
    log_odds, half = float(fit.coefficients[1]), strict * float(fit.covariance[1, 1]) ** 0.5
    limits = [round(math.exp(log_odds + shift), 3) for shift in (0.0, -half, half)]
    return {
        "class": name, "value": limits[0], "ci_low": limits[1], "ci_high": limits[2],
        "level": JUDGED_LEVEL, "method": "logistic, sandwich over patients, Bonferroni over classes",
    }  # fmt: skip


def _excludes_one(odds: dict[str, float | str]) -> bool:
    return _is_beyond(odds, 1.0)


def _is_beyond(odds: dict[str, float | str], bar: float) -> bool:
    """True when the whole interval lies above the bar, or below its inverse."""
    return "ci_low" in odds and (float(odds["ci_low"]) > bar or float(odds["ci_high"]) < 1 / bar)


def _associated(
    exhibits: Exhibits,
    target: Target,
    marked: NDArray[np.bool_],
    probe: Probe,
    odds: dict[str, float | str] | None,
) -> Finding:
    is_strong = probe.low > CLEAR or (odds is not None and _is_beyond(odds, STRONG_ODDS))
    return Finding(
        check=NAME,
        severity="warning" if is_strong else "info",
        message=f"Letter-like marks near the edge ({share(int(marked.sum()), marked.size)} images) go with "
        f"the label"
        f"{_odds_in_words(odds, target)}; number and place of the marks alone tell "
        f"{target.told(probe.told_best)} with AUC {in_words(probe.best)}.",
        cases=tuple(target.rows.index[marked]) if is_strong else (),
        evidence={
            "marked": int(marked.sum()),
            "odds_ratio": odds,
            "auc": probe.overall.as_json(),
            "table": _table(marked, target),
        },
        remedy="Look at the pictures beside this finding; cover or crop such marks, or use them for all "
        "classes alike. The marks are found by their shape, without reading them: some are bones or tubes",
        source=_SOURCE,
        exhibits=_exhibits(exhibits, target, marked),
    )


def _odds_in_words(odds: dict[str, float | str] | None, target: Target) -> str:
    if odds is None:
        return ""
    limits = f" ({odds['ci_low']:.1f} to {odds['ci_high']:.1f})" if "ci_low" in odds else ""
    return f" (odds of '{odds['class']}' with marks against without: {float(odds['value']):.1f}{limits})"


def _table(marked: NDArray[np.bool_], target: Target) -> dict[str, object]:
    rows = []
    for column, name in enumerate(target.classes):
        has = target.membership[:, column]
        rows.append([name, int(has.sum()), int((has & marked).sum()), round(float(marked[has].mean()), 3)])
    return {"columns": ["class", "images", "with marks", "share"], "rows": rows}


def _exhibits(exhibits: Exhibits, target: Target, marked: NDArray[np.bool_]) -> tuple[Exhibit, ...]:
    found = []
    for column, name in enumerate(target.classes[:4]):
        rows = target.positions[marked & target.membership[:, column]][:_SHOWN]
        if rows.size:
            pictures = [np.asarray(exhibits.thumbnails[row]) for row in rows]
            found.append(Exhibit(f"Pictures of '{name}' that seem to carry marks", side_by_side(pictures)))
    return tuple(found)
