"""How well external images are told from the study's own."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.journey.external.domain import domain_classifier


@pytest.mark.parametrize(
    ("shift", "low", "high", "words"),
    [(0.0, 0.35, 0.65, "look much like"), (0.35, 0.7, 0.95, "unlike"), (3.0, 0.99, 1.0, "nearly every")],
)
def test_the_verdict_follows_the_auc(shift: float, low: float, high: float, words: str) -> None:
    rng = np.random.default_rng(0)
    own, other = rng.normal(size=(150, 12)), rng.normal(size=(140, 12)) + shift
    found = domain_classifier(
        own.astype(np.float32), other.astype(np.float32), own_patients=np.arange(150),
        other_patients=np.arange(140), seed=0,
    )  # fmt: skip
    assert low <= found["auc"]["value"] <= high
    assert words in found["verdict"] or shift == 0.0


def test_a_patient_with_many_images_gives_nothing_away() -> None:
    """Each patient has a look of their own; only by patient out of fold is that no clue."""
    rng = np.random.default_rng(1)
    own, other = (np.repeat(rng.normal(size=(25, 40)), 8, axis=0) for _ in range(2))
    patients = np.repeat(np.arange(25), 8)
    features = [(one + 0.01 * rng.normal(size=one.shape)).astype(np.float32) for one in (own, other)]
    found = domain_classifier(*features, own_patients=patients, other_patients=patients, seed=0)
    assert found["auc"]["value"] < 0.8
    alone = domain_classifier(*features, own_patients=np.arange(200), other_patients=np.arange(200), seed=0)
    assert alone["auc"]["value"] > 0.95


def test_few_images_are_not_asked_about() -> None:
    few = np.zeros((5, 3), np.float32)
    found = domain_classifier(few, few, own_patients=np.arange(5), other_patients=np.arange(5), seed=0)
    assert found["auc"] is None
    assert "5 images on one side" in found["verdict"]
