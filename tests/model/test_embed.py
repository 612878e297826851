from __future__ import annotations

import numpy as np

from thirdeye.model.embed import FrozenEmbedder


def test_similar_pictures_lie_close() -> None:
    draw = np.random.default_rng(0)
    coarse = draw.integers(0, 256, (4, 6, 6, 3), dtype=np.uint8)
    pictures = np.kron(coarse, np.ones((1, 16, 16, 1), np.uint8))
    brighter = np.clip(pictures.astype(int) + 12, 0, 255).astype(np.uint8)
    embedder = FrozenEmbedder()
    vectors = embedder(np.concatenate([pictures, brighter]))
    assert (vectors.shape, vectors.dtype) == ((8, 1280), np.float32)
    assert pictures.shape[1:3] == (embedder.size_px, embedder.size_px)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = unit[:4] @ unit[4:].T
    assert (likeness.argmax(axis=1) == np.arange(4)).all()
    assert likeness.diagonal().min() > 0.95


def test_the_batch_does_not_matter() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (3, 96, 96, 3), dtype=np.uint8)
    embedder = FrozenEmbedder()
    one_by_one = np.concatenate([embedder(pictures[i : i + 1]) for i in range(3)])
    assert np.allclose(embedder(pictures), one_by_one, rtol=1e-3, atol=1e-4)
