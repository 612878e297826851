from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from thirdeye.model.dense_network import DenseNetwork
from thirdeye.training.course import Course, learn

COURSE = Course(4, 3, 0.05, 0.0, 1.0, 0.5, 0, (0, 0), "key")
OPTIMISERS = ("adamw", "sgd", "rmsprop")


class _Line(DenseNetwork):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))

    def answers(self, images: Tensor) -> list[Tensor]:
        return [images @ self.weight]


@dataclass
class _Lesson:
    dies_after: int = 10**9
    seen: int = 0

    def batch_loss(self, network: DenseNetwork, rng: np.random.Generator) -> Tensor:
        self.seen += 1
        if self.seen > self.dies_after:
            raise KeyboardInterrupt
        images = torch.from_numpy(rng.normal(size=(8, 3))).float()
        return ((network(images) - images @ torch.tensor([1.0, -2.0, 0.5])) ** 2).mean()

    def checked(self, network: DenseNetwork) -> dict[str, float]:
        return {"validation_metric": float(network(torch.eye(3)).sum())}


def _learn(
    lesson: _Lesson, path: Path | None, deadline: float = 1e12, course: Course = COURSE
) -> tuple[Tensor, list[dict[str, float]]]:
    found = learn(_Line(), lesson, course, on_round=lambda record: None, deadline=deadline, stem=path)
    return next(iter(found.network.parameters())).detach(), found.history


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path, optimiser: str) -> None:
    course = replace(COURSE, optimiser=optimiser)
    whole, history = _learn(_Lesson(), None, course=course)
    path, checkpoint = tmp_path / "one", tmp_path / "one.checkpoint.pt"
    with pytest.raises(KeyboardInterrupt):
        _learn(_Lesson(dies_after=8), path, course=course)
    assert checkpoint.exists()
    resumed, again = _learn(_Lesson(), path, course=course)
    torch.testing.assert_close(resumed, whole)
    assert [record["train_loss"] for record in again] == [record["train_loss"] for record in history]
    assert not checkpoint.exists()


def test_a_deadline_shortens_the_schedule_but_one_round_is_run() -> None:
    _, history = _learn(_Lesson(), None, deadline=time.monotonic() - 1)
    assert len(history) == 1


def test_a_round_that_reaches_the_deadline_ends_with_its_step_and_reads_no_held_out_image() -> None:
    lesson = _Lesson()
    _, history = _learn(lesson, None, deadline=time.monotonic() - 1)
    assert lesson.seen == history[0]["steps"] == 1
    assert "validation_metric" not in history[0]


def test_what_reading_held_out_images_takes_is_kept_free(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0  # of a clock that only the lesson moves
    monkeypatch.setattr(time, "monotonic", lambda: now)

    class Slow(_Lesson):
        def checked(self, network: DenseNetwork) -> dict[str, float]:
            nonlocal now
            now += 0.3
            return {}

        def batch_loss(self, network: DenseNetwork, rng: np.random.Generator) -> Tensor:
            nonlocal now
            now += 0.02
            return super().batch_loss(network, rng)

    course = replace(COURSE, rounds=100)
    found = learn(_Line(), Slow(), course, on_round=lambda record: None, deadline=now + 1.0)
    assert found.stopped == "shortened"
    assert 100.3 < now < 101.4


def test_held_out_images_are_read_at_least_at_the_end() -> None:
    _, history = _learn(_Lesson(), None)
    assert "validation_metric" in history[-1]


def test_a_finished_network_is_not_trained_again(tmp_path: Path) -> None:
    first, history = _learn(_Lesson(), tmp_path / "one")
    lesson = _Lesson(dies_after=0)
    again, told = _learn(lesson, tmp_path / "one")
    assert torch.equal(again, first)
    assert told == history
    assert lesson.seen == 0


def test_what_another_training_finished_is_ignored(tmp_path: Path) -> None:
    _learn(_Lesson(), tmp_path / "one")
    lesson, other = _Lesson(), replace(COURSE, key="other")
    learn(_Line(), lesson, other, on_round=lambda record: None, deadline=1e12, stem=tmp_path / "one")
    assert lesson.seen == COURSE.rounds * COURSE.steps


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_optimiser_comes_near_the_answer_by_its_own_way(optimiser: str) -> None:
    course = replace(COURSE, optimiser=optimiser, rounds=40)
    found, _ = _learn(_Lesson(), None, course=course)
    assert found == pytest.approx(torch.tensor([1.0, -2.0, 0.5]), abs=0.1)
    other, _ = _learn(_Lesson(), None, course=replace(course, optimiser=OPTIMISERS[optimiser == "adamw"]))
    assert not torch.allclose(found, other)


def test_gradient_descent_is_with_momentum() -> None:
    """By hand: v becomes 0.9 v + slope, the weights less rate times v; the gradient's norm is cut at 5."""
    course = replace(COURSE, optimiser="sgd", schedule="constant", rounds=1, averaging=0.0)
    found, _ = _learn(_Lesson(), None, course=course)
    rng, wanted, speed = np.random.default_rng([0, 0, 0, 0]), np.zeros(3), np.zeros(3)
    rng.integers(2**31)
    for _ in range(3):
        images = rng.normal(size=(8, 3))
        slope = 2 * images.T @ (images @ (wanted - [1.0, -2.0, 0.5])) / 8
        speed = 0.9 * speed + slope * min(1.0, 5.0 / np.linalg.norm(slope))
        wanted = wanted - 0.05 * speed
    assert found.numpy() == pytest.approx(wanted, abs=1e-4)


def test_the_schedule_counts_rounds() -> None:
    course = replace(COURSE, schedule="steps:2:0.1")
    _, history = _learn(_Lesson(), None, course=course)
    assert [record["learning_rate"] for record in history] == pytest.approx([0.05, 0.05, 0.005, 0.005])
