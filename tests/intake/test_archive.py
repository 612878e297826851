from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import UnreadableFile
from thirdeye.intake import archive
from thirdeye.intake.archive import archive_array, archive_shapes, read_archived


@pytest.fixture
def path(tmp_path: Path) -> Path:
    images = np.arange(2 * 4 * 4, dtype=np.uint8).reshape(2, 4, 4)
    np.savez_compressed(
        tmp_path / "a.npz",
        train_images=images,
        val_images=images + 100,
        test_images=np.stack([images] * 3, -1),
    )
    return tmp_path / "a.npz"


def test_references_name_part_and_number(path: Path) -> None:
    assert read_archived(path, "train/1").pixels[0, 0] == 16
    assert read_archived(path, "validation/0").pixels[0, 0] == 100
    assert read_archived(path, "test/1").pixels.shape == (4, 4, 3)


@pytest.mark.parametrize("reference", ["train/2", "train/-1", "train/x", "other/0", "train", "../train/0"])
def test_wrong_references_are_refused(path: Path, reference: str) -> None:
    with pytest.raises(UnreadableFile):
        read_archived(path, reference)


def test_arrays_are_opened_once_and_again_when_the_file_changes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = archive_array(path, "train_images")
    assert archive_array(path, "train_images") is first
    np.savez(path, train_images=np.zeros((5, 4, 4), np.uint8))
    assert len(archive_array(path, "train_images")) == 5


def test_python_objects_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "o.npz", train_images=np.array([{}], dtype=object))
    with pytest.raises(UnreadableFile, match="damaged"):
        archive_array(tmp_path / "o.npz", "train_images")


def test_bombs_are_refused_by_their_claim(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 100)
    with pytest.raises(UnreadableFile, match="unpacks to"):
        archive_shapes(path)


def test_not_a_zip(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"no")
    with pytest.raises(UnreadableFile, match=r"not a readable \.npz"):
        archive_shapes(tmp_path / "x.npz")
    with zipfile.ZipFile(tmp_path / "y.npz", "w") as file:
        file.writestr("train_images.npy", b"garbage")
    with pytest.raises(UnreadableFile):
        archive_shapes(tmp_path / "y.npz")


def test_wrong_kinds_of_arrays_are_no_images(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "f.npz", train_images=np.zeros((2, 4, 4, 4), np.uint8), val_images=np.zeros((2, 4, 4))
    )
    for reference in ("train/0", "validation/0"):
        with pytest.raises(UnreadableFile, match="not an image"):
            read_archived(tmp_path / "f.npz", reference)
