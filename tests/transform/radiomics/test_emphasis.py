import numpy as np
import pytest

from thirdeye.transform.radiomics.emphasis import emphases


def test_two_cells_by_hand() -> None:
    table = np.array([[3, 0], [0, 1]])  # three of level 1 and length 1, one of level 2 and length 2
    found = emphases(table, small="short", large="long", what="run")
    assert found["short_emphasis"] == pytest.approx((3 + 1 / 4) / 4)
    assert found["long_high_grey_level_emphasis"] == pytest.approx((3 + 16) / 4)
    assert found["grey_level_non_uniformity"] == pytest.approx((9 + 1) / 4)
    assert found["run_length_variance"] == pytest.approx(0.75 * 0.25)
    assert found["run_entropy"] == pytest.approx(-(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25)))


def test_lengths_may_be_given_and_an_empty_table_is_zero() -> None:
    found = emphases(np.array([[2]]), small="short", large="long", what="zone", lengths=np.array([7]))
    assert found["long_emphasis"] == 49
    assert set(emphases(np.zeros((2, 2)), small="short", large="long", what="zone").values()) == {0.0}
