from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.similar.gallery import read_gallery, write_gallery


def test_a_gallery_comes_back(archive, tmp_path: Path) -> None:
    study = Study(tmp_path)
    entry = write_gallery(study, archive.gallery)
    back = read_gallery(study, entry)
    assert back.cases == archive.gallery.cases
    assert back.groups == (((0,), 12), ((0, 1), 8))
    np.testing.assert_array_equal(back.vectors, archive.gallery.vectors)
    assert back.vectors.dtype == np.float32
    assert isinstance(back.vectors, np.memmap)
    assert "p1" not in (tmp_path / "model" / "similar_training.json").read_text()


@pytest.mark.parametrize("kind", ["vectors", "pictures", "cases"])
def test_a_changed_file_is_refused(archive, tmp_path: Path, kind: str) -> None:
    study = Study(tmp_path)
    entry = write_gallery(study, archive.gallery)
    path = tmp_path / "model" / entry[kind]["file"]
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(StudyMismatch, match="was changed"):
        read_gallery(study, entry)
    path.unlink()
    with pytest.raises(StudyMismatch, match="is missing"):
        read_gallery(study, entry)


def test_a_pickle_is_never_opened(archive, tmp_path: Path) -> None:
    study = Study(tmp_path)
    entry = write_gallery(study, archive.gallery)
    path = tmp_path / "model" / entry["vectors"]["file"]
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    entry["vectors"]["sha256"] = study.sha256(f"model/{path.name}")
    with pytest.raises(StudyMismatch, match="damaged"):
        read_gallery(study, entry)
