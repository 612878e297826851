"""Which columns of a table hold boxes or points, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from thirdeye.intake.words import plain, word_set

_CORNERS = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
    ("left", "top", "right", "bottom"),
    ("bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2"),
    ("bbox_xmin", "bbox_ymin", "bbox_xmax", "bbox_ymax"),
    ("bbox_x_min", "bbox_y_min", "bbox_x_max", "bbox_y_max"),
)
_SIZES = (
    ("x", "y", "width", "height"),
    ("x", "y", "w", "h"),
    ("bbox_x", "bbox_y", "bbox_width", "bbox_height"),
    ("bbox_x", "bbox_y", "bbox_w", "bbox_h"),
    ("left", "top", "width", "height"),
    ("bbox_left", "bbox_top", "bbox_width", "bbox_height"),
)
_ENDINGS = ("", "_orig", "_original", "_px", "_pixel", "_pixels")
_LEAST_POINTS = 2
_POINT_NAMES = (
    "landmark",
    "landmark_name",
    "point",
    "point_name",
    "keypoint",
    "landmark_id",
    "part",
    "name",
    "label",
)
_POINT_PAIRS = (("x", "y"), ("x_px", "y_px"), ("px", "py"), ("coord_x", "coord_y"), ("x_coord", "y_coord"))
_ANNOTATORS = word_set(
    """
    annotator annotator_id reader reader_id rater rater_id observer observer_id expert expert_id grader
    grader_id radiologist radiologist_id pathologist labeler labeller annotated_by labelled_by rad_id
    """
)
_PICTURE_SIZES = (
    ("orig_w", "orig_h"), ("orig_width", "orig_height"), ("original_width", "original_height"),
    ("image_width", "image_height"), ("img_width", "img_height"), ("width", "height"), ("w", "h"),
)  # fmt: skip


@dataclass(frozen=True)
class BoxColumns:
    """Four columns of a table.

    Args:
        names: of x, y and the two others.
        is_size: the two others are width and height, not the opposite corner.
        of_original: the names say that the pixels are those of the original, not of the file at hand.
    """

    names: tuple[str, str, str, str]
    is_size: bool
    of_original: bool


def box_columns(columns: Iterable[str]) -> BoxColumns | None:
    """The four columns of boxes; None where there are none."""
    known = {plain(column): column for column in columns}
    if any({f"x{n}", f"y{n}"} <= set(known) for n in (0, 3)):
        return None  # x1, y1, x2, y2, x3, y3: numbered points
    for ending in _ENDINGS:
        for is_size, forms in ((False, _CORNERS), (True, _SIZES)):
            for form in forms:
                names = [known.get(part + ending) for part in form]
                if all(names):
                    a, b, c, d = (name or "" for name in names)
                    return BoxColumns((a, b, c, d), is_size, ending.startswith("_orig"))
    return None


def point_columns(columns: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Landmark to its two columns, by names such as ``x0`` and ``y0``, ``nose_x``, ``x_nose``; {} if none."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        name = plain(column)
        for pattern in (r"^(?P<axis>[xy])_?(?P<point>[0-9]+)$", r"^(?P<point>.+)_(?P<axis>[xy])$",
                        r"^(?P<axis>[xy])_(?P<point>.+)$"):  # fmt: skip
            if match := re.match(pattern, name):
                found.setdefault(match["point"], {})[match["axis"]] = column
                break
    points = {point: (axes["x"], axes["y"]) for point, axes in found.items() if len(axes) == 2}
    return points if len(points) >= _LEAST_POINTS and not box_columns(columns) else {}


def long_points(columns: Iterable[str]) -> tuple[str, str, str] | None:
    """Columns of name, x and y where a row is one point; None where there are none."""
    known = {plain(column): column for column in columns}
    named = next((known[name] for name in _POINT_NAMES if name in known), None)
    for x, y in _POINT_PAIRS:
        if named and x in known and y in known and not box_columns(columns):
            return named, known[x], known[y]
    return None


def annotator_column(columns: Iterable[str]) -> str | None:
    """The column that says who drew or labelled, by its name."""
    return next((column for column in columns if plain(column) in _ANNOTATORS), None)


def size_columns(columns: Iterable[str]) -> tuple[str, str] | None:
    """Columns with the width and height of the picture that was annotated, the original's first."""
    known = {plain(column): column for column in columns}
    return next(((known[w], known[h]) for w, h in _PICTURE_SIZES if w in known and h in known), None)


def has_regions(columns: Iterable[str]) -> bool:
    """Whether a table's columns are those of boxes or points."""
    names = list(columns)
    return bool(box_columns(names) or point_columns(names) or long_points(names))
