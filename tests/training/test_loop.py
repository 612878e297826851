"""Fine-tuning of one member: it learns, repeats itself to the bit, resumes, stops in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

import thirdeye.training.loop as loop_module
from thirdeye.model.network import Network
from thirdeye.plan.plan import Plan
from thirdeye.training.loop import Fitted, Member, fine_tune, predict, to_tensor

MEMBER = Member(0, np.arange(0, 28), np.arange(28, 40), "key")
FAR = float("inf")


def ignore(_: dict[str, float]) -> None:
    """Hears nothing."""


class Killed(BaseException):
    """Ends a training from outside, as a signal would."""


@pytest.fixture
def run(
    tiny: Callable[..., Network],
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    plan: Callable[..., Plan],
) -> Callable[..., Fitted]:
    """Trains the tiny network on the small pictures."""

    def train(
        member: Member = MEMBER,
        *,
        on_epoch: Callable[[dict[str, float]], None] = ignore,
        deadline: float = FAR,
        path: Path | None = None,
        pixels: NDArray[np.uint8] | None = None,
        truth: NDArray[np.int64] | None = None,
        **changed: Any,
    ) -> Fitted:
        chosen = plan(**changed)
        return fine_tune(
            tiny(len(chosen.classes)), images if pixels is None else pixels,
            labels if truth is None else truth, member, chosen,
            on_epoch=on_epoch, deadline=deadline, checkpoint_path=path,
        )  # fmt: skip

    return train


def test_bytes_become_channels_first_floats() -> None:
    pixels = np.arange(2 * 3 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3, 3)
    found = to_tensor(pixels)
    assert found.shape == (2, 3, 3, 3)
    assert torch.equal(found[1, 2, 0], torch.tensor(pixels[1, 0, :, 2]) / 255)
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_a_memory_map_is_copied_without_a_warning_and_never_written(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.full((2, 4, 4, 3), 7, np.uint8))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    to_tensor(np.asarray(mapped[:1])).fill_(0)
    assert (mapped == 7).all()


def test_it_learns(run: Callable[..., Fitted], images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
    fitted = run(epochs=12, averaging=0.5, learning_rate=0.05, augmentation=())
    losses = [record["train_loss"] for record in fitted.history]
    assert min(losses) < 0.75 * losses[0]
    logits = predict(fitted.network, images, MEMBER.holdout)
    assert (logits.argmax(axis=1) == labels[MEMBER.holdout]).mean() > 0.75
    assert not fitted.network.training


@pytest.mark.parametrize(("optimiser", "rate"), [("sgd", 0.05), ("sgd:0.5:0.95:4", 0.05), ("rmsprop", 0.01)])
def test_published_optimisers_learn(run: Callable[..., Fitted], optimiser: str, rate: float) -> None:
    fitted = run(optimiser=optimiser, learning_rate=rate, schedule="steps:3:0.5", epochs=6)
    losses = [record["train_loss"] for record in fitted.history]
    assert losses[-1] < losses[0]
    assert [record["learning_rate"] for record in fitted.history] == [rate] * 3 + [rate / 2] * 3


def test_momentum_moves_from_epoch_to_epoch(
    run: Callable[..., Fitted], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    step = loop_module._Trainer._step

    def watched(self: Any, *given: Any) -> float:
        seen.append(self.optimiser.param_groups[0]["momentum"])
        return step(self, *given)

    monkeypatch.setattr(loop_module._Trainer, "_step", watched)
    run(optimiser="sgd:0.5:0.9:2", epochs=4)
    assert list(dict.fromkeys(seen)) == pytest.approx([0.5, 0.7, 0.9])


def test_the_history_says_what_happened(run: Callable[..., Fitted]) -> None:
    heard: list[dict[str, float]] = []
    fitted = run(on_epoch=heard.append)
    assert fitted.history == heard
    assert [record["epoch"] for record in heard] == [1, 2, 3]
    told = {"epoch", "seconds", "train_loss", "validation_loss", "validation_metric", "learning_rate"}
    assert set(heard[0]) == told
    assert 0 <= heard[0]["validation_metric"] <= 1
    assert heard[-1]["seconds"] > heard[0]["seconds"] > 0
    assert fitted.stopped == "finished"


VARIANTS: list[dict[str, Any]] = [
    {},
    {"mixup": 0.3},
    {"class_weighting": "sampler"},
    {"class_weighting": "loss"},
    {"averaging": 0.0},
    {"precision": "bf16"},
    {"task": "ordinal"},
]


@pytest.mark.parametrize("changed", VARIANTS, ids=str)
def test_the_same_plan_and_seed_give_the_same_bits(
    run: Callable[..., Fitted], alike: Callable[[nn.Module, nn.Module], bool], changed: dict[str, Any]
) -> None:
    first = run(**changed)
    torch.rand(3)  # what others drew in between does not matter
    np.random.default_rng().random()
    assert alike(first.network, run(**changed).network)


def test_seed_and_member_make_a_difference(
    run: Callable[..., Fitted], alike: Callable[[nn.Module, nn.Module], bool]
) -> None:
    first = run().network
    assert not alike(first, run(seed=1).network)
    assert not alike(first, run(Member(1, MEMBER.train, MEMBER.holdout, "key")).network)


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize(
    "changed", [{}, {"mixup": 0.3, "class_weighting": "sampler"}, {"optimiser": "sgd:0.5:0.9:3"}], ids=str
)
def test_a_killed_training_goes_on_to_the_very_same_result(
    run: Callable[..., Fitted],
    alike: Callable[[nn.Module, nn.Module], bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    after: int,
    changed: dict[str, Any],
) -> None:
    """Killed in the middle of an epoch: the steps since the last checkpoint are done again."""
    whole = run(epochs=4, **changed)
    path = tmp_path / "x.pt"
    steps = 0
    step = loop_module._Trainer._step

    def failing(self: Any, *given: Any) -> float:
        nonlocal steps
        steps += 1
        if steps > after * 4 + 2:  # 28 images in batches of 8
            raise Killed
        return step(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(loop_module._Trainer, "_step", failing)
        with pytest.raises(Killed):
            run(path=path, epochs=4, **changed)
    assert path.exists()
    heard: list[dict[str, float]] = []
    resumed = run(path=path, on_epoch=heard.append, epochs=4, **changed)
    assert [record["epoch"] for record in heard] == list(range(after + 1, 5))
    assert alike(resumed.network, whole.network)
    for one, other in zip(resumed.history, whole.history, strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}
    assert not path.exists()


def test_a_checkpoint_of_another_training_is_not_continued(
    run: Callable[..., Fitted], tmp_path: Path
) -> None:
    path = tmp_path / "x.pt"

    def kill(record: dict[str, float]) -> None:
        if record["epoch"] == 2:
            raise Killed

    with pytest.raises(Killed):
        run(path=path, on_epoch=kill)
    heard: list[float] = []
    run(
        Member(0, MEMBER.train, MEMBER.holdout, "another"),
        path=path,
        on_epoch=lambda record: heard.append(record["epoch"]),
    )
    assert heard == [1, 2, 3]


def holdout_losses(monkeypatch: pytest.MonkeyPatch, values: list[float]) -> None:
    """Lets the validation loss take given values, whatever is learnt."""
    following = iter(values)
    monkeypatch.setattr(loop_module._Trainer, "_validated", lambda self: {"validation_loss": next(following)})


def test_it_stops_early_and_keeps_the_best_epoch(
    run: Callable[..., Fitted], alike: Callable[[nn.Module, nn.Module], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[dict[str, torch.Tensor]] = []
    keep = loop_module._Trainer.keep_best

    def watching(self: Any, *given: Any) -> None:
        keep(self, *given)
        kept.append({k: v.clone() for k, v in self.average.network.state_dict().items()})

    monkeypatch.setattr(loop_module._Trainer, "keep_best", watching)
    holdout_losses(monkeypatch, [0.7, 0.5, 0.6, 0.55, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9])
    fitted = run(epochs=10)
    assert fitted.stopped == "early"
    assert len(fitted.history) == 2 + round(0.4 * 10)
    state = fitted.network.state_dict()
    assert all(torch.equal(state[name], kept[1][name]) for name in state)


def test_a_falling_loss_is_never_stopped(run: Callable[..., Fitted], monkeypatch: pytest.MonkeyPatch) -> None:
    holdout_losses(monkeypatch, [1 - 0.01 * epoch for epoch in range(10)])
    fitted = run(epochs=10)
    assert (fitted.stopped, len(fitted.history)) == ("finished", 10)


def test_the_deadline_ends_it_after_the_first_epoch(run: Callable[..., Fitted]) -> None:
    fitted = run(deadline=time.monotonic() - 1)
    assert (fitted.stopped, len(fitted.history)) == ("deadline", 1)


def test_every_task_can_be_learnt(run: Callable[..., Fitted], draw: Callable[..., NDArray[np.uint8]]) -> None:
    three = np.arange(40) % 3
    for task in ("multiclass", "ordinal"):
        fitted = run(pixels=draw(three), truth=three, task=task, classes=("a", "b", "c"), positive=None)
        assert fitted.network.head.out_features == 3
    several = np.stack([three > 0, three > 1, three == 0], axis=1).astype(np.int64)
    for weighting in ("none", "sampler", "loss"):
        fitted = run(
            pixels=draw(three), truth=several, task="multilabel", classes=("a", "b", "c"), positive=None,
            class_weighting=weighting,
        )  # fmt: skip
        assert np.isfinite([record["validation_loss"] for record in fitted.history]).all()


@pytest.mark.parametrize("weighting", ["none", "sampler", "loss"])
def test_a_class_that_this_member_never_sees(run: Callable[..., Fitted], weighting: str) -> None:
    labels = np.repeat([0, 1, 2], [20, 12, 8])  # the third only among the held-out
    member = Member(0, np.arange(0, 32), np.arange(32, 40), "key")
    fitted = run(
        member,
        truth=labels,
        task="multiclass",
        classes=("a", "b", "c"),
        positive=None,
        class_weighting=weighting,
    )
    assert np.isfinite([record["validation_loss"] for record in fitted.history]).all()


def test_the_head_moves_at_the_full_rate_and_norms_are_not_decayed(
    tiny: Callable[..., Network], plan: Callable[..., Plan]
) -> None:
    network = tiny()
    optimiser = loop_module._optimiser(network, plan(backbone_rate=0.1, weight_decay=0.5))
    found = {
        name: next(group for group in optimiser.param_groups if any(p is q for q in group["params"]))
        for name, p in network.named_parameters()
    }
    assert len(found) == len(list(network.parameters()))
    assert found["head.weight"]["peak"] == pytest.approx(0.01)
    assert found["backbone.0.weight"]["peak"] == pytest.approx(0.001)
    assert found["backbone.0.weight"]["weight_decay"] == 0.5
    assert found["backbone.1.weight"]["weight_decay"] == 0
    assert found["backbone.0.bias"]["weight_decay"] == 0


def test_a_frozen_backbone_stays(run: Callable[..., Fitted], tiny: Callable[..., Network]) -> None:
    fitted = run(backbone_rate=0.0, averaging=0.0)
    weight = fitted.network.state_dict()["backbone.0.weight"]
    assert torch.equal(weight, tiny().state_dict()["backbone.0.weight"])


def test_class_weights_are_inverse_square_roots_with_mean_one(plan: Callable[..., Plan]) -> None:
    labels = np.repeat([0, 1], [90, 10])
    weights = loop_module._class_weights(labels, 2, plan(class_weighting="loss"))
    assert weights is not None
    assert float(weights[1] / weights[0]) == pytest.approx(3.0)
    assert float(weights.mean()) == pytest.approx(1.0)
    assert loop_module._class_weights(labels, 2, plan()) is None


def test_predict_reads_rows_in_order_and_mirrors(
    tiny: Callable[..., Network], images: NDArray[np.uint8]
) -> None:
    network = tiny().eval()
    rows = np.array([5, 3, 3, 39])
    found = predict(network, images, rows)
    with torch.inference_mode():
        expected = network(torch.from_numpy(images[rows]).permute(0, 3, 1, 2).float() / 255).numpy()
    assert np.allclose(found, expected, atol=1e-6)
    mirrored = predict(network, images, rows, flips=(-1,))
    assert np.allclose(mirrored, predict(network, images[:, :, ::-1], rows), atol=1e-5)
    assert not np.allclose(mirrored, found, atol=1e-6)


def test_more_rows_than_one_batch(tiny: Callable[..., Network], images: NDArray[np.uint8]) -> None:
    rows = np.arange(150) % 40
    assert np.allclose(
        predict(tiny().eval(), images, rows)[40:80], predict(tiny().eval(), images, rows[:40]), atol=1e-6
    )
