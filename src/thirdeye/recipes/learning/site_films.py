"""Films of several hospitals as the cases of a system: which are learnt from, which are only tested at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.open import open_collection
from thirdeye.intake.pixels import load_image
from thirdeye.recipes.learning.site_question import asked, question_of
from thirdeye.recipes.system import Cases, Known, Values
from thirdeye.transform.prepare import prepare

FILM_OPTIONS = (
    "patient", "patient_is_image", "image_column", "label_column", "split_column", "site_column", "positive",
)  # fmt: skip
SIMPLE_PX = 16  # side of the picture that the traditional technique gets
TEST_SHARE = 0.3  # of the patients of each site, where the data state no parts


def open_films(data: Path, values: Values, options: Mapping[str, Any]) -> Cases:
    """Films of two classes or several findings, with a hospital each.

    Arrays "pixels" (n, S, S, 3) and "site" (n,). Of several findings the positive one is the question;
    "findings" (n, F) of 0 and 1 holds them all, in the order of `inputs`.

    The number in "site" is that among the sites that are learnt from; -1 elsewhere. Films from elsewhere
    belong to the test part, whatever the data say.

    Args:
        data: as any data of two classes.
        values: of the recipe: "sites", "image_size_px".
        options: of intake, those of `FILM_OPTIONS`.

    Raises:
        DataRefused: neither two classes nor several findings, no hospital, or too few of them.
        UsageError: a site or the positive finding is not there.
    """
    found = open_collection(data, **options)
    question = question_of(found, options.get("positive"))
    rows = found.rows
    rows = rows if question.findings else rows[rows["label"] != ""]
    rows, table = asked(rows.reset_index(drop=True), question)
    learnt = learnt_sites(rows, values["sites"])
    rows = rows.assign(split=_parts(rows, learnt))
    kept = "patient" if found.patient_known else "image"
    pixels = _pixels(found.root, rows["image"], values["image_size_px"])
    inputs = {"sites": list(learnt), "findings": list(question.findings)}
    cases = _cases(
        rows, pixels, Known(question.classes, "binary", question.positive, inputs),
        understood=(*found.understood, *question.said, *_said(rows, learnt)), group=kept,
    )  # fmt: skip
    return cases if table is None else replace(cases, arrays={**cases.arrays, "findings": table})


def films_to_read(data: Path, values: Values, options: Mapping[str, Any], known: Known) -> Cases:
    """New films, with or without a hospital; raises as `open_films`."""
    found = open_collection(data, labels_optional=True, **options)
    pixels = _pixels(found.root, found.rows["image"], values["image_size_px"])
    return _cases(found.rows.reset_index(drop=True), pixels, known, understood=(), group="image")


def learnt_sites(rows: pd.DataFrame, asked: Sequence[str]) -> tuple[str, ...]:
    """The two sites that are learnt from: those asked for, or those with most films.

    Raises:
        DataRefused: fewer than two sites.
        UsageError: one that is asked for is not there.
    """
    counts = Counter(site for site in rows["site"] if site)
    if len(counts) < 2:
        raise DataRefused(
            f"the cross-site design needs films of two hospitals or more, found {len(counts)}; name their "
            "column with --site-column"
        )
    unknown = [site for site in asked if site not in counts]
    if unknown:
        raise UsageError(f"no film is from '{unknown[0]}'; there are {', '.join(sorted(counts))}")
    return tuple(asked) or tuple(sorted(name for name, _ in counts.most_common(2)))


def _cases(
    rows: pd.DataFrame, pixels: NDArray[np.uint8], known: Known, *, understood: tuple[str, ...], group: str
) -> Cases:
    number = {name: at for at, name in enumerate(known.inputs["sites"])}
    site = np.array([number.get(str(name), -1) for name in rows["site"]], dtype=np.int64)
    step = pixels.shape[1] // SIMPLE_PX
    grey = pixels[:, : step * SIMPLE_PX, : step * SIMPLE_PX].mean(axis=3)
    small = grey.reshape(len(grey), SIMPLE_PX, step, SIMPLE_PX, step).mean(axis=(2, 4)).reshape(len(grey), -1)
    return Cases(
        rows, {"pixels": pixels, "site": site}, known.classes, known.task, known.positive, small / 255,
        f"the film shrunk to {SIMPLE_PX} x {SIMPLE_PX}", understood, dict(known.inputs), group,
    )  # fmt: skip


def _pixels(root: Path, names: pd.Series, side: int) -> NDArray[np.uint8]:
    found = [
        prepare(load_image(root, str(name)), size_px=side, resize="squash", intensity="full_range")
        for name in names
    ]
    return np.stack(found)


def _parts(rows: pd.DataFrame, learnt: Sequence[str]) -> pd.Series:
    """Stated parts, or a draw of patients; what is from elsewhere is tested on."""
    parts = rows["split"].copy()
    if (parts == "").all():
        who = rows["patient"].where(rows["patient"] != "", rows["case"])
        rng = np.random.default_rng(0)
        drawn = {name: rng.random() < TEST_SHARE for name in sorted(set(who))}
        parts = pd.Series(["test" if drawn[name] else "train" for name in who], index=rows.index)
    return parts.where(rows["site"].isin(learnt), "test")


def _said(rows: pd.DataFrame, learnt: Sequence[str]) -> tuple[str, ...]:
    elsewhere = sorted(set(rows["site"]) - set(learnt))
    tested = f"; only tested at: {', '.join(name or 'unknown' for name in elsewhere)}" if elsewhere else ""
    return (f"Learnt from films of {' and '.join(learnt)}{tested}.",)
