"""The header of a WFDB record: which file holds which signal, and in what units.

Source: ``header(5)`` of the WFDB Applications Guide, PhysioNet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from thirdeye.errors import UnreadableFile

MAX_BYTES = 1 << 20
MAX_SIGNALS = 512
DEFAULT_RATE_HZ = 250.0
DEFAULT_GAIN = 200.0
_RECORD = re.compile(
    r"^(?P<name>[-\w.]+)(?P<segments>/\d+)?\s+(?P<signals>\d+)(?:\s+(?P<rest>.*))?$", re.ASCII
)
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_FORMAT = re.compile(
    r"^(?P<code>\d+)(?:x(?P<per_frame>\d+))?(?::(?P<skew>\d+))?(?:\+(?P<offset>\d+))?$", re.ASCII
)
_GAIN = re.compile(rf"^(?P<gain>{_NUMBER})(?:\((?P<baseline>[-+]?\d+)\))?(?:/(?P<units>\S+))?$", re.ASCII)


@dataclass(frozen=True)
class WfdbSignal:
    """One line of a header.

    Args:
        file: name of the file beside the header, never a path.
        code: storage format (16, 212, ...).
        offset: bytes before the first sample.
        gain: values of the converter for one physical unit.
        baseline: value of the converter at zero physical units.
        units: "mV" where none are stated.
        channel: description ("MLII").
    """

    file: str
    code: int
    offset: int
    gain: float
    baseline: int
    units: str
    channel: str


@dataclass(frozen=True)
class WfdbHeader:
    """A record of one segment.

    Args:
        rate_hz: samples of each signal in a second.
        length: samples of each signal; None where the header does not say.
        signals: in the order of the header.
    """

    rate_hz: float
    length: int | None
    signals: tuple[WfdbSignal, ...]


def is_header(head: bytes) -> bool:
    """Whether the first lines look like a record's header."""
    first = next(iter(_lines(head.decode("latin-1"))), "")
    return _RECORD.match(first) is not None


def read_header(text: str, name: str) -> WfdbHeader:
    """Understand a header; comments (which may tell of the patient) are not kept.

    Args:
        text: of the file.
        name: for messages.

    Raises:
        UnreadableFile: no header, a record of several segments, or a line that says nothing known.
    """
    lines = _lines(text)
    record = _RECORD.match(lines[0]) if lines else None
    if record is None:
        raise UnreadableFile(name, "has no record line as a WFDB header must")
    if record["segments"]:
        raise UnreadableFile(name, "is a record of several segments; read its segments one by one")
    count = int(record["signals"])
    if not 0 < count <= MAX_SIGNALS or len(lines) < 1 + count:
        raise UnreadableFile(name, f"announces {count} signals and describes {len(lines) - 1}")
    rate, length = _rate_and_length((record["rest"] or "").split(), name)
    return WfdbHeader(rate, length, tuple(_signal(line, name) for line in lines[1 : 1 + count]))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _rate_and_length(words: list[str], name: str) -> tuple[float, int | None]:
    rate = DEFAULT_RATE_HZ
    if words:
        found = re.match(_NUMBER, words[0])
        rate = float(found[0]) if found else 0.0
    if not 0 < rate < 1e9:
        raise UnreadableFile(name, "states no sampling rate above 0")
    length = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
    return rate, length or None


def _signal(line: str, name: str) -> WfdbSignal:
    words = line.split(maxsplit=8)
    form = _FORMAT.match(words[1]) if len(words) > 1 else None
    if form is None:
        raise UnreadableFile(name, "has a signal line without a storage format")
    if int(form["per_frame"] or 1) != 1:
        raise UnreadableFile(name, "holds signals of different rates, which are not read")
    if "/" in words[0] or "\\" in words[0] or words[0] in (".", ".."):
        raise UnreadableFile(name, "names a file outside its folder")
    gain = _GAIN.match(words[2]) if len(words) > 2 else None
    zero = int(words[4]) if len(words) > 4 and re.fullmatch(r"[-+]?\d+", words[4]) else 0
    return WfdbSignal(
        file=words[0],
        code=int(form["code"]),
        offset=int(form["offset"] or 0),
        gain=(float(gain["gain"]) if gain else 0.0) or DEFAULT_GAIN,
        baseline=int(gain["baseline"]) if gain and gain["baseline"] else zero,
        units=(gain["units"] if gain else None) or "mV",
        channel=words[8] if len(words) > 8 else "",
    )
