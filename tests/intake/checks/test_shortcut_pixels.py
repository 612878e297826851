from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thirdeye.intake.checks.shortcut_pixels import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey

Make = Callable[..., Exhibits]


def pictures(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 160, (n, 64, 64), dtype=np.uint8)


def test_a_frame_around_one_class_is_called_with_pictures(made_exhibits: Make) -> None:
    labels = np.array(["a", "b"] * 50)
    thumbnails = pictures(100, 0)
    thumbnails[labels == "a", :3] = 0
    (finding,) = check(made_exhibits(list(labels), thumbnails=thumbnails))
    assert finding.severity == "warning"
    assert "suspicion" in finding.message
    assert finding.evidence["auc"]["border"]["ci_low"] > 0.9
    assert finding.evidence["auc"]["corners"]["value"] > 0.9
    means, where = finding.exhibits
    assert means.pixels.ndim == 2
    assert where.pixels.shape == (192, 192, 3)
    upper, middle = where.pixels[4, 96].astype(int), where.pixels[96, 96].astype(int)
    assert abs(upper[0] - upper[2]) > 100 > abs(middle[0] - middle[2])


def test_a_lesion_in_the_middle_is_no_shortcut(made_exhibits: Make) -> None:
    labels = np.array(["a", "b"] * 50)
    thumbnails = pictures(100, 0)
    thumbnails[labels == "a", 24:40, 24:40] += 60
    assert not list(check(made_exhibits(list(labels), thumbnails=thumbnails)))


def test_it_keeps_its_level_where_labels_are_shuffled(made_exhibits: Make) -> None:
    fired = 0
    for seed in range(40):
        labels = list(np.random.default_rng(seed).permutation(["a", "b"] * 40))
        fired += bool(list(check(made_exhibits(labels, thumbnails=pictures(80, seed)))))
    assert fired <= 2


@pytest.mark.data
def test_the_covid_films_are_called(shared_data: Path) -> None:
    with survey(open_collection(shared_data / "covid_xray_3class")) as exhibits:
        (finding,) = check(exhibits)
    assert finding.severity == "warning"
    assert "Covid-19" in finding.message
