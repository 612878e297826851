"""WAV, EDF and columns of numbers: samples, rates, and what is refused."""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load


def signal(folder: Path, name: str) -> Signal:
    item = load(folder, name)
    assert isinstance(item, Signal)
    return item


def test_wav_of_every_depth(tmp_path: Path) -> None:
    truth = np.array([0.0, 0.5, -0.5, -1.0])
    for kind, scaled in (
        (np.uint8, truth * 128 + 128),
        (np.int16, truth * 32768),
        (np.int32, truth * 2**31),
        (np.float32, truth),
    ):
        wavfile.write(tmp_path / "a.wav", 2000, scaled.astype(kind))
        item = signal(tmp_path, "a.wav")
        np.testing.assert_allclose(item.samples, truth[None], atol=1e-6)
        assert item.rate_hz == 2000
    with wave.open(str(tmp_path / "b.wav"), "wb") as file:  # 24 bits, two channels
        file.setparams((2, 3, 8000, 0, "NONE", ""))
        file.writeframes(
            b"".join(int(v * 2**23).to_bytes(3, "little", signed=True) for v in (0.5, -0.25) * 4)
        )
    item = signal(tmp_path, "b.wav")
    np.testing.assert_allclose(item.samples, [[0.5] * 4, [-0.25] * 4], atol=1e-6)


def test_damaged_wav(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + b"\xff" * 40)
    with pytest.raises(UnreadableFile, match="damaged or compressed WAV"):
        load(tmp_path, "a.wav")


def write_edf(path: Path, *, bdf: bool = False) -> None:
    edfio = pytest.importorskip("edfio")
    time = np.arange(1000) / 250
    signals = [
        (np.sin(2 * np.pi * 5 * time), 250, "EEG Fpz"),
        (np.cos(2 * np.pi * 5 * time), 250, "EEG Oz"),
        (np.linspace(36, 37, 4), 1, "Temp"),
    ]
    if bdf:
        made = edfio.Bdf([edfio.BdfSignal(d, rate, label=name) for d, rate, name in signals])
    else:
        made = edfio.Edf(
            [edfio.EdfSignal(d, rate, label=name, physical_dimension="uV") for d, rate, name in signals],
            patient=edfio.Patient(name="Jane_Doe", code="MRN7"),
        )
    made.write(path)


@pytest.mark.parametrize("bdf", [False, True])
def test_edf_keeps_the_commonest_rate_and_no_patient(tmp_path: Path, bdf: bool) -> None:
    name = "a.bdf" if bdf else "a.edf"
    write_edf(tmp_path / name, bdf=bdf)
    item = signal(tmp_path, name)
    time = np.arange(1000) / 250
    np.testing.assert_allclose(
        item.samples, [np.sin(2 * np.pi * 5 * time), np.cos(2 * np.pi * 5 * time)], atol=1e-4
    )
    assert (item.rate_hz, item.channels) == (250, ("EEG Fpz", "EEG Oz"))
    assert item.attributes["left_out"] == "Temp"
    assert "Doe" not in repr(item)
    assert "MRN7" not in repr(item)


def test_damaged_edf_and_missing_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_edf(tmp_path / "a.edf")
    (tmp_path / "b.edf").write_bytes((tmp_path / "a.edf").read_bytes()[:300])
    with pytest.raises(UnreadableFile, match="is a damaged EDF file") as caught:
        load(tmp_path, "b.edf")
    assert "Doe" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "edfio", None)
    with pytest.raises(UnreadableFile, match=r"needs the extra 'signals': pip install"):
        load(tmp_path, "a.edf")


def test_columns_with_time(tmp_path: Path) -> None:
    rows = "\n".join(f"{i * 4},{i},{-i}" for i in range(50))
    (tmp_path / "a.csv").write_text(f"time (ms),II,V1\n{rows}\n")
    item = signal(tmp_path, "a.csv")
    assert (item.rate_hz, item.channels) == (250.0, ("II", "V1"))
    assert item.samples[:, 3].tolist() == [3, -3]


def test_columns_with_a_stated_rate(tmp_path: Path) -> None:
    rows = "\n".join(f"{i}\t" + ("" if i == 7 else f"{2 * i}") for i in range(50))
    (tmp_path / "a.tsv").write_text(f"# rate_hz: 360\n{rows}\n")
    item = signal(tmp_path, "a.tsv")
    assert item.rate_hz == 360
    assert item.samples[1, 7] == 14
    assert item.attributes["missing_samples"] == "1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,II\n" + "\n".join(f"{i * i},{i}" for i in range(20)), "times that do not go on evenly"),
        ("time,II\n" + "\n".join(f"{i},{i}" for i in range(200)) + "\nend,of", "something else than columns"),
        ("# rate_hz: 0\n" + "\n".join(f"{i},{i}" for i in range(20)), "does not say how fast"),
    ],
)
def test_columns_that_are_wrong(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UnreadableFile, match=words):
        load(tmp_path, "a.csv")


@pytest.mark.parametrize(
    "text",
    [
        "image,label\n" + "1.png,0\n" * 9,
        "id,age,label\n" + "1,40,0\n" * 9,
        "1,2\n" * 9,
        "0 0.5 0.5 0.1 0.1\n" * 9,
    ],
)
def test_tables_are_no_signals(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UnreadableFile, match="is not an image that is read here"):
        load(tmp_path, "a.csv")
