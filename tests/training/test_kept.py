from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from thirdeye.errors import StageFailed
from thirdeye.training.kept import keep_network, kept_network


def network(seed: int, width: int = 3) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(2, width, 3), nn.BatchNorm2d(width)).to(memory_format=torch.channels_last)


def same(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_a_kept_network_comes_back_with_what_was_said_of_it(tmp_path: Path) -> None:
    path, other = tmp_path / "runs" / "a.safetensors", network(1)
    keep_network(path, network(0), key="k", about={"stopped": "finished", "history": [{"epoch": 1}]})
    assert kept_network(path, other, key="k") == {"stopped": "finished", "history": [{"epoch": 1}]}
    assert same(other, network(0))
    assert [file.name for file in path.parent.iterdir()] == ["a.safetensors"]


@pytest.mark.parametrize("what", ["missing", "other key", "damaged", "other shape"])
def test_anything_else_leaves_the_network_as_it_was(tmp_path: Path, what: str) -> None:
    path, other = tmp_path / "a.safetensors", network(1)
    if what != "missing":
        keep_network(path, network(0, 5 if what == "other shape" else 3), key="k", about={})
    if what == "damaged":
        path.write_bytes(path.read_bytes()[:-20])
    assert kept_network(path, other, key="l" if what == "other key" else "k") is None
    assert same(other, network(1))


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StageFailed, match="free some space"):
        keep_network(tmp_path / "file" / "a.safetensors", network(0), key="k", about={})
