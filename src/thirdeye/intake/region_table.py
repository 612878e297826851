"""A table of boxes or landmarks as regions, in pixels of the files at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from thirdeye.intake.columns import candidates
from thirdeye.intake.name_index import NameIndex
from thirdeye.intake.options import Options
from thirdeye.intake.picture_size import picture_sizes
from thirdeye.intake.region_columns import (
    annotator_column,
    box_columns,
    has_regions,
    long_points,
    point_columns,
    size_columns,
)
from thirdeye.intake.regions import EDGES, region_frame
from thirdeye.intake.table_roles import TableRoles, assign_roles
from thirdeye.intake.words import counted, listed

_MOST_FRACTION = 1.5  # coordinates that never go beyond are fractions of the picture


@dataclass(frozen=True)
class RegionTable:
    """A table understood.

    Args:
        roles: which column names the image, the patient, the part.
        regions: as in `Collection`, in pixels; ``image`` is "" where the row's file is not there.
        used: columns that the regions are made of.
        sentences: what was understood.
    """

    roles: TableRoles
    regions: pd.DataFrame
    used: frozenset[str]
    sentences: tuple[str, ...]


def read_regions(
    name: str, table: pd.DataFrame, index: NameIndex, options: Options, others: Sequence[pd.DataFrame] = ()
) -> RegionTable | None:
    """Understand a table; None where it has no boxes or points, or names no image.

    Args:
        name: of its file.
        table: cells as strings.
        index: images that are there.
        options: the user's.
        others: further tables, one of which may tell the size of the pictures that were annotated.
    """
    if not has_regions(table.columns):
        return None
    roles = assign_roles(name, table, index, options)
    if roles is None:
        return None
    images = pd.Series(list(roles.matches.references), index=roles.table.index)
    regions, used, original = _as_written(roles.table, images, roles)
    placed, sentences = _in_pixels(regions, index, _stated(roles, others, index), of_original=original)
    return RegionTable(roles, placed, used, sentences)


def _as_written(
    table: pd.DataFrame, images: pd.Series, roles: TableRoles
) -> tuple[pd.DataFrame, frozenset[str], bool]:
    """Regions in the numbers of the table, the columns they took, and whether those are of the original."""
    columns = [column for column in table.columns if column != roles.image]
    who = annotator_column(columns)
    by = table[who] if who else pd.Series("", index=table.index)
    boxes, long, points = box_columns(columns), long_points(columns), point_columns(columns)
    if boxes is not None:
        taken = {*boxes.names, roles.image, who, roles.patient, roles.split, roles.site}
        named = next(iter(candidates([c for c in columns if c not in taken], "label")), None)
        names = table[named] if named else pd.Series("", index=table.index)
        edges = [_numbers(table[column]) for column in boxes.names]
        if boxes.is_size:
            edges = [edges[0], edges[1], edges[0] + edges[2], edges[1] + edges[3]]
        frame = _frame("box", images, names, by, edges)
        blank = (table[list(boxes.names)] == "").all(axis=1)
        return frame[~blank], frozenset({*boxes.names, *filter(None, (named, who))}), boxes.of_original
    if points:
        parts = [
            _frame("point", images, pd.Series(_point_name(point), index=table.index), by,
                   [_numbers(table[x]), _numbers(table[y])] * 2)
            for point, (x, y) in points.items()
        ]  # fmt: skip
        used = {column for pair in points.values() for column in pair}
        joined = pd.concat(parts, keys=range(len(parts))).swaplevel().sort_index(kind="stable")
        return joined.dropna(subset=list(EDGES)), frozenset({*used, *filter(None, (who,))}), False
    name, x, y = long or ("", "", "")
    frame = _frame(
        "point", images, table[name].map(_point_name), by, [_numbers(table[x]), _numbers(table[y])] * 2
    )
    blank = (table[[x, y]] == "").all(axis=1)
    return frame[~blank], frozenset({name, x, y, *filter(None, (who,))}), False


def _frame(
    kind: str, images: pd.Series, names: pd.Series, by: pd.Series, edges: Sequence[pd.Series]
) -> pd.DataFrame:
    columns = {"image": images, "kind": kind, "name": names, "annotator": by}
    return pd.DataFrame(columns | dict(zip(EDGES, edges, strict=True)))


def _numbers(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells, errors="coerce").astype("float64")


def _point_name(point: str) -> str:
    return f"point {point}" if point.isdigit() else point


def _stated(
    roles: TableRoles, others: Sequence[pd.DataFrame], index: NameIndex
) -> dict[str, tuple[float, float]]:
    """Image to the (width, height) that its annotation refers to, where a table tells it."""
    for table in (roles.table, *others):
        sizes = size_columns(table.columns)
        boxes = box_columns(table.columns)
        if sizes is None or (boxes and set(sizes) & set(boxes.names)):
            continue
        same = table is roles.table
        own = roles if same else assign_roles("", table, index, Options(split_column="none"))
        if own is None:
            continue
        widths, heights = (_numbers(table[column]) for column in sizes)
        rows = zip(own.matches.references, widths, heights, strict=True)
        return {image: (w, h) for image, w, h in rows if image and w > 0 and h > 0}
    return {}


def _in_pixels(
    regions: pd.DataFrame,
    index: NameIndex,
    stated: Mapping[str, tuple[float, float]],
    *,
    of_original: bool,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Fractions are multiplied by the size of the file; pixels of another size are scaled to it."""
    frame = region_frame(regions.reset_index(drop=True))
    known = frame[frame["image"] != ""]
    values = known[list(EDGES)].abs()
    are_fractions = len(known) > 0 and float(values.max().max()) <= _MOST_FRACTION
    if not are_fractions and not stated:
        doubt = "The columns speak of the original, whose size nothing tells; taken as they are."
        return frame, (doubt,) if of_original else ()
    sizes = picture_sizes(index.root, known["image"])
    each = {i: _factor(sizes.get(i), stated.get(i), are_fractions) for i in set(frame["image"])}
    factors = pd.DataFrame({
        axis: frame["image"].map({image: pair[place] for image, pair in each.items()})
        for place, axis in enumerate("xy")
    })  # fmt: skip
    for edge in EDGES:
        frame[edge] = (frame[edge] * factors[edge[0]]).round(6)  # 384 stays 384
    if are_fractions:
        return frame, ("Coordinates are fractions of width and height; they were turned into pixels.",)
    scaled = frame["image"][(factors != 1).any(axis=1)]
    if not len(scaled):
        return frame, ()
    image = scaled.iloc[0]
    width, height = stated[image]
    return frame, (
        f"Coordinates are in pixels of the originals; for {counted(scaled.nunique(), 'image')} they were "
        f"scaled to the file ('{listed([image])}' was {width:.0f} x {height:.0f}, is {sizes[image][0]} x "
        f"{sizes[image][1]}).",
    )


def _factor(
    size: tuple[int, int] | None, stated: tuple[float, float] | None, are_fractions: bool
) -> tuple[float, float]:
    if size is None:  # unreadable, or not there
        return 1.0, 1.0
    if are_fractions:
        return float(size[0]), float(size[1])
    return (size[0] / stated[0], size[1] / stated[1]) if stated else (1.0, 1.0)
