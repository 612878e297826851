"""What is measured of every mask in one pass; runs in a worker."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.facts import facts_of_item
from thirdeye.intake.mask_values import MaskForm, foreground, form_of, values_of
from thirdeye.intake.pixels import load

SPECK_PX, SPECK_SHARE = 4, 0.0005
MOST_VALUES = 64  # values that are kept with their coverage


@dataclass(frozen=True)
class MaskFacts:
    """Facts of one mask; where it cannot be read only `mask` and `error` are meaningful.

    Args:
        mask: reference.
        error: why it cannot be read; "" when it can.
        kind, height, width, depth, format: as in `ImageFacts`.
        row_spacing_mm, column_spacing_mm, slice_spacing_mm, orientation, affine: as in `ImageFacts`.
        not_finite: voxels that are no numbers and count as 0.
        overlapping: of a mask with a channel for each structure, voxels that several mark; -1: no channels.
        form: see `thirdeye.intake.mask_values.MaskForm`.
        n_values: number of different values.
        values: JSON object, value ("0", "255", "#ff0000") to its share of all pixels, largest share first;
            at most `MOST_VALUES` of them.
        stray: share of pixels that are neither of the two ends of a mask that should hold two values only.
        coverage: share of pixels that are marked (not 0 and not black), 0 to 1. Of a mask with soft edges
            the pixels above half of its range.
        components: number of connected pieces of marked pixels (touching at a corner counts).
        largest_component: share of the marked pixels in the largest piece.
        specks: pieces of a few pixels (`SPECK_PX`, or `SPECK_SHARE` of the largest piece) beside a piece at
            least 100 times as large.
        touches_border: a marked pixel lies on the edge (of a volume: on the edge of a slice).
        top, left, bottom, right: box around what is marked, specks apart, as shares of height and width,
            0 to 1.
    """

    mask: str
    error: str = ""
    kind: str = "image"
    height: int = 0
    width: int = 0
    depth: int = 1
    format: str = ""
    row_spacing_mm: float = float("nan")
    column_spacing_mm: float = float("nan")
    slice_spacing_mm: float = float("nan")
    orientation: str = ""
    affine: str = ""
    not_finite: int = 0
    overlapping: int = -1
    form: MaskForm = "empty"
    n_values: int = 0
    values: str = "{}"
    stray: float = 0.0
    coverage: float = 0.0
    components: int = 0
    largest_component: float = float("nan")
    specks: int = 0
    touches_border: bool = False
    top: float = float("nan")
    left: float = float("nan")
    bottom: float = float("nan")
    right: float = float("nan")


def measure_mask(root: Path, reference: str) -> dict[str, Any]:
    """The fields of `MaskFacts` of one mask; an unreadable one is a fact too, not an exception."""
    try:
        item = load(root, reference)
    except UnreadableFile as error:
        return asdict(MaskFacts(mask=reference, error=error.reason))
    if not isinstance(item, Image | Volume):
        return asdict(MaskFacts(mask=reference, error="is a signal, not a mask"))
    shared = asdict(facts_of_item(reference, item))
    known = {name: shared[name] for name in MaskFacts.__dataclass_fields__ if name in shared}
    pixels = item.pixels if isinstance(item, Image) else item.voxels
    values, counts, codes = values_of(pixels, is_volume=isinstance(item, Volume))
    one_bit = isinstance(item, Image) and item.attributes.get("stored_bits") == "1"
    form, stray = form_of(values, counts, file_format=known["format"], one_bit=one_bit)
    marked = foreground(codes, values, form)
    order = np.argsort(-counts, kind="stable")[:MOST_VALUES]
    share = {values[i]: round(float(counts[i] / counts.sum()), 6) for i in order}
    return asdict(
        MaskFacts(
            mask=reference, **{name: value for name, value in known.items() if name != "error"},
            form=form, n_values=len(values), values=json.dumps(share), stray=stray, overlapping=_shared(item),
            **_places(marked),
        )
    )  # fmt: skip


def _shared(item: Image | Volume) -> int:
    """Voxels that more than one channel marks; -1 where there is one channel."""
    if isinstance(item, Image) or item.voxels.ndim != 4:
        return -1
    return int((np.count_nonzero(item.voxels, axis=3) > 1).sum())


def _places(marked: NDArray[np.bool_]) -> dict[str, Any]:
    """Coverage, pieces and box; of a volume (I, J, K) `height` runs along j and `width` along i."""
    total = int(marked.sum())
    if not total:
        return {"coverage": 0.0}
    from scipy import ndimage  # deferred: reading one image must not pay for it

    spans = _spans(marked)
    pieces, count = ndimage.label(marked[spans], np.ones((3,) * marked.ndim))
    sizes = np.bincount(pieces.ravel())
    sizes[0] = 0
    specks = (
        (sizes > 0) & (sizes <= max(SPECK_PX, SPECK_SHARE * sizes.max())) & (sizes.max() >= 100 * SPECK_PX)
    )
    touches = any(span.start == 0 or span.stop == n for span, n in zip(spans, marked.shape[:2], strict=False))
    if specks.any():
        inner = _spans(~specks[pieces] & marked[spans])
        spans = tuple(
            slice(outer.start + span.start, outer.start + span.stop)
            for outer, span in zip(spans, inner, strict=True)
        )
    (low0, high0), (low1, high1) = (
        (span.start / n, span.stop / n) for span, n in zip(spans[:2], marked.shape[:2], strict=True)
    )
    if marked.ndim == 3:
        low0, high0, low1, high1 = low1, high1, low0, high0
    return {
        "coverage": total / marked.size,
        "components": int(count),
        "largest_component": float(sizes.max() / total),
        "specks": int(specks.sum()),
        "touches_border": touches,
        "top": low0, "bottom": high0, "left": low1, "right": high1,
    }  # fmt: skip


def _spans(marked: NDArray[np.bool_]) -> tuple[slice, ...]:
    """From the first to the last marked pixel along each axis."""
    found = []
    for axis in range(marked.ndim):
        held = np.flatnonzero(marked.any(axis=_others(axis, marked.ndim)))
        found.append(slice(int(held[0]), int(held[-1]) + 1))
    return tuple(found)


def _others(axis: int, ndim: int) -> tuple[int, ...]:
    return tuple(other for other in range(ndim) if other != axis)
