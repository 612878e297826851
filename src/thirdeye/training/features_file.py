"""The frozen features of the development cases, kept from training for what is asked of them later."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FEATURES_FILE = "features.npz"


def save_features(folder: Path, features: NDArray[np.float32], identity: str) -> None:
    """Write features (N, C) in half precision, in one step.

    Args:
        folder: the study's ``runs``.
        features: in the order of the development cases.
        identity: of the run that computed them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stream = io.BytesIO()
    largest = np.finfo(np.float16).max
    kept = np.clip(features, -largest, largest).astype(np.float16)
    np.savez(stream, features=kept, identity=np.array(identity))
    temporary = folder / f"{FEATURES_FILE}.part"
    temporary.write_bytes(stream.getvalue())
    temporary.replace(folder / FEATURES_FILE)


def load_features(folder: Path, identity: str, n: int) -> NDArray[np.float32] | None:
    """The features (n, C) of a run; None where they are missing, damaged or of another run."""
    try:
        content = io.BytesIO((folder / FEATURES_FILE).read_bytes())
        with np.load(content, allow_pickle=False) as stored:
            features = np.asarray(stored["features"], dtype=np.float32)
            if str(stored["identity"]) != identity or features.ndim != 2 or len(features) != n:
                return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return features if np.isfinite(features).all() else None
