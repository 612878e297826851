"""What headers make up: images, volumes, frames, and objects that are none of these."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from thirdeye.dicom.header import Header
from thirdeye.dicom.stacks import Stack, stacks_of
from thirdeye.intake.files import natural
from thirdeye.intake.reading import core_rows
from thirdeye.intake.words import counted, listed

SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
_REPORTS = "1.2.840.10008.5.1.4.1.1.88."
MOST_FRAMES = 16  # of a cine; more are taken at even distances
# Column to what stands in it where nothing is odd; a column of nothing else is left out.
SERIES_COLUMNS = {
    "slices": "1",
    "slices_missing": "0",
    "positions_repeated": "0",
    "slices_uneven_mm": "no",
    "gantry_tilt_deg": "0",
    "series_parts": "1",
    "series_patients": "1",
    "series_directions": "1",
    "files_copied": "0",
}


@dataclass(frozen=True)
class ImageItem:
    """One row to be: an image, a frame of a cine, or a volume.

    Args:
        reference: see `thirdeye.intake.reference`.
        kind: what it will be read as.
        headers: of its files, in order along the normal.
        stack: of a volume made of several files.
    """

    reference: str
    kind: Literal["image", "frame", "volume"]
    headers: tuple[Header, ...]
    stack: Stack | None = None


@dataclass(frozen=True)
class Items:
    """A folder, sorted out.

    Args:
        images: in natural order of their references.
        segmentations: headers of segmentation objects and structure sets.
        reports: headers of structured reports.
        localisers: files made to plan other images.
        without_pixels: files of other objects (presentation states, documents).
        damaged: file to reason.
    """

    images: tuple[ImageItem, ...]
    segmentations: tuple[Header, ...] = ()
    reports: tuple[Header, ...] = ()
    localisers: tuple[str, ...] = ()
    without_pixels: tuple[str, ...] = ()
    damaged: dict[str, str] = field(default_factory=dict)


def items_of(headers: Iterable[Header]) -> Items:
    """Sort headers: series whose slices lie at different places are volumes, everything else is an image."""
    kinds: dict[str, list[Header]] = {}
    for header in headers:
        kinds.setdefault(_kind(header), []).append(header)
    single = kinds.get("image", [])
    stacks = stacks_of([h for h in single if h.series_uid])
    images = [item for stack in stacks for item in _of_stack(stack)]
    images += [ImageItem(h.file, "image", (h,)) for h in single if not h.series_uid]
    images += [item for header in kinds.get("frames", []) for item in _of_frames(header)]
    return Items(
        images=tuple(sorted(images, key=lambda item: natural(item.reference))),
        segmentations=tuple(kinds.get("segmentation", ())),
        reports=tuple(kinds.get("report", ())),
        localisers=tuple(h.file for h in kinds.get("localiser", ())),
        without_pixels=tuple(h.file for h in kinds.get("other", ())),
        damaged={h.file: h.error for h in kinds.get("damaged", ())},
    )


def _kind(header: Header) -> str:
    if header.error:
        return "damaged"
    if header.sop_class in SEGMENTATIONS or header.modality in ("SEG", "RTSTRUCT"):
        return "segmentation"
    if header.sop_class.startswith(_REPORTS) or header.modality == "SR":
        return "report"
    if not header.height or not header.width:
        return "other"
    if header.is_localiser:
        return "localiser"
    return "frames" if header.frames > 1 else "image"


def _of_stack(stack: Stack) -> list[ImageItem]:
    if stack.is_volume:
        return [ImageItem(stack.reference, "volume", stack.headers, stack)]
    return [ImageItem(header.file, "image", (header,), stack) for header in stack.headers]


def _of_frames(header: Header) -> list[ImageItem]:
    if header.has_places:
        return [ImageItem(header.file, "volume", (header,))]
    step = max(1.0, header.frames / MOST_FRAMES)
    chosen = sorted({int(step * (n + 0.5)) for n in range(min(header.frames, MOST_FRAMES))})
    return [ImageItem(f"{header.file}#frame={index}", "frame", (header,)) for index in chosen]


def frame_of(items: Sequence[ImageItem]) -> pd.DataFrame:
    """One row an item: the core columns and what the headers say, identities only as pseudonyms."""
    firsts = [item.headers[0] for item in items]
    rows = core_rows(
        {
            "image": [item.reference for item in items],
            "case": [case_of(item) for item in items],
            "patient": [h.patient for h in firsts],
            "site": [h.site for h in firsts],
        }
    )
    for name in _HEADER_COLUMNS:
        rows[name] = pd.Series([getattr(h, name) for h in firsts], dtype=object)
    rows["content"] = pd.Series([item.kind for item in items], dtype=object)
    series = [_series_columns(item) for item in items]
    for name, usual in SERIES_COLUMNS.items():
        values = [told[name] for told in series]
        if any(value != usual for value in values):
            rows[name] = pd.Series(values, dtype=object)
    return rows


_HEADER_COLUMNS = (
    "modality", "body_part", "view", "laterality", "sequence", "manufacturer", "device", "photometric", "age",
    "sex", "date", "study", "series",
)  # fmt: skip


def case_of(item: ImageItem) -> str:
    """Series of one study of one patient are one case; without a study, a file is its own."""
    header = item.headers[0]
    if not header.study:
        return os.path.splitext(header.file)[0] if item.kind == "frame" else item.reference  # noqa: PTH122
    same_patient = item.stack is None or item.stack.patients == 1
    return header.study if same_patient else f"{header.study} {header.patient}"


def conflicting_cases(rows: pd.DataFrame) -> bool:
    """True when images of one case bear different labels, so that it is none."""
    return bool((rows.groupby("case")["label"].nunique() > 1).any())


def _series_columns(item: ImageItem) -> dict[str, str]:
    """What a check may accuse."""
    told = dict(SERIES_COLUMNS)
    stack = item.stack
    if item.kind == "volume":
        told["slices"] = str(len(item.headers) if stack else item.headers[0].frames)
    if stack is None:
        return told
    told |= {
        "series_parts": str(stack.parts),
        "series_patients": str(stack.patients),
        "series_directions": str(stack.directions),
        "files_copied": str(len(stack.copies)),
    }
    pile = stack.pile
    if pile is None or item.kind != "volume":
        return told
    low_high = f"{pile.uneven_mm[0]:.2f} to {pile.uneven_mm[1]:.2f}" if pile.uneven_mm else "no"
    return told | {
        "slices_missing": str(pile.missing),
        "positions_repeated": str(pile.repeated),
        "slices_uneven_mm": low_high,
        "gantry_tilt_deg": f"{pile.tilt_deg:.1f}" if pile.tilt_deg else "0",
    }


def told_items(items: Items) -> tuple[str, ...]:
    """What was found, in sentences."""
    kinds = Counter(item.kind for item in items.images)
    parts = [counted(kinds[kind], kind) for kind in ("volume", "image") if kinds[kind]]
    if kinds["frame"]:
        frames = counted(kinds["frame"], "frame of cines", "frames of cines")
        parts.append(f"{frames} (at most {MOST_FRAMES} of each, at even distances)")
    modalities = sorted({h.modality for item in items.images for h in item.headers[:1] if h.modality})
    files = sum(len(item.headers) for item in items.images)
    shown = listed(modalities, 12) or "unknown"
    said = [f"DICOM: {listed(parts)} in {counted(files, 'file')} (modalities {shown})."]
    if items.localisers:
        localisers = counted(len(items.localisers), "localiser")
        said.append(f"{localisers}, made to plan other images: left aside.")
    return tuple(said)
