"""Unfinished work: written whole, read without executing anything, ignored when it is another's."""

from __future__ import annotations

import errno
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from thirdeye.errors import StageFailed
from thirdeye.model.network import Network
from thirdeye.training import checkpoint
from thirdeye.training.adamw import AdamW
from thirdeye.training.averaging import WeightAverage
from thirdeye.training.checkpoint import Progress

Parts = tuple[Network, AdamW, WeightAverage[Network]]


@pytest.fixture
def parts(tiny: Callable[..., Network]) -> Callable[[int], Parts]:
    def make(seed: int) -> Parts:
        network = tiny(seed=seed)
        optimiser = AdamW(network.parameters(), lr=0.1)
        average = WeightAverage(network, decay=0.9)
        for _ in range(3):
            optimiser.zero_grad()
            network(torch.rand(4, 3, 16, 16)).square().sum().backward()
            optimiser.step()
            average.update()
        return network, optimiser, average

    return make


def save(path: Path, parts: Parts, key: str = "a") -> Progress:
    network, optimiser, average = parts
    progress = Progress(2, [{"epoch": 1.0}, {"epoch": 2.0}], dict(network.state_dict()), 0.3, 12.5)
    checkpoint.save(path, key=key, network=network, optimiser=optimiser, average=average, progress=progress)
    return progress


def load(path: Path, parts: Parts, key: str = "a") -> Progress | None:
    network, optimiser, average = parts
    return checkpoint.load(path, key=key, network=network, optimiser=optimiser, average=average)


def test_there_and_back(tmp_path: Path, parts: Callable[[int], Parts]) -> None:
    first, second = parts(1), parts(2)
    path = tmp_path / "below" / "x.pt"
    saved = save(path, first)
    found = load(path, second)
    assert found is not None
    assert found.best is not None
    assert saved.best is not None
    assert (found.epoch, found.history, found.best_loss, found.seconds) == (2, saved.history, 0.3, 12.5)
    assert all(torch.equal(found.best[name], saved.best[name]) for name in saved.best)
    for one, other in ((first[0], second[0]), (first[2].network, second[2].network)):
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert second[2].step == first[2].step
    moments = [o.state_dict()["state"][0]["exp_avg"] for o in (first[1], second[1])]
    assert torch.equal(*moments)
    assert [name.name for name in path.parent.iterdir()] == ["x.pt"]


def test_another_training_is_ignored_and_changes_nothing(
    tmp_path: Path, parts: Callable[[int], Parts]
) -> None:
    first, second = parts(1), parts(2)
    save(tmp_path / "x.pt", first, key="a")
    before = second[0].head.weight.clone()
    assert load(tmp_path / "x.pt", second, key="b") is None
    assert torch.equal(second[0].head.weight, before)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut", b"no archive at all"])
def test_missing_cut_or_foreign_files_are_ignored(
    tmp_path: Path, parts: Callable[[int], Parts], content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "x.pt").write_bytes(content)
    assert load(tmp_path / "x.pt", parts(1)) is None


def test_a_cut_checkpoint_is_ignored(tmp_path: Path, parts: Callable[[int], Parts]) -> None:
    path = tmp_path / "x.pt"
    save(path, parts(1))
    path.write_bytes(path.read_bytes()[:-200])
    assert load(path, parts(2)) is None


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("as_archive", [True, False])
def test_nothing_in_the_file_is_executed(
    tmp_path: Path, parts: Callable[[int], Parts], as_archive: bool
) -> None:
    path, target = tmp_path / "x.pt", tmp_path / "exploded"
    state = {"key": "a", "network": Bomb(target)}
    if as_archive:
        torch.save(state, path)
    else:
        path.write_bytes(pickle.dumps(state))
    assert load(path, parts(1)) is None
    assert not target.exists()


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("failed writing file data/1")]
)
def test_a_full_disk_is_a_failed_stage_and_leaves_the_old_checkpoint(
    tmp_path: Path, parts: Callable[[int], Parts], monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    path = tmp_path / "x.pt"
    save(path, parts(1))

    def refuse(_: object, target: Path) -> None:
        target.write_bytes(b"half")
        raise failure

    monkeypatch.setattr(torch, "save", refuse)
    with pytest.raises(StageFailed, match=r"cannot keep unfinished training in x\.pt.*free some space"):
        save(path, parts(2))
    assert [name.name for name in tmp_path.iterdir()] == ["x.pt"]
    assert load(path, parts(3)) is not None
