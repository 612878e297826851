"""Hidden strata of a study, with the pictures that are written for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.case.study import Study
from thirdeye.journey.material import Material
from thirdeye.journey.scoring import Scored
from thirdeye.journey.strata import MOST_SOUGHT, _thinned, find_strata

PLAN: Any = SimpleNamespace(classes=("well", "ill"), task="binary", positive="ill", seed=0)


def drawn(rng: np.random.Generator, n: int, prefix: str) -> Scored:
    """Dark pictures are read by chance."""
    truth, dark = (rng.random(n) < 0.4).astype(int), rng.random(n) < 0.25
    images = rng.integers(0, 60, (n, 16, 16, 3)) + np.where(dark, 10, 150)[:, None, None, None]
    logit = rng.normal(size=n) + np.where(dark, 0, 4 * truth - 2)
    scores = 1 / (1 + np.exp(-logit))
    names = [f"{prefix}{i}" for i in range(n)]
    rows = pd.DataFrame(
        dict.fromkeys(("image", "case", "patient", "kept_together"), names)
        | {"label": np.where(truth, "ill", "well"), "split": prefix, "fold": 0, "excluded_because": ""}
        | {"site": "", "sex": rng.choice(["f", "m"], n)}
    )
    material = Material(rows, images.astype(np.uint8), truth, np.asarray(names))
    features = np.column_stack([dark * 3.0, rng.normal(size=(n, 3))]).astype(np.float32)
    return Scored(material, np.arange(n), np.column_stack([1 - scores, scores]), None, features)


def test_dark_pictures_are_found_and_shown(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    study = Study(tmp_path)
    found, written = find_strata(
        study, PLAN, drawn(rng, 400, "v"), drawn(rng, 250, "t"), points=[], patients_known=True
    )
    facts = next(group for group in found["groups"] if group["source"] == "facts")
    assert "brightness: low" in facts["definition"] or "border: low" in facts["definition"]
    assert facts["outcome"] == "shown"
    assert facts["examples"]
    for example in facts["examples"]:
        assert example["case"].startswith("t")
        with Image.open(study.path(example["image"])) as picture:
            assert picture.size == (16, 16)
            assert np.asarray(picture).mean() < 100
    assert set(written) == {one["image"] for group in found["groups"] for one in group["examples"]}
    assert "rows" not in facts


def test_many_validation_cases_are_thinned() -> None:
    rng = np.random.default_rng(1)
    many = replace(drawn(rng, MOST_SOUGHT + 50, "v"), features=None)
    kept = _thinned(many, 0)
    assert len(kept.rows) == len(kept.network) == MOST_SOUGHT
    np.testing.assert_array_equal(kept.network, many.network[kept.rows])
    assert _thinned(drawn(rng, MOST_SOUGHT + 50, "v"), 0).rows.size == MOST_SOUGHT + 50


@pytest.mark.usefixtures("known_machine")
def test_features_come_from_the_exported_network(finished: Path) -> None:
    from thirdeye.journey.strata import _features

    study = Study(finished / "study")
    images = np.zeros((3, 32, 32, 3), np.uint8)
    assert _features(study, images).shape[0] == 3
