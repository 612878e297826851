"""Training of one member: it learns, goes on after a kill, and is over in time."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from thirdeye.dataset.phantoms_located import draw_scene
from thirdeye.model.architectures.unet import UNet, UNetShape
from thirdeye.training.dense import loop
from thirdeye.training.dense.loop import DenseMember, DenseRecipe, dice_by_structure, fit_dense, mean_dice
from thirdeye.training.dense.losses import IGNORED
from thirdeye.training.dense.material import dense_case
from thirdeye.training.dense.warp import Warping

RECIPE = DenseRecipe(
    patch=(32, 32), learnt=(32, 32), margin=(), optimiser="adamw", sampling="structures",
    batch_size=4, rounds=4, steps=4, learning_rate=5e-3, weight_decay=0.01, encoder_rate=1.0,
    loss="dice_cross_entropy", foreground=0.5, mining=0.0, warping=Warping(20, (), 0.2, 0.5), mirrored=(1,),
    tone=0.5, precision="fp32", averaging=0.9, overlap=0.25, seed=3,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def scenes(count=6, sides=(40, 40)):
    cases = []
    for index in range(count):
        pixels, things = draw_scene(np.random.default_rng(index), sides)
        target = sum(one.inside(sides) for one in things).clip(0, 1).astype(np.uint8)
        image = ((pixels - 110) / 40)[None].astype(np.float32)
        cases.append(dense_case(image, target, n_structures=1))
    return cases


def network():
    torch.manual_seed(0)
    return UNet(UNetShape(1, 2, (8, 16), ((2, 2),), ((3, 3), (3, 3))), supervised=1)


def fitted(recipe=RECIPE, **how):
    options = {"on_round": lambda record: None, "deadline": time.monotonic() + 600} | how
    member = DenseMember(0, np.arange(4), np.arange(4, 6), "key")
    return fit_dense(network(), scenes(), member, recipe, n_outputs=2, **options)


def test_the_loss_falls_and_the_rate_ends_near_zero():
    found = fitted(replace(RECIPE, rounds=6))
    losses = [record["train_loss"] for record in found.history]
    assert losses[-1] < 0.8 * losses[0]
    assert found.history[-1]["learning_rate"] < 0.1 * RECIPE.learning_rate
    assert found.stopped == "finished"


@pytest.mark.parametrize("mining", [0.0, 0.5])
def test_the_same_seed_gives_the_same_network(mining):
    recipe = replace(RECIPE, rounds=2, mining=mining)
    one, other = (fitted(recipe).network.state_dict() for _ in range(2))
    for name, value in one.items():
        assert torch.equal(value, other[name])


def test_a_killed_training_goes_on_where_it_was(tmp_path):
    path = tmp_path / "member.checkpoint.pt"
    whole = fitted().network.state_dict()

    def kill(record):
        if record["epoch"] == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted(on_round=kill, checkpoint_path=path)
    seen = []
    resumed = fitted(on_round=lambda record: seen.append(record["epoch"]), checkpoint_path=path)
    assert seen == [3, 4]
    for name, value in whole.items():
        assert torch.equal(value, resumed.network.state_dict()[name])
    assert not path.exists()


def test_a_deadline_shortens_the_schedule_and_still_ends_it(monkeypatch):
    now = iter(float(second) for second in range(0, 100_000, 2))
    monkeypatch.setattr(loop.time, "monotonic", lambda: next(now))
    found = fitted(replace(RECIPE, rounds=500), deadline=200.0)
    assert found.stopped == "shortened"
    assert 5 < len(found.history) < 60
    assert found.history[-1]["learning_rate"] < 0.2 * RECIPE.learning_rate


def test_a_round_that_would_last_too_long_is_cut_short():
    found = fitted(replace(RECIPE, rounds=50), deadline=time.monotonic() - 1)
    assert len(found.history) == 1
    assert found.stopped == "shortened"


def test_time_for_reading_is_left(monkeypatch):
    def ticking():
        now = iter(float(second) for second in range(0, 100_000, 2))
        monkeypatch.setattr(loop.time, "monotonic", lambda: next(now))

    ticking()
    whole = fitted(replace(RECIPE, rounds=500), deadline=100.0)
    ticking()
    short = fitted(replace(RECIPE, rounds=500), deadline=100.0, final_s=lambda case_s: 20 * case_s)
    assert 0 < len(short.history) < len(whole.history)
    assert short.case_s > 0


def test_overlap_by_hand():
    truth = np.array([[1, 1, 2, IGNORED]], np.uint8)
    labels = np.array([[1, 0, 0, 2]], np.uint8)
    assert dice_by_structure(labels, truth, 4)[:2] == pytest.approx([2 / 3, 0])
    assert np.isnan(dice_by_structure(labels, truth, 4)[2])
    table = np.array([[0.5, np.nan, np.nan], [1.0, 0.25, np.nan]])
    assert mean_dice(table) == pytest.approx((0.75 + 0.25) / 2)
    assert mean_dice(np.full((2, 2), np.nan)) is None
