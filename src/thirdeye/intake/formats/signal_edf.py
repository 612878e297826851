"""EDF, EDF+ and BDF recordings, with the extra `signals`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.signal_gaps import refuse_length, without_gaps

_BDF = b"\xffBIOSEMI"
_EDF = b"0       "


def recognise(head: bytes, name: str) -> bool:
    """By the version at the start (EDF specification, 8 bytes) and, of EDF, the ending."""
    return head[:8] == _BDF or (head[:8] == _EDF and name.endswith((".edf", ".rec")))


def read(path: Path, name: str, selector: str) -> Signal:
    """The channels in physical units; nothing of the header that tells of the patient is kept.

    Where channels differ in rate, those of the commonest rate are read (of equally common ones the highest),
    and the others are named in the attribute ``left_out``.

    Raises:
        UnreadableFile: damaged, or the extra is missing.
    """
    try:
        import edfio
    except ImportError as error:
        raise UnreadableFile(
            name, "needs the extra 'signals': pip install 'thirdeye-imaging[signals]'"
        ) from error
    if selector:
        raise UnreadableFile(name, f"is one recording; it has no part '{selector}'")
    refuse_length(path.stat().st_size / 2, name)
    try:
        with path.open("rb") as file:
            is_bdf = file.read(8) == _BDF
        content = edfio.read_bdf(path) if is_bdf else edfio.read_edf(path)
        signals = [(s.label, s.physical_dimension, float(s.sampling_frequency), s) for s in content.signals]
    except Exception as error:  # the reader raises anything on damaged files, and may quote the header
        raise UnreadableFile(name, "is a damaged EDF file") from error
    if not signals:
        raise UnreadableFile(name, "holds no signal but annotations")
    return _signal(name, signals, "BDF" if is_bdf else "EDF")


def _signal(name: str, signals: list[tuple[str, str, float, Any]], form: str) -> Signal:
    rates = Counter(rate for _, _, rate, _ in signals)
    rate = max(rates, key=lambda one: (rates[one], one))
    if rate <= 0:
        raise UnreadableFile(name, "states no sampling rate above 0")
    kept = [signal for signal in signals if signal[2] == rate]
    try:
        samples = np.stack([np.asarray(signal.data, np.float32) for *_, signal in kept])
    except Exception as error:
        raise UnreadableFile(name, "is a damaged EDF file") from error
    samples, missing = without_gaps(samples, name)
    left_out = ", ".join(label for label, _, other, _ in signals if other != rate)
    attributes = {"format": form}
    attributes |= {"left_out": left_out} if left_out else {}
    attributes |= {"missing_samples": str(missing)} if missing else {}
    return Signal(
        samples=samples,
        rate_hz=rate,
        channels=tuple(label for label, *_ in kept),
        units=tuple(unit for _, unit, *_ in kept),
        source=name,
        attributes=attributes,
    )


FORMATS.register("edf")(Format("an EDF recording", "signal", (".edf", ".bdf"), recognise, read))
