"""The envelope of a reader of masks, boxes or points: the appearance of its development images."""

from __future__ import annotations

import hashlib

import numpy as np

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.case.volume import Volume
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UnreadableFile
from thirdeye.inference.appearance import Vector, appearance_of
from thirdeye.inference.manifest import MANIFEST_FILE
from thirdeye.inference.surrounding_fit import draw_look
from thirdeye.intake.pixels import load
from thirdeye.journey.dense.channels import first_channels

ENVELOPE_FILE = "model/envelope.npz"
MOST_IMAGES = 300  # that the envelope is drawn around


def draw_located_envelope(study: Study, dataset: Dataset, *, seed: int = 0) -> list[str]:
    """Draw the envelope, write it beside the reader and name it in ``model.json``.

    Args:
        study: with a trained reader.
        dataset: of the study; only training and validation rows are looked at.
        seed: of which images are taken, where there are many.

    Returns:
        Names of the files; none where there are too few images.
    """
    rows = first_channels(dataset, dataset.part("train", "validation"))  # as `appearance_of` sees the first
    chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:MOST_IMAGES])
    found: list[Vector] = []
    patients: list[str] = []
    for reference, patient in rows.iloc[chosen][["image", "patient"]].itertuples(index=False):
        seen = _appearance(dataset, str(reference))
        if seen is not None and (not found or seen.shape == found[0].shape):
            found.append(seen)
            patients.append(str(patient))
    drawn = draw_look(np.stack(found), patients, seed=seed) if found else None
    if drawn is None:
        study.path(ENVELOPE_FILE).unlink(missing_ok=True)
        return []
    content = drawn.to_bytes()
    with study.writing(ENVELOPE_FILE) as path:
        path.write_bytes(content)
    form = study.read_json(MANIFEST_FILE)
    form["envelope"] = {
        "n": len(found), "file": study.path(ENVELOPE_FILE).name, "sha256": hashlib.sha256(content).hexdigest()
    }  # fmt: skip
    study.write_json(MANIFEST_FILE, form)
    return [ENVELOPE_FILE]


def _appearance(dataset: Dataset, reference: str) -> Vector | None:
    try:
        item = load(dataset.root, reference)
    except UnreadableFile:
        return None
    return appearance_of(item) if isinstance(item, Image | Volume) else None
