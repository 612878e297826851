"""Rows of a collection from a table whose columns are understood."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.annotators import annotator_columns, settle_long, wide_readings
from thirdeye.intake.collection import READING_COLUMNS, empty
from thirdeye.intake.files import FoundFiles
from thirdeye.intake.label_columns import Labels
from thirdeye.intake.multi_view import CASE_COLUMN, FILE_COLUMN
from thirdeye.intake.options import Options
from thirdeye.intake.reading import CORE_COLUMNS, KEPT_TOGETHER, Reading, core_rows
from thirdeye.intake.region_columns import annotator_column
from thirdeye.intake.splits import split_name
from thirdeye.intake.table_roles import TableRoles
from thirdeye.intake.words import counted, listed

# Columns that later stages add; a user's column of that name is kept under another one.
_RESERVED = frozenset([*CORE_COLUMNS, "fold", "excluded_because", "kept_together"])


_MOSTLY = 0.5


def table_reading(root: Path, roles: TableRoles, found: FoundFiles, options: Options) -> Reading:
    """What the table says about the files that are there.

    Raises:
        DataRefused: no label column, or not one row with both a file and a label.
    """
    labels = _labels(roles)
    frame, readings, tied, settled = _by_several(_frame(roles, labels), roles, labels)
    has_file = frame["image"] != ""
    has_label = (frame["label"] != "") | (labels.is_multiple & ~frame.index.isin(labels.unknown))
    kept = frame[has_file & has_label]
    if kept.empty:
        raise DataRefused(
            f"no row of {roles.name} has both a file and a label (column '{roles.image}' for files, "
            f"{labels.name} for labels)"
        )
    if options.task == "multilabel":
        kept = _joined(kept)
    repeated = kept.duplicated(["image", "label"])
    rows = kept[~repeated].reset_index(drop=True)
    named = set(frame["image"])
    cells = roles.table[roles.image]
    leftovers = {
        "row_without_file": tuple(cells[~has_file & (cells != "")]),
        "row_without_label": tuple(frame["image"][has_file & ~has_label]),
        "repeated_row": tuple(kept["image"][repeated]),
        "label_tied": tied,
        "ambiguous_row": tuple(cell for cell, _ in roles.matches.ambiguous),
        "file_without_row": tuple(file for file in found.images if file not in named),
        "mask": found.masks,
        "not_an_image": tuple(file for file in found.others if file != roles.name),
    }
    return Reading(
        root=root,
        rows=rows,
        label_name=labels.name,
        class_order=labels.class_order,
        task=labels.task,
        group=roles.patient or "patient",
        patient_origin="column" if roles.patient else "none",
        can_name_patients=True,
        split_origin="column" if roles.split else "none",
        sentences=(*roles.sentences, *_sentences(roles, labels, rows), *settled),
        leftovers=leftovers,
        readings=readings,
    )


def _by_several(
    frame: pd.DataFrame, roles: TableRoles, labels: Labels
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...], tuple[str, ...]]:
    """Rows with a settled label, what each annotator said, images that are tied, and a sentence."""
    if labels.by_annotator:
        readings = wide_readings(list(frame["case"]), labels.by_annotator)
        tied = frame.iloc[list(labels.tied)]
        rows = frame.drop(
            columns=[c for c in annotator_columns(roles.table, roles.table.columns) if c in frame]
        )
        return rows.drop(index=tied.index), readings, tuple(i for i in tied["image"] if i), ()
    who = annotator_column(roles.table.columns)
    if who is None or who not in frame or labels.is_multiple:
        return frame, empty(READING_COLUMNS), (), ()
    rows, readings, tied_images, sentence = settle_long(frame, who)
    return rows, readings, tied_images, (sentence,) if sentence else ()


def _labels(roles: TableRoles) -> Labels:
    if roles.labels is not None:
        return roles.labels
    columns = [
        f"{column} ({roles.table[column].nunique()} values)"
        for column in roles.table.columns
        if column != roles.image
    ]
    raise DataRefused(
        f"no column of {roles.name} is recognised as the label; name it with --label-column, one of: "
        f"{listed(columns, 30)}"
    )


def _frame(roles: TableRoles, labels: Labels) -> pd.DataFrame:
    """Core columns, then every further column of the table under its own name."""
    table = roles.table
    core: dict[str, list[str]] = {"image": list(roles.matches.references), "label": list(labels.values)}
    if roles.patient:
        core["patient"] = list(table[roles.patient])
    if roles.split:
        core["split"] = [split_name(value) or "" for value in table[roles.split]]
    if roles.site:
        core["site"] = list(table[roles.site])
    case = roles.case if roles.case and _decides_by(table[roles.case], labels) else None
    if case:
        pairs = zip(table[case], core["image"], strict=True)
        core["case"] = [name or image for name, image in pairs]
    used = {roles.patient: "patient", roles.split: "split", roles.site: "site", roles.image: "image"}
    used |= {case: "case"} if case else {}
    hidden = {CASE_COLUMN, FILE_COLUMN, labels.name, *labels.columns}
    extra = {
        (f"{column}_in_table" if column in _RESERVED else column): list(table[column])
        for column in table.columns
        if used.get(column) != column and column not in hidden
    }
    return pd.concat([core_rows(core), pd.DataFrame(extra, dtype=object)], axis=1)


def _decides_by(cases: pd.Series, labels: Labels) -> bool:
    """Whether most cases of several images have one label, so that a case is what one decision is about."""
    held = pd.DataFrame({"case": cases.to_numpy(), "label": list(labels.values)})
    held = held[(held["case"] != "") & (held["label"] != "")]
    several = held[held["case"].duplicated(keep=False)]
    return several.empty or bool((several.groupby("case")["label"].nunique() == 1).mean() > _MOSTLY)


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an image, with the labels of all its rows: the long form of several labels."""
    labels = rows.groupby("image", sort=False)["label"].agg(lambda held: "|".join(dict.fromkeys(held)))
    return rows.assign(label=rows["image"].map(labels))


def _sentences(roles: TableRoles, labels: Labels, rows: pd.DataFrame) -> tuple[str, ...]:
    said = [
        f"{roles.name} names {counted(len(rows), 'labelled image')}"
        + ("." if roles.image == FILE_COLUMN else f" (column '{roles.image}')."),
        labels.sentence,
    ]
    if roles.patient:
        groups = rows["patient"][rows["patient"] != ""].nunique()
        said.append(f"{KEPT_TOGETHER} '{roles.patient}' ({groups:,} values).")
    if roles.split:
        parts = ", ".join(f"{n:,} {split or 'unnamed'}" for split, n in rows["split"].value_counts().items())
        said.append(f"Splits: column '{roles.split}' ({parts}).")
    if roles.site:
        said.append(f"Sites: column '{roles.site}' ({listed(sorted(set(rows['site']) - {''}))}).")
    return tuple(said)
