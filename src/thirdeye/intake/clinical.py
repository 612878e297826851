"""Clinical tables beside the images: columns joined by patient, case or image."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.columns import candidates
from thirdeye.intake.files import image_suffixes, is_visible, natural
from thirdeye.intake.options import Options
from thirdeye.intake.reading import CORE_COLUMNS, KEPT_TOGETHER, Reading
from thirdeye.intake.table_file import TABLE_SUFFIXES, read_table
from thirdeye.intake.words import counted, listed, plain, shown_name

_LEAST_SHARE = 0.5
_ENOUGH = 0.95
_UNITS = {"patient": "patients", "case": "cases", "image": "images"}


@dataclass(frozen=True)
class Join:
    """How a table fits.

    Args:
        column: of the table that holds the identifiers.
        unit: "patient", "case" or "image".
        keys: of every row of the collection, as the table writes them.
        matched: identifiers of the collection that the table has.
        of: identifiers of the collection.
        how: "" or what had to be overlooked ("leading zeros apart").
    """

    column: str
    unit: str
    keys: pd.Series
    matched: int
    of: int
    how: str


def join_clinical(reading: Reading, data: Path, options: Options) -> Reading:
    """The reading with the columns of clinical tables: the user's, else those beside the images.

    A table beside the images is joined on its own accord when it has one row per identifier, half of the
    identifiers are found, and it brings columns that are not there yet.

    Raises:
        UsageError: the table named by the user does not exist, or no column of it fits.
    """
    if reading.split_origin == "archive":
        return reading
    if options.clinical is not None:
        return _join_named(reading, Path(options.clinical))
    for path in _tables_beside(reading, data, options):
        try:
            table = read_table(path)
        except DataRefused:
            continue
        join = find_join(reading.rows, table)
        if join and join.matched >= _LEAST_SHARE * join.of and not table[join.column].duplicated().any():
            reading = _joined(reading, table, join, path.name, asked=False)
    return reading


def _join_named(reading: Reading, path: Path) -> Reading:
    if not path.is_file() or path.suffix.lower() not in TABLE_SUFFIXES:
        raise UsageError(f"--clinical {shown_name(path.name)}: expected a table (CSV, TSV, Excel, Parquet)")
    table = read_table(path)
    join = find_join(reading.rows, table)
    if join is None or not join.matched:
        raise UsageError(
            f"--clinical {shown_name(path.name)}: no column holds the patients, cases or images of these "
            f"data (columns: {listed(list(table.columns), 20)})"
        )
    return _joined(reading, table, join, path.name, asked=True)


def _tables_beside(reading: Reading, data: Path, options: Options) -> list[Path]:
    """Tables of the data's folder that the layout did not use; the table of consent says nothing clinical."""
    consent = None if options.consent is None else Path(options.consent).resolve()
    folder = data if data.is_dir() else data.parent
    unused = {name.rsplit("/", 1)[-1] for name in reading.leftovers.get("not_an_image", ())}
    paths = [
        p for p in folder.iterdir()
        if p.is_file() and p.suffix.lower() in TABLE_SUFFIXES and is_visible(p.name) and p.name in unused
        and p.resolve() != consent
    ]  # fmt: skip
    return sorted(paths, key=lambda path: natural(path.name))


def find_join(rows: pd.DataFrame, table: pd.DataFrame) -> Join | None:
    """The column of the table, and the identifier of the rows, that fit best; None where nothing does.

    Columns with few different values, and not named like identifiers, are not looked at.
    """
    best: Join | None = None
    columns = [str(column) for column in table.columns]
    named = {*candidates(columns, "patient"), *candidates(columns, "image")}
    asked = [c for c in columns if c in named or table[c].nunique() > _LEAST_SHARE * len(table)]
    for unit, keys in _identifiers(rows).items():
        for column in asked:
            join = _joined_by(column, table[column], unit, keys)
            if join.matched and (best is None or join.matched / join.of > best.matched / best.of + 1e-9):
                best = join
    return best


def _joined_by(column: str, cells: pd.Series, unit: str, keys: pd.Series) -> Join:
    """By the identifiers as they are written, else overlooking what people change."""
    known = [key for key in dict.fromkeys(keys) if key]
    best: Join | None = None
    forms: list[tuple[str, Callable[[str], str]]]
    forms = [("", str), ("leading zeros apart", _bare), ("case and punctuation apart", plain)]
    if unit == "image":
        forms.insert(1, ("as file names", _stem))
    for how, form in forms:
        written = _written(cells, form)
        found = {key: written[form(key)] for key in known if form(key) in written}
        if best is None or len(found) > best.matched:
            best = Join(column, unit, _looked_up(keys, found), len(found), len(known), how)
        if best.matched >= _ENOUGH * len(known):
            break
    return best or Join(column, unit, _looked_up(keys, {}), 0, len(known), "")


def _written(cells: pd.Series, form: Callable[[str], str]) -> dict[str, str]:
    """Form of an identifier to what the table writes; forms that it writes in several ways are left out."""
    several: dict[str, list[str]] = {}
    for cell in dict.fromkeys(cells):
        if cell:
            several.setdefault(form(cell), []).append(cell)
    return {form: ways[0] for form, ways in several.items() if len(ways) == 1}


def _looked_up(keys: pd.Series, values: Mapping[str, str]) -> pd.Series:
    """Text for text; "" where nothing is known."""
    return pd.Series([values.get(key, "") for key in keys], index=keys.index, dtype=object)


def _identifiers(rows: pd.DataFrame) -> Mapping[str, pd.Series]:
    found = {"patient": rows["patient"].astype(str)} if (rows["patient"] != "").any() else {}
    if not (rows["case"] == rows["image"]).all():
        found["case"] = rows["case"].astype(str).str.rsplit("/", n=1).str[-1]
    names = rows["image"].astype(str).str.rsplit("/", n=1).str[-1]
    found["image"] = pd.Series([_stem(name) for name in names], index=names.index, dtype=object)
    return found


def _stem(text: str) -> str:
    """The name of a file without its folder and ending; images are known by it."""
    name = text.replace("\\", "/").rsplit("/", 1)[-1]
    known = next((ending for ending in _endings() if name.lower().endswith(ending)), "")
    return name[: -len(known)].rsplit(".", 1)[0] if known == ".gz" else name[: -len(known) or None]


@cache
def _endings() -> tuple[str, ...]:
    """Of image files, the longest first."""
    return tuple(sorted({*image_suffixes(), ".gz"}, key=len, reverse=True))


def _bare(text: str) -> str:
    return text.lstrip("0") if text.isdigit() else text


def _joined(reading: Reading, table: pd.DataFrame, join: Join, name: str, *, asked: bool) -> Reading:
    once = table.drop_duplicates(join.column).set_index(join.column)
    repeated = tuple(dict.fromkeys(table[join.column][table[join.column].duplicated()]))
    new = _new_columns(reading.rows, [str(column) for column in once.columns])
    if not new:
        return reading
    columns = {ours: _looked_up(join.keys, once[theirs].to_dict()) for theirs, ours in new.items()}
    reading, told = _with_patients(replace(reading, rows=reading.rows.assign(**columns)), new, table, join)
    rows = reading.rows
    unmatched = reading.rows["image"][join.keys == ""]
    unused = [cell for cell in once.index if cell and cell not in set(join.keys)]
    how = f", {join.how}" if join.how else ""
    sentence = (
        f"{name} was joined by {join.unit} (column '{join.column}'{how}): {join.matched:,} of {join.of:,} "
        f"{_UNITS[join.unit]} matched; {counted(len(new), 'column')} joined: "
        f"{listed(list(new.values()), 12)}."
    )
    leftovers = dict(reading.leftovers)
    leftovers["not_an_image"] = tuple(
        n for n in leftovers.get("not_an_image", ()) if n.rsplit("/", 1)[-1] != name
    )
    leftovers["image_without_clinical"] = tuple(unmatched)
    if asked or len(unused) < len(once):
        leftovers["clinical_without_image"] = tuple(f"{join.column} {cell}" for cell in unused)
    leftovers["clinical_repeated"] = tuple(f"{join.column} {cell}" for cell in repeated)
    return replace(reading, rows=rows, sentences=(*reading.sentences, sentence, *told), leftovers=leftovers)


def _with_patients(
    reading: Reading, new: Mapping[str, str], table: pd.DataFrame, join: Join
) -> tuple[Reading, tuple[str, ...]]:
    """The patients that a joined table names, where nothing else does; and what is said of them.

    A table that names no patient for some image is not believed for the others: that image's patient may be
    one of theirs. Nor is one that does not tell whose an image is: it gives one image two patients, or
    images of several folders bear the name that it uses.
    """
    column = next((name for name in candidates(list(new), "patient") if name in new), None)
    if column is None or reading.patient_origin != "none":
        return reading, ()
    patients = reading.rows[new[column]].astype(str)
    unnamed = int((patients == "").sum())
    if unnamed:
        return reading, (
            f"Its column '{column}' names no patient for {counted(unnamed, 'image')}, so it does not say who "
            "is who.",
        )
    if doubt := _doubt(table, column, join):
        return reading, (f"Its column '{column}' does not say who is who: {doubt}.",)
    sentence = f"{KEPT_TOGETHER} '{column}': {counted(patients.nunique(), 'patient')}."
    rows = reading.rows.assign(patient=patients).drop(columns=new[column])
    return replace(reading, rows=rows, patient_origin="column", group=column), (sentence,)


def _doubt(table: pd.DataFrame, column: str, join: Join) -> str:
    """Why a column of patients cannot be believed; "" where it can."""
    named = table[table[join.column].isin(set(join.keys)) & (table[join.column] != "")]
    each = named.groupby(join.column)[column].nunique()
    if (each > 1).any():
        return f"{join.column} '{each.index[each > 1][0]}' has several patients"
    if join.unit == "image" and join.keys.duplicated().any():
        return f"several images are called '{join.keys[join.keys.duplicated()].iloc[0]}'"
    return ""


def _new_columns(rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, str]:
    """Column of the table to its name among the rows; those that are there already stay as they are."""
    there = {plain(str(column)) for column in rows.columns}
    blank = {name for name in ("site",) if (rows[name] == "").all()}
    found = {}
    for column in columns:
        if plain(column) in blank:
            found[column] = plain(column)
        elif plain(column) in CORE_COLUMNS:
            found[column] = f"{column}_in_clinical"
        elif plain(column) not in there:
            found[column] = column
    return found
