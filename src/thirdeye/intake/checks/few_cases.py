"""Classes with too few cases to be learnt, chosen on and tested."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.class_counts import count_classes
from thirdeye.intake.collection import CLASSIFICATION, Collection
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted, listed

LEAST = 5  # patients a class: one for the test, the others for as many folds
FEW = 30
_SOURCE = "Each class needs cases in the training, validation and test parts"


@register_check("class.few", title="Cases per class", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Errors for what cannot work, a warning for what will be uncertain.

    One rare label among several labels an image is uncertain, but does not stop the others.
    """
    collection, facts = exhibits.collection, exhibits.facts
    if collection.task not in CLASSIFICATION:
        raise NotApplicable("the images are not sorted into classes")
    rows = collection.rows[collection.rows["image"].map(facts["error"]) == ""]
    counts = count_classes(rows, collection.classes)
    if len(collection.classes) < 2 and collection.task != "multilabel":
        yield _one_class(collection, len(rows))
        return
    too_few = {name: n for name, n in counts.items() if n < LEAST}
    blocks = collection.task != "multilabel" or len(too_few) == len(counts)
    if too_few and blocks:
        yield _too_few(collection, too_few, len(rows))
    few = {name: n for name, n in counts.items() if n < FEW}
    if few and not (too_few and blocks):
        yield _few(collection, few)
    yield from _missing_from_parts(collection, rows)


def _one_class(collection: Collection, images: int) -> Finding:
    name = collection.classes[0] if collection.classes else "(none)"
    return Finding(
        check="class.few",
        severity="error",
        message=f"There is only one class, '{name}' ({counted(images, 'image')}); telling apart needs two.",
        evidence={"counts": {name: images}},
        remedy="Add images of the other class: a folder per class, or a second value in the label column",
        source=_SOURCE,
    )


def _too_few(collection: Collection, counts: dict[str, int], images: int) -> Finding:
    unit = "patients" if collection.patient_known else "images"
    words = listed([f"{name} ({n})" for name, n in counts.items()], 8)
    return Finding(
        check="class.few",
        severity="error",
        message=f"Too few {unit} to train and test: {words}; each class needs at least {LEAST} "
        f"({counted(images, 'image')} in all).",
        evidence={"counts": counts, "least": LEAST},
        remedy="Add cases, join these classes with others, or take them out",
        source=_SOURCE,
    )


def _few(collection: Collection, counts: dict[str, int]) -> Finding:
    unit = "patients" if collection.patient_known else "images"
    words = listed([f"{name} ({n})" for name, n in counts.items()], 8)
    return Finding(
        check="class.few",
        severity="warning",
        message=f"Fewer than {FEW} {unit} in: {words}. Their figures will have wide intervals.",
        evidence={"counts": counts, "few": FEW},
        remedy="Add cases if you can; read the intervals, not the values",
        source=_SOURCE,
    )


def _missing_from_parts(collection: Collection, rows: pd.DataFrame) -> Iterator[Finding]:
    """With official splits every class must be learnt, and should be tested."""
    if "train" not in set(rows["split"]):
        return
    for part, severity in (("train", "error"), ("test", "warning")):
        inside = rows[rows["split"] == part]
        if inside.empty:
            continue
        counts = count_classes(inside, collection.classes)
        missing = [name for name in collection.classes if not counts[name]]
        if missing:
            yield Finding(
                check="class.few",
                severity="error" if severity == "error" else "warning",
                message=f"The {part} part has no case of {listed(missing)}.",
                evidence={"part": part, "missing": missing},
                remedy="Move cases of it into this part, take the class out, or let Third Eye draw the parts",
                source=_SOURCE,
            )
