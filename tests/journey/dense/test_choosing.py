"""Mirrored views and tidying are kept where held-out cases say that they help, and nowhere else."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from thirdeye.evaluation.pixel_auc import pixel_counts
from thirdeye.journey.dense.choosing import choose_tidying, quality_of, read_held_out
from thirdeye.model.dense_network import DenseNetwork
from thirdeye.training.dense.losses import IGNORED
from thirdeye.training.dense.material import dense_case

PLAN = SimpleNamespace(
    margin=(),
    classes=("thing",), precision="fp32", mirrored=(1,), patch=(16, 16), overlap=0.0,
    tidying=("none", "largest_piece", "fill_holes", "drop_small"),
)  # fmt: skip


class OneSided(DenseNetwork):
    """Sees what is bright, but in the left half of its window alone if `blind`."""

    def __init__(self, blind: bool) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))
        self.blind = blind

    def answers(self, images):
        bright = images[:, :1] - 0.5
        if self.blind:
            bright = torch.cat([bright[..., :8], bright[..., 8:] * 0 - 0.1], dim=-1)
        return [torch.cat([-bright, bright + self.bias], dim=1)]


def spots(count=4):
    cases = []
    for index in range(count):
        target = np.zeros((16, 16), np.uint8)
        target[3:7, 2 + index : 14 - index] = 1
        cases.append(dense_case(target[None].astype(np.float32), target, n_structures=1))
    return cases


SPLITS = [(np.array([2, 3]), np.array([0, 1])), (np.array([0, 1]), np.array([2, 3]))]


def read(blind, plan=PLAN, until=None):
    until = time.monotonic() + 60 if until is None else until
    return read_held_out([OneSided(blind)] * 2, spots(), SPLITS, plan, until=until)


def test_views_that_help_are_kept():
    found = read(blind=True)
    assert found.mirrored == (1,)
    assert sorted(found.labels) == [0, 1, 2, 3]
    plain = read(blind=True, plan=SimpleNamespace(**vars(PLAN) | {"mirrored": ()}))
    assert quality_of(found.labels, spots(), PLAN) > quality_of(plain.labels, spots(), PLAN)


def test_views_that_do_not_help_are_not():
    found = read(blind=False)
    assert found.mirrored == ()
    assert quality_of(found.labels, spots(), PLAN) == pytest.approx(1)


def test_views_for_which_there_is_no_time_are_not(monkeypatch):
    monkeypatch.setattr("thirdeye.journey.dense.choosing.MOST_TRIED", 2)
    assert read(blind=True, until=time.monotonic() - 1).mirrored == ()


@pytest.mark.parametrize("mirrored", [(), (1,)])
def test_pixels_are_counted_by_the_scores_of_the_views_that_are_kept(mirrored):
    found = read(blind=True, plan=SimpleNamespace(**vars(PLAN) | {"mirrored": mirrored}))
    assert found.mirrored == mirrored
    for row, case in enumerate(spots()):
        bright = case.image[0] - 0.5
        left = np.where(np.arange(16) < 8, bright, np.float32(-0.1))
        right = np.where(np.arange(16) >= 8, bright, np.float32(-0.1))
        # Logits are (-bright, bright) in the half that is seen and (0.1, -0.1) elsewhere.
        odds = 2 * left if not mirrored else left + right
        expected = pixel_counts(odds, case.target == 1)
        np.testing.assert_array_equal(found.pixels[row], expected)
        np.testing.assert_array_equal(found.labels[row], odds > 0)


def test_what_is_ignored_is_not_counted_and_structures_besides_one_are_not():
    plan = SimpleNamespace(**vars(PLAN) | {"mirrored": ()})
    truth = np.full((16, 16), IGNORED, np.uint8)
    truth[:2] = 1
    case = dense_case(np.zeros((1, 16, 16), np.float32), truth, n_structures=1)
    splits = [(np.array([1]), np.array([0]))]
    found = read_held_out([OneSided(False)], [case], splits, plan, until=time.monotonic())
    assert found.pixels[0].sum() == 32
    volume = dense_case(np.zeros((1, 2, 16, 16), np.float32), np.zeros((2, 16, 16), np.uint8), n_structures=1)
    flat = SimpleNamespace(**vars(plan) | {"patch": (2, 16, 16)})
    assert read_held_out([OneSided(False)], [volume], splits, flat, until=time.monotonic()).pixels == {}


def test_tidying_is_chosen_by_structure():
    truth, seen = np.zeros((2, 12, 12), np.uint8)
    truth[2:8, 2:8] = 1
    seen[2:8, 2:8], seen[10, 10], seen[4, 4] = 1, 1, 0
    case = dense_case(np.zeros((1, 12, 12), np.float32), truth, n_structures=1)
    assert choose_tidying({0: seen}, [case], PLAN)[1] in ("largest_piece", "fill_holes", "drop_small")
    assert choose_tidying({0: truth}, [case], PLAN) == {}
    assert choose_tidying({}, [case], PLAN) == {}


def test_what_is_ignored_does_not_count():
    truth = np.zeros((8, 8), np.uint8)
    truth[:4], truth[4:] = 1, IGNORED
    case = dense_case(np.zeros((1, 8, 8), np.float32), truth, n_structures=1)
    assert quality_of({0: np.ones((8, 8), np.uint8)}, [case], PLAN) == pytest.approx(1)
