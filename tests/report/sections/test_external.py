"""The section on external data: the shift, the cases left out, and an update that is an offer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.evaluation.operating_point import choose_operating_points
from thirdeye.journey.external.recalibrating import recalibrated
from thirdeye.journey.external.shifting import Part, discrimination_shift, prevalence_shift
from thirdeye.journey.material import Material
from thirdeye.journey.scoring import Scored
from thirdeye.report.document import Bullets, Document, Figure, Notice, Paragraph, Table
from thirdeye.report.html import render_html
from thirdeye.report.sections.external import external_limits, external_notices, external_section
from thirdeye.report.sets import EvidenceSet

CLASSES = ["no", "yes"]
PLAN: Any = SimpleNamespace(task="binary", classes=tuple(CLASSES), positive="yes", seed=0)


def cases(n: int, skill: float, *, shift: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < 0.4).astype(int)
    score = 1 / (1 + np.exp(-(skill * (rng.normal(size=n) + skill * truth - skill / 2) + shift)))
    return truth, np.column_stack([1 - score, score])


def evaluated(truth: np.ndarray, table: np.ndarray) -> dict[str, Any]:
    points = choose_operating_points(truth, table[:, 1])
    return evaluate_set(
        labels=truth, probabilities=table, classes=CLASSES, task="binary", positive="yes", clusters=None,
        unit="image", operating_points=points, excluded={"unreadable": 2}, n_resamples=40,
    )  # fmt: skip


def made(skill: float, *, shift: float = 1.5, looks: int = 1) -> Any:
    """Evidence with a test part and an external set."""
    home, other = cases(300, 2.0), cases(260, skill, shift=shift, seed=1)
    sets = {"test": evaluated(*home), "external:b": evaluated(*other)}
    entry = sets["external:b"]
    material = Material(pd.DataFrame(), np.zeros(0), other[0], np.arange(260).astype(str))  # type: ignore[arg-type]
    scored = Scored(material, np.arange(260), other[1], None)
    truths = {"development": home[0], "test": home[0], "external": other[0]}
    parts = [Part(name, truth, None) for name, truth in truths.items()]
    inside = [m for m in entry["metrics"] if m["name"] in ("auc", "sensitivity", "brier")]
    entry |= {
        "source": {"data": "folder b", "n_found": 262, "classes": {"Yes!": "yes"}},
        "leaks": {"checked": True},
        "looks": {"count": looks, "reasons": ["a map was wrong"] * (looks > 1)},
        "within_envelope": {
            "n": 250, "n_abstained": 10, "reasons": {"it is unlike": 10}, "metrics": inside,
            "note": "The reader would give none.",
        },
        "recalibrated": recalibrated(scored, PLAN, clusters=None),
        "shift": {
            "discrimination": discrimination_shift(sets["test"], entry, "b"),
            "prevalence": prevalence_shift(parts, CLASSES, "yes"),
            "predictive_values": [], "covariates": [],
            "domain": {"auc": None, "verdict": "Not asked: too few."},
        },
    }  # fmt: skip
    return SimpleNamespace(
        evaluation={"unit": "image", "sets": sets},
        cluster="patient",
        drawn_by="patient",
        task="binary",
        positive="yes",
    )


def blocks(evidence: Any) -> tuple[Any, ...]:
    part = EvidenceSet("external:b", evidence.evaluation["sets"]["external:b"], "image")
    section = external_section(evidence, part)
    assert section is not None
    page = Document("Question", "", "Research use only.", (section,), "")
    assert "What is different on" in render_html(page)
    return section.blocks


@pytest.mark.parametrize(("skill", "level"), [(2.0, "note"), (0.9, "warning"), (0.0, "stop")])
def test_a_loss_of_ranking_cannot_be_missed(skill: float, level: str) -> None:
    evidence = made(skill)
    first = blocks(evidence)[0]
    assert isinstance(first, Notice)
    assert first.level == level
    assert [notice.title for notice in external_notices(evidence)] == [first.title]


def test_cases_shift_and_offer_are_all_there() -> None:
    shown = blocks(made(2.0))
    listed = next(block for block in shown if isinstance(block, Bullets)).items
    assert "262 images found in “folder b”." in listed
    assert "2 images left out: unreadable." in listed
    assert any("“Yes!” as “yes”" in item for item in listed)
    captions = [block.caption for block in shown if isinstance(block, Table)]
    assert captions == [
        "How common each class is",
        "With and without the cases on which the reader would give no opinion",
        "Calibration as given and after each update",
    ]
    titles = [block.title for block in shown if isinstance(block, Figure)]
    assert titles == [
        "Calibration: the study's test part and the external data",
        "Recalibrated, apart from the evidence",
    ]


def test_no_update_is_recommended_to_a_reader_that_does_not_rank() -> None:
    evidence = made(0.0)
    shown = blocks(evidence)
    notices = [block for block in shown if isinstance(block, Notice)]
    assert any("No update is recommended" in notice.title for notice in notices)
    assert sum(isinstance(block, Figure) for block in shown) == 1


def test_further_looks_and_cases_outside_are_doubts() -> None:
    evidence = made(2.0, looks=2)
    said = [block.text for block in blocks(evidence) if isinstance(block, Paragraph)]
    assert "looked at 2 times" in said[-1]
    limits = external_limits(evidence)
    assert limits is not None
    assert "“a map was wrong”" in limits.text
    assert "The reader would give none." in limits.text


def test_the_study_s_own_parts_have_no_such_section() -> None:
    evidence = made(2.0)
    assert (
        external_section(evidence, EvidenceSet("test", evidence.evaluation["sets"]["test"], "image")) is None
    )


def test_of_marks_the_section_says_what_other_techniques_reached() -> None:
    entry = {
        "metrics": [], "n": 4, "source": {"data": "b", "n_found": 4}, "looks": {"count": 1, "reasons": []},
        "leaks": {"checked": True}, "comparisons": [{"verdict": "Closer than ridge regression."}, {}],
    }  # fmt: skip
    found = external_section(SimpleNamespace(), EvidenceSet("external:b", entry, "image"))  # type: ignore[arg-type]
    assert found is not None
    said = [block.items for block in found.blocks if isinstance(block, Bullets)]
    assert ("Closer than ridge regression.",) in said
