"""Test-time augmentation: one image seen several ways, answers brought back and averaged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.inference.engine import Engine, Pass
from thirdeye.transform.views import VIEWS


def check_views(names: Sequence[str]) -> None:
    """Refuse what `see` cannot do.

    Raises:
        UsageError: a view is unknown, or the first is not "identity".
    """
    unknown = [name for name in names if name not in VIEWS]
    if unknown:
        raise UsageError(f"no view is called '{unknown[0]}'; choose from {', '.join(VIEWS)}")
    if not names or names[0] != "identity":
        raise UsageError(f"the first view must be 'identity', not {list(names)[:1]}")


def see(engine: Engine, prepared: NDArray[np.uint8], names: Sequence[str]) -> Pass:
    """Logits and activation maps averaged over views, and of each view; features of the plain view.

    Args:
        engine: the network.
        prepared: (B, S, S, 3) uint8 from `thirdeye.transform.prepare`.
        names: keys of `thirdeye.transform.views.VIEWS`, "identity" first.
    """
    images = np.ascontiguousarray(np.moveaxis(prepared, -1, 1), dtype=np.float32)  # (B, 3, S, S)
    images /= 255
    passes = [engine.run(np.ascontiguousarray(np.flip(images, VIEWS[name]))) for name in names]
    upright = [np.flip(one.cam, VIEWS[name]) for one, name in zip(passes, names, strict=True)]
    members = [one.members for one in passes if one.members is not None]
    by_view = np.stack([one.logits for one in passes], axis=1)
    return Pass(
        logits=by_view.mean(axis=1, dtype=np.float32),
        features=passes[0].features,
        cam=np.mean(upright, axis=0, dtype=np.float32),
        members=np.mean(members, axis=0, dtype=np.float32) if members else None,
        by_view=by_view,
    )
