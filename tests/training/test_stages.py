"""The staged training: each stage kept only if validation data say so, in time, repeatable, resumable."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

import thirdeye.training.stages as stages_module
from thirdeye.evaluation.metric import Metric
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event
from thirdeye.training.frozen import fit_head
from thirdeye.training.loop import predict
from thirdeye.training.record import Stage
from thirdeye.training.selection import Truth, figure
from thirdeye.training.stages import Material, StagedTraining, Trained, best_share, spoken

Rows = NDArray[np.int64]
pytestmark = pytest.mark.usefixtures("tiny_architecture")


class Killed(BaseException):
    """Ends a training from outside, as a signal would."""


def folds(n: int, k: int) -> list[tuple[Rows, Rows]]:
    fold = np.arange(n) // 2 % k
    return [(np.flatnonzero(fold != index), np.flatnonzero(fold == index)) for index in range(k)]


@pytest.fixture
def material(draw: Callable[..., NDArray[np.uint8]]) -> Callable[..., Material]:
    """Makes development cases of a task."""

    def make(
        task: str = "binary",
        labels: NDArray[np.int64] | None = None,
        splits: Sequence[tuple[Rows, Rows]] | None = None,
        contrast: float = 40.0,
    ) -> Material:
        known = np.arange(40) % 2 if labels is None else labels
        level = known if known.ndim == 1 else known @ np.arange(1, known.shape[1] + 1)
        names = ("dark", "bright") if task == "binary" else tuple("abc")
        truth = Truth(
            known, names, 1 if task == "binary" else None, np.array([f"p{i // 2}" for i in range(40)]), task
        )
        return Material(draw(level, contrast=contrast), truth, splits or folds(40, 2), "run")

    return make


@pytest.fixture
def run(tmp_path: Path, plan: Callable[..., Plan]) -> Callable[..., tuple[Trained, list[Stage], list[Event]]]:
    """Runs all stages."""

    def train(
        material: Material, *, folder: str = "runs", deadline: float = float("inf"), **changed: Any
    ) -> tuple[Trained, list[Stage], list[Event]]:
        given: dict[str, Any] = {"classes": material.truth.classes, "task": material.truth.task}
        given["positive"] = "bright" if material.truth.positive is not None else None
        heard: list[Event] = []
        written: list[Stage] = []
        trained = StagedTraining(
            material, plan(**{**given, **changed}), folder=tmp_path / folder, deadline=deadline,
            tell=heard.append, on_stage=written.append, elapsed=lambda: 1.0,
        ).run()  # fmt: skip
        return trained, written, heard

    return train


def ensemble_logits(trained: Trained, images: NDArray[np.uint8], view: tuple[int, ...] = ()) -> Any:
    rows = np.arange(len(images))
    return np.mean([predict(network, images, rows, flips=view) for network in trained.networks], axis=0)


def names(stages: Sequence[Stage]) -> list[str]:
    return [stage.name for stage in stages]


def test_stages_come_in_order_and_are_written_at_once(
    run: Callable[..., Any], material: Callable[..., Material], tmp_path: Path
) -> None:
    trained, written, heard = run(material())
    assert names(written) == ["frozen_features", "fine_tuning", "ensemble", "test_time_augmentation"]
    assert tuple(written) == trained.stages
    assert written[0].kept
    assert [event.kind for event in heard].count("figure") == len(written)
    assert {event.kind for event in heard} == {"stage", "progress", "figure"}
    assert (tmp_path / "runs" / "curves.csv").is_file()
    assert len(list((tmp_path / "runs" / "tensorboard").iterdir())) == 2
    assert all(0 <= event.done <= 1 for event in heard if event.done is not None)
    left = [event.remaining_s for event in heard if event.remaining_s is not None]
    assert left
    assert min(left) >= 0


def test_every_validation_case_is_read_by_who_did_not_learn_from_it(
    run: Callable[..., Any], material: Callable[..., Material]
) -> None:
    known = material()
    trained, stages, _ = run(known, test_time_augmentation=("identity",))
    assert np.array_equal(trained.rows, np.arange(40))
    assert trained.logits.shape == trained.early.shape == (40, 2)
    members = stages[1].members
    assert [member["fold"] for member in members] == [0, 1]
    assert all(member["metric"]["n"] == 20 for member in members)


def test_the_early_figure_comes_from_heads_that_did_not_see_the_case(
    run: Callable[..., Any], material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels of noise: an honest figure stays near one half, one from the cases learnt from would not."""
    rng = np.random.default_rng(3)
    known = material(labels=rng.integers(0, 2, 40), contrast=0.0)
    trained, stages, _ = run(known, epochs=0)
    found = stages[0].figure.value
    assert found is not None
    assert found < 0.75
    assert np.array_equal(trained.early, trained.logits) or "test_time_augmentation" in names(stages)


def test_the_ensemble_is_the_mean_of_its_networks_logits(
    run: Callable[..., Any], material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The weights of the mixture sit in the heads, so that a plain mean of logits is the mixture."""
    monkeypatch.setattr(stages_module, "better", lambda *_: True)
    monkeypatch.setattr(stages_module, "best_share", lambda *_: 0.7)
    monkeypatch.setattr(stages_module, "scaled_to_likelihood", lambda *_: 2.5)
    known = material()
    mixed, _, _ = run(known)
    assert mixed.folds == (0, 1, -1)
    monkeypatch.setattr(stages_module, "better", lambda *_: False)
    early, _, _ = run(known, epochs=0, folder="early")
    tuned = mixed.networks[:2]
    scale = 0.7 * 3 / 2
    plain = np.mean([predict(network, known.images, np.arange(40)) / scale for network in tuned], axis=0)
    frozen = predict(early.networks[0], known.images, np.arange(40))
    assert np.allclose(ensemble_logits(mixed, known.images), 0.7 * plain + 0.3 * 2.5 * frozen, atol=1e-3)


@pytest.mark.parametrize("kept", [True, False])
def test_views_are_averaged_only_if_better(
    run: Callable[..., Any], material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    monkeypatch.setattr(stages_module, "better", lambda *_: kept)
    trained, stages, _ = run(material())
    assert trained.views == (("identity", "flip_horizontal") if kept else ("identity",))
    assert stages[-1].kept is kept


def test_one_view_is_no_stage(run: Callable[..., Any], material: Callable[..., Material]) -> None:
    trained, stages, _ = run(material(), test_time_augmentation=("identity",))
    assert "test_time_augmentation" not in names(stages)
    assert trained.views == ("identity",)


def test_what_is_not_better_is_not_kept(
    run: Callable[..., Any], material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With fine-tuning that ruins the network the frozen features are what remains."""
    real = stages_module.fit_or_load

    def ruined(*given: Any, **named: Any) -> Any:
        member = real(*given, **named)
        noise = np.random.default_rng(member.fold).normal(size=member.logits["identity"].shape)
        member.logits.update({view: noise.astype(np.float32) for view in member.logits})
        return member

    monkeypatch.setattr(stages_module, "fit_or_load", ruined)
    monkeypatch.setattr(stages_module, "SHARES", (0.9,))
    trained, stages, heard = run(material(contrast=90.0), averaging=0.0)
    assert {stage.name: stage.kept for stage in stages}["fine_tuning"] is False
    assert trained.folds == (-1,)
    assert len(trained.networks) == 1
    assert any("(not kept)" in event.text for event in heard if event.kind == "figure")


def test_without_epochs_there_is_one_network_and_its_mean_head(
    run: Callable[..., Any], material: Callable[..., Material], tmp_path: Path
) -> None:
    trained, stages, _ = run(material(), epochs=0)
    assert set(names(stages)) <= {"frozen_features", "test_time_augmentation"}
    assert trained.folds == (-1,)
    assert not (tmp_path / "runs" / "members").exists()


def test_the_frozen_head_is_the_mean_over_the_folds(
    run: Callable[..., Any], material: Callable[..., Material], tiny: Callable[..., Any]
) -> None:
    known = material()
    trained, _, _ = run(known, epochs=0)
    features = stages_module.pooled_features(tiny(), known.images)
    weights = {
        strength: np.mean(
            [
                fit_head(
                    features[rows], known.truth.labels[rows], n_outputs=2, task="binary", strength=strength
                ).weight
                for rows, _ in known.splits
            ],
            axis=0,
        )
        for strength in stages_module.STRENGTHS
    }
    found = trained.networks[0].head.weight.detach().numpy()
    assert any(np.allclose(found, weight, atol=1e-4) for weight in weights.values())


def test_the_deadline_leaves_what_is_there(
    run: Callable[..., Any], material: Callable[..., Material]
) -> None:
    trained, stages, heard = run(material(), deadline=time.monotonic() - 1)
    assert "fine_tuning" not in names(stages)
    assert trained.folds == (-1,)
    assert any("0 of 2 members" in event.text for event in heard)


def test_a_deadline_after_the_first_member(
    run: Callable[..., Any], material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One member alone is compared with the frozen features on its own held-out cases."""
    clock = [0.0]
    real = stages_module.fit_or_load

    def fit(*given: Any, **named: Any) -> Any:
        clock[0] = 100.0
        return real(*given, **{**named, "deadline": float("inf")})

    monkeypatch.setattr(stages_module, "fit_or_load", fit)
    monkeypatch.setattr(stages_module, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    trained, stages, heard = run(material(), deadline=50.0)
    assert any("1 of 2 members" in event.text for event in heard)
    assert np.array_equal(trained.rows, folds(40, 2)[0][1]) or trained.folds == (-1,)
    tuned = next(stage for stage in stages if stage.name == "fine_tuning")
    assert tuned.figure.n == 20


def test_official_splits_give_members_that_differ_by_seed(
    run: Callable[..., Any], material: Callable[..., Material], alike: Callable[[nn.Module, nn.Module], bool]
) -> None:
    split = (np.arange(0, 28), np.arange(28, 40))
    trained, stages, _ = run(material(splits=[split] * 3), validation="official", folds=3)
    assert np.array_equal(trained.rows, split[1])
    tuned = next(stage for stage in stages if stage.name == "fine_tuning")
    figures = [member["metric"]["value"] for member in tuned.members]
    assert len(figures) == 3
    assert stages[0].figure.n == 12
    networks = [network for network, fold in zip(trained.networks, trained.folds, strict=True) if fold >= 0]
    for one, other in pairwise(networks):
        assert not alike(one, other)


THREE = np.arange(40) % 3


@pytest.mark.parametrize(
    ("task", "labels"),
    [
        ("multiclass", THREE),
        ("ordinal", THREE),
        ("multilabel", np.stack([THREE > 0, THREE > 1, THREE == 0], axis=1).astype(np.int64)),
    ],
)
def test_every_task(
    run: Callable[..., Any], material: Callable[..., Material], task: str, labels: NDArray[np.int64]
) -> None:
    trained, stages, _ = run(material(task, labels))
    assert trained.logits.shape == (40, 3)
    assert {stage.figure.name for stage in stages} == {"auc_macro"}
    assert all(stage.figure.value is not None for stage in stages)


def test_a_class_that_one_fold_does_not_have(
    run: Callable[..., Any], material: Callable[..., Material]
) -> None:
    labels = np.arange(40) % 2
    labels[[0, 1]] = 2  # one patient, held out by the first member
    trained, stages, _ = run(material("multiclass", labels))
    assert np.isfinite(trained.logits).all()
    assert all(stage.figure.status for stage in stages)


def test_a_label_that_one_fold_does_not_have(
    run: Callable[..., Any], material: Callable[..., Material]
) -> None:
    labels = np.zeros((40, 3), np.int64)
    labels[::2, 0] = 1
    labels[0, 1] = 1
    labels[:, 2] = 1
    assert np.isfinite(run(material("multilabel", labels))[0].logits).all()


def test_the_same_plan_and_seed_give_the_same_bits(
    run: Callable[..., Any], material: Callable[..., Material], alike: Callable[[nn.Module, nn.Module], bool]
) -> None:
    first, _, _ = run(material(), folder="first")
    torch.rand(7)
    second, _, _ = run(material(), folder="second")
    assert np.array_equal(first.logits, second.logits)
    assert first.folds == second.folds
    assert all(alike(a, b) for a, b in zip(first.networks, second.networks, strict=True))


@pytest.mark.parametrize("at", [1, 4])
def test_a_killed_run_ends_as_an_uninterrupted_one(
    run: Callable[..., Any],
    material: Callable[..., Material],
    alike: Callable[[nn.Module, nn.Module], bool],
    monkeypatch: pytest.MonkeyPatch,
    at: int,
) -> None:
    """Killed in the first member after one epoch, or in the second: the finished one is not trained again."""
    import thirdeye.training.loop as loop_module

    whole, _, _ = run(material(), folder="whole")
    epoch = loop_module._Trainer.epoch
    done = 0

    def killed(self: Any, number: int, history: Any) -> Any:
        nonlocal done
        if done == at:
            raise Killed
        done += 1
        return epoch(self, number, history)

    with monkeypatch.context() as patch:
        patch.setattr(loop_module._Trainer, "epoch", killed)
        with pytest.raises(Killed):
            run(material())
    trained_again: list[int] = []

    def counted(self: Any, number: int, history: Any) -> Any:
        trained_again.append(number)
        return epoch(self, number, history)

    monkeypatch.setattr(loop_module._Trainer, "epoch", counted)
    resumed, _, _ = run(material())
    assert len(trained_again) == 2 * 3 - at
    assert np.array_equal(resumed.logits, whole.logits)
    assert all(alike(a, b) for a, b in zip(resumed.networks, whole.networks, strict=True))


SEVERAL: dict[str, Any] = {"networks": ("tiny_coarse",), "copies": 2, "epochs": 2}


def members_alone(trained: Trained, material: Material) -> NDArray[np.float64]:
    """(n, K) mean over the kept members of what each says of the validation cases that it did not learn."""
    total, count = np.zeros((40, 2)), np.zeros((40, 1))
    for network, fold in zip(trained.networks, trained.folds, strict=True):
        holdout = material.splits[max(fold, 0)][1]
        total[holdout] += predict(network, material.images, holdout)
        count[holdout] += 1
    return total / count


@pytest.mark.parametrize("joined", ["mean", "weighted", "best"])
def test_several_networks_say_what_their_members_say(
    run: Callable[..., Any], material: Callable[..., Material], joined: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logits that validation is measured by are those of the networks that are kept, as they are kept."""
    monkeypatch.setattr(stages_module, "better", lambda new, old, truth: False)  # no mixture, one view
    cases = material()
    trained, stages, _ = run(cases, joined=joined, **SEVERAL)
    tuned = next(stage for stage in stages if stage.name == "fine_tuning")
    assert [one["architecture"] for one in tuned.members] == [
        "tiny",
        "tiny",
        "tiny_coarse",
        "tiny_coarse",
    ] * 2
    assert next(stage for stage in stages if stage.name == "joined").kept
    if -1 not in trained.folds:
        assert np.allclose(trained.logits, members_alone(trained, cases), atol=1e-4)
        assert np.mean(trained.say) == pytest.approx(1)
        assert len(trained.networks) == {"mean": 8, "best": 4}.get(joined, len(trained.networks))
        assert len(set(trained.architectures)) == (1 if joined == "best" else len(set(trained.architectures)))


def test_one_network_has_no_stage_of_joining(
    run: Callable[..., Any], material: Callable[..., Material]
) -> None:
    _, stages, _ = run(material(), joined="weighted")
    assert "joined" not in {stage.name for stage in stages}


def test_several_networks_go_on_after_a_kill(
    run: Callable[..., Any],
    material: Callable[..., Material],
    alike: Callable[[nn.Module, nn.Module], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed in the third of eight members: the first two are not trained again."""
    import thirdeye.training.loop as loop_module

    whole, _, _ = run(material(), folder="whole", **SEVERAL)
    epoch, numbers = loop_module._Trainer.epoch, []

    def killed(self: Any, number: int, history: Any) -> Any:
        numbers.append(number)
        if len(numbers) == 6:
            raise Killed
        return epoch(self, number, history)

    with monkeypatch.context() as patch:
        patch.setattr(loop_module._Trainer, "epoch", killed)
        with pytest.raises(Killed):
            run(material(), **SEVERAL)
        numbers.clear()
        numbers.extend([0] * 6)
        resumed, _, _ = run(material(), **SEVERAL)
    assert len(numbers) - 6 == 8 * 2 - 5
    assert np.array_equal(resumed.logits, whole.logits)
    assert resumed.architectures == whole.architectures
    assert all(alike(a, b) for a, b in zip(resumed.networks, whole.networks, strict=True))


def test_a_split_that_not_all_networks_learnt_in_time_does_not_count(
    run: Callable[..., Any], material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([True] * 6 + [False])
    monkeypatch.setattr(StagedTraining, "_time_for_another", lambda self, members: next(asked))
    trained, stages, heard = run(material(), **SEVERAL)
    assert any("6 of 8 members" in event.text for event in heard)
    tuned = next(stage for stage in stages if stage.name == "fine_tuning")
    assert [one["architecture"] for one in tuned.members] == ["tiny", "tiny", "tiny_coarse", "tiny_coarse"]
    assert len(trained.rows) in (20, 40)  # 40 where the frozen features alone were better


def test_the_best_share_is_found() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    truth = Truth(labels, ("a", "b"), 1, np.arange(400).astype(str), "binary")
    hot = np.eye(2)[labels]
    informative = (2 * hot + 0.5 * rng.normal(size=(400, 2))).astype(np.float32)
    noise = rng.normal(size=(400, 2)).astype(np.float32)
    assert best_share(informative, noise, truth) == max(stages_module.SHARES)
    assert best_share(noise, informative, truth) == min(stages_module.SHARES)


def metric(**changed: Any) -> Metric:
    truth = Truth(np.array([0, 0, 1, 1]), ("a", "b"), 1, np.array(list("abcd")), "binary")
    found = figure(np.array([[0.9, 0.1], [0.4, 0.6], [0.5, 0.5], [0.1, 0.9]]), truth)
    return dataclasses.replace(found, **changed)


def test_a_figure_in_words() -> None:
    assert spoken(metric(value=0.912, ci_low=0.8, ci_high=0.95)) == "auc 0.912 (0.800 to 0.950)"
    assert spoken(metric(value=None, status="undefined", reason="one class")) == "auc undefined (one class)"
    assert spoken(metric(value=0.5, ci_low=None, reason="too few")) == "auc 0.500 (no interval: too few)"
