from __future__ import annotations

import numpy as np
import pandas as pd

from thirdeye.inference.similar.pictures import small_pictures
from thirdeye.journey.similar.relevance import itself, same_class


def test_one_label_or_several() -> None:
    assert same_class(np.array([0, 1]), np.array([1, 1])).tolist() == [[False, False], [True, True]]
    several = np.array([[1, 1, 0], [0, 0, 0]])
    others = np.array([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
    assert same_class(several, others).tolist() == [[True, False, False], [False, False, True]]


def test_a_case_itself_is_its_patient_its_group_and_its_copies() -> None:
    rows = pd.DataFrame({"patient": ["a", "b", "c"], "kept_together": ["a", "g", "c"]})
    gallery = pd.DataFrame({"patient": ["a", "x", "y", "z"], "kept_together": ["q", "g", "r", "s"]})
    pictures = np.eye(3, 5, dtype=np.float32)
    others = np.zeros((4, 5), np.float32)
    others[3, 2] = 1
    assert itself(rows, gallery, pictures, others).astype(int).tolist() == [
        [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]
    ]  # fmt: skip


def test_the_product_of_small_pictures_is_their_correlation() -> None:
    rng = np.random.default_rng(0)
    images = np.kron(rng.integers(0, 255, (2, 16, 16, 3)), np.ones((1, 4, 4, 1))).astype(np.uint8)
    one, other = small_pictures(images)
    flat = images[:, ::4, ::4].reshape(2, -1)
    np.testing.assert_allclose(one @ other, np.corrcoef(flat)[0, 1], atol=1e-5)
    assert not small_pictures(np.full((1, 8, 8, 3), 7, np.uint8)).any()
