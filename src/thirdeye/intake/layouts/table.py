"""A table that names files and labels."""

from __future__ import annotations

from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.intake.files import find_files
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.layouts.table_choice import choose_table, tables_in
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.intake.table_file import TABLE_SUFFIXES
from thirdeye.intake.table_masks import masked_reading, names_masks
from thirdeye.intake.table_paths import files_of_table
from thirdeye.intake.table_rows import table_reading
from thirdeye.intake.words import listed


def recognise(data: Path, options: Options) -> bool:
    """A table file, or a folder with a table that names its images."""
    if data.is_file():
        return data.suffix.lower() in TABLE_SUFFIXES
    if not tables_in(data):
        return False
    return choose_table(data, find_files(data), options) is not None or options.label_column is not None


def read(data: Path, options: Options) -> Reading:
    """Rows of the table whose files are there.

    Raises:
        DataRefused: several tables fit equally, no column names the images or the labels, or no file of the
            table is there.
        UsageError: an option names a column that is not there.
    """
    root = data if data.is_dir() else data.parent
    found = files_of_table(data)
    choice = choose_table(data, found, options)
    if choice is None:
        names = listed([path.name for path in tables_in(data)]) or "no table"
        raise DataRefused(
            f"no table in the folder names its images ({names}); name the column that does: --image-column"
        )
    if names_masks(choice):
        return masked_reading(root, choice)
    return table_reading(root, choice, found, options)


LAYOUT = Layout("a table naming files and labels", recognise, read)
