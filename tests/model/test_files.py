"""Weights come back as they were written, and nothing else is taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from thirdeye.errors import StudyMismatch
from thirdeye.model.build import build_network
from thirdeye.model.files import load_network, save_network
from thirdeye.model.network import Network


def fresh(n_outputs: int = 2) -> Network:
    return build_network("efficientnet_lite0", n_outputs=n_outputs, weights="none")[0].eval()


def test_weights_come_back(tmp_path: Path) -> None:
    first, second = fresh(), fresh()
    images = torch.rand(2, 3, 64, 64)
    save_network(first, tmp_path / "member.safetensors")
    with torch.no_grad():
        assert not torch.equal(first(images), second(images))
        loaded = load_network(second, tmp_path / "member.safetensors")
        assert torch.equal(first.to(memory_format=torch.channels_last)(images), loaded(images))


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 a pickle in a zip", b"\xff" * 64])
def test_what_is_no_weights_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "member_0.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StudyMismatch, match=r"member_0\.safetensors does not hold the weights"):
        load_network(fresh(), path)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    save_network(fresh(n_outputs=3), tmp_path / "member.safetensors")
    with pytest.raises(StudyMismatch, match="train again, or restore it"):
        load_network(fresh(n_outputs=2), tmp_path / "member.safetensors")


def test_a_folder_that_is_not_there_is_an_operating_system_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"\S"):
        save_network(fresh(), tmp_path / "missing" / "member.safetensors")
