"""Pictures that differ from the others: each check with what it must find and what it must leave alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey

Make = Callable[..., Exhibits]
LABELS = ["a", "b"] * 40


def run(name: str, exhibits: Exhibits) -> list[Finding]:
    return list(CHECKS.get(name).run(exhibits))


def bodies(n: int = 80, seed: int = 0) -> np.ndarray:
    """Like films of one body part: bright above, dark on the left, noise of their own."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:64, :64] / 63
    body = 60 + 90 * (1 - rows) + 60 * columns
    return (body + rng.normal(0, 20, (n, 64, 64))).clip(0, 255).astype(np.uint8)


def test_inverted_pictures(made_exhibits: Make) -> None:
    thumbnails = bodies()
    thumbnails[[3, 9]] = 255 - thumbnails[[3, 9]]
    (finding,) = run("outlier.inverted", made_exhibits(LABELS, thumbnails=thumbnails))
    assert set(finding.cases) == {"3.png", "9.png"}
    assert finding.exhibits[0].pixels.shape == (192, 388)
    assert not run("outlier.inverted", made_exhibits(LABELS, thumbnails=bodies()))


def test_colour_pictures_are_not_judged_as_inverted(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable, match="grey"):
        run("outlier.inverted", made_exhibits(LABELS, thumbnails=bodies(), facts={"is_colour": [True] * 80}))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: np.rot90(p, 1), "turned by 90"),
        (lambda p: p[::-1, ::-1], "upside down"),
        (lambda p: p[:, ::-1], "left to right"),
    ],
)
def test_turned_pictures(made_exhibits: Make, change: Callable[[np.ndarray], np.ndarray], words: str) -> None:
    thumbnails = bodies()
    thumbnails[5] = change(thumbnails[5])
    (finding,) = run("outlier.turned", made_exhibits(LABELS, thumbnails=thumbnails))
    assert finding.cases == ("5.png",)
    assert words in finding.evidence["about"]["5.png"]


def test_pictures_without_a_common_look_are_not_judged(made_exhibits: Make) -> None:
    for name in ("outlier.turned", "outlier.inverted"):
        with pytest.raises(NotApplicable, match="too different"):
            run(name, made_exhibits(LABELS))


def test_a_foreign_picture(made_exhibits: Make) -> None:
    thumbnails = bodies()
    thumbnails[7] = np.random.default_rng(5).integers(0, 2, (64, 64)) * 255
    (finding,) = run("outlier.foreign", made_exhibits(LABELS, thumbnails=thumbnails))
    assert finding.cases == ("7.png",)
    assert not run("outlier.foreign", made_exhibits(LABELS, thumbnails=bodies()))


def test_sizes_and_shapes(made_exhibits: Make) -> None:
    rng = np.random.default_rng(0)
    width, height = rng.integers(900, 1100, 80), rng.integers(900, 1100, 80)
    assert not run("outlier.size", made_exhibits(LABELS, facts={"width": width, "height": height}))
    width[3], height[3], width[4] = 50, 50, 4000
    (finding,) = run("outlier.size", made_exhibits(LABELS, facts={"width": width, "height": height}))
    assert set(finding.cases) == {"3.png", "4.png"}
    assert finding.severity == "warning"
    assert finding.evidence["about"]["3.png"] == "50 x 50 pixels"


def test_spacings_in_another_unit_and_missing(made_exhibits: Make) -> None:
    spacing = np.full(80, 0.14)
    with pytest.raises(NotApplicable):
        run("outlier.spacing", made_exhibits(LABELS))
    assert not run("outlier.spacing", made_exhibits(LABELS, facts={"row_spacing_mm": spacing}))
    spacing[2], spacing[3] = 0.014, np.nan
    far, lacking = run("outlier.spacing", made_exhibits(LABELS, facts={"row_spacing_mm": spacing}))
    assert (far.cases, far.severity) == (("2.png",), "warning")
    assert (lacking.cases, lacking.severity) == (("3.png",), "info")


def test_a_site_on_another_scale(made_exhibits: Make) -> None:
    site = np.array(["x"] * 60 + ["y"] * 20)
    greatest = np.where(site == "x", 4000.0, 250.0)
    greatest[0] = 60000
    facts = {"minimum": np.zeros(80), "maximum": greatest}
    whole, single = run("outlier.intensity", made_exhibits(LABELS, facts=facts, columns={"site": site}))
    assert len(whole.cases) == 20
    assert "All images of 'y' span about 250, where the median of their kind is 4,000." in whole.message
    assert single.cases == ("0.png",)


def test_modalities_are_not_compared_with_each_other(made_exhibits: Make) -> None:
    """Films of 4,096 values at 0.14 mm, and ultrasound of 256 at 0.8 mm, each as its kind is."""
    film = np.arange(80) < 40
    facts = {
        "modality": np.where(film, "CR", "US"),
        "minimum": np.zeros(80),
        "maximum": np.where(film, 4095.0, 255.0),
        "row_spacing_mm": np.where(film, 0.14, 0.8),
    }
    assert not run("outlier.intensity", made_exhibits(LABELS, facts=facts))
    assert not run("outlier.spacing", made_exhibits(LABELS, facts=facts))
    facts["row_spacing_mm"][50] = 0.08
    (finding,) = run("outlier.spacing", made_exhibits(LABELS, facts=facts))
    assert finding.cases == ("50.png",)


def test_a_few_in_colour(made_exhibits: Make) -> None:
    colour = np.arange(80) < 3
    (finding,) = run("outlier.colour", made_exhibits(LABELS, facts={"is_colour": colour}))
    assert finding.cases == ("0.png", "1.png", "2.png")
    assert not run("outlier.colour", made_exhibits(LABELS, facts={"is_colour": np.arange(80) < 30}))


@pytest.mark.data
@pytest.mark.parametrize("name", ["covid_xray_3class", "chest_xray_pneumonia_pediatric"])
def test_planted_on_real_films(shared_data: Path, name: str) -> None:
    """Every tenth film inverted, then every tenth turned by 90 degrees; nothing is planted the third time."""
    from dataclasses import replace

    with survey(open_collection(shared_data / name)) as exhibits:
        rows = np.arange(0, len(exhibits.facts), 10)
        inverted, turned = np.array(exhibits.thumbnails), np.array(exhibits.thumbnails)
        inverted[rows] = 255 - inverted[rows]
        turned[rows] = np.rot90(turned[rows], 1, axes=(1, 2))
        planted = set(exhibits.facts.index[rows])
        for check, pictures, least in (("outlier.inverted", inverted, 0.8), ("outlier.turned", turned, 0.8)):
            (finding,) = run(check, replace(exhibits, thumbnails=pictures))
            assert set(finding.cases) <= planted
            assert len(finding.cases) >= least * len(planted)
            assert not run(check, exhibits)


def test_pictures_that_lie_any_way_have_no_right_way_up(made_exhibits: Make) -> None:
    thumbnails = bodies()
    for row in range(0, 80, 4):
        thumbnails[row] = thumbnails[row, :, ::-1]
    with pytest.raises(NotApplicable, match=r"no right way up|too different"):
        run("outlier.turned", made_exhibits(LABELS, thumbnails=thumbnails))
