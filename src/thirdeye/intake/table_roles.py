"""The columns of a table, each with its part."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.columns import Role, candidates
from thirdeye.intake.header_index import rows_by_header
from thirdeye.intake.label_columns import Labels, find_labels
from thirdeye.intake.multi_view import (
    CASE_COLUMN,
    FILE_COLUMN,
    Expanded,
    expand_ambiguous,
    expand_columns,
)
from thirdeye.intake.name_index import Matches, NameIndex
from thirdeye.intake.options import Options
from thirdeye.intake.splits import are_split_names
from thirdeye.intake.words import listed, plain, word_set

NO_SPLIT = "none"
_CASES = word_set(
    """
    case case_id caseid exam exam_id examid examination examination_id study study_id studyid study_uid
    study_instance_uid studyinstanceuid accession accession_number visit visit_id
    """
)
_OTHER_ROLES: tuple[Role, ...] = ("label", "patient", "split", "site")


@dataclass(frozen=True)
class TableRoles:
    """A table whose columns are understood.

    Args:
        name: of its file.
        table: cells as strings.
        image: column that names the files.
        matches: that column looked up.
        patient, split, site: columns, None where there is none.
        labels: None where no column was recognised.
        sentences: what was understood so far.
        case: column that says which images are of one case, None where there is none.
    """

    name: str
    table: pd.DataFrame
    image: str
    matches: Matches
    patient: str | None
    split: str | None
    site: str | None
    labels: Labels | None
    sentences: tuple[str, ...] = ()
    case: str | None = None

    def saying(self, sentence: str) -> TableRoles:
        """The same with one more sentence."""
        return replace(self, sentences=(*self.sentences, sentence))


def assign_roles(name: str, table: pd.DataFrame, index: NameIndex, options: Options) -> TableRoles | None:
    """Understand the columns; None when none of them names a file in `index`.

    Raises:
        UsageError: an option names a column that is not there.
        DataRefused: names that each fit several files, or a split column with unknown words.
    """
    several = _several_images(table, index, options)
    if several is not None:
        table, image, matches, sentence = several
        return roles_around(name, table, image, matches, (sentence,), options)
    chosen = _image_column(table, index, options)
    sentences: tuple[str, ...] = ()
    if chosen is None:
        by_header = rows_by_header(table, index)
        if by_header is None:
            return None
        table, image, matches, sentence = by_header
        sentences = (sentence,)
    else:
        image, matches = chosen
    return roles_around(name, table, image, matches, sentences, options)


def roles_around(
    name: str,
    table: pd.DataFrame,
    image: str,
    matches: Matches,
    sentences: tuple[str, ...],
    options: Options,
) -> TableRoles:
    """The other columns of a table whose column of images is known; arguments as of `TableRoles`.

    Raises:
        UsageError, DataRefused: as `assign_roles`.
    """
    taken = {image, CASE_COLUMN, FILE_COLUMN}
    patient = _by_option(table, options.patient, "--patient") or _first(table, "patient", taken)
    taken |= {patient} if patient else set()
    split = _split_column(table, taken, options)
    taken |= {split} if split else set()
    site = _by_option(table, options.site_column, "--site-column") or _first(
        table, "site", taken, least_values=2
    )
    taken |= {site} if site else set()
    case = _case_column(table, taken, patient)
    taken |= {case} if case else set()
    labels = find_labels(table, taken, options)
    return TableRoles(name, table, image, matches, patient, split, site, labels, sentences, case)


def _several_images(table: pd.DataFrame, index: NameIndex, options: Options) -> Expanded | None:
    """A row per image, of tables whose rows are cases of several images."""
    if options.image_column and "," in options.image_column and options.image_column not in table.columns:
        named = [part.strip() for part in options.image_column.split(",")]
        for column in named:
            _by_option(table, column, "--image-column")
    else:
        named = [options.image_column] if options.image_column else candidates(list(table.columns), "image")
    looked_up = [(column, index.match(table[column])) for column in named if column in table.columns]
    expanded = expand_columns(table, looked_up, index) if len(looked_up) > 1 else None
    if expanded is not None:
        return expanded
    if any(matches.share >= 0.5 for _, matches in looked_up):
        return None
    tried = (expand_ambiguous(table, column, matches, index) for column, matches in looked_up)
    return next((found for found in tried if found is not None), None)


def _case_column(table: pd.DataFrame, taken: set[str], patient: str | None) -> str | None:
    """The column that says which images are of one case, by its name; a case has one patient."""
    if CASE_COLUMN in table.columns:
        return CASE_COLUMN
    for column in table.columns:
        known = table[table[column] != ""]
        if column in taken or plain(column) not in _CASES or not 1 < known[column].nunique() < len(known):
            continue
        if patient is None or (known.groupby(column)[patient].nunique() <= 1).all():
            return str(column)
    return None


def _image_column(table: pd.DataFrame, index: NameIndex, options: Options) -> tuple[str, Matches] | None:
    """The column most of whose cells are files; full paths before bare names."""
    if options.image_column:
        _by_option(table, options.image_column, "--image-column")
        return options.image_column, index.match(table[options.image_column])
    named = candidates(list(table.columns), "image")
    best = _best_match(table, named, index)
    if best is None or best[1].share < 0.5:
        taken = {c for role in _OTHER_ROLES for c in candidates(list(table.columns), role)}
        others = [c for c in table.columns if c not in named and c not in taken]
        others = [c for c in others if table[c].nunique() > 0.5 * len(table)]
        other = _best_match(table, others, index)
        if other and other[1].share >= 0.9:
            best = other
    if best is None:
        return None
    _refuse_ambiguous(best[0], best[1], len(table))
    return best if best[1].share > 0 else None


def _best_match(table: pd.DataFrame, columns: list[str], index: NameIndex) -> tuple[str, Matches] | None:
    looked_up = [(column, index.match(table[column])) for column in columns]
    return max(
        looked_up,
        key=lambda pair: (round(pair[1].share, 2), len(pair[1].ambiguous), pair[1].quality),
        default=None,
    )


def _refuse_ambiguous(column: str, matches: Matches, rows: int) -> None:
    if matches.share >= 0.5 or len(matches.ambiguous) < 0.5 * rows:
        return
    cell, files = matches.ambiguous[0]
    raise DataRefused(
        f"the names in column '{column}' each fit several files ({cell!r}: {listed(files)}); write the path "
        "below the data's folder into the table, or leave only the images meant in the folder"
    )


def _by_option(table: pd.DataFrame, option: str | None, flag: str) -> str | None:
    if option is None or option in table.columns:
        return option
    raise UsageError(
        f"{flag} {option!r}: the table has no such column; it has {listed(list(table.columns), 30)}"
    )


def _first(table: pd.DataFrame, role: Role, taken: set[str], least_values: int = 1) -> str | None:
    for column in candidates([c for c in table.columns if c not in taken], role):
        if (table[column][table[column] != ""]).nunique() >= least_values:
            return column
    return None


def _split_column(table: pd.DataFrame, taken: set[str], options: Options) -> str | None:
    if options.split_column == NO_SPLIT and NO_SPLIT not in table.columns:
        return None
    named = _by_option(table, options.split_column, "--split-column")
    if named is not None:
        if not are_split_names(table[named]):
            values = sorted({value for value in table[named] if value})
            raise DataRefused(
                f"the split column '{named}' should say train, validation or test; it says {listed(values)}"
            )
        return named
    free = [column for column in table.columns if column not in taken]
    return next((c for c in candidates(free, "split") if are_split_names(table[c])), None)
