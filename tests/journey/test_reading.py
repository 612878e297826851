"""`read` as a function: opinions one by one, each as soon as it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from thirdeye.case.opinion import Opinion
from thirdeye.errors import StudyMismatch, UnreadableFile, UsageError
from thirdeye.journey.reading import read


def test_one_file_or_many(finished: Path) -> None:
    files = sorted((finished / "data" / "images").iterdir())[:3]
    (alone,) = read(finished / "study", files[0])
    many = list(read(str(finished / "study"), [str(file) for file in files]))
    assert len(many) == 3
    assert isinstance(alone, Opinion)
    assert alone.as_json()["probabilities"] == many[0].as_json()["probabilities"]


def test_a_file_that_cannot_be_decoded_is_an_error_after_those_before_it(
    finished: Path, tmp_path: Path
) -> None:
    good = sorted((finished / "data" / "images").iterdir())[0]
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n cut")
    opinions = read(finished / "study", [good, bad])
    assert next(opinions).task == "binary"
    with pytest.raises(UnreadableFile, match=r"bad\.png"):
        next(opinions)


def test_no_study_and_no_reader(tmp_path: Path) -> None:
    with pytest.raises((UsageError, StudyMismatch), match="nowhere"):
        list(read(tmp_path / "nowhere", "x.png"))
    with pytest.raises(StudyMismatch, match="holds no trained reader"):
        list(read(tmp_path, "x.png"))
