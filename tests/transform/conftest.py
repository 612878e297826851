"""A picture in which every side is told apart."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

SIDE = 64


@pytest.fixture
def marked() -> NDArray[np.uint8]:
    """(64, 64, 3): smooth background, a red block at the top left, a green one at the top right, a blue one
    at the bottom left.
    """
    y, x = np.mgrid[:SIDE, :SIDE]
    picture = np.repeat((60 + x // 2 + y // 4)[..., None], 3, axis=2).astype(np.uint8)
    picture[8:20, 8:20] = (250, 20, 20)
    picture[8:20, 44:56] = (20, 250, 20)
    picture[44:56, 8:20] = (20, 20, 250)
    return picture
