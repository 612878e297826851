"""How the envelope of a reader fared on cases of a set: known ones turned away, changed ones noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.proportion import proportion
from thirdeye.inference.appearance import appearance
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.stream import thinned
from thirdeye.inference.surroundings import TURNED, Surroundings
from thirdeye.journey.scoring import Scored

MOST_CHANGED = 100  # images that are shown as negatives and turned


def surroundings_of(study: Study, manifest: Manifest) -> Surroundings | None:
    """The envelope of a study; None where it has none."""
    if "file" not in manifest.envelope:
        return None
    name = Path(str(manifest.envelope["file"])).name
    return Surroundings.from_bytes(study.path(f"model/{name}").read_bytes())


def distances_of(around: Surroundings, scored: Scored) -> NDArray[np.floating]:
    """(n,) relative distances of the cases of a set, which has features."""
    squares = (scored.material.images[row] for row in scored.rows)
    return around.distance(scored.features, squares)


def join_envelope(
    study: Study, entry: dict[str, Any], scored: Scored, manifest: Manifest, *, patients_known: bool
) -> None:
    """Write the block "envelope" into an entry of "sets"; nothing for a reader without one.

    Args:
        study: with the reader.
        entry: of the set; changed.
        scored: its cases.
        manifest: of the reader.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    around = surroundings_of(study, manifest)
    if around is None or scored.features is None:
        return
    distance = distances_of(around, scored)
    clusters = scored.patients if patients_known else None
    entry["envelope"] = {
        "turned_away": proportion(distance > 1, name="turned_away", clusters=clusters).as_json(),
        "held_out": thinned(around.known), "distances": thinned(distance), "n_held_out": len(around.known),
        "changed": _changed(around, scored, clusters),
    }  # fmt: skip


def _changed(around: Surroundings, scored: Scored, clusters: NDArray[np.str_] | None) -> list[dict[str, Any]]:
    """What becomes of the set's own images, changed, by appearance alone: no network is asked again.

    An image and its changed self are of one patient, and so of one cluster.
    """
    if around.look is None:
        return []
    chosen = np.unique(np.linspace(0, len(scored.rows) - 1, MOST_CHANGED).astype(int))
    rows, whose = scored.rows[chosen], np.arange(len(chosen)) if clusters is None else clusters[chosen]
    images = [np.asarray(scored.material.images[row]) for row in rows]
    own = around.distance_of(None, np.stack([appearance(image) for image in images]))
    found = []
    for name, turn in TURNED.items():
        looks = np.stack([appearance(np.ascontiguousarray(turn(image))) for image in images])
        far = around.distance_of(None, looks)
        labels = np.r_[np.zeros(len(own), int), np.ones(len(far), int)]
        found.append({
            "change": name,
            "auroc": auc(labels, np.r_[own, far], clusters=np.r_[whose, whose], name="auroc").as_json(),
            "noticed": proportion(far > 1, name="noticed", clusters=whose).as_json(),
        })  # fmt: skip
    return found
