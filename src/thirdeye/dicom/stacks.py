"""Which images of a series form a volume, and what is odd about them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from thirdeye.dicom.header import Header, series_key
from thirdeye.dicom.planes import Pile, pile_up
from thirdeye.dicom.scan import MARKS

_TURNED = 0.01


@dataclass(frozen=True)
class Stack:
    """Parallel images of one series, one patient, one size and one kind.

    Args:
        headers: in order along the normal; in order of name where they have no places.
        pile: of their planes; None for a single image, or where some have no place.
        key: name in references (``folder#series=KEY``): of the series where it is the only stack of it below
            its folder, of the stack otherwise.
        parts: stacks that the series was split into.
        patients: patients that the series names.
        directions: directions in which the series' images look.
        told_apart_by: keyword that tells it from another stack at the same place ("EchoTime"), or "".
        copies: files left out because another one has the same SOP instance UID.
    """

    headers: tuple[Header, ...]
    pile: Pile | None
    key: str
    parts: int = 1
    patients: int = 1
    directions: int = 1
    told_apart_by: str = ""
    copies: tuple[str, ...] = ()

    @property
    def is_volume(self) -> bool:
        """True when the images lie at two or more places."""
        return self.pile is not None and any(self.pile.step_mm)

    @property
    def folder(self) -> str:
        """The deepest folder that holds all files; "" for the folder that was scanned."""
        return common_folder(header.file for header in self.headers)

    @property
    def reference(self) -> str:
        """``folder#series=1f0c22ab``."""
        return f"{self.folder}#series={self.key}"


def common_folder(files: Iterable[str]) -> str:
    """The deepest folder of relative paths with forward slashes."""
    return os.path.commonpath(sorted({os.path.dirname(file) or "." for file in files})).lstrip(".")  # noqa: PTH120


def stacks_of(headers: Sequence[Header]) -> list[Stack]:
    """Sort single-frame images into stacks.

    A series is split by patient, size, direction and pixel size; where images still lie at the same place,
    by the first of `thirdeye.dicom.scan.MARKS` (echo, b-value, time, acquisition...) that tells them apart.

    Args:
        headers: readable, of single-frame images with a series UID.
    """
    by_series: dict[str, list[Header]] = {}
    for header in headers:
        by_series.setdefault(header.series_uid, []).append(header)
    return [stack for series in by_series.values() for stack in _split(series)]


def _split(series: list[Header]) -> list[Stack]:
    kept, copies = _without_copies(series)
    groups = [
        (part, mark)
        for patient in _by(kept, lambda h: h.patient_id)
        for size in _by(patient, lambda h: f"{h.height} {h.width}")
        for aligned in _by_direction(size)
        for part, mark in _by_mark(aligned)
    ]
    patients = len({h.patient_id for h in kept})
    directions = len(_by_direction([h for h in kept if h.plane]))
    stacks = [
        Stack(
            headers=_ordered(part)[0],
            pile=_ordered(part)[1],
            key="",
            parts=len(groups),
            patients=patients,
            directions=max(1, directions),
            told_apart_by=mark,
            copies=copies if index == 0 else (),
        )
        for index, (part, mark) in enumerate(groups)
    ]
    return [replace(stack, key=_key(stack, stacks)) for stack in stacks]


def _key(stack: Stack, stacks: Sequence[Stack]) -> str:
    """The series' own key where no other stack of it has a file below the stack's folder."""
    start = stack.folder + "/" if stack.folder else ""
    others = (h for other in stacks if other is not stack for h in other.headers)
    own = series_key(stack.headers[0].series_uid)
    return stack_key(stack) if any(h.file.startswith(start) for h in others) else own


def stack_key(stack: Stack) -> str:
    """A key from what the images of a stack have in common."""
    first = stack.headers[0]
    parts = [first.series_uid, first.patient_id, f"{first.height} {first.width}", stack.told_apart_by]
    if first.plane is not None:
        parts.append(" ".join(f"{v:.1f}" for v in (*first.plane.along_row, *first.plane.along_column)))
        parts.append(" ".join(f"{v:.3f}" for v in first.plane.spacing_mm))
    if stack.told_apart_by:
        parts.append(first.marks[MARKS.index(stack.told_apart_by)])
    return series_key("\n".join(parts))


def _without_copies(series: list[Header]) -> tuple[list[Header], tuple[str, ...]]:
    """Files of one SOP instance UID that agree in size, place and marks are one image."""
    seen: dict[tuple[object, ...], Header] = {}
    copies = []
    for header in series:
        name = header.sop_uid or header.file
        identity = (name, header.patient_id, header.n_bytes, header.plane, header.marks)
        if identity in seen:
            copies.append(header.file)
        else:
            seen[identity] = header
    return list(seen.values()), tuple(copies)


def _by(headers: Iterable[Header], key: Callable[[Header], str]) -> list[list[Header]]:
    groups: dict[str, list[Header]] = {}
    for header in headers:
        groups.setdefault(key(header), []).append(header)
    return list(groups.values())


def _by_direction(headers: Sequence[Header]) -> list[list[Header]]:
    """Groups of parallel planes with the same pixel size; images without a plane are one group."""
    groups: list[list[Header]] = []
    for header in headers:
        home = next((group for group in groups if _parallel(group[0], header)), None)
        if home is None:
            groups.append([header])
        else:
            home.append(header)
    return groups


def _parallel(one: Header, other: Header) -> bool:
    if one.plane is None or other.plane is None:
        return one.plane is other.plane
    mine, theirs = one.plane, other.plane
    turned = np.subtract((*mine.along_row, *mine.along_column), (*theirs.along_row, *theirs.along_column))
    same_size = np.allclose(mine.spacing_mm, theirs.spacing_mm, rtol=0.01)
    return bool(np.abs(turned).max() < _TURNED) and same_size


def _by_mark(headers: list[Header]) -> list[tuple[list[Header], str]]:
    """Split by the first mark after which no two images of a part share a place."""
    if not _repeats(headers):
        return [(headers, "")]
    for position, mark in enumerate(MARKS):
        parts = _by(headers, lambda h, at=position: h.marks[at])  # type: ignore[misc]
        if len(parts) > 1 and all(len(part) > 1 and not _repeats(part) for part in parts):
            return [(part, mark) for part in parts]
    return [(headers, "")]


def _repeats(headers: Sequence[Header]) -> int:
    """Images that lie where another one lies."""
    _, pile = _ordered(headers)
    return pile.repeated if pile else 0


def _ordered(headers: Sequence[Header]) -> tuple[tuple[Header, ...], Pile | None]:
    planes = [header.plane for header in headers if header.plane is not None]
    if len(planes) < 2 or len(planes) != len(headers):
        return tuple(headers), None
    pile = pile_up(planes)
    return tuple(headers[index] for index in pile.order), pile
