import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.transform.radiomics.region import Region, directions, discretised, pair_slices


def test_bins_of_equal_number_and_of_equal_width() -> None:
    values = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, np.nan]])
    by_number = discretised(values, n_bins=2)
    assert by_number.levels.tolist() == [[1, 1, 2], [2, 2, 0]]
    by_width = discretised(values, values > 0, width=1.5)
    assert by_width.levels.tolist() == [[0, 1, 1], [2, 3, 0]]
    assert by_width.n_levels == 3


def test_constant_values_fill_one_bin() -> None:
    region = discretised(np.full((3, 3), 5.0), n_bins=8)
    assert set(region.levels.ravel()) == {1}
    assert region.n_levels == 8
    assert discretised(np.full((3, 3), 5.0), width=2.0).n_levels == 1


@pytest.mark.parametrize(
    ("values", "options", "said"),
    [
        (np.zeros((2, 2)), {"n_bins": 2, "width": 1.0}, "either"),
        (np.zeros((2, 2)), {}, "either"),
        (np.full((2, 2), np.nan), {"n_bins": 2}, "empty"),
        (np.zeros(4), {"n_bins": 2}, "image or a volume"),
    ],
)
def test_what_cannot_be_is_refused(values: np.ndarray, options: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        discretised(values, **options)


def test_masks_must_fit_and_levels_be_in_range() -> None:
    with pytest.raises(UsageError, match="must match"):
        discretised(np.zeros((2, 2)), np.ones((2, 3)), n_bins=2)
    with pytest.raises(UsageError, match=r"0\.\.3"):
        Region(np.array([[4]]), 3)


def test_every_pair_of_neighbours_is_met_once() -> None:
    assert [len(directions(n)) for n in (2, 3)] == [4, 13]
    image = np.arange(12).reshape(3, 4)
    pairs = set()
    for offset in directions(2):
        here, there = pair_slices(offset)
        pairs |= {frozenset(pair) for pair in zip(image[here].ravel(), image[there].ravel(), strict=True)}
    assert len(pairs) == 3 * 3 + 2 * 4 + 2 * 6  # along rows, along columns, both diagonals
