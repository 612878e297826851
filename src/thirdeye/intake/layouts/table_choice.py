"""Which table of a folder is meant, said aloud or asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.columns import candidates
from thirdeye.intake.files import FoundFiles, find_files, is_visible, natural
from thirdeye.intake.name_index import NameIndex
from thirdeye.intake.options import Options
from thirdeye.intake.region_columns import has_regions
from thirdeye.intake.splits import split_name
from thirdeye.intake.table_file import TABLE_SUFFIXES, known_table
from thirdeye.intake.table_roles import TableRoles, assign_roles
from thirdeye.intake.words import listed, plain, shown_name

_WEAK = frozenset(["id", "name", "case_id"])  # columns that many tables have, also those about no images


def tables_in(folder: Path) -> list[Path]:
    """Table files directly in a folder, in natural order."""
    paths = (
        p
        for p in folder.iterdir()
        if p.is_file() and p.suffix.lower() in TABLE_SUFFIXES and is_visible(p.name)
    )
    return sorted(paths, key=lambda p: natural(p.name))


def choose_table(data: Path, found: FoundFiles, options: Options) -> TableRoles | None:
    """The table that names the images under DATA, its columns understood.

    Args:
        data: a table file, or a folder.
        found: files below the table's folder.
        options: the user's.

    Returns:
        None when no table of the folder names images (a single table file is refused instead).

    Raises:
        DataRefused: the table names no image, or several tables fit and none fits better.
    """
    root = data if data.is_dir() else data.parent
    index = NameIndex(root, found.images)
    if data.is_file():
        return _the_one(data, index, options)
    paths = tables_in(data)
    fitting = [
        roles for path in paths if (roles := assign_roles(path.name, known_table(path), index, options))
    ]
    if len(paths) == 1 and not fitting and options.image_column:
        return _the_one(paths[0], index, options)
    if not fitting:
        _refuse_missing_files(paths)
    labelled = [roles for roles in fitting if roles.labels] or fitting
    if len(labelled) < 2:
        return _explained(labelled, paths)
    return _one_per_split(labelled, index, options) or _best(labelled, paths)


def _the_one(path: Path, index: NameIndex, options: Options) -> TableRoles:
    table = known_table(path)
    roles = assign_roles(path.name, table, index, options)
    if roles is None:
        raise DataRefused(
            f"no column of {path.name} names image files that lie beside it (columns: "
            f"{listed(list(table.columns), 30)}). Put the table into the folder of the images, or name the "
            "column with --image-column"
        )
    return roles


def _refuse_missing_files(paths: Sequence[Path]) -> None:
    """A table with labels whose every file is missing is a mistake, not a reason to try the folders."""
    for path in paths:
        table = known_table(path)
        named = candidates(list(table.columns), "image")
        if named and named[0] not in _WEAK and candidates(list(table.columns), "label"):
            example = shown_name(table[named[0]].iloc[0])
            raise DataRefused(
                f"the table {path.name} names files in column '{named[0]}' (for example '{example}'), but "
                "none of them is in the folder; check the names, name another column with "
                "--image-column, or force the folders with --layout class-folders"
            )


def _explained(choice: Sequence[TableRoles], paths: Sequence[Path]) -> TableRoles | None:
    if not choice:
        return None
    others = [path.name for path in paths if path.name != choice[0].name]
    if not others:
        return choice[0]
    return choice[0].saying(
        f"Of the tables, only {choice[0].name} names images and labels; left aside: {listed(others)}."
    )


def _best(labelled: list[TableRoles], paths: Sequence[Path]) -> TableRoles:
    """The only table all of whose rows have a file, or of which clearly more rows do."""
    ranked = sorted(labelled, key=lambda roles: roles.matches.share, reverse=True)
    first, second = ranked[0], ranked[1]
    if first.matches.share < 0.95 or second.matches.share > 0.8 * first.matches.share:
        names = [roles.name for roles in labelled]
        raise DataRefused(
            f"several tables name these images ({listed(names)}) and nothing tells which one is meant; "
            f"name one of them instead of the folder, for example DATA/{names[0]}"
        )
    shares = "; ".join(f"{roles.name}: {roles.matches.share:.0%}" for roles in ranked)
    return first.saying(f"Of several tables, {first.name} was taken: its rows have their files ({shares}).")


def _one_per_split(labelled: list[TableRoles], index: NameIndex, options: Options) -> TableRoles | None:
    """``train.csv``, ``val.csv`` and ``test.csv`` are one table in parts."""
    parts = {roles.name: _part_of(roles.name) for roles in labelled}
    meant = list(parts.values())
    if None in meant or len(set(meant)) != len(meant) or "train" not in meant:
        return None
    if any(list(r.table.columns) != list(labelled[0].table.columns) or r.split for r in labelled):
        return None
    tables = [roles.table.assign(split=parts[roles.name]) for roles in labelled]
    joined = assign_roles(" + ".join(parts), pd.concat(tables, ignore_index=True), index, options)
    return (
        joined.saying(f"The tables {listed(list(parts))} are the parts {listed([str(m) for m in meant])}.")
        if joined
        else None
    )


def _part_of(name: str) -> str | None:
    words = plain(Path(name).stem).split("_")
    meant = {split for word in words if (split := split_name(word))}
    return meant.pop() if len(meant) == 1 else None


def wants_classes(folder: Path, options: Options) -> bool:
    """Whether labels of whole images are asked for, or stated by a table directly in the folder.

    Then masks and boxes beside it are no reason to take the data for another task.
    """
    if options.task is not None or options.label_column:
        return options.task in CLASSIFICATION or bool(options.label_column)
    tables = tables_in(folder)
    index = NameIndex(folder, find_files(folder).images) if tables else None
    return any(index is not None and _states_labels(path, index) for path in tables)


def _states_labels(path: Path, index: NameIndex) -> bool:
    """Two labels or more, and no boxes or points."""
    try:
        table = known_table(path)
        if has_regions(table.columns):
            return False
        roles = assign_roles(path.name, table, index, Options())
    except DataRefused:
        return False
    return bool(roles and roles.labels and len(set(roles.labels.values) - {""}) > 1)
