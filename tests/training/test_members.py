"""Members are kept as soon as they are finished, found again, and never taken from another run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import nn

import thirdeye.training.members as members_module
from thirdeye.errors import StageFailed
from thirdeye.plan.plan import Plan
from thirdeye.training.loop import predict
from thirdeye.training.members import FineTuned, fit_or_load, member_key

SPLIT = (np.arange(0, 28), np.arange(28, 40))
VIEWS = ("identity", "flip_horizontal")
pytestmark = pytest.mark.usefixtures("tiny_architecture")


@pytest.fixture
def fit(
    tmp_path: Path, images: NDArray[np.uint8], labels: NDArray[np.int64], plan: Callable[..., Plan]
) -> Callable[..., tuple[FineTuned, list[float]]]:
    """Fits or loads a member; also gives the epochs that were really trained."""

    def run(index: int = 0, *, identity: str = "run", **changed: Any) -> tuple[FineTuned, list[float]]:
        heard: list[float] = []
        found = fit_or_load(
            index, images, labels, SPLIT, plan(**changed),
            identity=identity, folder=tmp_path / "members", views=VIEWS, deadline=float("inf"),
            on_epoch=lambda record: heard.append(record["epoch"]),
        )  # fmt: skip
        return found, heard

    return run


def test_a_member_reads_its_held_out_rows_in_every_view(
    fit: Callable[..., Any], images: NDArray[np.uint8]
) -> None:
    member, heard = fit()
    assert heard == [1, 2, 3]
    assert set(member.logits) == set(VIEWS)
    assert np.array_equal(member.holdout, SPLIT[1])
    assert np.array_equal(member.logits["identity"], predict(member.network, images, SPLIT[1]))
    mirrored = predict(member.network, np.ascontiguousarray(images[:, :, ::-1]), SPLIT[1])
    assert np.allclose(member.logits["flip_horizontal"], mirrored, atol=1e-5)


def test_the_second_time_it_is_read_back(
    fit: Callable[..., Any], alike: Callable[[nn.Module, nn.Module], bool]
) -> None:
    first, _ = fit()
    second, heard = fit()
    assert heard == []
    assert alike(first.network, second.network)
    assert all(np.array_equal(first.logits[view], second.logits[view]) for view in VIEWS)
    assert (second.history, second.stopped, second.seconds) == (first.history, first.stopped, first.seconds)
    assert not second.network.training


def test_another_run_or_member_is_trained_anew(fit: Callable[..., Any]) -> None:
    fit()
    assert fit(identity="other")[1] == [1, 2, 3]
    assert fit(index=1)[1] == [1, 2, 3]
    assert len({member_key(run, index) for run in ("a", "b") for index in (0, 1)}) == 4


def test_a_member_does_not_depend_on_what_ran_before_it(
    fit: Callable[..., Any], alike: Callable[[nn.Module, nn.Module], bool]
) -> None:
    """A run that goes on reads the first member back, so that the second one starts from another state."""
    torch.manual_seed(1)
    first, _ = fit(index=1, identity="one run")
    torch.manual_seed(2)
    second, _ = fit(index=1, identity="another")
    assert alike(first.network, second.network)
    assert np.array_equal(first.logits["identity"], second.logits["identity"])


@pytest.mark.parametrize("name", ["member_0.json", "member_0.safetensors", "member_0.logits.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "cut", "foreign"])
def test_a_damaged_member_is_trained_again_to_the_same(
    fit: Callable[..., Any],
    alike: Callable[[nn.Module, nn.Module], bool],
    tmp_path: Path,
    name: str,
    damage: str,
) -> None:
    first, _ = fit()
    path = tmp_path / "members" / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:40] if damage == "cut" else b"[]")
    second, heard = fit()
    assert heard == [1, 2, 3]
    assert alike(first.network, second.network)


def test_a_kill_between_weights_and_description_counts_as_unfinished(
    fit: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def killed(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(members_module.json, "dumps", killed)
        with pytest.raises(KeyboardInterrupt):
            fit()
    assert not (tmp_path / "members" / "member_0.json").exists()
    assert fit()[1] == [1, 2, 3]


def test_the_description_is_json_without_paths(fit: Callable[..., Any], tmp_path: Path) -> None:
    member, _ = fit()
    text = (tmp_path / "members" / "member_0.json").read_text(encoding="utf-8")
    assert json.loads(text)["history"] == member.history
    assert str(tmp_path) not in text
    assert not list((tmp_path / "members").glob("*.pt"))


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), SafetensorError("I/O error")])
def test_a_full_disk_is_a_failed_stage(
    fit: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def refuse(*_: object) -> None:
        raise failure

    monkeypatch.setattr(members_module, "save_model", refuse)
    with pytest.raises(StageFailed, match=r"cannot keep the finished member_0 .*free some space"):
        fit()


def test_the_first_layer_begins_as_the_plan_says(
    fit: Callable[..., Any], alike: Callable[[nn.Module, nn.Module], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[list[int], tuple[int, ...]]] = []
    monkeypatch.setattr(
        members_module, "begin_with_filters",
        lambda network, images, rows, *, seed: begun.append((list(rows), seed)),
    )  # fmt: skip
    fit(identity="random")
    assert begun == []
    fit(index=1, identity="filters", first_layer="sparse_autoencoder")
    assert begun == [(list(SPLIT[0]), (0, 1))]
    fit(index=1, identity="filters", first_layer="sparse_autoencoder")
    assert len(begun) == 1
