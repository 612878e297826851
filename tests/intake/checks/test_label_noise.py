from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thirdeye.intake.checks.label_noise import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey

Make = Callable[..., Exhibits]


def planted(made_exhibits: Make, wrong: int, seed: int = 0) -> tuple[Exhibits, set[str]]:
    """400 pictures whose features tell the class, `wrong` of them under the other label."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, 400)
    features = np.concatenate(
        [truth[:, None] * 5 + rng.normal(size=(400, 1)), rng.normal(size=(400, 9))], axis=1
    )
    flipped = rng.choice(400, wrong, replace=False)
    given = truth.copy()
    given[flipped] = 1 - truth[flipped]
    exhibits = made_exhibits(
        ["ab"[c] for c in given], features=features.astype(np.float32), features_from="a test"
    )
    return exhibits, {f"{row}.png" for row in flipped}


def test_planted_wrong_labels_are_found(made_exhibits: Make) -> None:
    exhibits, wrong = planted(made_exhibits, 20)
    (finding,) = check(exhibits)
    accused = set(finding.cases)
    assert len(accused & wrong) >= 10  # recall 0.5
    assert len(accused & wrong) >= 0.7 * len(accused)
    assert finding.cases[0] in wrong
    assert "probability" in finding.evidence["about"][finding.cases[0]]
    assert not finding.fixes
    assert finding.severity == "warning"


def test_right_labels_are_left_in_peace(made_exhibits: Make) -> None:
    exhibits, _ = planted(made_exhibits, 0)
    assert sum(len(finding.cases) for finding in check(exhibits)) <= 8  # of 400; hard cases


def test_a_weak_model_accuses_nobody(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable, match="too badly"):
        list(check(made_exhibits(["a", "b"] * 60)))


@pytest.mark.data
def test_planted_wrong_labels_on_real_films(shared_data: Path) -> None:
    """5 % of the labels of the paediatric films turned round; thumbnails only."""
    from dataclasses import replace

    collection = open_collection(shared_data / "chest_xray_pneumonia_pediatric")
    rng = np.random.default_rng(0)
    rows = collection.rows.copy()
    wrong = rng.choice(len(rows), len(rows) // 20, replace=False)
    first, second = collection.classes
    labels = rows["label"].to_numpy(copy=True)
    labels[wrong] = np.where(labels[wrong] == first, second, first)
    rows["label"] = labels
    with survey(replace(collection, rows=rows)) as exhibits:
        (finding,) = check(exhibits)
    hits = len(set(finding.cases) & set(rows["image"].iloc[wrong]))
    assert hits / len(finding.cases) > 0.75
    assert hits / len(wrong) > 0.5
