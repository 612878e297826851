from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.overlap import overlap


@pytest.mark.data
def test_known_answers(known_masks) -> None:
    cases = list(known_masks)
    assert len(cases) == 18
    for case, masks in cases:
        told = case["expected"]
        found = overlap(*masks, spacing=case["spacing"])
        assert (found.reference, found.predicted, found.both) == (
            told["n_ref"], told["n_pred"], told["intersection"],
        ), case["id"]  # fmt: skip
        for value, name in ((found.dice, "dice"), (found.iou, "iou")):
            assert value == (None if told[name] is None else pytest.approx(told[name])), case["id"]
        if "rel_volume_error" in told:
            assert found.relative_size_error == pytest.approx(told["rel_volume_error"])
            assert found.reference_size == pytest.approx(told["volume_ref"])


def test_empty_masks() -> None:
    none, some = np.zeros((3, 3), int), np.eye(3, dtype=int)
    assert overlap(none, none).dice is None
    assert overlap(some, none).dice == 0
    assert overlap(some, none).sensitivity == 0
    assert overlap(some, none).precision is None
    assert overlap(none, some).relative_size_error is None


def test_refusals() -> None:
    with pytest.raises(DataRefused, match="the prediction holds the value 255"):
        overlap([[0, 1]], [[0, 255]])
    with pytest.raises(UsageError, match="one shape"):
        overlap([[0, 1]], [[0], [1]])
    with pytest.raises(UsageError, match="2 distances above 0"):
        overlap([[0, 1]], [[0, 1]], spacing=(1, 0))
