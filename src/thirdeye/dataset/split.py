"""From a collection to a dataset: every image gets its part, every group stays whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from thirdeye.dataset.deal import Counts, deal
from thirdeye.dataset.exclude import exclusions, with_excluded
from thirdeye.dataset.grouping import kept_together, shuffled
from thirdeye.dataset.header_columns import with_header_columns
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.collection import Collection
from thirdeye.intake.examine import Examination
from thirdeye.intake.related.kinship import kinships

SEPARATOR = "|"
DRAWN, OFFICIAL = "drawn", "official"
OFFICIAL_TEST = "official test, validation drawn"
OFFICIAL_VALIDATION = "official validation, test drawn"


def make_dataset(
    collection: Collection,
    examination: Examination,
    *,
    seed: int,
    folds: int,
    test_fraction: float = 0.2,
    validation_fraction: float = 0.0,
) -> Dataset:
    """Place every image in a part, and every development image in a fold.

    Images of one patient, of one study or volume, and copies of one picture stay together; parts are
    stratified by class; the result depends on `seed` and the data, not on the order of the rows. Parts that
    the data state are kept. Where they state no test part one is drawn; where they state no validation part
    the folds serve as one, unless `validation_fraction` asks for it.

    Args:
        collection: what was opened.
        examination: what was found in it.
        seed: any integer.
        folds: number of folds, at least 2; 0 assigns none.
        test_fraction: share of the images that a drawn test part has, between 0 and 1.
        validation_fraction: share that a drawn validation part has; 0 draws none.

    Raises:
        DataRefused: nothing is left to learn from or to test on.
        UsageError: fractions that leave no training part.
    """
    if not 0 < test_fraction < 1 or not 0 <= validation_fraction < 1 - test_fraction:
        raise UsageError(
            f"a test fraction of {test_fraction} and a validation fraction of {validation_fraction} "
            "leave no training part"
        )
    kin = kinships(collection.rows)
    reasons = exclusions(collection, examination.facts, examination.copies, kin)
    rows = collection.rows.drop_duplicates("image").reset_index(drop=True)
    rows = rows.assign(
        patient=rows["patient"].where(rows["patient"] != "", rows["image"]),
        excluded_because=[reasons.get(image, "") for image in rows["image"]],
        kept_together=kept_together(
            rows,
            examination.facts["sha256"],
            [*examination.copies, *(group for kinship in kin for group in kinship.groups)],
        ),
        fold=-1,
    )
    rows = with_header_columns(rows, examination.facts)
    stated = set(rows["split"]) - {""}
    rows.loc[rows["excluded_because"] != "", "split"] = "excluded"
    rows, origin = _fill_parts(rows, collection.classes, stated, seed, test_fraction, validation_fraction)
    _refuse_empty(rows)
    rows = with_excluded(rows, collection.excluded)
    dataset = Dataset(
        root=collection.root,
        rows=rows,
        task=collection.task,
        classes=collection.classes,
        positive=collection.positive,
        group=collection.group,
        split_origin=origin,
    )
    return assign_folds(dataset, folds, seed) if folds else dataset


def deal_parts(
    rows: pd.DataFrame, classes: Sequence[str], *, seed: int, test_fraction: float = 0.2
) -> tuple[pd.DataFrame, str]:
    """Rows of any kind of case with a part each, and where the parts come from; stated parts are kept.

    Args:
        rows: with the columns ``label``, ``split`` ("" where nothing is stated) and ``kept_together``.
        classes: in output order; parts are stratified by them.
        seed: any integer.
        test_fraction: share of the rows that a drawn test part has, between 0 and 1.

    Raises:
        DataRefused: nothing is left to learn from or to test on.
    """
    stated = set(rows["split"]) - {""}
    filled, origin = _fill_parts(rows, classes, stated, seed, test_fraction, 0.0)
    _refuse_empty(filled)
    return filled, origin


def assign_folds(
    dataset: Dataset, folds: int, seed: int, over: Sequence[str] = ("train", "validation")
) -> Dataset:
    """The dataset with folds 0 to `folds` - 1 over the named parts, and -1 elsewhere.

    Args:
        dataset: with the column ``kept_together``.
        folds: at least 2.
        seed: any integer.
        over: parts that are cross-fitted.

    Raises:
        UsageError: fewer than two folds, or more folds than groups.
    """
    inside = dataset.rows["split"].isin(over)
    groups = dataset.rows.loc[inside, "kept_together"].nunique()
    if not 2 <= folds <= groups:
        raise UsageError(
            f"{folds} folds: expected at least 2 and at most {groups}, the number of groups of images"
        )
    part = _deal_rows(dataset.rows[inside], dataset.classes, [1 / folds] * folds, seed, "folds")
    rows = dataset.rows.assign(fold=-1)
    rows.loc[inside, "fold"] = part
    return replace(dataset, rows=rows.astype({"fold": int}))


def thin_parts(dataset: Dataset) -> tuple[str, ...]:
    """Sentences for every class that some part or fold has no case of."""
    said = []
    for part in ("train", "validation", "test"):
        rows = dataset.part(part)
        missing = _missing(rows, dataset.classes)
        if len(rows) and missing:
            said.append(f"The {part} part has no case of {', '.join(missing)}.")
    for fold in sorted(set(dataset.rows["fold"]) - {-1}):
        missing = _missing(dataset.rows[dataset.rows["fold"] == fold], dataset.classes)
        if missing:
            said.append(f"Fold {fold} has no case of {', '.join(missing)}.")
    return tuple(said)


def _fill_parts(
    rows: pd.DataFrame, classes: Sequence[str], stated: set[str], seed: int, test: float, validation: float
) -> tuple[pd.DataFrame, str]:
    """Parts for the rows that have none, and where the parts come from."""
    if {"test", "validation"} <= stated:
        return rows, OFFICIAL
    open_rows = rows["split"].isin(["", "train"])
    total = int((rows["split"] != "excluded").sum())
    shares = {
        "test": 0.0 if "test" in stated else test * total,
        "validation": 0.0 if "validation" in stated else validation * total,
    }
    named = [part for part, wanted in shares.items() if wanted > 0]
    available = max(1, int(open_rows.sum()))
    fractions = [min(0.5, shares[part] / available) for part in named]
    parts = ["train", *named]
    dealt = _deal_rows(rows[open_rows], classes, [1 - sum(fractions), *fractions], seed, "parts")
    filled = rows["split"].copy()
    filled[open_rows] = [parts[part] for part in dealt]
    origin = OFFICIAL_TEST if "test" in stated else OFFICIAL_VALIDATION if "validation" in stated else DRAWN
    return rows.assign(split=filled), origin


def _deal_rows(
    rows: pd.DataFrame, classes: Sequence[str], shares: Sequence[float], seed: int, purpose: str
) -> list[int]:
    """Part of every row, in the order of the rows."""
    groups: dict[str, Counts] = {}
    column = {name: number for number, name in enumerate(classes)}
    for name, label in zip(rows["kept_together"], rows["label"], strict=True):
        counts = groups.setdefault(name, np.zeros(len(classes) + 1))  # the last counts images without a class
        for held in _held(label, column) or [""]:
            counts[column.get(held, len(classes))] += 1
    placed = deal(groups, shares, shuffled(groups, seed, purpose))
    return [placed[name] for name in rows["kept_together"]]


def _held(label: str, classes: dict[str, int]) -> list[str]:
    if label in classes:
        return [label]
    return [name for name in label.split(SEPARATOR) if name in classes]


def _missing(rows: pd.DataFrame, classes: Sequence[str]) -> list[str]:
    known = dict.fromkeys(classes, 0)
    held = {name for label in set(rows["label"]) for name in _held(label, known)}
    return [name for name in classes if name not in held]


def _refuse_empty(rows: pd.DataFrame) -> None:
    for part in ("train", "test"):
        if not (rows["split"] == part).any():
            left_out = int((rows["split"] == "excluded").sum())
            raise DataRefused(
                f"no image is left in the {part} part ({left_out} of {len(rows)} were left out); "
                "thirdeye check says why"
            )
