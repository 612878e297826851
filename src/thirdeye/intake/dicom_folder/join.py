"""Rows of a table to the images of a DICOM folder, by whatever identifies them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from thirdeye.dicom.header import Header
from thirdeye.intake.columns import candidates
from thirdeye.intake.dicom_folder.items import ImageItem
from thirdeye.intake.words import plain

_LEAST = 0.5
REFERENCE_COLUMN = "dicom_image"


@dataclass(frozen=True)
class Kind:
    """One thing that may stand in a table.

    Args:
        title: for a person ("SOP instance UID").
        keys: what it may be written as, of an image.
        is_of_image: it names single images or series, so that a row is about that image alone.
    """

    title: str
    keys: Callable[[ImageItem], Iterator[str]]
    is_of_image: bool


def _each(name: str) -> Callable[[ImageItem], Iterator[str]]:
    def keys(item: ImageItem) -> Iterator[str]:
        for header in item.headers:
            value = getattr(header, name)
            if value:
                yield value

    return keys


def _first(*names: str) -> Callable[[ImageItem], Iterator[str]]:
    def keys(item: ImageItem) -> Iterator[str]:
        header: Header = item.headers[0]
        yield from (value for name in names if (value := getattr(header, name)))

    return keys


def _files(item: ImageItem) -> Iterator[str]:
    yield item.reference
    for header in item.headers:
        parts = header.file.split("/")
        for start in range(len(parts)):
            path = "/".join(parts[start:])
            yield path
            yield path.rsplit(".", 1)[0]


def _folders(item: ImageItem) -> Iterator[str]:
    """Every folder that holds the image, by its name and by the path from the root."""
    parts = item.headers[0].file.split("/")[:-1]
    for end in range(len(parts)):
        yield parts[end]
        yield "/".join(parts[: end + 1])


KINDS = (
    Kind("file", _files, True),
    Kind("SOP instance UID", _each("sop_uid"), True),
    Kind("series UID", _first("series_uid", "series"), True),
    Kind("study UID", _first("study_uid", "study"), False),
    Kind("accession number", _first("accession"), False),
    Kind("patient ID", _first("patient_id", "patient"), False),
    Kind("folder", _folders, False),
)


@dataclass(frozen=True)
class Join:
    """A column that names images.

    Args:
        column: of the table.
        kind: what stands in it.
        references: per row of the table the images it means.
        identifying: columns whose cells are identifiers of the headers; they are not kept.
    """

    column: str
    kind: Kind
    references: tuple[tuple[str, ...], ...]
    identifying: tuple[str, ...]

    @property
    def covered(self) -> int:
        """Images that some row names."""
        return len({reference for row in self.references for reference in row})


def join(table: pd.DataFrame, items: Sequence[ImageItem], image_column: str | None = None) -> Join | None:
    """The column of a table that names most of the images; None where none does.

    Upper and lower case don't count, nor do zeros that a spreadsheet took from the front of a number. Half
    of the rows, or half of the images, must be found.

    Args:
        table: cells as strings.
        items: of the folder.
        image_column: the only column to look at, when the user named it.
    """
    indices = [(kind, _index(kind, items)) for kind in KINDS]
    columns = [image_column] if image_column else _in_order(table)
    best: tuple[float, Join] | None = None
    identifying = tuple(
        c for c in table.columns if any(_holds_ids(table[c], k, index) for k, index in indices)
    )
    for column in columns:
        for kind, index in indices:
            references = tuple(index.get(_key(cell), ()) for cell in table[column])
            found = Join(column, kind, references, identifying)
            score = max(sum(map(bool, references)) / max(1, len(table)), found.covered / max(1, len(items)))
            if score >= _LEAST and (best is None or score > best[0] + 0.01):
                best = (score, found)
    return best[1] if best else None


def _in_order(table: pd.DataFrame) -> list[str]:
    """Columns by how likely their names make them; those that look like labels come last."""
    names = list(table.columns)
    likely = [*candidates(names, "image"), *candidates(names, "patient")]
    likely += [c for c in names if {"uid", "accession", "study", "series"} & set(plain(c).split("_"))]
    labels = candidates(names, "label")
    likely = [c for c in dict.fromkeys(likely) if c not in labels]
    rest = [c for c in names if c not in likely and c not in labels]
    return [*likely, *(c for c in rest if table[c].nunique() > 0.5 * len(table))]


def _index(kind: Kind, items: Sequence[ImageItem]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for item in items:
        for key in kind.keys(item):
            for spelling in {_folded(key), _key(key)}:
                found.setdefault(spelling, {})[item.reference] = None
    return {key: tuple(references) for key, references in found.items()}


def _folded(text: str) -> str:
    return text.strip().replace("\\", "/").casefold().removeprefix("./")


def _key(text: str) -> str:
    """As `_folded`, and a whole number without the zeros before it."""
    folded = _folded(text)
    return folded.lstrip("0") or "0" if folded.isdigit() else folded


def _holds_ids(column: pd.Series, kind: Kind, index: Mapping[str, tuple[str, ...]]) -> bool:
    """Most cells are UIDs, accession numbers or patient IDs of these images."""
    if kind.title not in ("SOP instance UID", "series UID", "study UID", "accession number", "patient ID"):
        return False
    cells = {cell for cell in column if cell}
    if len(cells) < 2 and not any("." in cell for cell in cells):
        return False
    return bool(cells) and sum(_key(cell) in index for cell in cells) >= _LEAST * len(cells)
