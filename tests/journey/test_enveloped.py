"""How the envelope fared on a set: known cases turned away, changed ones noticed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.inference.surrounding_fit import draw_surroundings
from thirdeye.journey.enveloped import join_envelope


def squares(n: int, seed: int) -> np.ndarray:
    """Dark pictures with a bright patch in their upper left."""
    draw = np.random.default_rng(seed)
    images = draw.integers(20, 60, (n, 32, 32, 1)).astype(np.uint8)
    images[:, 4:12, 4:14] += 120
    return np.repeat(images, 3, axis=3)


@pytest.fixture
def place(tmp_path: Path) -> tuple[Study, SimpleNamespace]:
    study, draw = Study(tmp_path), np.random.default_rng(0)
    features = draw.normal(size=(200, 8)).astype(np.float32)
    around = draw_surroundings(features, squares(200, 0), np.arange(200)[:, None] % 2 == np.arange(2))
    study.path("model").mkdir()
    study.path("model/envelope.npz").write_bytes(around.to_bytes())
    return study, SimpleNamespace(envelope={"file": "envelope.npz"})


def scored(n: int, features: np.ndarray | None) -> SimpleNamespace:
    images, rows = squares(2 * n, 1), np.arange(0, 2 * n, 2)
    patients = np.arange(n).astype(str)
    return SimpleNamespace(
        material=SimpleNamespace(images=images), rows=rows, features=features, patients=patients
    )


def test_own_cases_stay_inside_and_changed_ones_are_noticed(place, repository: Path) -> None:
    study, manifest = place
    features = np.random.default_rng(2).normal(size=(60, 8)).astype(np.float32)
    features[:3] += 20
    entry: dict = {}
    join_envelope(study, entry, scored(60, features), manifest, patients_known=True)
    block = json.loads(json.dumps(entry["envelope"], allow_nan=False))
    assert 3 / 60 <= block["turned_away"]["value"] <= 6 / 60
    assert block["turned_away"]["n"] == len(block["distances"]) == 60
    assert sum(value > 1 for value in block["distances"]) == round(60 * block["turned_away"]["value"])
    assert next(one["change"] for one in block["changed"]).startswith("as a negative")
    assert all(one["auroc"]["value"] > 0.99 and one["noticed"]["value"] > 0.9 for one in block["changed"])
    schema = json.loads((repository / "src/thirdeye/evaluation/schema/evaluation.json").read_text())
    jsonschema.validate(block, {"$ref": "#/$defs/envelope", "$defs": schema["$defs"]})


@pytest.mark.parametrize(("known", "units"), [(True, 12), (False, 60)])
def test_intervals_of_changed_images_take_a_patient_as_one(place, known: bool, units: int) -> None:
    study, manifest = place
    cases = scored(60, np.zeros((60, 8), np.float32))
    cases.patients = np.repeat([f"p{i}" for i in range(12)], 5)
    entry: dict = {}
    join_envelope(study, entry, cases, manifest, patients_known=known)
    for one in entry["envelope"]["changed"]:
        assert one["auroc"]["n_clusters"] == one["noticed"]["n_clusters"] == units
        assert (one["auroc"]["n"], one["noticed"]["n"]) == (120, 60)


def test_readers_without_an_envelope_have_no_block(place) -> None:
    study, manifest = place
    for case, of in (
        (scored(10, None), manifest),
        (scored(10, np.zeros((10, 8))), SimpleNamespace(envelope={})),
    ):
        entry: dict = {}
        join_envelope(study, entry, case, of, patients_known=False)
        assert entry == {}
