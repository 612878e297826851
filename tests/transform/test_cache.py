"""Prepared images on disk: made once, the same as made anew, never half, never a dead process."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import thirdeye.transform.cache as cache_module
from thirdeye.case.image import Image
from thirdeye.errors import StageFailed, UnreadableFile
from thirdeye.transform.cache import CHUNK, prepared_images
from thirdeye.transform.prepare import prepare

SETTINGS = {"size_px": 16, "resize": "squash", "intensity": "full_range"}
NAMES = [f"{number}.png" for number in range(CHUNK + 7)]


def image(reference: str) -> Image:
    rng = np.random.default_rng(int(reference.split(".")[0]))
    return Image(rng.integers(0, 256, (20, 24), dtype=np.uint8), bits=8, source=reference)


def prepared(
    folder: Path, load: Callable[[str], Image] = image, names: list[str] = NAMES, **changed: object
) -> NDArray[np.uint8]:
    return prepared_images(folder, names, load, **{**SETTINGS, "identity": "a", **changed})  # type: ignore[arg-type]


def test_rows_are_the_prepared_images_in_order(tmp_path: Path) -> None:
    found = prepared(tmp_path)
    assert found.shape == (len(NAMES), 16, 16, 3)
    assert found.dtype == np.uint8
    for row, name in enumerate(NAMES):
        assert np.array_equal(found[row], prepare(image(name), **SETTINGS))  # type: ignore[arg-type]


def test_the_second_time_nothing_is_decoded(tmp_path: Path) -> None:
    first = np.array(prepared(tmp_path))

    def never(reference: str) -> Image:
        raise AssertionError(reference)

    assert np.array_equal(prepared(tmp_path, never), first)


@pytest.mark.parametrize(
    "changed",
    [{"identity": "b"}, {"size_px": 8}, {"resize": "pad"}, {"intensity": "percentile"}, {"names": NAMES[:3]}],
)
def test_anything_else_is_another_cache(tmp_path: Path, changed: dict[str, object]) -> None:
    prepared(tmp_path)
    asked: list[str] = []

    def load(reference: str) -> Image:
        asked.append(reference)
        return image(reference)

    prepared(tmp_path, load, **changed)  # type: ignore[arg-type]
    assert len(asked) >= 3


def test_progress_is_told_up_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    prepared(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(CHUNK, len(NAMES)), (len(NAMES), len(NAMES))]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, UnreadableFile("3.png", "cut")])
def test_an_interruption_leaves_nothing_half(
    tmp_path: Path, failure: type[BaseException] | BaseException
) -> None:
    def load(reference: str) -> Image:
        if reference == "3.png":
            raise failure
        return image(reference)

    with pytest.raises((KeyboardInterrupt, UnreadableFile)):
        prepared(tmp_path, load)
    assert list(tmp_path.iterdir()) == []
    assert len(prepared(tmp_path)) == len(NAMES)


def test_a_cut_file_is_made_again(tmp_path: Path) -> None:
    first = np.array(prepared(tmp_path))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    assert np.array_equal(prepared(tmp_path), first)
    path.write_bytes(b"")
    assert np.array_equal(prepared(tmp_path), first)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_refuses_is_a_failed_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(cache_module.os, "fsync", refuse)
    with pytest.raises(
        StageFailed, match=rf"prepared images \(0 MB\).*{os.strerror(number)}; free some space"
    ):
        prepared(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_through_a_memory_map(tmp_path: Path) -> None:
    """A sparse map on a full disk kills the process (SIGBUS) where a write gives an error."""
    found = prepared(tmp_path)
    assert not found.flags.writeable
    (path,) = tmp_path.iterdir()
    assert path.stat().st_size == found.nbytes + (path.stat().st_size - found.nbytes)
    assert path.stat().st_blocks * 512 >= found.nbytes
