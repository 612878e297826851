"""The best description of each picture that there is: an embedder's, beside blocks of the thumbnail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.probe.pictures import block_features
from thirdeye.intake.probe.ridge import reduced, standardise
from thirdeye.intake.probe.target import Target

FROM_EMBEDDER = 256
FROM_THUMBNAIL = 128


def picture_features(exhibits: Exhibits, target: Target) -> NDArray[np.float32]:
    """(n, p) principal components of both; of the thumbnails alone where no embedder was given."""
    blocks = block_features(exhibits.thumbnails, target.positions).reshape(len(target), -1)
    if exhibits.features is None:
        return reduced(standardise(blocks), FROM_EMBEDDER)
    embedded = np.asarray(exhibits.features[target.positions], dtype=np.float32)
    return np.concatenate(
        [reduced(standardise(embedded), FROM_EMBEDDER), reduced(standardise(blocks), FROM_THUMBNAIL)], axis=1
    )
