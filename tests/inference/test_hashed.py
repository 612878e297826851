"""Files of the model folder: only those that training wrote are opened, large ones without being held."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.hashed import verified, verified_file


@pytest.mark.parametrize("read", [verified, verified_file])
def test_only_what_training_wrote(tmp_path: Path, read: Callable[..., object]) -> None:
    study = Study(tmp_path)
    study.write_text("model/a.bin", "abc")
    named = {"file": "a.bin", "sha256": hashlib.sha256(b"abc").hexdigest()}
    assert read(study, named) == (b"abc" if read is verified else tmp_path / "model" / "a.bin")
    assert read(study, {**named, "file": "../model/a.bin"})  # the name alone counts
    study.write_text("model/a.bin", "abd")
    with pytest.raises(StudyMismatch, match="was changed after training"):
        read(study, named)
    with pytest.raises(StudyMismatch, match=r"engines/a\.bin is missing"):
        read(study, named, folder="engines")
