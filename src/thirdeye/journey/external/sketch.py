"""What one pass over the pixels leaves of a set of images; of the study's own it is kept in its cache."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.intake.collection import Collection
from thirdeye.intake.survey import survey
from thirdeye.journey.material import CACHE, DATASET_FILE
from thirdeye.training.event import Event, Listener

FACTS = ("error", "kind", "sha256", "std", "mean", "maximum", "height", "width", "bits", "is_colour")


@dataclass(frozen=True)
class Sketch:
    """What one pass over the pixels left of a set of images.

    Args:
        facts: one row an image, indexed by its reference (see `thirdeye.intake.facts.ImageFacts`).
        thumbnails: (N, 64, 64) in the order of the facts.
    """

    facts: pd.DataFrame
    thumbnails: NDArray[np.uint8]


def look_at(collection: Collection, tell: Listener, what: str) -> Sketch:
    """One pass over the pixels of a collection."""

    def progress(done: int, total: int) -> None:
        tell(Event("progress", what, done / max(1, total)))

    with survey(collection, progress=progress) as seen:
        return Sketch(seen.facts, np.array(seen.thumbnails))


def sketch_of_study(study: Study, dataset: Dataset, tell: Listener) -> Sketch:
    """Facts and thumbnails of the images that take part, made once and kept in the study's cache."""
    name = f"{CACHE}/sketch-{study.sha256(DATASET_FILE)[:16]}"
    known = _kept(study, name)
    if known is not None:
        return known
    rows = dataset.part("train", "validation", "test")
    collection = Collection(
        root=dataset.root, layout="study", rows=rows, task=dataset.task, classes=dataset.classes,
        positive=dataset.positive, patient_known=True, understood=(),
    )  # fmt: skip
    found = look_at(collection, tell, "images of the study looked at")
    _keep(study, name, found)
    return found


def kept_sketch(study: Study) -> Sketch | None:
    """The sketch that an earlier comparison left; None without one."""
    return _kept(study, f"{CACHE}/sketch-{study.sha256(DATASET_FILE)[:16]}")


def _keep(study: Study, name: str, sketch: Sketch) -> None:
    text = sketch.facts[list(FACTS)].to_json(orient="split")
    with study.writing(f"{name}.json") as path:
        path.write_text(text, encoding="utf-8")
    stream = io.BytesIO()
    np.save(stream, sketch.thumbnails, allow_pickle=False)
    with study.writing(f"{name}.npy") as path:
        path.write_bytes(stream.getvalue())


def _kept(study: Study, name: str) -> Sketch | None:
    try:
        thumbnails = np.load(study.path(f"{name}.npy"), allow_pickle=False)
        text = study.path(f"{name}.json").read_text(encoding="utf-8")
        facts = pd.read_json(io.StringIO(text), orient="split", convert_axes=False, dtype=False)
    except (OSError, ValueError, EOFError):
        return None
    whole = len(facts) == len(thumbnails) and set(FACTS) <= set(facts.columns)
    return Sketch(facts, thumbnails) if whole else None
