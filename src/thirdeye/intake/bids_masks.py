"""Which image of a BIDS dataset a mask (raw or in derivatives) was drawn on, and what it is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.intake.bids_name import BidsName
from thirdeye.intake.table_file import read_table

_ELSEWHERE = ("MNI", "Talairach", "fsaverage", "UNCInfant", "ICBM")  # grids of templates, not of the scan
_PREFERRED = ("T1w", "FLAIR", "T2w", "ct", "pet")


def match_masks(
    masks: Sequence[BidsName], images: Sequence[BidsName]
) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """Rows of `Collection.masks`, and masks for which no image was found.

    A mask belongs to an image of the same subject and session whose further entities (acq, run...) it shares
    as far as it states them; its ``space`` names the contrast ("space-T1w"). Among several contrasts the one
    on which people usually draw is taken: T1w before FLAIR before T2w. Masks on the grid of a template are
    left.
    """
    by_case: dict[str, list[BidsName]] = defaultdict(list)
    for scan in images:
        by_case[scan.case].append(scan)
    rows: list[dict[str, str]] = []
    lonely: list[str] = []
    for mask in masks:
        image = _image_of(mask, by_case.get(mask.case, []))
        if image is None:
            lonely.append(mask.file)
        else:
            rows.append(
                {"image": image.file, "mask": mask.file, "name": _name(mask), "annotator": _pipeline(mask)}
            )
    several = len({row["annotator"] for row in rows}) > 1
    return [row if several else {**row, "annotator": ""} for row in rows], tuple(lonely)


def _image_of(mask: BidsName, images: Sequence[BidsName]) -> BidsName | None:
    space = mask.entities.get("space", "")
    if space.startswith(_ELSEWHERE):
        return None
    named = [image for image in images if image.suffix == space] or list(images)
    fitting = [image for image in named if _agree(mask, image)]
    ranked = sorted(fitting, key=lambda image: (_rank(image.suffix), len(image.entities), image.file))
    if len(ranked) > 1 and _rank(ranked[0].suffix) == _rank(ranked[1].suffix):
        exact = [image for image in ranked if image.about == mask.about]
        return exact[0] if len(exact) == 1 else None
    return ranked[0] if ranked else None


def _agree(mask: BidsName, image: BidsName) -> bool:
    return all(image.entities.get(key) == value for key, value in mask.about.items())


def _rank(suffix: str) -> int:
    return _PREFERRED.index(suffix) if suffix in _PREFERRED else len(_PREFERRED)


def _name(mask: BidsName) -> str:
    """Class of a mask of one structure; a dseg holds several, by value."""
    if mask.suffix == "dseg":
        return ""
    return mask.entities.get("label") or mask.entities.get("desc") or mask.suffix


def _pipeline(mask: BidsName) -> str:
    return mask.derivative or "raw"


def segment_names(folder: Path, files: Sequence[str]) -> dict[str, str]:
    """Value to name from the first ``*dseg.tsv`` (columns ``index`` and ``name``) among `files`."""
    for file in files:
        if not file.endswith("dseg.tsv"):
            continue
        try:
            table = read_table(folder / file)
        except DataRefused:
            continue
        if {"index", "name"} <= set(table.columns):
            return {
                v: n for v, n in zip(table["index"], table["name"], strict=True) if v not in ("", "0") and n
            }
    return {}
