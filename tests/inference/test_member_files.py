from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from thirdeye.case.study import Study, sha256_file
from thirdeye.errors import StudyMismatch
from thirdeye.inference.member_files import refuse_changed_files, refuse_other_version, refuse_strange_files


@pytest.mark.parametrize("version", [None, "1", 3])
def test_a_version_that_is_not_known_is_refused(version: Any) -> None:
    with pytest.raises(StudyMismatch, match="reads up to 2"):
        refuse_other_version({"version": version}, newest=2)
    refuse_other_version({"version": 2}, newest=2)


@pytest.mark.parametrize(
    ("onnx", "said"),
    [
        ([], "no network"),
        (["a.onnx"], "not 'a.onnx'"),
        ([{"file": "a.onnx"}], "a file and its hash"),
        ([{"file": "../a.onnx", "sha256": "0"}], "outside"),
        ([{"file": "/a.onnx", "sha256": "0"}], "outside"),
        ([{"file": ["a.onnx"], "sha256": "0"}], "outside"),
    ],
)
def test_an_entry_that_is_no_file_of_the_folder_is_refused(onnx: list[Any], said: str) -> None:
    with pytest.raises(StudyMismatch, match=said):
        refuse_strange_files(onnx)


def test_a_file_that_was_changed_or_is_missing_is_refused(tmp_path: Path) -> None:
    study, file = Study(tmp_path), tmp_path / "model" / "a.onnx"
    file.parent.mkdir()
    file.write_bytes(b"weights")
    entry = {"file": "a.onnx", "sha256": sha256_file(file)}
    refuse_strange_files([entry])
    refuse_changed_files(study, [entry])
    file.write_bytes(b"others")
    with pytest.raises(StudyMismatch, match="changed after training"):
        refuse_changed_files(study, [entry])
    file.unlink()
    with pytest.raises(StudyMismatch, match=r"has no model/a\.onnx"):
        refuse_changed_files(study, [entry])
