"""Cases of several images: one row per image, the case shared, the view named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from thirdeye.intake.name_index import Matches, NameIndex
from thirdeye.intake.reading import Reading
from thirdeye.intake.views import group_views, view_of
from thirdeye.intake.words import counted, listed, plain

FILE_COLUMN = "image_file"
CASE_COLUMN, VIEW_COLUMN = "case_of_views", "view"
_PATH_WORDS = frozenset(
    ["image", "img", "path", "file", "filename", "name", "id", "view", "dicom", "png", "jpg"]
)
_LEAST_SHARE = 0.5
Expanded = tuple[pd.DataFrame, str, Matches, str]


def expand_ambiguous(table: pd.DataFrame, column: str, matches: Matches, index: NameIndex) -> Expanded | None:
    """Rows that each fit several files become one row per file, where the files differ in the view alone.

    Returns:
        The table with the columns of this module, the column that names the files, its matches, and a
        sentence; None where the files of a row are not the views of one case.
    """
    found = dict(matches.ambiguous)
    if len(found) < _LEAST_SHARE * len(table):
        return None
    for files in found.values():
        shown = {(one.view, one.laterality) for one in map(view_of, files)}
        if len(shown) < len(files) or not all(map(any, shown)):
            return None
    files_of = [
        list(found.get(cell, [reference or cell]))
        for cell, reference in zip(table[column], matches.references, strict=True)
    ]
    expanded = table.assign(**{CASE_COLUMN: table[column], FILE_COLUMN: files_of}).explode(FILE_COLUMN)
    expanded = expanded.reset_index(drop=True)
    views = [view_of(file).view or view_of(file).laterality for file in expanded[FILE_COLUMN]]
    expanded[_free(VIEW_COLUMN, table)] = views
    names = list(dict.fromkeys(view for view in views if view))
    sentence = (
        f"Each row is a case of several images (column '{column}'; views: {listed(names)}): "
        f"{counted(len(found), 'case')} with several, {counted(len(expanded), 'image')}."
    )
    return expanded, FILE_COLUMN, index.match(expanded[FILE_COLUMN]), sentence


def expand_columns(
    table: pd.DataFrame, looked_up: Sequence[tuple[str, Matches]], index: NameIndex
) -> Expanded | None:
    """Several columns that each name an image of the case become one row per image.

    Args:
        table: cells as strings.
        looked_up: columns that may name images, with their matches.
        index: images that are there.
    """
    good = [(column, matches) for column, matches in looked_up if matches.share >= _LEAST_SHARE]
    distinct: list[tuple[str, Matches]] = []
    for column, matches in good:
        files = set(matches.references) - {""}
        if all(not files & set(other.references) for _, other in distinct):
            distinct.append((column, matches))
    if len(distinct) < 2:
        return None
    parts = []
    names = _view_names([column for column, _ in distinct])
    others = [column for column in table.columns if column not in {c for c, _ in distinct}]
    for (column, matches), name in zip(distinct, names, strict=True):
        part = table[others].assign(**{
            CASE_COLUMN: [f"row {number}" for number in range(1, len(table) + 1)],
            FILE_COLUMN: [r or cell for r, cell in zip(matches.references, table[column], strict=True)],
            _free(VIEW_COLUMN, table): name,
        })  # fmt: skip
        parts.append(part[part[FILE_COLUMN] != ""])
    expanded = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
    sentence = (
        f"Each row is a case of {len(distinct)} images (columns {listed([c for c, _ in distinct])}; "
        f"views: {listed(names)})."
    )
    return expanded, FILE_COLUMN, index.match(expanded[FILE_COLUMN]), sentence


def _view_names(columns: Sequence[str]) -> list[str]:
    """ "frontal_path" and "lateral_path" are "frontal" and "lateral"."""
    names = []
    for column in columns:
        words = [word for word in plain(column).split("_") if word not in _PATH_WORDS]
        viewed = view_of(column)
        names.append(viewed.view or "_".join(words) or column)
    return names if len(set(names)) == len(names) else list(columns)


def _free(name: str, table: pd.DataFrame) -> str:
    return name if name not in table.columns else f"{name}_by_name"


def name_views(reading: Reading) -> Reading:
    """Cases and views by the names of the images, where the data have not said which are of one case."""
    rows = reading.rows
    if reading.split_origin == "archive" or len(rows) < 2 or rows["image"].duplicated().any():
        return reading
    if not (rows["case"] == rows["image"]).all():
        return reading
    found = group_views(list(rows["image"]), list(rows["label"]))
    if found is None:
        return reading
    cases, viewed = found
    columns: dict[str, list[str]] = {"case": cases}
    for name, values in (("view", [v.view for v in viewed]), ("laterality", [v.laterality for v in viewed])):
        if any(values) and name not in rows:
            columns[name] = values
    known = list(dict.fromkeys(" ".join(filter(None, (v.laterality, v.view))) for v in viewed))
    number = pd.Series(cases).value_counts()
    sentence = (
        f"{counted(int((number > 1).sum()), 'case')} with several images, by file names (views: "
        f"{listed([name for name in known if name], 8)}); the images of a case are kept together."
    )
    said = (sentence,) if (number > 1).any() else ()
    return replace(reading, rows=rows.assign(**columns), sentences=(*reading.sentences, *said))
