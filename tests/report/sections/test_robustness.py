"""The section on more cases and chance."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.learning_curve import LearningPoint, fit_learning_curve
from thirdeye.evaluation.learning_verdict import learning_curve_block
from thirdeye.evaluation.seed_variation import between_seed_sd, seed_interval, seed_verdict
from thirdeye.report.document import Document, Figure, Notice, Paragraph, Table
from thirdeye.report.html import render_html
from thirdeye.report.sections.robustness import robustness_section, robustness_sentence

SIZES = (50, 90, 160, 280, 500)


def block(values: Any, trainings: bool = False) -> dict[str, Any]:
    curve = fit_learning_curve([LearningPoint(n, v, 0.005) for n, v in zip(SIZES, values, strict=True)])
    spread = between_seed_sd([0.8, 0.82, 0.81])
    interval = seed_interval([0.81], 0.02, spread.value or 0.0, n_seeds=3, n=100)
    whole = [{"seed": seed, "metric": interval.as_json()} for seed in range(3)] if trainings else []
    return {
        "learning_curve": learning_curve_block(curve) | {"technique": "a head", "n_splits": 50},
        "seeds": {
            "verdict": seed_verdict(interval, spread), "source": "heads", "measured_with": "heads",
            "interval": interval.as_json(), "spreads": [], "trainings": whole,
        },
    }  # fmt: skip


def evidence(found: Any, group: str = "patient") -> Any:
    return SimpleNamespace(evaluation={"robustness": found}, drawn_by=group)


def rising() -> Any:
    return 1 - (0.05 + 0.1 * (np.array(SIZES) / 500) ** -0.5)


def test_the_section_answers_both_questions_with_a_figure() -> None:
    section = robustness_section(evidence(block(rising())))
    assert section is not None
    kinds = [type(one) for one in section.blocks]
    assert {Notice, Figure, Table, Paragraph} <= set(kinds)
    notice = next(one for one in section.blocks if isinstance(one, Notice))
    assert "Twice as many cases would be expected to add" in notice.text
    table = next(one for one in section.blocks if isinstance(one, Table))
    assert [str(row[0]) for row in table.rows] == ["2 times as many (1,000)", "4 times as many (2,000)"]
    page = render_html(Document("t", "s", "n", (section,), "i"))
    assert "expected with more cases" in page
    assert "NaN" not in page


def test_an_unsupported_curve_is_drawn_without_a_prediction() -> None:
    section = robustness_section(evidence(block([0.9, 0.88, 0.86, 0.84, 0.82])))
    assert section is not None
    notice = next(one for one in section.blocks if isinstance(one, Notice))
    assert notice.level == "warning"
    page = render_html(Document("t", "s", "n", (section,), "i"))
    assert "not predicted" in page
    assert "expected with more cases" not in page


def test_whole_trainings_are_drawn() -> None:
    section = robustness_section(evidence(block(rising(), trainings=True)))
    assert section is not None
    assert sum(isinstance(one, Figure) for one in section.blocks) == 2


@pytest.mark.parametrize(("group", "word"), [("patient", "patients"), ("image", "images")])
def test_images_are_not_called_patients(group: str, word: str) -> None:
    section = robustness_section(evidence(block(rising()), group))
    assert section is not None
    figure = next(one for one in section.blocks if isinstance(one, Figure))
    assert f"500 {word}" in figure.alt


def test_nothing_measured_says_so_or_nothing() -> None:
    assert robustness_section(evidence(None)) is None
    assert robustness_sentence(evidence(None)) == ""
    bare = {"learning_curve": {"outcome": "undetermined", "verdict": "Not measured: x.", "points": []}}
    section = robustness_section(evidence(bare))
    assert section is not None
    assert len(section.blocks) == 1
    assert robustness_sentence(evidence(bare)) == ""


def test_the_summary_gets_one_sentence() -> None:
    said = robustness_sentence(evidence(block(rising())))
    assert said.startswith("Twice as many cases would be expected to add 0.0")
