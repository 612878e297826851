"""Signals through the whole of intake: layouts, pictures, facts, checks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from thirdeye.case.signal import Signal
from thirdeye.intake.examine import examine
from thirdeye.intake.open import open_collection
from thirdeye.intake.signal_facts import signal_facts
from thirdeye.intake.signal_picture import signal_picture


def made(*channels: np.ndarray, rate_hz: float = 500.0) -> Signal:
    samples = np.stack(channels).astype(np.float32)
    names = ("",) * len(channels)
    return Signal(samples, rate_hz, names, names, "a")


def test_a_sound_is_shown_by_frequency() -> None:
    time = np.arange(8000) / 4000
    pixels = signal_picture(made(np.sin(2 * np.pi * 500 * time), rate_hz=4000)).pixels
    assert pixels.shape == (256, 512)
    brightest = int(np.argmax(pixels.mean(axis=1)))  # 256 rows from 2,000 Hz down to 0
    assert abs((255 - brightest + 1) / 256 * 2000 - 500) < 10


def test_a_slow_signal_is_shown_as_curves() -> None:
    ramp = np.linspace(0, 1, 4096)
    pixels = signal_picture(made(ramp, -ramp)).pixels
    assert pixels.shape == (256, 512)
    assert np.argmax(pixels[:128, 0]) >= 126
    assert np.argmax(pixels[:128, -1]) == 0
    assert np.argmax(pixels[128:, 0]) == 0


@pytest.mark.parametrize("length", [1, 2, 5, 300])
@pytest.mark.parametrize("rate_hz", [1.0, 8000.0])
def test_every_length_can_be_shown(length: int, rate_hz: float) -> None:
    item = made(np.zeros(length), rate_hz=rate_hz)
    assert signal_picture(item).pixels.ndim == 2
    assert signal_facts(item)["duration_s"] == length / rate_hz


def test_facts_are_those_that_were_put_in() -> None:
    rng = np.random.default_rng(0)
    time = np.arange(5000) / 500
    noise = rng.normal(0, 1, 5000)
    facts = signal_facts(made(np.clip(np.sin(2 * np.pi * 5 * time), -0.5, 0.5)))
    assert facts["clipped_share"] == pytest.approx(1 - 2 * np.arcsin(0.5) / np.pi, abs=0.01)
    assert facts["flat_share"] == pytest.approx(facts["clipped_share"] / 100, abs=0.001)  # 100 half waves
    assert signal_facts(made(noise))["clipped_share"] == 0
    assert signal_facts(made(np.r_[np.zeros(3000), noise[:2000]]))["flat_share"] == pytest.approx(0.6)
    hum = signal_facts(made(noise * 0.1 + np.sin(2 * np.pi * 60 * time)))
    assert (hum["mains_hz"], hum["mains_share"] > 0.8) == (60.0, True)
    assert signal_facts(made(noise))["mains_share"] < 0.1
    assert np.isnan(signal_facts(made(noise, rate_hz=100))["mains_share"])


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """24 sounds of two classes; one flat, one clipped, one short, one humming, one at another rate."""
    rng = np.random.default_rng(5)
    time = np.arange(4000) / 2000
    for i in range(24):
        sound = 0.2 * rng.normal(size=4000) + 0.5 * np.sin(2 * np.pi * (70 + 3 * i) * time)
        rate = 2000
        if i == 2:
            sound[:3000] = 0
        if i == 3:
            sound = np.clip(3 * sound, -1, 1)
        if i == 4:
            sound = sound[:600]
        if i == 5:
            sound = 0.01 * sound + 0.8 * np.sin(2 * np.pi * 50 * time)
        if i == 6:
            rate = 4000
        folder = tmp_path / ("murmur" if i % 2 else "normal")
        folder.mkdir(exist_ok=True)
        stored = np.clip(0.9 * sound * (1 if i == 3 else 0.8) * 32767, -32767, 32767).astype(np.int16)
        wavfile.write(folder / f"{i:02d}.wav", rate, stored)
    return tmp_path


def test_faulty_recordings_are_found(sounds: Path) -> None:
    collection = open_collection(sounds, patient_is_image=True, positive="murmur")
    examination = examine(collection)
    assert set(examination.facts["kind"]) == {"signal"}
    found = {
        (f.check, word): set(f.cases)
        for f in examination.findings
        if f.check.startswith("signal.")
        for word in ("do not change", "cut off", "mains", "shorter", "sampling rate")
        if word in f.message
    }
    assert found == {
        ("signal.quality", "do not change"): {"normal/02.wav"},
        ("signal.quality", "cut off"): {"murmur/03.wav"},
        ("signal.quality", "shorter"): {"normal/04.wav"},
        ("signal.quality", "mains"): {"murmur/05.wav"},
        ("signal.format", "sampling rate"): {"normal/06.wav"},
    }
    of_pictures = {"image.quality", "outlier.turned", "shortcut.pixels", "shortcut.text"}
    reasons = {run.check: run.reason for run in examination.runs if run.check in of_pictures}
    assert reasons == dict.fromkeys(of_pictures, "these are recordings, not pictures")


def test_columns_of_numbers_in_class_folders(tmp_path: Path) -> None:
    for i in range(12):
        folder = tmp_path / ("ill" if i % 2 else "well")
        folder.mkdir(exist_ok=True)
        values = np.random.default_rng(i).normal(size=200)
        lines = [f"{t / 100},{v:.4f}" for t, v in enumerate(values)]
        (folder / f"{i}.csv").write_text("time,II\n" + "\n".join(lines))
    collection = open_collection(tmp_path, patient_is_image=True, positive="ill")
    assert len(collection.rows) == 12
    assert (examine(collection).facts["rate_hz"] == 100).all()


@pytest.mark.data
def test_heart_sounds(shared_data: Path, tmp_path: Path) -> None:
    """Eighty of the recordings, a WAV file each in class folders, as they were published."""
    with np.load(shared_data / "heart_sounds_4class" / "heart_sounds_2khz.npz") as archive:
        sounds = {key: archive[key] for key in archive.files}
    for i in range(0, 800, 10):
        folder = tmp_path / str(sounds["classes"][sounds["label"][i]])
        folder.mkdir(exist_ok=True)
        piece = sounds["signal"][sounds["offset"][i] : sounds["offset"][i + 1]]
        wavfile.write(folder / str(sounds["name"][i]), int(sounds["fs"]), piece)
    examination = examine(open_collection(tmp_path, patient_is_image=True))
    assert len(examination.facts) == 80
    assert (examination.facts["error"] == "").all()
    assert examination.facts["duration_s"].between(1.16, 3.99).all()
    assert not [f for f in examination.findings if f.check == "signal.format"]
