"""How the page gets to see a picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

# Reference to its picture, (H, W) or (H, W, 3); None where it cannot be read.
Look = Callable[[str], NDArray[np.generic] | None]
