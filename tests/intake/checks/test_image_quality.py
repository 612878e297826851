from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from thirdeye.intake.checks.image_quality import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey

Make = Callable[..., Exhibits]


def test_a_blurred_and_a_white_picture_among_sound_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(40):
        sound = (
            ndimage.gaussian_filter(rng.normal(size=(96, 96)), 1.2) * 120 + 110 + rng.normal(0, 3, (96, 96))
        )
        if number == 7:
            sound = ndimage.gaussian_filter(sound, 6) * 3 - 220
        if number == 9:
            sound = sound + 120
        place = tmp_path / ("a" if number % 2 else "b")
        place.mkdir(exist_ok=True)
        Image.fromarray(sound.clip(0, 255).astype(np.uint8)).save(place / f"{number:02d}.png")
    with survey(open_collection(tmp_path, positive="a")) as exhibits:
        (finding,) = check(exhibits)
    assert set(finding.cases) == {"a/07.png", "a/09.png"}
    assert "blurred" in finding.evidence["about"]["a/07.png"]
    assert "overexposed" in finding.evidence["about"]["a/09.png"]
    assert finding.severity == "warning"


def test_different_but_not_bad_is_not_listed(made_exhibits: Make) -> None:
    white = np.zeros(60)
    white[3] = 0.01  # far from the others, and nothing to worry about
    assert not list(check(made_exhibits(["a", "b"] * 30, facts={"white": white})))


def test_without_measurements_it_does_not_apply(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable, match="not measured"):
        list(check(made_exhibits(["a", "b"] * 30)))
