"""Several frames in one file: a volume where each has its place, a cine where none has."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.dicom.frames import stored_values
from thirdeye.dicom.grey import physical_values
from thirdeye.dicom.groups import frame_header, number_of_frames
from thirdeye.dicom.planes import SAME_PLACE_MM, Plane, affine_of, pile_up, plane_of

MAX_VOXELS = 600_000_000


def frame_rate(dataset: Any) -> float | None:
    """Frames a second of a cine (FrameTime, CineRate or RecommendedDisplayFrameRate); None where unknown."""
    time_ms = _positive(dataset.get("FrameTime"))
    if time_ms:
        return 1000 / time_ms
    return _positive(dataset.get("CineRate")) or _positive(dataset.get("RecommendedDisplayFrameRate"))


def _positive(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def frame_planes(dataset: Any) -> tuple[Plane, ...] | None:
    """The plane of every frame: from functional groups, or from a grid of offsets (RT dose, PS3.3 C.8.8.3.2).

    Returns:
        None where a frame has no place in space, or all have the same one (a cine over a fixed plane).
    """
    frames = number_of_frames(dataset)
    if "PerFrameFunctionalGroupsSequence" in dataset:
        found = [plane_of(frame_header(dataset, index)) for index in range(frames)]
        planes = tuple(plane for plane in found if plane is not None)
    else:
        planes = _offset_planes(dataset)
    if len(planes) != frames or len({plane.position for plane in planes}) < 2:
        return None
    return planes


def _offset_planes(dataset: Any) -> tuple[Plane, ...]:
    offsets = dataset.get("GridFrameOffsetVector")
    first = plane_of(dataset)
    if offsets is None or first is None or not hasattr(offsets, "__len__"):
        return ()
    normal = first.normal
    start = float(offsets[0]) if abs(float(offsets[0])) > 1e-6 and abs(normal[2]) > 0.99 else 0.0
    places = [np.array(first.position) + normal * (float(offset) - start) for offset in offsets]
    return tuple(
        Plane((float(p[0]), float(p[1]), float(p[2])), first.along_row, first.along_column, first.spacing_mm)
        for p in places
    )


def volume_of_frames(dataset: Any, name: str, attributes: Mapping[str, str]) -> Volume:
    """All frames, each at its place, in physical units.

    Where every place has the same number of frames (times of a contrast series, echoes, b-values) they are
    the volume's fourth axis, in the order of time, echo time and b-value.

    Raises:
        ValueError: no frame has a place of its own (name a frame), the frames lie in several directions,
            leave gaps, share places unevenly, or are too many.
    """
    planes = frame_planes(dataset)
    if planes is None:
        raise ValueError(_cine_words(dataset))
    frames = len(planes)
    if frames * int(dataset.Rows) * int(dataset.Columns) > MAX_VOXELS:
        raise ValueError(f"holds more than {MAX_VOXELS:,} voxels")
    refuse_mixed(planes)
    places = by_place(dataset, planes)
    pile = pile_up([planes[place[0]] for place in places])
    if not pile.is_grid or len({len(place) for place in places}) > 1:
        trouble = pile.trouble or "has more frames at some places than at others"
        raise ValueError(f"{trouble}; its frames can be read one at a time (#frame=0 to #frame={frames - 1})")
    told = {**attributes, "frames": str(frames)}
    if pile.tilt_deg:
        told["gantry_tilt_deg"] = f"{pile.tilt_deg:.1f}"
    order = [places[k] for k in pile.order]
    return Volume(
        voxels=_voxels(dataset, order),
        geometry=Geometry(affine_of(planes[order[0][0]], pile.step_mm)),
        source=name,
        modality=str(dataset.get("Modality", "")) or None,
        attributes=told,
    )


def by_place(dataset: Any, planes: Sequence[Plane]) -> list[list[int]]:
    """Frames of each place, in the order of time, echo time and b-value, then of the file."""
    along = np.array([plane.position for plane in planes]) @ planes[0].normal
    order = np.argsort(along, kind="stable")
    places: list[list[int]] = [[int(order[0])]]
    for before, index in pairwise(order):
        if along[index] - along[before] < SAME_PLACE_MM:
            places[-1].append(int(index))
        else:
            places.append([int(index)])
    for place in places:
        if len(place) > 1:
            place.sort(key=lambda index: (_moment(frame_header(dataset, index)), index))
    return places


def _moment(header: Any) -> tuple[float, ...]:
    names = ("TemporalPositionIndex", "EffectiveEchoTime", "DiffusionBValue")
    return tuple(_positive(header.get(name)) or 0.0 for name in names)


def _voxels(dataset: Any, order: Sequence[Sequence[int]]) -> NDArray[np.generic]:
    """(I, J, K), or (I, J, K, C) where C frames share each place."""
    channels = [
        stack(
            (physical_values(frame_header(dataset, i), stored_values(dataset, i)) for i in indices),
            len(order),
        )
        for indices in zip(*order, strict=True)
    ]
    return channels[0] if len(channels) == 1 else np.stack(channels, axis=-1)


def _cine_words(dataset: Any) -> str:
    frames = number_of_frames(dataset)
    rate = frame_rate(dataset)
    speed = f" at {rate:g} a second" if rate else ""
    return (
        f"holds {frames} frames{speed} without a place in space; "
        f"name one of them: #frame=0 to #frame={frames - 1}"
    )


def refuse_mixed(planes: Sequence[Plane]) -> None:
    """Planes of a volume look in one direction and have pixels of one size.

    Raises:
        ValueError: they don't.
    """
    first = planes[0]
    for plane in planes:
        turned = max(
            np.abs(np.subtract(plane.along_row, first.along_row)).max(),
            np.abs(np.subtract(plane.along_column, first.along_column)).max(),
        )
        if turned > 0.01:
            raise ValueError("mixes slices of several directions (as localisers do), which are no volume")
        if not np.allclose(plane.spacing_mm, first.spacing_mm, rtol=0.01):
            raise ValueError("mixes slices of several pixel sizes, which are no volume")


def stack(slices: Any, count: int) -> NDArray[np.generic]:
    """Slices (H, W) to voxels (W, H, K): int16 where every value fits, float32 otherwise.

    Args:
        slices: an iterable of `count` arrays of physical values, float64.
        count: of slices.
    """
    voxels: NDArray[Any] | None = None
    for position, values in enumerate(slices):
        if voxels is None:
            voxels = np.empty((count, *values.shape), np.int16)
        elif values.shape != voxels.shape[1:]:
            raise ValueError(f"mixes slices of {voxels.shape[2]} x {voxels.shape[1]} pixels with others")
        if voxels.dtype == np.int16 and not _fits_int16(values):
            voxels = voxels.astype(np.float32)
        voxels[position] = values
    if voxels is None:
        raise ValueError("holds no slices")
    return np.moveaxis(voxels, 0, 2).swapaxes(0, 1)


def _fits_int16(values: NDArray[np.float64]) -> bool:
    return bool(
        values.size and values.min() >= -32768 and values.max() <= 32767 and (values == np.rint(values)).all()
    )
