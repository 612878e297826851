import numpy as np
from scipy import ndimage

from thirdeye.transform.radiomics.neighbours import neighbour_sums


def test_sums_agree_with_a_convolution() -> None:
    for shape in ((7, 5), (1, 4), (4, 3, 5)):
        values = np.random.default_rng(0).random(shape)
        kernel = np.ones((3,) * len(shape))
        kernel[(1,) * len(shape)] = 0
        np.testing.assert_allclose(neighbour_sums(values), ndimage.convolve(values, kernel, mode="constant"))
