"""The feature envelope: coverage on its own kind, distance of others, hostile files."""

from __future__ import annotations

import io

import numpy as np
import pytest

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.envelope import FeatureEnvelope, fit_feature_envelope

RANDOM = np.random.default_rng(0)
MIX = RANDOM.normal(size=(6, 40)) * np.array([5, 4, 3, 2, 1, 1])[:, None]


def features(n: int, *, members: int = 2, shift: float = 0.0) -> np.ndarray:
    latent = RANDOM.normal(size=(n, 6))
    blocks = [latent @ MIX + 0.3 * RANDOM.normal(size=(n, 40)) + shift for _ in range(members)]
    return np.concatenate(blocks, axis=1).astype(np.float32)


def folds(n: int, members: int = 2) -> np.ndarray:
    return np.arange(n)[:, None] % members == np.arange(members)


def test_few_of_its_own_kind_and_nearly_all_others_are_outside() -> None:
    envelope = fit_feature_envelope(features(800), folds(800))
    assert (envelope.distance(features(2000)) > 1).mean() < 0.02
    assert (envelope.distance(features(200, shift=4.0)) > 1).mean() > 0.95
    assert (envelope.distance(20 * features(200)) > 1).mean() > 0.95


def test_distance_agrees_with_a_full_mahalanobis_distance_when_all_components_are_kept() -> None:
    from scipy.spatial.distance import mahalanobis

    data = RANDOM.normal(size=(4000, 5)) @ RANDOM.normal(size=(5, 5))
    held = np.arange(4000)[:, None] >= 2000
    envelope = fit_feature_envelope(data.astype(np.float32), held)
    inverse = np.linalg.inv(np.cov(data[:2000], rowvar=False))
    expected = [mahalanobis(row, data[:2000].mean(0), inverse) for row in data[:50]]
    ratio = envelope.distance(data[:50].astype(np.float32)) / expected
    assert ratio.std() / ratio.mean() < 0.02


def test_small_sets_get_a_margin_instead_of_an_invented_quantile() -> None:
    data, held = features(60, members=1), folds(60, 1) & (np.arange(60)[:, None] < 30)
    envelope = fit_feature_envelope(data, held)
    assert envelope.distance(data[:30]).max() == pytest.approx(1 / 1.1, rel=1e-3)


def test_constant_features_do_not_divide_by_zero() -> None:
    envelope = fit_feature_envelope(
        np.ones((50, 8), np.float32), folds(50, 1) & (np.arange(50)[:, None] < 25)
    )
    assert np.isfinite(envelope._raw(np.ones((1, 8), np.float32) * 2, 0)).all()


def test_file_round_trip() -> None:
    envelope = fit_feature_envelope(features(300), folds(300))
    again = FeatureEnvelope.from_bytes(envelope.to_bytes())
    new = features(5)
    assert np.array_equal(again.distance(new), envelope.distance(new))
    assert envelope.to_bytes() == envelope.to_bytes()


class _Trap:
    def __reduce__(self) -> tuple:
        return (pytest.fail, ("a pickle was loaded",))


def test_pickled_and_damaged_files_are_refused_and_nothing_runs() -> None:
    names = ("mean", "components", "deviation", "rest", "edge")
    stream = io.BytesIO()
    np.savez(stream, **dict.fromkeys(names, np.array([_Trap()], dtype=object)))
    infinite = io.BytesIO()
    np.savez(infinite, **dict.fromkeys(names, np.full((2, 2), np.inf)))
    for content in (stream.getvalue(), infinite.getvalue(), b"PK\x03\x04", b""):
        with pytest.raises(StudyMismatch, match=r"envelope\.npz"):
            FeatureEnvelope.from_bytes(content)


def test_wrong_shapes_are_named() -> None:
    with pytest.raises(UsageError, match="3 members"):
        fit_feature_envelope(features(20), np.ones((20, 3), bool))
    with pytest.raises(UsageError, match="did not"):
        fit_feature_envelope(features(20), np.ones((20, 2), bool))
    envelope = fit_feature_envelope(features(60), folds(60))
    with pytest.raises(StudyMismatch, match="80 features"):
        envelope.distance(np.zeros((3, 79), np.float32))
