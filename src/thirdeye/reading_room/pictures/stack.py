"""The images of a case as they are hung: stacks of frames that are scrolled through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from thirdeye.dicom.header import Header
from thirdeye.dicom.stacks import Stack as Pile
from thirdeye.dicom.stacks import stacks_of
from thirdeye.reading_room.pictures.look import Kind, Seen, placed

_SIDE_BY_SIDE = 4  # so many single images without a place are hung one beside the other


@dataclass(frozen=True)
class Stack:
    """Frames that are scrolled through.

    Args:
        kind: as of `Seen`.
        frames: of each, the position of its file in the case, and the frame of that file.
        rows, columns, modality, code, spacing_mm, rate_hz: as of `Seen`.
    """

    kind: Kind
    frames: tuple[tuple[int, int], ...]
    rows: int
    columns: int
    modality: str = ""
    code: str = ""
    spacing_mm: tuple[float, ...] = ()
    rate_hz: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def hung(files: Sequence[Seen | None]) -> list[Stack]:
    """The stacks of a case, in the order in which its files came.

    Slices of one series that lie at places of their own are one stack in the order of these places; what a
    file holds by itself is a stack of its own.

    Args:
        files: what each holds; None for one that cannot be read.
    """
    headers = {
        str(at): replace(file.header, file=str(at))
        for at, file in enumerate(files)
        if file is not None and file.header is not None and file.header.series_uid
    }
    stacks = [
        _alone(at, file) for at, file in enumerate(files) if file is not None and str(at) not in headers
    ]
    for pile in stacks_of(list(headers.values())):
        stacks += _of_pile(pile)
    stacks = [stack if stack.code else replace(stack, code=_sides(stack, files)) for stack in stacks]
    return sorted(stacks, key=lambda stack: min(at for at, _ in stack.frames))


def _sides(stack: Stack, files: Sequence[Seen | None]) -> str:
    """Where all frames of a stack lead, as their headers say; "" where they differ."""
    said = {"" if (file := files[at]) is None else file.code for at, _ in stack.frames}
    return said.pop() if len(said) == 1 else ""


def _alone(at: int, file: Seen) -> Stack:
    frames = tuple((at, frame) for frame in range(file.frames))
    return Stack(
        file.kind, frames, file.rows, file.columns, file.modality, file.code, file.spacing_mm, file.rate_hz
    )


def _of_pile(pile: Pile) -> list[Stack]:
    if not pile.is_volume and len(pile.headers) <= _SIDE_BY_SIDE:
        return [_stack([header]) for header in pile.headers]
    code, spacing = placed(pile)  # no planes are laid through gaps
    return [replace(_stack(pile.headers), code=code, spacing_mm=spacing)]


def _stack(headers: Sequence[Header]) -> Stack:
    first = headers[0]
    frames = tuple((int(header.file), 0) for header in headers)
    return Stack("frames", frames, first.height, first.width, first.modality)
