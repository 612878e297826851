from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.evaluation.mask_scores import MaskScore
from thirdeye.journey.dense.drawing import Packed, chosen_cases, draw_case
from thirdeye.report.figures.palette import EXPERT_RGB, NETWORK_RGB
from thirdeye.report.located.outlines import GAP, SIDE, Pane, outlined


def _score(case: str, dice: float | None, *, there: bool = True) -> MaskScore:
    return MaskScore(case, "a", there, dice is not None, 1.0, 1.0, dice, dice, dice, 1.0, 1.0)


def _open(content: bytes) -> np.ndarray:
    return np.asarray(Picture.open(io.BytesIO(content)))


def test_best_median_and_worst_are_chosen_among_those_that_show_it() -> None:
    scores = [_score(f"c{i}", dice) for i, dice in enumerate([0.5, 0.9, 0.7, 0.1, 0.8])]
    scores.append(_score("invented", 0.0, there=False))
    found = [(rank, score.case) for _, rank, score in chosen_cases(scores, ("a", "b"))]
    assert found == [("best", "c1"), ("median", "c2"), ("worst", "c3")]


@pytest.mark.parametrize(("n", "ranks"), [(1, ["median"]), (2, ["best", "worst"]), (0, [])])
def test_of_few_cases_none_is_drawn_twice(n: int, ranks: list[str]) -> None:
    scores = [_score(f"c{i}", 0.5 + i / 10) for i in range(n)]
    assert [rank for _, rank, _ in chosen_cases(scores, ("a",))] == ranks


def test_a_label_map_comes_back_from_its_packing() -> None:
    labels = np.random.default_rng(0).integers(0, 3, (5, 6, 7)).astype(np.uint8)
    assert np.array_equal(Packed.of(labels).labels(), labels)


def test_both_outlines_can_be_seen_where_they_agree() -> None:
    mask = np.zeros((60, 60), bool)
    mask[20:40, 20:40] = True
    picture = _open(outlined([Pane(np.full((60, 60), 90, np.uint8), mask, mask)]))
    assert picture.shape == (SIDE, SIDE, 3)
    expert, network = ((picture == colour).all(axis=2) for colour in (EXPERT_RGB, NETWORK_RGB))
    assert expert.sum() > 400
    assert network.sum() > 400
    rows = np.flatnonzero(expert.any(axis=1)), np.flatnonzero(network.any(axis=1))
    assert rows[0][0] < rows[1][0]  # the expert's lies outside
    assert rows[0][-1] > rows[1][-1]


def test_a_small_structure_is_enlarged_and_panes_are_stacked() -> None:
    mask = np.zeros((400, 400), bool)
    mask[10:16, 380:386] = True
    small = Pane(np.zeros((400, 400), np.uint8), mask, np.zeros_like(mask))
    picture = _open(outlined([small, small]))
    assert picture.shape == (2 * SIDE + GAP, SIDE, 3)
    rows = np.flatnonzero((picture[:SIDE] == EXPERT_RGB).all(axis=2).any(axis=1))
    assert rows[-1] - rows[0] > SIDE / 8


def test_nothing_marked_is_the_whole_picture() -> None:
    empty = np.zeros((30, 20), bool)
    picture = _open(outlined([Pane(np.full((30, 20, 3), 200, np.uint8), empty, empty)]))
    columns = np.flatnonzero((picture == 200).all(axis=2).any(axis=0))
    assert columns[-1] - columns[0] + 1 == pytest.approx(SIDE * 20 / 30, abs=1)


def test_a_case_is_drawn_into_the_study(tmp_path: Path) -> None:
    labels = np.zeros((32, 32), np.uint8)
    labels[8:20, 8:20] = 2
    item = Image(pixels=np.zeros((32, 32), np.uint8), bits=8, source="a.png", spacing_mm=None)
    name = draw_case(Study(tmp_path), item, labels, labels, number=2, name="01_best")
    assert name == "explanation/outlines/01_best.png"
    assert (tmp_path / name).read_bytes()[:4] == b"\x89PNG"
