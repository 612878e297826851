"""What a referral in two stages tells beside its grades: penalties, findings, and the maps of tissues."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.penalty import least_penalty, penalty_matrix, penalty_score
from thirdeye.evaluation.proportion import proportion
from thirdeye.recipes.learning.oct_experts import PRINTED, PRINTED_GRADES, printed_cases
from thirdeye.recipes.learning.oct_stages import Stages, drawn_rows, is_new
from thirdeye.recipes.system import Cases, Further, FurtherPicture, FurtherTable, Values
from thirdeye.transform.dense.prepare import IGNORED

COLOURS = ((20, 20, 30), (90, 130, 190), (60, 90, 140), (240, 200, 90), (110, 80, 60), (60, 200, 220),
           (30, 150, 230), (240, 120, 60), (220, 60, 80))  # fmt: skip
MOST_SHOWN = 4
SCALE = 3


def told_of_decisions(grades: NDArray[np.float64], test: Cases, values: Values) -> Further:
    """The referral by least penalty against the most probable grade, and what the lecture prints.

    Args:
        grades: (n, K) mean votes.
        test: cases of the test part.
        values: with "penalties" and "grades".
    """
    inside = [values["grades"].index(name) for name in test.classes]
    every = penalty_matrix(values["penalties"], len(values["grades"]))
    penalties, who = every[np.ix_(inside, inside)], test.rows["patient"].to_numpy()
    calls = {"least penalty": least_penalty(grades, penalties), "most probable": grades.argmax(axis=1)}
    found = {name: errors_and_penalty(test.labels, call, penalties, who) for name, call in calls.items()}
    rows = [(f"this system, {name}", *(in_words(one) for one in pair)) for name, pair in found.items()]
    if tuple(values["grades"]) == PRINTED_GRADES[::-1]:
        for name in PRINTED:
            truth, call = printed_cases(name)
            pair = errors_and_penalty(truth, call, every, None)
            rows.append((f"lecture, {name} (997 patients)", *(in_words(one) for one in pair)))
    table = FurtherTable(
        "Referral: errors and penalties",
        ("Who", "Errors", "Mean penalty of a case"),
        tuple(rows),
        (
            "Penalties are chosen for this recipe; the paper's own are not known here. Row: truth, column: "
            f"call, both in the order {', '.join(test.classes)}: {penalties.astype(int).tolist()}.",
            "The votes are taken as they are, before calibration.",
            "The lecture's patients and these scans have nothing to do with each other.",
        ),
    )
    numbers = {
        name.replace(" ", "_"): {"errors": pair[0].as_json(), "penalty": pair[1].as_json()}
        for name, pair in found.items()
    }
    return Further(tables=(table, _confusion(test, calls["least penalty"])), numbers=numbers)


def told_of_findings(findings: NDArray[np.float64], test: Cases) -> tuple[FurtherTable, ...]:
    """The AUC of each finding, where somebody spoke of findings."""
    names, truth = test.inputs["findings"], test.arrays["findings"]
    rows = []
    for number, name in enumerate(names):
        known = ~np.isnan(truth[:, number])
        who = test.rows["patient"].to_numpy()[known]
        metric = auc(truth[known, number] == 1, findings[known, number], clusters=who)
        rows.append((str(name), in_words(metric), str(int((truth[known, number] == 1).sum()))))
    caption = "Findings, told by the same second network"
    return (
        (FurtherTable(caption, ("Finding", "AUC (95% interval)", "Scans with it"), tuple(rows)),)
        if rows
        else ()
    )


def told_of_tissues(stages: Sequence[Stages], test: Cases) -> Further:
    """Dice of each tissue on drawn slices of the test part, and maps of some scans, by the first network."""
    drawn = np.flatnonzero(drawn_rows(test)).tolist()
    if not drawn:
        return Further()
    new = is_new(test, stages[0].values)
    maps = {row: stages[0].tissues(test.arrays["scans"][row], new=bool(new[row])) for row in drawn}
    rows = [
        (str(name), *_dice([(maps[row], test.arrays["tissues"][row]) for row in drawn], number))
        for number, name in enumerate(test.inputs["tissues"])
    ]
    table = FurtherTable(
        f"First stage: tissues of {len(drawn)} scans of the test part, on the slices that were drawn",
        ("Tissue", "Dice over all drawn slices", "Scans that hold it"), tuple(rows),
        ("Counted over all slices together; no interval: few scans have drawn tissues.",),
    )  # fmt: skip
    picture = FurtherPicture("Scans and their maps of tissues, middle slices", _picture(test, maps))
    return Further(tables=(table,), pictures={"tissues": picture})


def errors_and_penalty(
    truth: NDArray[np.int64], call: NDArray[np.int64], penalties: NDArray[np.float64], who: object
) -> tuple[Metric, Metric]:
    errors = proportion(truth != call, name="error_rate", clusters=who)
    return errors, penalty_score(truth, call, penalties, clusters=who)


def in_words(metric: Metric) -> str:
    if metric.value is None:
        return f"undefined: {metric.reason}"
    if metric.ci_low is None or metric.ci_high is None:
        return f"{metric.value:.3f} (no interval)"
    return f"{metric.value:.3f} ({metric.ci_low:.3f} to {metric.ci_high:.3f})"


def _confusion(test: Cases, call: NDArray[np.int64]) -> FurtherTable:
    counts = np.zeros((len(test.classes), len(test.classes)), int)
    np.add.at(counts, (test.labels, call), 1)
    rows = tuple((name, *map(str, row)) for name, row in zip(test.classes, counts, strict=True))
    return FurtherTable(
        "Referral by least penalty: truth in rows, call in columns", ("Truth", *test.classes), rows
    )


def _dice(pairs: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]], number: int) -> tuple[str, str]:
    both = total = holding = 0
    for found, truth in pairs:
        one, other = (found == number) & (truth != IGNORED), truth == number
        both, total = both + int((one & other).sum()), total + int(one.sum() + other.sum())
        holding += bool(other.any())
    return (f"{2 * both / total:.3f}" if total else "undefined: nobody marks it", str(holding))


def _picture(test: Cases, maps: dict[int, NDArray[np.uint8]]) -> bytes:
    colours = np.array([COLOURS[number % len(COLOURS)] for number in range(IGNORED)], np.uint8)
    lines = []
    for row in list(maps)[:MOST_SHOWN]:
        scan, middle = test.arrays["scans"][row], maps[row].shape[0] // 2
        grey = ((scan[middle].clip(-1.5, 3.5) + 1.5) * 51).astype(np.uint8)
        lines.append(
            np.concatenate([np.repeat(grey[..., None], 3, axis=2), colours[maps[row][middle]]], axis=1)
        )
    pixels = np.concatenate(lines).repeat(SCALE, axis=0).repeat(SCALE, axis=1)
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, format="PNG")
    return target.getvalue()
