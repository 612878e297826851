import time
from pathlib import Path

import numpy as np
import pytest
import torch

from thirdeye.inference.detection.detector import Finding, find_in
from thirdeye.inference.detection.heads import window_reader
from thirdeye.inference.detection.suppress import Suppression
from thirdeye.inference.detection.tiles import Tiling
from thirdeye.journey.detection.quality import mean_ap50
from thirdeye.model.build_detector import build_detector
from thirdeye.training.detection.case import DetectionCase
from thirdeye.training.detection.engine import torch_runs
from thirdeye.training.detection.loop import (
    DetectionMember,
    DetectionRecipe,
    fit_detector,
)
from thirdeye.training.detection.window import Augmentation
from thirdeye.transform.detection.anchors import Anchors

SIDES = (64, 64)


def cases(count: int = 12) -> list[DetectionCase]:
    """Bright and dark squares on noise."""
    made = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        pixels = rng.normal(128, 12, (*SIDES, 3))
        boxes, kinds = [], []
        for kind, at in enumerate(rng.permutation(2)):
            x, y, side = 4 + 30 * at + rng.integers(0, 6), rng.integers(2, 38), rng.integers(16, 22)
            pixels[y : y + side, x : x + side] += 90 if kind else -90
            boxes.append([x, y, x + side, y + side])
            kinds.append(kind)
        made.append(
            DetectionCase(pixels.clip(0, 255).astype(np.uint8), np.array(boxes, np.float32), np.array(kinds))
        )
    return made


def recipe(rounds: int) -> DetectionRecipe:
    return DetectionRecipe(
        batch_size=8, rounds=rounds, steps=5, learning_rate=2e-3, weight_decay=0.01, encoder_rate=0.5,
        augmentation=Augmentation(SIDES, 0.1, (0, 1), 0.0, 0.0), precision="fp32", averaging=0.9, seed=3,
    )  # fmt: skip


def member() -> DetectionMember:
    return DetectionMember(0, np.arange(8), np.arange(8, 12), "key")


def check(network) -> float | None:
    """Mean AP50 on the last four cases."""
    how = Finding(Tiling(SIDES, 0.2, 32), Suppression("hard", iou=0.5), 0.02, 50)
    made, rows, reader = cases(), member().holdout, window_reader(torch_runs(network), network.anchors)
    found = {int(row): find_in(made[row].array(), [reader], how) for row in rows}
    return mean_ap50(found, {int(row): (made[row].boxes, made[row].classes) for row in rows})


def ignored(record: dict[str, float]) -> None:
    pass


def later() -> float:
    return time.monotonic() + 600


def network():
    torch.manual_seed(0)
    return build_detector("fcos_lite0", Anchors((8, 16), (8.0, 16.0)), n_classes=2, width=32)[0]


@pytest.mark.slow
def test_it_learns_to_find_what_it_was_shown() -> None:
    records: list[dict[str, float]] = []
    made = cases()
    fitted = fit_detector(
        network(),
        made,
        member(),
        recipe(12),
        on_round=records.append,
        check=check,
        deadline=later(),
    )
    assert fitted.stopped == "finished"
    assert records[-1]["train_loss"] < 0.7 * records[0]["train_loss"]
    assert any("validation_metric" in record for record in records)
    quality = check(fitted.network)
    assert quality is not None
    assert quality > 0.6


def test_a_killed_training_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    made, stem = cases(), tmp_path / "member"
    whole = fit_detector(
        network(),
        made,
        member(),
        recipe(3),
        on_round=lambda _: None,
        check=check,
        deadline=later(),
    )

    def killed(record: dict[str, float]) -> None:
        if record["epoch"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_detector(
            network(), made, member(), recipe(3), on_round=killed, check=check, deadline=later(),
            stem=stem,
        )  # fmt: skip
    heard: list[dict[str, float]] = []
    rest = fit_detector(
        network(), made, member(), recipe(3), on_round=heard.append, check=check, deadline=later(),
        stem=stem,
    )  # fmt: skip
    assert [record["epoch"] for record in heard] == [2, 3]
    assert not (tmp_path / "member.checkpoint.pt").exists()
    for one, other in zip(whole.network.parameters(), rest.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_deadline_shortens_the_schedule() -> None:
    fitted = fit_detector(
        network(),
        cases(),
        member(),
        recipe(50),
        on_round=lambda _: None,
        check=check,
        deadline=time.monotonic(),
    )
    assert fitted.stopped == "shortened"
    assert len(fitted.history) == 1
