"""Signal detection and the ROC curve, on the tables that the lecture prints."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.agreement import kappa_of_table
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.confusion import TwoByTwo
from thirdeye.evaluation.proportion import proportion_interval
from thirdeye.evaluation.roc import roc_curve
from thirdeye.recipes.recipe import Fixture, Flaw, Recipe, Row, Switches, Told
from thirdeye.recipes.registry import entered
from thirdeye.recipes.teaching.signal import area, criterion, hits, sensitivity_index
from thirdeye.report.teaching.trace import Equality, Line, Lines, Steps, Trace, compare

Table = NDArray[np.int64]
LECTURE = "the lecture's table"
# truth in rows: urgent, semi-urgent, routine, observation (De Fauw et al. 2018)
REFERRALS: dict[str, Table] = {
    "model": np.array([[234, 5, 13, 0], [3, 225, 2, 0], [10, 2, 250, 4], [1, 1, 14, 233]]),
    "specialist 1": np.array([[228, 4, 20, 0], [3, 223, 4, 0], [2, 7, 254, 3], [1, 1, 10, 237]]),
    "specialist 2": np.array([[231, 8, 13, 0], [1, 226, 3, 0], [11, 1, 250, 4], [0, 2, 20, 227]]),
}
ERRORS = {"model": 55, "specialist 1": 55, "specialist 2": 63}
# truth in rows: normal, benign, in situ, invasive (Rakhlin et al. 2018)
HISTOLOGY: Table = np.array([[95, 5, 0, 0], [8, 81, 2, 9], [4, 5, 86, 5], [2, 3, 8, 87]])
SET_POINTS = {"0.33": (0.965, 0.880), "0.50": (0.930, 0.945)}  # sensitivity, specificity for carcinoma
SCORES = (
    (0.1, 0),
    (0.2, 0),
    (0.3, 0),
    (0.35, 1),
    (0.4, 0),
    (0.55, 1),
    (0.6, 0),
    (0.7, 1),
    (0.8, 1),
    (0.9, 1),
)


def demonstrate(switches: Switches) -> Trace:
    """Ten scores by hand, the set-points on their curve, and three readers of one kind of scan."""
    curve, ranked = _ten_scores()
    return Trace(
        "sdt_roc",
        "Signal detection and the ROC curve",
        "Right and wrong in two kinds each, at every threshold: what does one reader know more than another?",
        (curve, _formulas(), _set_points(), _referrals(), _urgent()),
        (*ranked, *_histology(), *_readers()),
    )


def grouped(table: Table, positive: tuple[int, ...]) -> TwoByTwo:
    """A table of many classes as one of two: some classes against all others."""
    ill = np.isin(np.arange(len(table)), positive)
    cells = {
        (a, b): int(table[np.ix_(ill == a, ill == b)].sum()) for a in (True, False) for b in (True, False)
    }
    return TwoByTwo(
        tp=cells[True, True], fp=cells[False, True], fn=cells[True, False], tn=cells[False, False]
    )


def _ten_scores() -> tuple[Lines, tuple[Equality, ...]]:
    """The curve of ten scores, and its area counted by hand: pairs in the right order."""
    scores, labels = np.array([one for one, _ in SCORES]), np.array([one for _, one in SCORES])
    pairs = [(ill, well) for ill in scores[labels == 1] for well in scores[labels == 0]]
    by_hand = sum(ill > well for ill, well in pairs) / len(pairs)
    curve = roc_curve(labels, scores)
    lines = Lines(
        "Ten scores, every threshold", "1 - specificity", "sensitivity",
        (Line("ROC", tuple((1 - curve.specificity).tolist()), tuple(curve.sensitivity.tolist())),
         Line("chance", (0.0, 1.0), (0.0, 1.0))),
        f"Of {len(pairs)} pairs of an ill and a healthy case {by_hand:.0%} are in the right order: the area.",
    )  # fmt: skip
    source = f"{sum(a > b for a, b in pairs)} of {len(pairs)} pairs"
    return lines, (
        compare("area under the curve of ten scores", by_hand, auc(labels, scores).value, source, 1e-12),
    )


def _formulas() -> Steps:
    """Every measure of one table of two by two, as the lecture defines them."""
    table = grouped(HISTOLOGY, (2, 3))
    found = table.measures()
    rows = (
        ("TP, FP, FN, TN", f"{table.tp}, {table.fp}, {table.fn}, {table.tn}", "carcinoma against the rest"),
        ("accuracy", _percent(found["accuracy"]), "(TP + TN) / all"),
        ("sensitivity", _percent(found["sensitivity"]), "TP / (TP + FN); 1 - type II error"),
        ("specificity", _percent(found["specificity"]), "TN / (TN + FP); 1 - type I error"),
        ("PPV", _percent(found["ppv"]), "TP / (TP + FP)"),
        ("NPV", _percent(found["npv"]), "TN / (TN + FN)"),
        ("F1", _percent(found["f1"]), "2 TP / (2 TP + FP + FN)"),
        ("Youden's J", _percent(found["youden"]), "sensitivity + specificity - 1"),
    )
    note = "Precision is another name for the PPV, and for nothing else: the review uses it for accuracy."
    return Steps("The measures of one table", ("measure", "breast histology, 0.50", "formula"), rows, note)


def _set_points() -> Lines:
    """The lecture's two set-points, and the curve of equal d' through the mean of theirs."""
    found = {name: sensitivity_index(*point) for name, point in SET_POINTS.items()}
    middle = float(np.mean(list(found.values())))
    x = np.concatenate([np.linspace(0.0005, 0.05, 40), np.linspace(0.06, 0.9995, 60)])
    lines = [
        Line(
            f"d' = {middle:.2f}, area {area(middle):.3f}", tuple(x.tolist()), tuple(hits(x, middle).tolist())
        )
    ]
    for name, (sensitivity, specificity) in SET_POINTS.items():
        lines.append(Line(f"set-point {name}", (1 - specificity,), (sensitivity,), marks=True))
    told = "; ".join(
        f"Set-point {name}: d' {found[name]:.2f}, criterion {criterion(*point):+.2f}"
        for name, point in SET_POINTS.items()
    )
    note = f"{told}: nearly the same discrimination, another willingness to say carcinoma."
    return Lines("Two set-points of one reader", "1 - specificity", "sensitivity", tuple(lines), note)


def _referrals() -> Steps:
    rows = []
    for name, table in REFERRALS.items():
        right, n = int(np.trace(table)), int(table.sum())
        low, high = proportion_interval(n - right, n)
        kappa = kappa_of_table(table, "quadratic")
        rows.append(
            (name, n, n - right, _percent((n - right) / n), f"{low:.1%} to {high:.1%}", f"{kappa:.3f}")
        )
    columns = ("reader", "n", "errors", "error rate", "95% interval", "quadratic kappa")
    note = "The model and specialist 1 make the same number of errors, not the same errors."
    return Steps("Four kinds of referral from one kind of scan", columns, tuple(rows), note)


def _urgent() -> Lines:
    """Each reader as a point: urgent against everything else."""
    lines, told = [], []
    for name, table in REFERRALS.items():
        urgent = grouped(table, (0,))
        found = urgent.measures()
        low, high = proportion_interval(urgent.tp, urgent.tp + urgent.fn)
        told.append(f"{name} {urgent.tp} of {urgent.tp + urgent.fn} ({low:.1%} to {high:.1%})")
        lines.append(
            Line(name, (1 - (found["specificity"] or 0.0),), (found["sensitivity"] or 0.0,), marks=True)
        )
    note = (
        f"The axes show a corner of the square. Urgent patients found, with 95% intervals: {', '.join(told)}."
        " All three read the same patients: a paired test needs their answers one by one."
    )
    title = "Urgent or not: one point for each reader"
    return Lines(title, "1 - specificity", "sensitivity", tuple(lines), note)


def _histology() -> tuple[Equality, ...]:
    found = grouped(HISTOLOGY, (2, 3)).measures()
    at = "set-point 0.50 of the lecture's figure"
    right = np.trace(HISTOLOGY) / HISTOLOGY.sum()
    return (
        compare("breast histology, accuracy of four classes", 0.8725, right, LECTURE, 1e-12),
        compare("carcinoma or not, sensitivity", SET_POINTS["0.50"][0], found["sensitivity"], at, 1e-12),
        compare("carcinoma or not, specificity", SET_POINTS["0.50"][1], found["specificity"], at, 1e-12),
    )


def _readers() -> tuple[Equality, ...]:
    wrong = {name: int(table.sum() - np.trace(table)) for name, table in REFERRALS.items()}
    return (
        compare("patients in each table", [997] * 3, [table.sum() for table in REFERRALS.values()], LECTURE),
        compare("errors of model and two specialists", list(ERRORS.values()), list(wrong.values()), LECTURE),
        compare("the model's error rate in percent", 5.5, round(100 * wrong["model"] / 997, 1),
                "De Fauw et al. 2018"),
    )  # fmt: skip


def _percent(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1%}"


RECIPE = entered(
    Recipe(
        id="sdt_roc",
        title="Signal-detection theory and ROC toolkit",
        tasks=("evaluation",),
        question="Accuracy, sensitivity, specificity, both kinds of error, the ROC curve, operating points",
        row=Row(
            modality=Told("scores and labels", "seed"),
            input=Told("y and a score", "seed"),
            network=Told("none: whoever gives a score", "textbook"),
            postprocessing=Told(
                "operating point by a fixed threshold, a wanted sensitivity or specificity, or Youden", "seed"
            ),
            metrics=Told(
                "accuracy, sensitivity, specificity as on the slide; PPV, NPV, AUC with DeLong's interval, "
                "F1, d', quadratic kappa beside them",
                "choice",
            ),
            cases=Told("tables of 997 scans (De Fauw) and 400 histology images (Rakhlin)", "seed"),
            result=Told("the formulas, and the tables that they are tested on", "seed"),
        ),
        sources=(
            "Reynaud E. Deep learning in the medical domain. Lecture, Master 1: signal detection",
            "De Fauw J et al. Clinically applicable deep learning for diagnosis and referral in retinal "
            "disease. Nat Med 2018;24:1342-1350",
            "Rakhlin A et al. Deep convolutional neural networks for breast cancer histology image analysis. "
            "ICIAR 2018",
            "Green DM, Swets JA. Signal detection theory and psychophysics. Wiley 1966",
        ),
        confidence="high",
        exactness="exact",
        fixture=Fixture("the tables that the lecture prints, and ten scores"),
        flaws=(
            Flaw("the review writes 'precision' where it means accuracy; here every measure has its name"),
        ),
        demonstrate=demonstrate,
    )
)
