"""Draw the envelope of a reader around its development images; held-out images set the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.appearance import appearance
from thirdeye.inference.envelope import FeatureEnvelope, fit_feature_envelope, fit_untaught_envelope
from thirdeye.inference.gaussian import edge_of
from thirdeye.inference.look_envelope import LookEnvelope, fit_look_envelope
from thirdeye.inference.surroundings import Surroundings

QUANTILE = 0.98
UNIT = 0.5  # quantile of each part that counts as 1, so that no odd image decides how much a part weighs
FOLDS = 20  # few are left out at a time, so that held-out distances are those of the Gaussian around all
FEATURE_FOLDS = 5  # of features, which take longer
FEWEST_PATIENTS = 5
FEWEST = 40  # images of which an envelope of appearance is drawn
MOST_KEPT = 1000  # held-out distances that are kept for ranks


def draw_surroundings(
    features: NDArray[np.float32],
    prepared: NDArray[np.uint8],
    held_out: NDArray[np.bool_],
    patients: Sequence[str] | None = None,
    *,
    untaught: bool = False,
) -> Surroundings:
    """The envelope of a reader of whole images.

    Args:
        features: (n, M * C) of development images, from the exported ensemble.
        prepared: (n, S, S, 3) of the same.
        held_out: (n, M) True where member m did not learn from image i.
        patients: (n,) whose they are; None: every image is another patient's.
        untaught: the reader is one network whose features have learnt from none of the images: all of them
            can be held out, whatever `held_out` says.
    """
    looks = np.stack([appearance(image) for image in prepared])
    return draw_surroundings_of(features, looks, held_out, patients, untaught=untaught)


def draw_surroundings_of(
    features: NDArray[np.float32],
    looks: NDArray[np.float32],
    held_out: NDArray[np.bool_],
    patients: Sequence[str] | None = None,
    *,
    untaught: bool = False,
) -> Surroundings:
    """The same from appearances (n, A) of the images."""
    folds = _folds([str(row) for row in range(len(looks))] if patients is None else patients)
    look, look_held = fit_look_envelope(looks, folds, quantile=UNIT)
    if untaught:
        inner, inner_held = fit_untaught_envelope(features, folds % FEATURE_FOLDS, quantile=UNIT)
    else:
        inner = fit_feature_envelope(features, held_out, quantile=UNIT)
        inner_held = inner.held_out_distance(features, held_out)
    held = (inner_held + look_held) / 2
    drawn = with_edge(inner, look, held[np.isfinite(held)])
    return replace(drawn, edge_of_look=edge_of(look_held, QUANTILE))


def draw_look(
    appearances: NDArray[np.float32], patients: Sequence[str], *, seed: int = 0, fewest: int = FEWEST
) -> Surroundings | None:
    """The envelope of a reader that no features are known of; None for too few images.

    Args:
        appearances: (n, A) of development images.
        patients: (n,) whose they are; those of one patient are held out together.
        seed: of the folds.
        fewest: images of which an envelope is drawn.
    """
    if len(appearances) < fewest or len(set(patients)) < FEWEST_PATIENTS:
        return None
    look, held = fit_look_envelope(appearances, _folds(patients, seed=seed))
    return with_edge(None, look, held)


def with_edge(
    features: FeatureEnvelope | None, look: LookEnvelope | None, held: NDArray[np.floating]
) -> Surroundings:
    """The two parts with the edge that held-out images set.

    Args:
        features, look: the parts.
        held: (n,) the mean of both relative distances of images that neither part was fitted to.
    """
    edge = edge_of(held, QUANTILE)
    known = np.sort(held / edge)
    if len(known) > MOST_KEPT:
        known = known[np.linspace(0, len(known) - 1, MOST_KEPT).astype(int)]
    return Surroundings(features, look, edge, known.astype(np.float32))


def _folds(patients: Sequence[str], *, seed: int = 0) -> NDArray[np.int64]:
    """(n,) which images are held out together: all of a patient, and those of some other patients."""
    names, whose = np.unique(np.asarray(patients, str), return_inverse=True)
    fold_of = np.random.default_rng(seed).permutation(len(names)) % min(FOLDS, len(names))
    return np.asarray(fold_of[whose], np.int64)
