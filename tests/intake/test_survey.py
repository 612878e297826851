"""The pass over the pixels: order, bad files, archives, embedders, what lies on disk."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.intake import growing
from thirdeye.intake.examine import examine
from thirdeye.intake.measure import measure_all_of
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey


class Means:
    """An embedder: the mean colour."""

    name = "mean colour"
    size_px = 16

    def __init__(self) -> None:
        self.batches: list[int] = []

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert pictures.dtype == np.uint8
        assert pictures.shape[1:] == (16, 16, 3)
        self.batches.append(len(pictures))
        return pictures.mean(axis=(1, 2), dtype=np.float32)


@pytest.fixture
def folder(class_folders: Callable[[Mapping[str, int]], Path]) -> Path:
    """Forty images, two of which cannot be read."""
    data = class_folders({"sick": 20, "normal": 20})
    (data / "sick" / "3.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    (data / "normal" / "19.png").write_bytes(b"")
    return data


def test_what_workers_measure_is_what_this_process_measures(folder: Path) -> None:
    collection = open_collection(folder, patient_is_image=True, positive="sick")
    heard: list[tuple[int, int]] = []
    with survey(collection, progress=lambda done, of: heard.append((done, of))) as exhibits:
        assert list(exhibits.facts.index) == list(collection.rows["image"])
        for position, reference in enumerate(exhibits.facts.index):
            here = measure_all_of(folder, reference)
            assert exhibits.facts.loc[reference, "sha256"] == here.facts["sha256"]
            assert exhibits.facts.loc[reference, "error"] == here.facts["error"]
            expected = np.zeros((64, 64)) if here.thumbnail is None else here.thumbnail
            assert (exhibits.thumbnails[position] == expected).all()
    assert heard == [(done, 40) for done in range(1, 41)]
    assert sorted(exhibits.facts.index[exhibits.facts["error"] != ""]) == ["normal/19.png", "sick/3.png"]


def test_a_closer_look_is_taken_in_a_worker(folder: Path) -> None:
    collection = open_collection(folder, patient_is_image=True, positive="sick")
    with survey(collection) as exhibits:
        pixels = exhibits.look("sick/1.png")
        assert pixels is not None
        assert pixels.shape == (8, 8)
        assert exhibits.look("sick/3.png") is None
        assert exhibits.look("sick/none.png") is None


def test_features_follow_the_facts(folder: Path) -> None:
    collection = open_collection(folder, patient_is_image=True, positive="sick")
    means = Means()
    with survey(collection, embedder=means) as exhibits:
        assert exhibits.features is not None
        assert exhibits.features.shape == (40, 3)
        assert exhibits.features_from == "mean colour"
        broken = (exhibits.facts["error"] != "").to_numpy()
        assert not exhibits.features[broken].any()
        assert np.allclose(exhibits.features[~broken, 0], exhibits.facts["mean"][~broken], atol=1.5)
    assert means.batches == [32, 8]


def test_thumbnails_and_features_on_disk_are_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collection = open_collection(folder, patient_is_image=True, positive="sick")
    with survey(collection, embedder=Means()) as small:
        pass
    monkeypatch.setattr(growing, "IN_MEMORY_BYTES", 0)
    with survey(collection, embedder=Means()) as large:
        assert isinstance(large.thumbnails, np.memmap)
        place = Path(str(large.thumbnails.filename))
        assert place.is_file()
        assert (large.thumbnails == small.thumbnails).all()
        assert large.features is not None
        assert small.features is not None
        assert (large.features == small.features).all()
    assert not place.parent.exists()


def test_an_archive(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 12, 12), dtype=np.uint8)
    labels = np.arange(30).reshape(30, 1) % 2
    np.savez(tmp_path / "breastmnist.npz", train_images=pixels, train_labels=labels)
    collection = open_collection(tmp_path / "breastmnist.npz", patient_is_image=True)
    with survey(collection) as exhibits:
        assert (exhibits.facts["error"] == "").all()
        assert np.allclose(exhibits.facts["mean"], pixels.mean(axis=(1, 2)))
        look = exhibits.look("train/7")
        assert look is not None
        assert (look == pixels[7]).all()


def test_a_decoder_that_crashes_costs_one_file(
    class_folders: Callable[[Mapping[str, int]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash is played in the worker by a function sent there in place of the real one."""
    data = class_folders({"sick": 6, "normal": 6})
    collection = open_collection(data, patient_is_image=True, positive="sick")
    monkeypatch.setattr("thirdeye.intake.survey.measure_all_of", ctypes.string_at)
    monkeypatch.setattr("thirdeye.intake.survey.Task", lambda arguments, limit_s: _Crash(arguments))
    found = examine(collection)
    assert set(found.facts["error"]) == {"made its decoder crash (signal 11)"}


class _Crash:
    """A task: the memory at address 0."""

    limit_s = 5.0
    arguments = (0,)

    def __init__(self, given: object) -> None:
        self.given = given
