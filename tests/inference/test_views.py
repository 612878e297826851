"""Views are brought back before they are averaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.inference.engine import Engine
from thirdeye.inference.views import VIEWS, check_views, see


@pytest.fixture(scope="module")
def engine(blob_study: Path) -> Engine:
    return Engine(blob_study / "model/model.onnx", threads=1)


def corner(n: int = 1) -> np.ndarray:
    """A bright square at the upper left."""
    prepared = np.full((n, 32, 32, 3), 90, np.uint8)
    prepared[:, 2:9, 3:10] = 240
    return prepared


@pytest.mark.parametrize("view", list(VIEWS))
def test_the_map_of_a_mirrored_view_is_mirrored_back(engine: Engine, view: str) -> None:
    cam = see(engine, corner(), ("identity", view)).cam[0, 1]
    assert np.unravel_index(cam.argmax(), cam.shape) in {(0, 1), (1, 1), (1, 2), (0, 2)}


def test_logits_are_the_mean_over_views(engine: Engine) -> None:
    prepared = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype(np.uint8)
    images = np.moveaxis(prepared, -1, 1).astype(np.float32) / 255
    one, two = engine.run(images), engine.run(np.ascontiguousarray(images[:, :, :, ::-1]))
    both = see(engine, prepared, ("identity", "flip_horizontal"))
    assert np.allclose(both.logits, (one.logits + two.logits) / 2, atol=1e-5)
    assert np.allclose(both.features, one.features)
    assert not np.allclose(one.logits, two.logits, atol=1e-4)


@pytest.mark.parametrize(
    ("names", "said"), [(("spin",), "'spin'"), ((), "identity"), (("flip_both", "identity"), "first")]
)
def test_wrong_views_are_named(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_views(names)
