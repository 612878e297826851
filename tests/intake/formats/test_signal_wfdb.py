"""WFDB records against the reference implementation of PhysioNet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load

pytestmark = pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore:The inplace"
)
wfdb = pytest.importorskip("wfdb")


def written(folder: Path, samples: np.ndarray, code: str, gain: float) -> Path:
    wfdb.wrsamp(
        "r1",
        fs=250,
        units=["mV", "uV"],
        sig_name=["MLII", "V5"],
        p_signal=samples.T,
        fmt=[code] * 2,
        adc_gain=[gain, gain / 2],
        baseline=[3, -4],
        comments=["Patient: Jane Doe"],
        write_dir=str(folder),
    )
    return folder / "r1.hea"


@pytest.mark.parametrize(
    ("code", "gain"),
    [("16", 200), ("24", 90000), ("32", 90000), ("80", 20), ("212", 300), ("310", 100), ("311", 100)],
)
def test_every_storage_format(tmp_path: Path, two_channels: np.ndarray, code: str, gain: float) -> None:
    if code in ("310", "311"):  # the reference reads these but does not write them
        write_ten_bits(tmp_path, two_channels, code, gain)
    else:
        written(tmp_path, two_channels, code, gain)
    item = load(tmp_path, "r1.hea")
    reference = wfdb.rdrecord(str(tmp_path / "r1"))
    assert isinstance(item, Signal)
    assert item.samples.dtype == np.float32
    np.testing.assert_allclose(item.samples, reference.p_signal.T, rtol=0, atol=1e-6)
    np.testing.assert_allclose(item.samples, two_channels, atol=2.1 / gain)
    assert (item.rate_hz, item.channels, item.units) == (250.0, ("MLII", "V5"), ("mV", "uV"))
    assert "Doe" not in str(item.attributes)


def write_ten_bits(folder: Path, samples: np.ndarray, code: str, gain: float) -> None:
    stored = np.rint(samples.T * [gain, gain / 2] + [3, -4]).astype(int).ravel() & 0x3FF
    threes = np.append(stored, [0] * (-len(stored) % 3)).reshape(-1, 3)
    if code == "311":
        content = (threes @ [1, 1 << 10, 1 << 20]).astype("<u4").tobytes()
    else:
        words = np.stack(
            [threes[:, 0] << 1 | (threes[:, 2] & 31) << 11, threes[:, 1] << 1 | (threes[:, 2] >> 5) << 11], 1
        )
        content = words.astype("<u2").tobytes()
    (folder / "r1.dat").write_bytes(content)
    (folder / "r1.hea").write_text(
        "r1 2 250 1000\n"
        f"r1.dat {code} {gain}(3)/mV 10 0 0 0 0 MLII\n"
        f"r1.dat {code} {gain / 2}(-4)/uV 10 0 0 0 0 V5\n"
    )


def test_missing_samples_are_filled_and_counted(tmp_path: Path) -> None:
    stored = np.array([0, 100, -32768, 300, 400], "<i2")
    (tmp_path / "a.dat").write_bytes(stored.tobytes())
    (tmp_path / "a.hea").write_text("a 1 100 5\na.dat 16 100\n")
    item = load(tmp_path, "a.hea")
    assert isinstance(item, Signal)
    assert item.samples.tolist() == [[0, 1, 2, 3, 4]]
    assert item.attributes["missing_samples"] == "1"
    assert item.units == ("mV",)


def test_bytes_before_the_first_sample_and_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(b"head" + np.array([1, 2, 3], "<i2").tobytes())
    (tmp_path / "b.dat").write_bytes(np.array([10, 20, 30, 40], "<i2").tobytes())
    (tmp_path / "a.hea").write_text("a 2 100\na.dat 16+4 1\nb.dat 16 10/V\n")
    item = load(tmp_path, "a.hea")
    assert isinstance(item, Signal)
    assert item.samples.tolist() == [[1, 2, 3], [1, 2, 3]]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("a 1 100 5\n../a.dat 16 100\n", "outside its folder"),
        ("a 1 100 5\nb.dat 16 100\n", "'b.dat', which is not beside it"),
        ("a/3 1 100 5\na_1 2\n", "several segments"),
        ("a 1 100 5\na.dat 508 100\n", "format 508"),
        ("a 1 100 5\na.dat 16x4 100\n", "different rates"),
        ("a 1 100 50\na.dat 16 100\n", "announces 50 samples; 'a.dat' holds 5"),
        ("a 3 100 5\na.dat 16 100\n", "announces 3 signals and describes 1"),
        ("a 1 0 5\na.dat 16 100\n", "no sampling rate above 0"),
        ("a 1 100 5\na.dat words\n", "without a storage format"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, header: str, words: str) -> None:
    (tmp_path / "a.dat").write_bytes(np.arange(5, dtype="<i2").tobytes())
    (tmp_path / "a.hea").write_text(header)
    with pytest.raises(UnreadableFile, match=r"^a\.hea: ") as caught:
        load(tmp_path, "a.hea")
    assert words in str(caught.value)


def test_other_files_of_that_ending_are_no_record(tmp_path: Path) -> None:
    (tmp_path / "a.hea").write_bytes(b"<html>no record</html>")
    with pytest.raises(UnreadableFile, match="is not an image that is read here"):
        load(tmp_path, "a.hea")
