"""Masks of several cases: hand-computed means, and empty masks that are counted."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.segmentation import mask_metrics


def square(at: int, size: int = 4) -> np.ndarray:
    mask = np.zeros((12, 12), int)
    mask[at : at + size, at : at + size] = 1
    return mask


NOTHING = np.zeros((12, 12), int)
REFERENCES = [square(2), square(2), square(2), NOTHING, NOTHING]
PREDICTIONS = [square(2), square(3), NOTHING, NOTHING, square(2)]


def by_name(**changes):
    return {metric.name: metric for metric in mask_metrics(REFERENCES, PREDICTIONS, **changes)}


def test_means_by_hand() -> None:
    """Dice 1, 2 x 9 / 32, 0 and 0; the pair that is empty on both sides is left out and counted."""
    found = by_name()
    assert found["dice"].value == pytest.approx((1 + 18 / 32) / 4)
    assert found["iou"].value == pytest.approx((1 + 9 / 23) / 4)
    assert found["dice"].n_excluded == {"both masks empty": 1}
    assert (found["dice"].n, found["dice"].n_units) == (4, 5)


def test_a_miss_counts_with_the_diagonal() -> None:
    worst = 11 * 2**0.5
    found = by_name()["hausdorff_mm"]
    assert found.value == pytest.approx((0 + 2**0.5 + 2 * worst) / 4)
    assert by_name(spacing=(2, 2))["hausdorff_mm"].value == pytest.approx(2 * found.value)


def test_empty_images_are_a_measure_of_their_own() -> None:
    found = by_name()["image_specificity"]
    assert (found.value, found.n) == (0.5, 2)


def test_patients_widen_the_interval() -> None:
    references, predictions = 4 * REFERENCES[:3], 4 * PREDICTIONS[:3]
    alone = mask_metrics(references, predictions)[0]
    patients = [at % 3 for at in range(12)]
    together = mask_metrics(references, predictions, clusters=patients)[0]
    assert together.ci_method == "clustered_ratio_estimator"
    assert together.ci_high - together.ci_low > alone.ci_high - alone.ci_low


def test_nothing_anywhere_is_undefined() -> None:
    found = {metric.name: metric for metric in mask_metrics([NOTHING] * 3, [NOTHING] * 3)}
    assert {metric.status for name, metric in found.items() if name != "image_specificity"} == {"undefined"}
    assert found["image_specificity"].value == 1.0


def test_refusals() -> None:
    with pytest.raises(UsageError, match="as many predictions"):
        mask_metrics([NOTHING], [])
    with pytest.raises(UsageError, match="a list of masks"):
        mask_metrics(3, 3)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="tolerance"):
        mask_metrics([NOTHING], [NOTHING], tolerance_mm=-1)
    with pytest.raises(UsageError, match="one shape"):
        mask_metrics([NOTHING], [np.zeros((3, 3), int)])
