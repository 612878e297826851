from __future__ import annotations

import math

import pytest
import torch

from thirdeye.training.landmarks.losses import HEAT_LOSSES, blobs, heat_loss

NAN = float("nan")


def test_a_blob_peaks_at_its_place() -> None:
    maps, known = blobs(torch.tensor([[[2.5, 4.5], [NAN, NAN], [-1.0, 3.0]]]), (8, 6), 1.0)
    assert known.tolist() == [[True, False, False]]
    assert maps[0, 0, 4, 2] == 1
    assert maps[0, 0, 4, 3] == pytest.approx(math.exp(-0.5))
    assert (maps[0, 1:] == 0).all()


def test_cross_entropy_of_a_flat_answer_is_the_logarithm_of_the_number_of_cells() -> None:
    loss = heat_loss("cross_entropy", torch.zeros(1, 1, 8, 6), torch.tensor([[[2.5, 4.5]]]), 1.0)
    assert float(loss) == pytest.approx(math.log(48), rel=1e-5)


@pytest.mark.parametrize("name", [name for name, _ in HEAT_LOSSES])
def test_the_right_answer_costs_less_than_one_elsewhere(name: str) -> None:
    places = torch.tensor([[[5.2, 4.1]]])
    right, _ = blobs(places, (12, 12), 1.0)
    wrong, _ = blobs(torch.tensor([[[9.2, 8.1]]]), (12, 12), 1.0)
    scale = 10 if name == "cross_entropy" else 1
    assert heat_loss(name, right * scale, places, 1.0) < heat_loss(name, wrong * scale, places, 1.0)


@pytest.mark.parametrize("name", [name for name, _ in HEAT_LOSSES])
def test_missing_landmarks_take_no_part(name: str) -> None:
    logits = torch.randn(2, 3, 10, 10, generator=torch.Generator().manual_seed(0)).requires_grad_()
    places = torch.full((2, 3, 2), NAN)
    places[0, 1] = torch.tensor([4.0, 5.0])
    loss = heat_loss(name, logits, places, 1.0)
    loss.backward()
    assert torch.isfinite(loss)
    assert logits.grad is not None
    assert (logits.grad[0, 1] != 0).any()
    logits.grad[0, 1] = 0
    assert (logits.grad == 0).all()


def test_images_without_any_landmark_on_the_map_cost_nothing() -> None:
    assert float(heat_loss("cross_entropy", torch.randn(1, 2, 5, 5), torch.full((1, 2, 2), NAN), 1.0)) == 0
