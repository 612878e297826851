"""What the second round gains, and that a killed training goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.training.sliding.finished import load_round
from thirdeye.training.sliding.loop import SlidingRecipe
from thirdeye.training.sliding.mining import DRAWN_AN_IMAGE, false_peaks
from thirdeye.training.sliding.rounds import FittedSliding, Mining, SlidingMember, fit_sliding, read_cases
from thirdeye.training.sliding.score import false_per_image_at, score_peaks
from thirdeye.transform.sliding.peaks import Peaks
from thirdeye.transform.sliding.settings import SlidingSettings
from thirdeye.transform.sliding.tiles import Field

Tissue = Callable[..., list[SlidingCase]]
RECIPE = SlidingRecipe(32, 2, 3e-3, 0.01, 1.0, 0.97, "fp32", 0)


def _fit(
    cases: list[SlidingCase], how: SlidingSettings, folder: Path | None, recipe: SlidingRecipe = RECIPE,
    *, seconds: float = 60.0,
) -> FittedSliding:  # fmt: skip
    held_out = len(cases) // 4
    rows = np.arange(len(cases))
    member = SlidingMember(0, rows[held_out:], rows[:held_out], "key")
    mining = Mining(2, folder, time.monotonic() + seconds, lambda record, share: None)
    return fit_sliding(cases, member, recipe, how, mining)


def test_false_peaks_are_those_that_meet_no_object(how: SlidingSettings, tissue: Tissue) -> None:
    case = tissue(1, 0)[0]
    on, off, faint = case.centres[0] / 4, np.array([1.0, 1.0]), np.array([2.0, 30.0])
    peaks = Peaks(np.stack([on, off, faint]), np.array([0.9, 0.8, 0.05]), np.zeros(3, np.int64))
    hard = false_peaks(case, 7, peaks, how)
    np.testing.assert_allclose(hard.places, [[4.0, 4.0]])
    assert hard.rows.tolist() == [7]
    assert hard.scores.tolist() == [0.8]


def test_a_finished_round_is_not_learnt_again(how: SlidingSettings, tissue: Tissue, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    cases = tissue(8, 0, (72, 72))
    quick = SlidingRecipe(**{**vars(RECIPE), "stretches": 1, "batch_size": 8})
    whole = _fit(cases, how, tmp_path, quick)
    (tmp_path / "sliding_0_round_1.safetensors").unlink(missing_ok=True)  # killed in the second round
    again = _fit(cases, how, tmp_path, quick)
    for one, other in zip(whole.network.parameters(), again.network.parameters(), strict=True):
        torch.testing.assert_close(one, other)
    assert [record["mined"] for record in whole.rounds] == [record["mined"] for record in again.rounds]
    assert load_round(tmp_path, "another key", "sliding_0", 0, how, "patch_net") is None
    assert not list(tmp_path.glob("*.checkpoint.pt"))


def test_two_networks_learn_from_the_map_of_the_first(how: SlidingSettings, tissue: Tissue) -> None:
    torch.set_num_threads(1)
    cases, rows = tissue(4, 0, (72, 72)), np.arange(4)
    quick = replace(RECIPE, stretches=1, batch_size=4, objects=(0.5, 0.25))
    wide = replace(how, field=Field(101, 8))
    fitted: list[FittedSliding] = []
    for place, name in enumerate(("ciresan_dnn1", "ciresan_dnn2")):
        member = SlidingMember(0, rows[1:], rows[:1], "key", name, place)
        first = fitted[0].first if fitted else None
        mining = Mining(2, None, time.monotonic() + 60, lambda record, share: None, "map", first)
        fitted.append(fit_sliding(cases, member, quick, wide, mining))
    assert [record["round"] for record in fitted[0].rounds] == [1, 2]
    assert [record["round"] for record in fitted[1].rounds] == [2]
    assert all(one.rounds[-1]["kept"] == 1 for one in fitted)
    assert all(one.rounds[-1]["mined"] == 3 * DRAWN_AN_IMAGE for one in fitted)
    assert _weights(fitted[0]) == 13_630 + 101  # one class more
    assert _weights(fitted[1]) == 37_230 + 101


def _weights(one: FittedSliding) -> int:
    return sum(weight.numel() for weight in one.network.parameters())


def test_selective_rounds_go_on_with_the_same_network(how: SlidingSettings, tissue: Tissue) -> None:
    torch.set_num_threads(1)
    cases, rows = tissue(4, 0, (72, 72)), np.arange(4)
    quick = replace(RECIPE, stretches=1, batch_size=2, objects=(0.5,))
    member = SlidingMember(0, rows[1:], rows[:1], "key", "ciresan_dnn1")
    mining = Mining(7, None, time.monotonic() + 60, lambda record, share: None, "selective")
    fitted = fit_sliding(cases, member, quick, replace(how, field=Field(101, 8)), mining)
    mined = [record["mined"] for record in fitted.rounds]
    assert mined[0] == 0
    assert mined[1:] == [3 * DRAWN_AN_IMAGE] * 6, "drawn anew, not added"
    judged = [np.isfinite(record["validation_metric"]) for record in fitted.rounds]
    assert judged[0]
    assert judged[-1]
    assert sum(judged) == 6
    assert mining.shares().tolist() == [1.0] * 7


@pytest.mark.slow
def test_the_second_round_has_fewer_false_positives(
    how: SlidingSettings, tissue: Tissue, tmp_path: Path
) -> None:
    torch.set_num_threads(1)
    _fit(tissue(24, 1), how, tmp_path, seconds=60)
    unseen = tissue(24, 2)
    networks = [load_round(tmp_path, "key", "sliding_0", number, how, "patch_net") for number in range(2)]
    first, second = (
        score_peaks(unseen, read_cases(unseen, one.network, how), 4, 2) for one in networks if one is not None
    )
    wanted = {
        number: min(curve.at(1.0), float(second.curves[number].sensitivity.max()))
        for number, curve in first.curves.items()
    }
    before, after = (
        np.mean([false_per_image_at(score.curves[number], wanted[number]) for number in wanted])
        for score in (first, second)
    )
    assert after < 0.5 * before, (before, after)
