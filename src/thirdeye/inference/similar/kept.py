"""What a study keeps to find similar cases: a measure of likeness, galleries, a limit of duplicates."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.hashed import verified
from thirdeye.inference.similar.finder import Finder
from thirdeye.inference.similar.gallery import read_gallery
from thirdeye.inference.similar.lists import BEYOND
from thirdeye.inference.similar.measure import Measure

NAME = "similar"
MEASURE_FILE = "model/similar.npz"


def write_measures(study: Study, measure: Measure, of_pictures: Measure) -> dict[str, str]:
    """Write both measures, of features and of small pictures; their "file" and "sha256"."""
    stream = io.BytesIO()
    parts = {"": measure, "picture_": of_pictures}
    arrays = {f"{name}{part}": array for name, one in parts.items() for part, array in vars(one).items()}
    np.savez(stream, **arrays)
    with study.writing(MEASURE_FILE) as path:
        path.write_bytes(stream.getvalue())
    return {"file": Path(MEASURE_FILE).name, "sha256": hashlib.sha256(stream.getvalue()).hexdigest()}


def read_measures(study: Study, kept: Mapping[str, Any]) -> tuple[Measure, Measure]:
    """The measures that `write_measures` wrote; never unpickles.

    Raises:
        StudyMismatch: the file is missing, damaged, or was changed after training.
    """
    content = verified(study, kept)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            found = [
                Measure(*(np.asarray(stored[f"{name}{part}"], np.float32) for part in ("mean", "basis")))
                for name in ("", "picture_")
            ]
    except Exception as error:  # zipfile and numpy raise unrelated types
        raise StudyMismatch(f"{kept['file']} of the study is damaged ({type(error).__name__})") from error
    if not all(_sound(one) for one in found):
        raise StudyMismatch(f"{kept['file']} of the study is damaged: not a finite table per member")
    return found[0], found[1]


def _sound(measure: Measure) -> bool:
    mean, basis = measure.mean, measure.basis
    fits = mean.ndim == 2 and basis.ndim == 3 and basis.shape[:2] == mean.shape
    return bool(fits and np.isfinite(mean).all() and np.isfinite(basis).all())


def read_finder(study: Study, kept: Mapping[str, Any]) -> Finder:
    """Ready to search.

    Args:
        study: whose it is.
        kept: the entry "similar" of the trust in ``model.json``.

    Raises:
        StudyMismatch: a file is missing, damaged, or was changed.
    """
    galleries = tuple(read_gallery(study, entry) for entry in kept["galleries"])
    limit = (kept.get("duplicates") or {}).get("limit")
    measure, of_pictures = read_measures(study, kept["measure"])
    beyond = int((kept.get("search") or {}).get("beyond", BEYOND.cases))
    return Finder(measure, of_pictures, galleries, None if limit is None else float(limit), beyond)
