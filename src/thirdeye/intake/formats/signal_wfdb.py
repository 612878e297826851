"""WFDB records (PhysioNet): a header, which is the reference, and the file with the samples beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.signal_gaps import refuse_length, without_gaps
from thirdeye.intake.wfdb_header import MAX_BYTES, WfdbHeader, WfdbSignal, is_header, read_header
from thirdeye.intake.wfdb_samples import STORAGE


def recognise(head: bytes, name: str) -> bool:
    """By the ending and the first line."""
    return name.endswith(".hea") and is_header(head)


def read(path: Path, name: str, selector: str) -> Signal:
    """All signals of a record in physical units.

    Samples that the record marks as missing are filled with a straight line and counted in the attribute
    ``missing_samples``.

    Raises:
        UnreadableFile: damaged, several segments or rates, an unknown storage format, a missing file.
    """
    if selector:
        raise UnreadableFile(name, f"is one record; it has no part '{selector}'")
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableFile(name, "is too large for the header of a record")
    header = read_header(path.read_text(encoding="latin-1"), name)
    groups: dict[str, list[int]] = {}
    for index, signal in enumerate(header.signals):
        groups.setdefault(signal.file, []).append(index)
    channels: dict[int, NDArray[np.float32]] = {}
    for file, indices in groups.items():
        held = [header.signals[index] for index in indices]
        channels.update(zip(indices, _read_file(path.with_name(file), name, header, held), strict=True))
    length = min(len(channel) for channel in channels.values())
    samples = np.stack([channels[index][:length] for index in range(len(header.signals))])
    samples, missing = without_gaps(samples, name)
    attributes = {"format": "WFDB"} | ({"missing_samples": str(missing)} if missing else {})
    return Signal(
        samples=samples,
        rate_hz=header.rate_hz,
        channels=tuple(signal.channel for signal in header.signals),
        units=tuple(signal.units for signal in header.signals),
        source=name,
        attributes=attributes,
    )


def _read_file(
    path: Path, name: str, header: WfdbHeader, held: list[WfdbSignal]
) -> list[NDArray[np.float32]]:
    """The signals that lie in one file, sample by sample in turn."""
    first = held[0]
    storage = STORAGE.get(first.code)
    if storage is None or any(signal.code != first.code for signal in held):
        raise UnreadableFile(name, f"is stored in format {first.code}, which is not read here")
    if not path.is_file():
        raise UnreadableFile(name, f"names '{path.name}', which is not beside it")
    refuse_length(path.stat().st_size * 8 / 10, name)  # 10 bits are the smallest sample
    values = storage.unpack(path.read_bytes()[first.offset :])
    length = len(values) // len(held)
    if header.length is not None and length < header.length:
        raise UnreadableFile(name, f"announces {header.length:,} samples; '{path.name}' holds {length:,}")
    table = values[: length * len(held)].reshape(length, len(held))[: header.length]
    refuse_length(table.size, name)
    return [
        np.where(
            table[:, i] == storage.missing, np.nan, (table[:, i] - signal.baseline) / signal.gain
        ).astype(np.float32)
        for i, signal in enumerate(held)
    ]


FORMATS.register("wfdb")(Format("a WFDB record", "signal", (".hea",), recognise, read))
