"""WAV files: heart and lung sounds."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.signal_gaps import refuse_length, without_gaps

_MARKS = (b"RIFF", b"RIFX", b"RF64")


def recognise(head: bytes, name: str) -> bool:
    """By the marks of the container."""
    return head[:4] in _MARKS and head[8:12] == b"WAVE"


def read(path: Path, name: str, selector: str) -> Signal:
    """Channels between -1 and 1 (full scale) of PCM, or as they are of floating-point samples.

    Raises:
        UnreadableFile: damaged or compressed.
    """
    from scipy.io import wavfile  # deferred: scipy costs 0.1 s

    if selector:
        raise UnreadableFile(name, f"is one recording; it has no part '{selector}'")
    refuse_length(path.stat().st_size, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # chunks that nobody knows are skipped
            rate, samples = wavfile.read(path)
    except Exception as error:  # the reader raises anything on damaged files
        raise UnreadableFile(name, "is a damaged or compressed WAV file") from error
    if rate <= 0:
        raise UnreadableFile(name, "states no sampling rate above 0")
    refuse_length(samples.size, name)
    table = samples[:, None] if samples.ndim == 1 else samples
    scaled, missing = without_gaps(_full_scale(table).T.copy(), name)
    count = len(scaled)
    return Signal(
        samples=scaled,
        rate_hz=float(rate),
        channels=("",) * count,
        units=("",) * count,
        source=name,
        attributes={"format": "WAV"} | ({"missing_samples": str(missing)} if missing else {}),
    )


def _full_scale(samples: np.ndarray) -> np.ndarray:
    """Integers over their full scale; 8 bits are unsigned."""
    if samples.dtype == np.uint8:
        return (samples.astype(np.float32) - 128) / 128
    if np.issubdtype(samples.dtype, np.integer):
        return samples.astype(np.float32) / np.float32(-float(np.iinfo(samples.dtype).min))
    return samples.astype(np.float32)


FORMATS.register("wav")(Format("a WAV recording", "signal", (".wav", ".wave"), recognise, read))
