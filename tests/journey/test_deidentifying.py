from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from thirdeye.journey.deidentifying import deidentify


def test_an_archive_is_unpacked_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What names patients does not stay in the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with zipfile.ZipFile(tmp_path / "scans.zip", "w") as archive:
        archive.write(str(get_testdata_file("CT_small.dcm", download=False)), "study/one.dcm")
    made = deidentify(tmp_path / "scans.zip", tmp_path / "out", look="trust")
    written = list((tmp_path / "out").rglob("*.dcm"))
    assert len(written) == 1
    assert b"CompressedSamples" not in written[0].read_bytes()  # the patient's name
    assert not list((tmp_path / "cache").rglob("*.dcm"))
    assert made.destination == (tmp_path / "out").resolve()


def test_a_dry_run_on_an_archive_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with zipfile.ZipFile(tmp_path / "scans.zip", "w") as archive:
        archive.write(str(get_testdata_file("CT_small.dcm", download=False)), "one.dcm")
    found = deidentify(tmp_path / "scans.zip", tmp_path / "out", dry_run=True)
    assert found.report["dry_run"]
    assert not (tmp_path / "out").exists()
    assert not list((tmp_path / "cache").rglob("*.dcm"))
