"""How common each class is here, in each part, and where the reader will be used."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.evaluation.confusion import predictive_values
from thirdeye.evaluation.proportion import newcombe_difference, wilson
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.class_counts import count_classes
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding

NAME = "prevalence"
LARGE_SHIFT, SHIFT = 0.10, 0.03
_EXAMPLE = 0.90  # sensitivity and specificity of the example
_SOURCE = "SPEC 3 prev.shift; Steyerberg 2019 (Clinical Prediction Models); TRIPOD+AI item 9"


@register_check(NAME, title="How common the classes are", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Shares in training and test parts, and against what was said of the patients to come."""
    collection = exhibits.collection
    if collection.task not in CLASSIFICATION or len(collection.classes) < 2:
        raise NotApplicable("the images have no classes")
    rows, classes = exhibits.rows, collection.classes
    yield from _between_parts(rows, classes, is_binary=len(classes) == 2 and collection.task != "multilabel")
    if collection.prevalence:
        tested = rows[rows["split"] == "test"]
        yield from _against_use(tested if len(tested) else rows, classes, dict(collection.prevalence))


def _patients(rows: pd.DataFrame) -> int:
    return int(rows["patient"].where(rows["patient"] != "", rows["image"]).nunique())


def _between_parts(rows: pd.DataFrame, classes: tuple[str, ...], *, is_binary: bool) -> Iterator[Finding]:
    """Newcombe's interval of the difference, at a level that holds for all classes together."""
    train, test = rows[rows["split"] == "train"], rows[rows["split"] == "test"]
    if train.empty or test.empty:
        return
    asked = classes[1:] if is_binary else classes
    n1, n2 = _patients(train), _patients(test)
    one, two = count_classes(train, classes), count_classes(test, classes)
    shifts = []
    for name in asked:
        x1, x2 = min(one[name], n1), min(two[name], n2)
        difference, limits = newcombe_difference(x2, n2, x1, n1, level=1 - 0.05 / len(asked))
        if (limits.low > 0 or limits.high < 0) and abs(difference) >= SHIFT:
            shifts.append((name, x1 / n1, x2 / n2, difference, limits))
    if not shifts:
        return
    name, before, after, difference, limits = max(shifts, key=lambda shift: abs(shift[3]))
    yield Finding(
        check=NAME,
        severity="warning" if abs(difference) >= LARGE_SHIFT else "info",
        message=f"'{name}' is {100 * before:.0f} % of the training part and {100 * after:.0f} % of the test "
        f"part (difference {100 * limits.low:+.0f} to {100 * limits.high:+.0f} points): calibration and "
        f"predictive values "
        "of one part do not hold for the other.",
        evidence={
            "table": {
                "columns": ["class", "training", "test", "difference", "from", "to"],
                "rows": [
                    [n, *(round(v, 3) for v in (a, b, d, held.low, held.high))] for n, a, b, d, held in shifts
                ],
            }
        },
        remedy="Read sensitivity, specificity and AUC, which do not depend on it; state predictive values at "
        "the prevalence of use (--prevalence)",
        source=_SOURCE,
    )


def _against_use(rows: pd.DataFrame, classes: tuple[str, ...], wanted: dict[str, float]) -> Iterator[Finding]:
    total, counts = _patients(rows), count_classes(rows, classes)
    off = []
    for name, share in wanted.items():
        held = wilson(min(counts[name], total), total)
        if not held.low <= share <= held.high:
            off.append((name, share, counts[name] / total, held))
    if not off:
        return
    name, share, here, held = max(off, key=lambda one: abs(one[1] - one[2]))
    at_use = predictive_values(_EXAMPLE, _EXAMPLE, prevalence=share)[0] or 0.0
    in_data = predictive_values(_EXAMPLE, _EXAMPLE, prevalence=here)[0] or 0.0
    yield Finding(
        check=NAME,
        severity="warning",
        message=f"'{name}' is {100 * here:.0f} % of these data ({100 * held.low:.0f} to "
        f"{100 * held.high:.0f} %), and "
        f"{100 * share:.3g} % where the reader will be used. With sensitivity and specificity of "
        f"{100 * _EXAMPLE:.0f} % the positive "
        f"predictive value would be {100 * in_data:.0f} % here and {100 * at_use:.0f} % there.",
        evidence={
            "table": {
                "columns": ["class", "in use", "in these data", "from", "to"],
                "rows": [[n, round(s, 4), *(round(v, 4) for v in (h, i.low, i.high))] for n, s, h, i in off],
            }
        },
        remedy="Quote predictive values only at the prevalence of use, never as counted in these data",
        source=_SOURCE,
    )
